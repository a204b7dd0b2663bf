//! Why a scratch database could not be had or filled.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::backend::{BackendError, StepFailure};
use crate::cancellation::Cancelled;
use crate::config::ConfigError;
use crate::execute::ExecuteError;
use crate::script::ScriptProblem;
use crate::sql::Dialect;

/// SQLSTATE `insufficient_privilege`.
#[cfg(feature = "postgres")]
const INSUFFICIENT_PRIVILEGE: &str = "42501";
/// SQLSTATE `read_only_sql_transaction`: a standby, or a database whose transactions only read.
#[cfg(feature = "postgres")]
const READ_ONLY: &str = "25006";

/// Why a scratch database could not be had or filled.
#[derive(Debug, Error)]
pub enum ScratchError {
    /// The role may not create databases.
    #[error("a scratch database cannot be made: {0}")]
    NotAllowed(BackendError),
    /// Neither the configured database nor that of `scratch_url` speaks this dialect.
    #[error("there is no {dialect} database at hand to try it on")]
    NotAtHand {
        /// The dialect.
        dialect: Dialect,
    },
    /// `scratch_url` names the database that is not to be touched.
    #[error("scratch_url names the database itself: {url}")]
    SameDatabase {
        /// The URL, without password.
        url: String,
    },
    /// There is something in the database that `scratch_url` names.
    #[error("the database that scratch_url names is not empty: {found} is in {url}")]
    NotEmpty {
        /// The URL, without password.
        url: String,
        /// Something that is there.
        found: String,
    },
    /// `scratch_url` names another kind of database.
    #[error("scratch_url must name a PostgreSQL database, and is {url}")]
    OtherKind {
        /// The URL, without password.
        url: String,
    },
    /// The configuration is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A database did not answer as it should.
    #[error(transparent)]
    Backend(#[from] BackendError),
    /// The work was cancelled.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// The revisions cannot be replayed.
    #[error(transparent)]
    Execute(#[from] ExecuteError),
    /// A SQL file failed.
    #[error("{path} failed: {}", .failure.cause)]
    File {
        /// The file.
        path: PathBuf,
        /// The statement that failed, and why.
        failure: Box<StepFailure>,
    },
    /// A SQL file cannot be cut, or holds a directive that does not exist.
    #[error(transparent)]
    Script(#[from] ScriptProblem),
    /// A file or folder cannot be read.
    #[error("{path} cannot be read")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The file system's reason.
        #[source]
        source: io::Error,
    },
    /// There is nothing to run in a folder.
    #[error("{path} holds no SQL file")]
    NoFiles {
        /// The folder.
        path: PathBuf,
    },
}

#[cfg(feature = "postgres")]
impl ScratchError {
    /// The error of an attempt to create a database: [`Self::NotAllowed`] where the server refuses this role or is
    /// read-only.
    pub(super) fn of_creation(error: BackendError) -> Self {
        match &error {
            BackendError::Database(database)
                if [Some(INSUFFICIENT_PRIVILEGE), Some(READ_ONLY)]
                    .contains(&database.sqlstate.as_deref()) =>
            {
                Self::NotAllowed(error)
            }
            _ => Self::Backend(error),
        }
    }
}
