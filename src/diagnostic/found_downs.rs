//! Down scripts that were looked for, as a document, with the errors of the search as they are told.

use serde::Serialize;
use serde_json::Value;

use super::document::Diagnostic;
use crate::autogenerate::{Down, DownOutcome};
use crate::graph::RevisionId;

/// What `downs --json` prints.
#[derive(Debug, Serialize)]
pub struct DownsDocument {
    /// The revisions.
    pub downs: Vec<DownEntry>,
}

/// A revision whose down script was looked for.
#[derive(Debug, Serialize)]
pub struct DownEntry {
    /// Its id.
    pub revision: RevisionId,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: DownOutcomeEntry,
}

/// What came of looking for a down script.
#[derive(Debug, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum DownOutcomeEntry {
    /// It undoes the revision, as was seen on a scratch database.
    Proved {
        /// The file.
        down: String,
        /// Its text.
        script: String,
        /// The text that it takes the place of, where there is one.
        replaces: Option<String>,
        /// What the revision takes away that no script brings back.
        not_brought_back: Vec<String>,
    },
    /// The revision has a down script that undoes it.
    Right,
    /// The revision does not change the schema.
    NoChange,
    /// None was found.
    NotFound {
        /// Why not.
        error: Option<Value>,
    },
}

impl From<Vec<Down>> for DownsDocument {
    fn from(found: Vec<Down>) -> Self {
        let entry = |Down { revision, outcome }| DownEntry {
            revision,
            outcome: match outcome {
                DownOutcome::Proved { path, text, replaces, not_brought_back } => DownOutcomeEntry::Proved {
                    down: path.display().to_string(),
                    script: text,
                    replaces,
                    not_brought_back,
                },
                DownOutcome::Right => DownOutcomeEntry::Right,
                DownOutcome::NoChange => DownOutcomeEntry::NoChange,
                DownOutcome::NotFound(error) => {
                    DownOutcomeEntry::NotFound { error: Diagnostic::from(*error).error_as_json() }
                }
            },
        };
        Self { downs: found.into_iter().map(entry).collect() }
    }
}
