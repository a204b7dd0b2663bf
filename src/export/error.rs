//! Why nothing is exported.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use super::Kind;
use crate::graph::RevisionId;
use crate::plan::PlanError;
use crate::script::ScriptProblem;
use crate::sql::{Dialect, LexError};

/// Why nothing is exported. Nothing has then been written.
#[derive(Debug, Error)]
pub enum ExportError {
    /// The folder holds something.
    #[error("the folder {} is not empty", .folder.display())]
    NotEmpty {
        /// The folder.
        folder: PathBuf,
    },
    /// The tool does not know the database.
    #[error("{kind} runs no scripts for {dialect}")]
    OtherDialect {
        /// The tool.
        kind: Kind,
        /// The dialect that the scripts are wanted in.
        dialect: Dialect,
    },
    /// The range leads nowhere.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// Scripts cannot be read.
    #[error("the scripts cannot be read")]
    Scripts(Vec<ScriptProblem>),
    /// A script cannot be cut into statements.
    #[error("the script of {revision} cannot be cut into statements")]
    Unreadable {
        /// The revision.
        revision: RevisionId,
        /// Why the script cannot be cut.
        #[source]
        source: LexError,
    },
    /// A file or folder cannot be written.
    #[error("{} cannot be written", .path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The file system's reason.
        #[source]
        source: io::Error,
    },
}
