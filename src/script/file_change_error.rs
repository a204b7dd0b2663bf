//! Why files were not changed together.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why a change of several files did not happen, or was not finished.
#[derive(Debug, Error)]
pub enum FileChangeError {
    /// The file system refused.
    #[error("{path} cannot be {what}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What was to be done with it: `written`, `moved`.
        what: &'static str,
        /// The file system's reason.
        #[source]
        source: io::Error,
    },
    /// A path that the journal cannot hold.
    #[error("{path} is not UTF-8")]
    NotUtf8 {
        /// The path.
        path: PathBuf,
    },
    /// The journal was not written by this version of revgraph, or was edited.
    #[error("{path} tells of changes to scripts that were begun, and cannot be read: {reason}")]
    Journal {
        /// The journal.
        path: PathBuf,
        /// What is wrong with the journal.
        reason: String,
    },
    /// The journal was not begun here: it has come with a checkout or a copy.
    #[error("{path} tells of changes to scripts that were begun elsewhere, and are not finished here")]
    Foreign {
        /// The journal.
        path: PathBuf,
    },
    /// A place that is none for scripts, or to which a link leads out of the project. A journal can come with a checkout,
    /// and must not reach for other files.
    #[error(
        "{path} is not to be changed: it is no script in the folders of this configuration, or a link leads there"
    )]
    Elsewhere {
        /// The path.
        path: PathBuf,
    },
    /// Somebody has taken away what the journal names.
    #[error("{journal} tells to move {from}, which is gone, to {to}, which is not there")]
    Gone {
        /// The journal.
        journal: PathBuf,
        /// What was to be moved.
        from: PathBuf,
        /// Where to.
        to: PathBuf,
    },
}

/// What makes an error of the file system at `path` ours; `what` says what was to be done with the file.
pub(super) fn io_error(path: &Path, what: &'static str) -> impl FnOnce(io::Error) -> FileChangeError {
    let path = path.to_owned();
    move |source| FileChangeError::Io { path, what, source }
}
