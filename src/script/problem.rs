//! What is wrong with the script folders.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use super::directive::DirectiveError;
use super::file::FileError;
use super::file_change_error::FileChangeError;
use crate::excerpt::Excerpt;
use crate::graph::GraphProblem;

/// What is wrong with the script folders.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ScriptProblem {
    /// A folder cannot be listed.
    #[error("the folder {path} cannot be read")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The file system's reason.
        #[source]
        source: io::Error,
    },
    /// A file cannot be read as text.
    #[error(transparent)]
    File(#[from] FileError),
    /// A header is malformed.
    #[error("{message}")]
    Malformed {
        /// What is wrong.
        message: String,
        /// The place in the script.
        excerpt: Box<Excerpt>,
    },
    /// A directive that does not exist, or does not belong where it stands.
    #[error("{error}")]
    Directive {
        /// What is wrong.
        error: DirectiveError,
        /// The place in the script.
        excerpt: Box<Excerpt>,
    },
    /// A down script without an up script.
    #[error("{path} is a down script without an up script")]
    DownWithoutUp {
        /// The down script.
        path: PathBuf,
    },
    /// Changes that were begun cannot be finished.
    #[error(transparent)]
    Unfinished(#[from] FileChangeError),
    /// The headers do not make a graph.
    #[error(transparent)]
    Graph(#[from] GraphProblem),
}
