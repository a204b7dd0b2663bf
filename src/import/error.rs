//! Why a history cannot be imported. Nothing has then been written.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use super::Kind;
use super::alembic::AlembicError;
use crate::graph::{GraphProblem, InvalidName, RevisionId};
use crate::script::{FileChangeError, ScriptProblem};

/// Why a history cannot be imported.
#[derive(Debug, Error)]
pub enum ImportError {
    /// The folder is not there.
    #[error("there is no folder {folder}")]
    NoFolder {
        /// The folder.
        folder: PathBuf,
    },
    /// The folder is not what the tool writes.
    #[error("{folder} does not hold a history of {kind}")]
    NothingFound {
        /// The tool.
        kind: Kind,
        /// The folder.
        folder: PathBuf,
        /// The tools whose files it, or a folder near it, seems to hold, with that folder.
        likely: Vec<(Kind, PathBuf)>,
    },
    /// The file system refused.
    #[error("{path} cannot be read")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The file system's reason.
        #[source]
        source: io::Error,
    },
    /// The bytes are not UTF-8.
    #[error("{path}:{line} is not UTF-8{}", .encoding.map(|name| format!(", but {name}")).unwrap_or_default())]
    NotUtf8 {
        /// The file.
        path: PathBuf,
        /// The first line at fault, from 1.
        line: usize,
        /// What it is, where its first bytes tell.
        encoding: Option<&'static str>,
    },
    /// A NUL byte, which no database takes.
    #[error("{path}:{line} holds a NUL byte")]
    Nul {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// A name that is not UTF-8.
    #[error("the name of {path} is not UTF-8")]
    FileName {
        /// The file.
        path: PathBuf,
    },
    /// Files or a plan that contradict each other; all that was found.
    #[error("{}", broken(.0, .1))]
    Broken(Kind, Vec<Fault>),
    /// The tool writes for another database.
    #[error("{file} is for {provider}, and revgraph knows PostgreSQL and SQLite")]
    Provider {
        /// The file that says so.
        file: PathBuf,
        /// The database.
        provider: String,
    },
    /// The scripts that are there already and what is to come do not go together; all that was found.
    #[error("what is to be imported clashes with scripts that are there")]
    Clashes(Vec<Clash>),
    /// A label that revgraph does not allow.
    #[error("{file}: {source}")]
    Label {
        /// The file that gives it.
        file: PathBuf,
        /// What is wrong with it.
        #[source]
        source: InvalidName,
    },
    /// The result would be no graph.
    #[error("the imported revisions and those that are there are no history together")]
    Graph(Vec<GraphProblem>),
    /// The scripts that are there cannot be read.
    #[error("the scripts that are there cannot be read")]
    Scripts(Vec<ScriptProblem>),
    /// An Alembic environment does not run.
    #[error(transparent)]
    Alembic(#[from] AlembicError),
    /// The scripts cannot be written.
    #[error(transparent)]
    Write(#[from] FileChangeError),
}

fn broken(kind: &Kind, faults: &[Fault]) -> String {
    match faults {
        [fault] => fault.to_string(),
        _ => format!("the history of {kind} has {} faults", faults.len()),
    }
}

/// Something that is wrong with another tool's files.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{}{}: {message}", .file.display(), .line.map(|line| format!(":{line}")).unwrap_or_default())]
pub struct Fault {
    /// The file or folder.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: Option<usize>,
    /// What is wrong.
    pub message: String,
}

impl Fault {
    /// A fault that concerns a file as a whole, and no line of it.
    #[must_use]
    pub fn of_file(file: impl Into<PathBuf>, message: impl Into<String>) -> Self {
        Self { file: file.into(), line: None, message: message.into() }
    }

    /// A fault at a line of a file, counted from 1.
    #[must_use]
    pub fn of_line(file: impl Into<PathBuf>, line: usize, message: impl Into<String>) -> Self {
        Self { file: file.into(), line: Some(line), message: message.into() }
    }
}

/// A source and a script that do not go together.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Clash {
    /// The source is not what was imported.
    #[error("{} has changed since it was imported as {}", .source_file.display(), .script.display())]
    Changed {
        /// The source.
        source_file: PathBuf,
        /// The script that was made of it.
        script: PathBuf,
    },
    /// Another revision has the id.
    #[error("{} would be revision {id}, which is that of {}", .source_file.display(), .script.display())]
    Id {
        /// The id.
        id: RevisionId,
        /// The source.
        source_file: PathBuf,
        /// The script that has it.
        script: PathBuf,
    },
    /// A branch has the id as its label.
    #[error("{} would be revision {id}, which is the name of a branch in {}", .source_file.display(), .script.display())]
    IdIsLabel {
        /// The id.
        id: RevisionId,
        /// The source.
        source_file: PathBuf,
        /// The script that gives the label.
        script: PathBuf,
    },
    /// A file of the name is there.
    #[error("{} would be written to {}, which is there already", .source_file.display(), .script.display())]
    File {
        /// The source.
        source_file: PathBuf,
        /// The file.
        script: PathBuf,
    },
}
