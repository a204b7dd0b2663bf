//! What keeps a day's work from going on.

use thiserror::Error;

use super::super::push::PushError;
use super::super::reset::ResetError;
use super::super::seed::SeedError;
use crate::autogenerate::{AutogenerateError, DesiredError, RowsInTheWay};
use crate::backend::BackendError;
use crate::catalog::{Difference, ObjectName};
use crate::config::ConfigError;
use crate::execute::ExecuteError;
use crate::scratch::ScratchError;
use crate::script::{AuthoringError, EnvironmentError, FileChangeError};
use crate::verify::{DataFileError, Verification, Verified};

/// What keeps a day's work from going on. What the steps before have done stays.
#[derive(Debug, Error)]
pub enum DayError {
    /// The environment says `production = true`.
    #[error("dev is for a database of one's own, and the environment is marked `production = true`")]
    Production,
    /// Nobody knows which revisions the database has.
    #[error(transparent)]
    Unmanaged(#[from] Unmanaged),
    /// What is pending does not go up, down and up again.
    #[error(transparent)]
    Pending(#[from] PendingBroken),
    /// The database has rows that the generated statements fail on.
    #[error(transparent)]
    Rows(#[from] RowsInTheWay),
    /// The configuration is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The desired schema cannot be read.
    #[error(transparent)]
    Desired(#[from] DesiredError),
    /// The scripts cannot be read.
    #[error(transparent)]
    Environment(#[from] EnvironmentError),
    /// The header of a file with rows for a trial cannot be read.
    #[error(transparent)]
    DataFile(#[from] DataFileError),
    /// There is no scratch database, or something fails on it.
    #[error(transparent)]
    Scratch(Box<ScratchError>),
    /// No revision could be made.
    #[error(transparent)]
    Autogenerate(Box<AutogenerateError>),
    /// There is no id for it.
    #[error(transparent)]
    Authoring(#[from] AuthoringError),
    /// Its files could not be written.
    #[error(transparent)]
    Files(#[from] FileChangeError),
    /// A run on the database failed, or was refused.
    #[error(transparent)]
    Execute(Box<ExecuteError>),
    /// The database could not be made what its scripts build.
    #[error(transparent)]
    Push(#[from] PushError),
    /// It could not be emptied.
    #[error(transparent)]
    Reset(#[from] ResetError),
    /// It could not be seeded.
    #[error(transparent)]
    Seed(Box<SeedError>),
    /// It did not answer as it should.
    #[error(transparent)]
    Backend(#[from] BackendError),
}

impl From<ScratchError> for DayError {
    fn from(error: ScratchError) -> Self {
        Self::Scratch(Box::new(error))
    }
}

impl From<AutogenerateError> for DayError {
    fn from(error: AutogenerateError) -> Self {
        Self::Autogenerate(Box::new(error))
    }
}

impl From<ExecuteError> for DayError {
    fn from(error: ExecuteError) -> Self {
        Self::Execute(Box::new(error))
    }
}

impl From<SeedError> for DayError {
    fn from(error: SeedError) -> Self {
        Self::Seed(Box::new(error))
    }
}

/// The database is not what its scripts build at their heads.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the database is not what its scripts build")]
pub struct Drifted {
    /// What sets it apart: `-` is what the scripts build, `+` what it has.
    pub differences: Vec<Difference>,
}

/// The database has tables and no version rows, where there are scripts: nobody knows whether they have run on it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the database has tables and no version rows, so that nobody knows which revisions it has")]
pub struct Unmanaged {
    /// The first of the tables.
    pub first: ObjectName,
}

/// Pending revisions do not go up, down and up again on a scratch database.
#[derive(Debug, Error)]
#[error("a pending revision does not go up, down and up again; nothing has been applied")]
pub struct PendingBroken {
    /// The revisions, with what was found of each.
    pub broken: Vec<Verified>,
}

impl PendingBroken {
    /// What is broken of a verification; none where nothing is.
    #[must_use]
    pub fn of(verification: Verification) -> Option<Self> {
        if !verification.is_broken() {
            return None;
        }
        Some(Self { broken: verification.revisions.into_iter().filter(Verified::is_broken).collect() })
    }
}
