//! What our Python program answers, a line of JSON each; `python/protocol.py` says what the lines are.

use std::path::PathBuf;

use serde::Deserialize;

use super::error::{Failure, WantedDatabase};
use crate::script::Side;

/// A line of the program's standard output.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(super) enum Answer {
    /// What was found.
    Environment { script_location: PathBuf },
    /// A revision.
    Revision(Declaration),
    /// SQLAlchemy's name of the dialect that everything is rendered for.
    Dialect { dialect: String },
    /// One side of a revision.
    Script(Rendering),
    /// What is not carried over.
    Note { path: PathBuf, text: String },
    /// More about what is not carried over.
    Log { path: PathBuf, text: String },
    /// An empty database is wanted.
    Database { wanted: Vec<WantedDatabase> },
    /// It went wrong; nothing follows.
    Failure(Failure),
    /// That was all.
    Done,
}

/// A revision as its file declares it.
#[derive(Debug, Deserialize)]
pub(super) struct Declaration {
    pub revision: String,
    pub down_revisions: Vec<String>,
    pub depends_on: Vec<String>,
    pub branch_labels: Vec<String>,
    pub message: String,
    pub created: Option<String>,
    pub path: PathBuf,
}

/// One side of a revision: its SQL, or why there is none.
#[derive(Debug, Deserialize)]
pub(super) struct Rendering {
    pub revision: String,
    pub side: Side,
    #[serde(flatten)]
    pub outcome: Outcome,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Outcome {
    Rendered(Rendered),
    Irreversible { irreversible: String },
    Unrecordable { unrecordable: String },
}

#[derive(Debug, Deserialize)]
pub(super) struct Rendered {
    pub sql: String,
    pub no_transaction: bool,
    /// Why it was recorded instead of rendered, where it was.
    pub recorded: Option<String>,
    /// The tables whose rows the script has read while it was recorded.
    pub reads: Vec<TableRead>,
}

/// A table that was read while a script was recorded, and how many rows it had.
#[derive(Debug, Deserialize)]
pub(super) struct TableRead {
    pub schema: Option<String>,
    pub table: String,
    pub rows: u64,
}
