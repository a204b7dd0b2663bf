//! What was settled about revisions of a database, as documents.

use serde::Serialize;

use super::path;
use crate::execute::{Accepted, BroughtBack, Resolved};
use crate::graph::RevisionId;

/// What `resolve --applied` and `resolve --rolled-back` say.
#[derive(Debug, Serialize)]
pub struct ResolvedDocument<'r> {
    /// The revision.
    pub revision: &'r RevisionId,
    /// `applied` or `rolled-back`.
    pub resolution: &'static str,
    /// The version rows.
    pub heads: &'r [RevisionId],
    /// The database, without password.
    pub database: String,
}

impl<'r> ResolvedDocument<'r> {
    /// The document of a revision that was settled on a database, named without password.
    #[must_use]
    pub fn new(resolved: &'r Resolved, database: String) -> Self {
        let Resolved { revision, resolution, heads } = resolved;
        Self { revision, resolution: resolution.name(), heads, database }
    }
}

/// What `resolve --accept --json` prints.
#[derive(Debug, Serialize)]
pub struct AcceptedDocument<'r> {
    /// The revisions.
    pub resolved: Vec<AcceptedEntry<'r>>,
    /// The database, without password.
    pub database: String,
}

/// A revision whose script was accepted as it is.
#[derive(Debug, Serialize)]
pub struct AcceptedEntry<'r> {
    /// The revision.
    pub revision: &'r RevisionId,
    /// `accept`.
    pub operation: &'static str,
    /// Whether the ledger had another script.
    pub changed: bool,
}

impl<'r> AcceptedDocument<'r> {
    /// The document of scripts that the ledger of a database, named without password, has accepted.
    #[must_use]
    pub fn new(accepted: &'r [Accepted], database: String) -> Self {
        let entry = |one: &'r Accepted| AcceptedEntry {
            revision: &one.revision,
            operation: "accept",
            changed: one.changed,
        };
        Self { resolved: accepted.iter().map(entry).collect(), database }
    }
}

/// What `show --restore --json` prints.
#[derive(Debug, Serialize)]
pub struct BroughtBackDocument<'r> {
    /// The revision.
    pub revision: &'r RevisionId,
    /// The path of its up script.
    pub up: String,
    /// Its down script, where it had one.
    pub down: Option<String>,
}

impl<'r> BroughtBackDocument<'r> {
    /// The document of scripts that were written as the database had recorded them.
    #[must_use]
    pub fn new(brought_back: &'r BroughtBack) -> Self {
        let BroughtBack { revision, up, down } = brought_back;
        Self { revision, up: path::text(up), down: down.as_deref().map(path::text) }
    }
}
