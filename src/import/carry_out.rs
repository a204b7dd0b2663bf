//! An import from the history that was read to the state that was taken over, in the order in which one rests on the other.

use std::path::Path;

use thiserror::Error;

use super::adopt::{Adoption, NotAdopted, adopt_imported};
use super::imported::Import;
use super::prisma_models::{NameModelsError, NamedModels, make_scripts_folder, name_models};
use super::{ImportError, ImportedHistory, Kind};
use crate::backend::Backend;
use crate::cancellation::Cancelled;
use crate::config::Config;
use crate::execute::Options;
use crate::graph::RevisionId;
use crate::script::{AuthoringError, EnvironmentError, ReadMode, load_environment, lock_scripts};
use crate::sql::Dialect;
use crate::verify::Observer;

/// What is to become of a history.
pub struct ImportRun<'r> {
    /// The environment that its revisions go to.
    pub config: &'r Config,
    /// The folder of the tool's files.
    pub folder: &'r Path,
    /// The SQL of the files, where the user has said it.
    pub dialect: Option<Dialect>,
    /// Whether nothing is to be written.
    pub dry_run: bool,
    /// How a stamp goes about it.
    pub options: &'r Options,
    /// Whether the schema of the database may be another than what the applied revisions build.
    pub force: bool,
}

/// What an import has written and set, or with `--dry-run` would have written.
#[derive(Debug)]
pub struct Imported {
    /// What was written, or would be.
    pub import: Import,
    /// The version rows that were set to what the tool has applied; none where that was not asked for.
    pub adopted: Option<Vec<RevisionId>>,
    /// What has become of the tool's models.
    pub models: NamedModels,
}

/// Why an import has not been carried out.
#[derive(Debug, Error)]
pub enum CarryOutError {
    /// The scripts that are there cannot be used.
    #[error(transparent)]
    Environment(#[from] EnvironmentError),
    /// The scripts cannot be locked.
    #[error(transparent)]
    Authoring(#[from] AuthoringError),
    /// The history does not go together with the scripts, or cannot be written.
    #[error(transparent)]
    Import(Box<ImportError>),
    /// Somebody has cancelled it before anything was written.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// What the tool has applied is not taken over.
    #[error(transparent)]
    NotAdopted(#[from] NotAdopted),
    /// The history is there; the tool's models are not named as the desired schema.
    #[error(transparent)]
    Models(#[from] NameModelsError),
}

impl From<ImportError> for CarryOutError {
    fn from(error: ImportError) -> Self {
        Self::Import(Box::new(error))
    }
}

/// Writes a history as revisions, under the lock of the scripts; then takes over what the tool has `applied` to a database, where
/// that is asked for, and names its models as the desired schema. `variable` tells variables of the process.
///
/// # Errors
/// [`CarryOutError`].
pub fn carry_out(
    history: &ImportedHistory,
    run: &ImportRun<'_>,
    applied: Option<(&Adoption, &mut dyn Backend)>,
    variable: impl Fn(&str) -> Option<String>,
    observer: &mut dyn Observer,
) -> Result<Imported, CarryOutError> {
    let ImportRun { config, folder, dialect, dry_run, options, force } = *run;
    let is_prisma = history.kind == Kind::Prisma;
    if dry_run {
        let scripts = load_environment(config, ReadMode::Headers)?;
        let import = Import::plan_for(config, history, dialect, &scripts)?;
        return Ok(Imported { import, adopted: None, models: NamedModels::Nothing });
    }
    if is_prisma {
        make_scripts_folder(config)?;
    }
    // It makes the folder of the scripts where there is none.
    let _lock = lock_scripts(config)?;
    let scripts = load_environment(config, ReadMode::Headers)?;
    let import = Import::plan_for(config, history, dialect, &scripts)?;
    observer.control().check()?;
    import.write(config)?;
    let adopted = match applied {
        Some((adoption, backend)) => {
            Some(adopt_imported(adoption, &import, (config, options, force), backend, observer)?.heads)
        }
        None => None,
    };
    let models = if is_prisma { name_models(config, folder, variable)? } else { NamedModels::Nothing };
    Ok(Imported { import, adopted, models })
}
