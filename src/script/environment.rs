//! The scripts of an environment, or that there is none.

use std::path::PathBuf;

use thiserror::Error;

use super::directory::ScriptDirectory;
use super::problem::ScriptProblem;
use super::read_mode::ReadMode;
use crate::config::Config;

/// Why an environment has no scripts to work with.
#[derive(Debug, Error)]
pub enum EnvironmentError {
    /// Neither a configuration nor a folder of scripts was found.
    #[error("there is no alembic.toml here or in a folder above, and no folder `versions`")]
    Missing,
    /// The scripts are not sound.
    #[error("the scripts cannot be used")]
    Scripts {
        /// All that is wrong with them.
        problems: Vec<ScriptProblem>,
        /// Where scripts are that squashes have replaced.
        backup_location: PathBuf,
        /// The folder of the environment.
        directory: PathBuf,
    },
}

/// Whether there is an environment at all: a configuration, or a folder of scripts.
///
/// # Errors
/// [`EnvironmentError::Missing`].
pub fn check_environment(config: &Config) -> Result<(), EnvironmentError> {
    let has_folder = config.version_locations.iter().any(|folder| folder.exists());
    if config.file.is_some() || has_folder { Ok(()) } else { Err(EnvironmentError::Missing) }
}

/// Reads the scripts of all version locations.
///
/// # Errors
/// [`EnvironmentError`].
pub fn load_environment(config: &Config, mode: ReadMode) -> Result<ScriptDirectory, EnvironmentError> {
    check_environment(config)?;
    ScriptDirectory::load(config, mode).map_err(|problems| EnvironmentError::Scripts {
        problems,
        backup_location: config.backup_location.clone(),
        directory: config.directory.clone(),
    })
}
