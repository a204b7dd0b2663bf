//! A new revision as a document.

use serde::Serialize;

use crate::graph::RevisionId;
use crate::script::CreatedRevision;

/// What `revision --json` and `merge --json` print.
#[derive(Debug, Serialize)]
pub struct CreatedDocument<'c> {
    /// The new revision's id.
    pub revision: &'c RevisionId,
    /// The path of its up script.
    pub up: String,
    /// The path of its down script.
    pub down: String,
    /// Its parents.
    pub down_revisions: &'c [RevisionId],
    /// The ids and labels in its `depends_on`.
    pub depends_on: &'c [String],
    /// The labels that it gives.
    pub branch_labels: &'c [String],
    /// The message of its header.
    pub message: &'c str,
}

impl<'c> CreatedDocument<'c> {
    /// The document of a revision that has been written.
    #[must_use]
    pub fn new(created: &'c CreatedRevision) -> Self {
        let CreatedRevision { script, up, down } = created;
        Self {
            revision: &script.revision,
            up: up.display().to_string(),
            down: down.display().to_string(),
            down_revisions: &script.down_revisions,
            depends_on: &script.depends_on,
            branch_labels: &script.branch_labels,
            message: &script.message,
        }
    }
}
