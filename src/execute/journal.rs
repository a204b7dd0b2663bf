//! What earlier runs have left unsettled, against what is to run now.

use std::collections::BTreeMap;

use super::{Applied, ExecuteError};
use crate::backend::{PreparedStep, Resume, UnsettledReason, resume_point};
use crate::graph::RevisionId;
use crate::ledger::{JournaledStatement, StatementState};
use crate::plan::Operation;
use crate::script::ScriptDirectory;
use crate::sql::{Dialect, Statement, split};

/// A revision that was left halfway, and cannot go on by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsettled {
    /// The revision.
    pub revision: RevisionId,
    /// The name of the operation that was under way.
    pub operation: String,
    /// Why it cannot go on.
    pub reason: UnsettledReason,
    /// What the journal holds of it, in the order of the statements.
    pub statements: Vec<JournaledStatement>,
}

impl Unsettled {
    /// The numbers of the statements in a state.
    #[must_use]
    pub fn numbers(&self, state: StatementState) -> Vec<usize> {
        self.statements.iter().filter(|one| one.state == state).map(|one| one.number).collect()
    }
}

/// What the journal means for a run.
#[derive(Debug, Default)]
pub(super) struct Journal {
    /// Where revisions of this run go on.
    pub(super) resumed: BTreeMap<RevisionId, Resume>,
    /// Revisions that another tool has settled since: their version rows say so.
    pub(super) stale: Vec<RevisionId>,
}

/// Puts the journal beside the steps that are to be taken.
pub(super) fn read(
    scripts: &ScriptDirectory,
    applied: &Applied,
    dialect: Dialect,
    steps: &[PreparedStep],
    rows: Vec<JournaledStatement>,
) -> Result<Journal, ExecuteError> {
    let mut journal = Journal::default();
    for ((revision, operation), statements) in grouped(rows) {
        if is_stale(scripts, applied, &revision, &operation) {
            journal.stale.push(revision);
            continue;
        }
        let step = steps
            .iter()
            .find(|step| step.step.revision == revision && step.step.operation.name() == operation);
        match resume(step, dialect, &statements) {
            Ok(resume) => {
                journal.resumed.insert(revision, resume);
            }
            Err(reason) => {
                let unsettled = Unsettled { revision, operation, reason, statements };
                return Err(ExecuteError::Unsettled(Box::new(unsettled)));
            }
        }
    }
    Ok(journal)
}

fn grouped(rows: Vec<JournaledStatement>) -> BTreeMap<(RevisionId, String), Vec<JournaledStatement>> {
    let mut groups: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for row in rows {
        groups.entry((row.revision.clone(), row.operation.clone())).or_default().push(row);
    }
    groups
}

fn is_stale(scripts: &ScriptDirectory, applied: &Applied, revision: &RevisionId, operation: &str) -> bool {
    let node = scripts.graph().find(revision.as_str());
    let is_applied = node.is_some_and(|node| applied.nodes.contains(node));
    match operation {
        _ if operation == Operation::Upgrade.name() => is_applied,
        _ if operation == Operation::Downgrade.name() => node.is_some() && !is_applied,
        _ => false,
    }
}

fn resume(
    step: Option<&PreparedStep>,
    dialect: Dialect,
    rows: &[JournaledStatement],
) -> Result<Resume, UnsettledReason> {
    let step = step.ok_or(UnsettledReason::InTheWay)?;
    // What cannot be cut has been refused before.
    let mut statements = split(dialect, &step.script.body.sql).unwrap_or_default();
    statements.retain(Statement::is_runnable);
    let resume = resume_point(&statements, rows)?;
    if step.script.body.no_transaction || resume.done == 0 {
        Ok(resume)
    } else {
        Err(UnsettledReason::Transactional)
    }
}
