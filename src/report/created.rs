//! A new revision as a document.

use serde::Serialize;

use crate::graph::RevisionId;
use crate::script::CreatedRevision;

/// What `revision --json` and `merge --json` print.
#[derive(Debug, Serialize)]
pub struct CreatedDocument<'c> {
    /// Its id.
    pub revision: &'c RevisionId,
    /// Its up script.
    pub up: String,
    /// Its down script.
    pub down: String,
    /// Its parents.
    pub down_revisions: &'c [RevisionId],
    /// What else it needs.
    pub depends_on: &'c [String],
    /// The labels that it gives.
    pub branch_labels: &'c [String],
    /// What it is for.
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
