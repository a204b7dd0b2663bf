//! Why git could not be asked.

use std::path::PathBuf;

use thiserror::Error;

/// Why git did not answer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum GitError {
    /// There is no `git` program.
    #[error("git is not installed, or not in PATH")]
    NotInstalled,
    /// No repository.
    #[error("{folder} is in no git work tree")]
    NotARepository {
        /// The folder.
        folder: PathBuf,
        /// What git says.
        message: String,
    },
    /// A name that git does not know.
    #[error("git knows no commit `{name}`")]
    UnknownRef {
        /// The name.
        name: String,
    },
    /// Two commits without a common one, or with one that a shallow clone lacks.
    #[error("the two sides have no commit in common")]
    NoMergeBase {
        /// What git says.
        message: String,
    },
    /// A folder that is not in the repository.
    #[error("{path} is not in the git work tree {root}")]
    Outside {
        /// The folder.
        path: PathBuf,
        /// The work tree.
        root: PathBuf,
    },
    /// A command of git's failed.
    #[error("git {command} failed: {message}")]
    Failed {
        /// The command.
        command: &'static str,
        /// What git says.
        message: String,
    },
}
