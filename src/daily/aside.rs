//! Scripts that are no revision's, run as one would run, with an event of their own in the ledger.

use crate::backend::{PreparedStep, StepFailure};
use crate::graph::RevisionId;
use crate::ledger::{Change, EventDuration, RowsBefore};
use crate::plan::{Operation, RowChange, Step};
use crate::script::SourceText;
use crate::sql::{Dialect, Pieces};

/// A script that runs like a step, and notes itself in the ledger, without being a revision: a seed, the
/// emptying of `reset`, or a push.
pub(super) struct Aside<'a> {
    /// The operation that the ledger's event names.
    pub(super) operation: Operation,
    /// What the ledger calls it, in the place of a revision.
    pub(super) name: &'a str,
    pub(super) script: SourceText,
    /// Revisions that leave the ledger in the script's transaction.
    pub(super) forget: Vec<RevisionId>,
    /// What becomes of the version rows.
    pub(super) rows: RowChange,
    pub(super) actor: &'a str,
    pub(super) detail: Option<String>,
}

impl Aside<'_> {
    /// The script as a step that begins from these version rows.
    ///
    /// # Errors
    /// The step's failure, where its script cannot be cut.
    pub(super) fn prepared(self, dialect: Dialect, rows: &[RevisionId]) -> Result<PreparedStep, StepFailure> {
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
        let pieces = Pieces::of(dialect, &self.script.body.sql)
            .map_err(|error| StepFailure::unreadable(&step, &self.script, &error))?;
        Ok(PreparedStep::new(step, self.script, pieces, change, RowsBefore::of(rows)))
    }
}
