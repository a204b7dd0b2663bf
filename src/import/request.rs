//! What to import.

use std::path::PathBuf;

use super::alembic::AlembicOptions;
use super::kind::likely_near;
use super::{ImportError, Kind};
use crate::backend::Control;
use crate::config::Config;
use crate::sql::Dialect;

/// Which history is to be imported, and into which environment.
#[derive(Debug, Clone)]
pub struct Request<'c> {
    /// The tool whose files are imported.
    pub kind: Kind,
    /// The folder that holds the tool's files.
    pub folder: PathBuf,
    /// The SQL that they are in; none where neither the user nor a configured database says so.
    pub dialect: Option<Dialect>,
    /// The environment that the revisions go to.
    pub config: &'c Config,
    /// How an Alembic environment is run.
    pub alembic: AlembicOptions,
    /// What may cancel the reading.
    pub control: Control,
}

impl Request<'_> {
    /// That the folder is not what the tool writes, with the tools whose it may be.
    pub(super) fn nothing_found(&self) -> ImportError {
        let likely = likely_near(&self.folder);
        ImportError::NothingFound { kind: self.kind, folder: self.folder.clone(), likely }
    }
}
