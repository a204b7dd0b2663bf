//! What earlier runs have left unsettled, against what is to run now.

use std::collections::BTreeMap;

use super::{Applied, ExecuteError, LeftHalfway, Planned, Unsettled};
use crate::backend::{Backend, PreparedStep, Resume, UnsettledReason, resume_point};
use crate::graph::{NodeSet, RevisionId};
use crate::ledger::{JournaledStatement, StatementState};
use crate::plan::Operation;
use crate::script::ScriptDirectory;

/// What the journal of earlier runs means for the steps of this one.
#[derive(Debug, Default)]
pub(super) struct Journal {
    /// Revisions of this run that earlier ones left halfway, with the statement at which each goes on.
    pub(super) resumed: BTreeMap<RevisionId, Resume>,
    /// Revisions whose journal can be cleared, with the reason for people.
    pub(super) settled: Vec<(RevisionId, &'static str)>,
}

/// Judges each revision in the journal's `rows`: one whose end the version rows show already is settled, one that
/// `steps` take up again is resumed, any other keeps the run from happening.
///
/// # Errors
/// [`ExecuteError::Unsettled`] of the first revision that cannot go on by itself.
pub(super) fn read(
    scripts: &ScriptDirectory,
    applied: &Applied<'_>,
    steps: &[PreparedStep],
    rows: Vec<JournaledStatement>,
) -> Result<Journal, ExecuteError> {
    let mut journal = Journal::default();
    for left in left_halfway(rows) {
        if left.is_stale(scripts, &applied.nodes) {
            journal.settled.push((left.revision, "the version rows have been moved by other means"));
            continue;
        }
        let step = steps.iter().find(|step| left.is_of(step));
        match resume(step, &left.statements) {
            Ok(Some(resume)) => {
                journal.resumed.insert(left.revision, resume);
            }
            Ok(None) => journal
                .settled
                .push((left.revision, "nothing of it has run, and it runs in a transaction now")),
            Err(reason) => return Err(ExecuteError::Unsettled(Box::new(Unsettled { left, reason }))),
        }
    }
    Ok(journal)
}

/// Makes sure that nothing left halfway would keep these steps from being taken, as far as that can be told without
/// the lock: what another process is at work on is left to it.
///
/// # Errors
/// [`ExecuteError::Unsettled`], and the database's.
pub fn check_journal(
    backend: &mut dyn Backend,
    planned: &Planned<'_>,
    steps: &[PreparedStep],
) -> Result<(), ExecuteError> {
    if !planned.state.has_journal || backend.lock_holder()?.is_some() {
        return Ok(());
    }
    let rows = backend.journal()?;
    read(planned.known.scripts(), &planned.applied, steps, rows).map(drop)
}

/// The journal by revisions. A seed that was left halfway concerns the next seeding, and no revision.
pub(super) fn left_halfway(rows: Vec<JournaledStatement>) -> Vec<LeftHalfway> {
    let mut groups: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for row in rows.into_iter().filter(|row| row.operation != Operation::Seed.name()) {
        groups.entry((row.revision.clone(), row.operation.clone())).or_default().push(row);
    }
    groups
        .into_iter()
        .map(|((revision, operation), statements)| LeftHalfway { revision, operation, statements })
        .collect()
}

impl LeftHalfway {
    /// Whether the version rows say that it has come to its end, by other means.
    pub(super) fn is_stale(&self, scripts: &ScriptDirectory, applied: &NodeSet) -> bool {
        let node = scripts.graph().find(self.revision.as_str());
        let is_applied = node.is_some_and(|node| applied.contains(node));
        if self.operation == Operation::Downgrade.name() { node.is_some() && !is_applied } else { is_applied }
    }

    fn is_of(&self, step: &PreparedStep) -> bool {
        step.step.revision == self.revision && step.step.operation.name() == self.operation
    }
}

/// Where a step goes on; none where it begins anew, in a transaction.
fn resume(
    step: Option<&PreparedStep>,
    rows: &[JournaledStatement],
) -> Result<Option<Resume>, UnsettledReason> {
    let step = step.ok_or(UnsettledReason::InTheWay)?;
    let resume = resume_point(&step.statements(), rows)?;
    match (step.script.body.no_transaction, resume) {
        (true, resume) => Ok(Some(resume)),
        (false, Resume { done: 0, next: None | Some(StatementState::Failed) }) => Ok(None),
        (false, _) => Err(UnsettledReason::Transactional),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::NodeSet;

    fn row(revision: &str, operation: Operation, number: usize) -> JournaledStatement {
        JournaledStatement {
            revision: RevisionId::recorded(revision),
            operation: operation.name().to_owned(),
            number,
            hash: String::new(),
            state: StatementState::Done,
            error: None,
        }
    }

    #[test]
    fn statements_are_put_together_by_revision_and_operation() {
        let rows = vec![
            row("b", Operation::Upgrade, 1),
            row("a", Operation::Downgrade, 1),
            row("a", Operation::Seed, 1),
            row("b", Operation::Upgrade, 2),
            row("a", Operation::Upgrade, 1),
        ];
        let left = left_halfway(rows);
        let shown: Vec<_> = left
            .iter()
            .map(|one| (one.revision.as_str(), one.operation.as_str(), one.statements.len()))
            .collect();
        assert_eq!(shown, [("a", "downgrade", 1), ("a", "upgrade", 1), ("b", "upgrade", 2)]);
    }

    #[test]
    fn the_version_rows_may_say_that_something_has_come_to_its_end() {
        let scripts =
            ScriptDirectory::of_texts([("a_a.up.sql", "-- a\n-- revision: a\n")]).expect("a script");
        let node = scripts.graph().find("a").expect("it is there");
        let is_stale = |revision: &str, operation, applied: &[_]| {
            let left = left_halfway(vec![row(revision, operation, 1)]);
            let applied = NodeSet::of(scripts.graph().len(), applied.iter().copied());
            left.iter().all(|left| left.is_stale(&scripts, &applied))
        };
        assert!(is_stale("a", Operation::Upgrade, &[node]));
        assert!(!is_stale("a", Operation::Upgrade, &[]));
        assert!(is_stale("a", Operation::Downgrade, &[]));
        assert!(!is_stale("a", Operation::Downgrade, &[node]));
        assert!(!is_stale("x", Operation::Upgrade, &[node]), "nobody knows");
        assert!(!is_stale("x", Operation::Downgrade, &[node]), "nobody knows");
    }
}
