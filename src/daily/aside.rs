//! Scripts that are no revision's, run as one would run, with an event of their own in the ledger.

use crate::backend::PreparedStep;
use crate::graph::RevisionId;
use crate::ledger::{Change, EventDuration, RowsBefore};
use crate::plan::{Operation, RowChange, Step};
use crate::script::SourceText;

/// A script that is no revision's.
pub(super) struct Aside<'a> {
    /// What is done with it.
    pub(super) operation: Operation,
    /// What the ledger calls it, in the place of a revision.
    pub(super) name: &'a str,
    pub(super) script: SourceText,
    /// Revisions that leave the ledger with it.
    pub(super) forget: Vec<RevisionId>,
    /// What becomes of the version rows.
    pub(super) rows: RowChange,
    pub(super) actor: &'a str,
    pub(super) detail: Option<String>,
}

impl Aside<'_> {
    /// It as a step that begins from these version rows.
    pub(super) fn prepared(self, rows: &[RevisionId]) -> PreparedStep {
        let revision = RevisionId::recorded(self.name);
        let change = Change {
            revision: revision.clone(),
            operation: self.operation,
            record: Vec::new(),
            forget: self.forget,
            duration: EventDuration::OfTransaction,
            actor: self.actor.to_owned(),
            detail: self.detail,
        };
        let step = Step { revision, operation: self.operation, rows: self.rows };
        PreparedStep { step, script: self.script, change, rows_before: RowsBefore::of(rows) }
    }
}
