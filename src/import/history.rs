//! What a reader gives: a history in its tool's own words.

use std::path::PathBuf;

use chrono::{DateTime, FixedOffset};

use super::{Digest, Kind};
use crate::sql::Dialect;

/// The history of another tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedHistory {
    /// The tool.
    pub kind: Kind,
    /// The SQL that the tool says its files are in.
    pub dialect: Option<Dialect>,
    /// The revisions, each after those that it stands on.
    pub revisions: Vec<ImportedRevision>,
    /// What cannot be carried over, or is not as it looks.
    pub notes: Vec<Note>,
}

/// One revision. Ids are the tool's own: those that revgraph does not allow are changed later, see
/// [`allowed_id`](super::allowed_id).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedRevision {
    /// Its id.
    pub id: String,
    /// What the tool's own table calls it, which may be another spelling of the id: 1 for `000001`.
    pub original_id: String,
    /// What people know it by, such as its file's name. It tells the revision among those of its tool, and an imported
    /// script is known by it.
    pub name: String,
    /// The message; its first line is the title.
    pub message: String,
    /// When it was made, where the tool says so.
    pub created: Option<DateTime<FixedOffset>>,
    /// The ids of its parents.
    pub down_revisions: Vec<String>,
    /// Ids or branch labels of what else must be applied before.
    pub depends_on: Vec<String>,
    /// The labels that it gives to its branch.
    pub branch_labels: Vec<String>,
    /// What it does.
    pub up: ImportedScript,
    /// How it is undone.
    pub down: ImportedDown,
    /// The files that it was read from; the first is the one to name in messages.
    pub sources: Vec<PathBuf>,
    /// The digest of all that was read.
    pub digest: Digest,
    /// More comment lines for the top of the script, without dashes.
    pub remarks: Vec<String>,
}

/// SQL as the tool runs it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImportedScript {
    /// The text, without the tool's markers. A part of a file keeps the lines of its file where it can, so that lines
    /// of notes are those of the file.
    pub sql: String,
    /// The line of the file that the text begins at, from 1.
    pub first_line: usize,
    /// The file, for notes.
    pub file: PathBuf,
    /// Whether the tool runs it outside a transaction.
    pub no_transaction: bool,
}

/// How a revision is undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportedDown {
    /// By this script.
    Script(ImportedScript),
    /// Not at all, for this reason.
    Irreversible(String),
}

/// Something that the user has to know.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Note {
    /// The file or folder that it is about.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: Option<usize>,
    /// What it is.
    pub message: String,
}

impl Note {
    /// About a whole file.
    #[must_use]
    pub fn of_file(file: impl Into<PathBuf>, message: impl Into<String>) -> Self {
        Self { file: file.into(), line: None, message: message.into() }
    }

    /// About a line of a file, from 1.
    #[must_use]
    pub fn of_line(file: impl Into<PathBuf>, line: usize, message: impl Into<String>) -> Self {
        Self { file: file.into(), line: Some(line), message: message.into() }
    }
}
