//! `stamp`: version rows and ledger without scripts.

use std::borrow::Cow;

use super::unfold::{unfolded_against, unfolded_for};
use super::{Asked, ExecuteError, Options, Reading, Report, StepReport, check_protection, entry_of};
use crate::backend::Backend;
use crate::graph::{NodeSet, RevisionId, RevisionSpec};
use crate::ledger::{Change, Entry, EventDuration, Origin};
use crate::plan::{self, Operation, Plan, RowChange};
use crate::script::ScriptDirectory;
use crate::sql::Dialect;

/// The plan of a stamp for the database as it stands.
///
/// # Errors
/// [`ExecuteError::Plan`] and the database's.
pub fn plan_stamp(
    scripts: &ScriptDirectory,
    backend: &mut dyn Backend,
    targets: &[RevisionSpec],
    purge: bool,
) -> Result<Plan, ExecuteError> {
    let reading = Reading::of(backend)?;
    let scripts = with_originals(scripts, backend, &reading, targets, purge)?;
    Ok(plan::stamp(scripts.graph(), &reading.state.rows, targets, purge)?)
}

/// Sets the version rows to what `targets` stand for, and the ledger with them, in one transaction.
///
/// # Errors
/// [`ExecuteError`]; nothing has then changed.
pub fn stamp(
    scripts: &ScriptDirectory,
    backend: &mut dyn Backend,
    targets: &[RevisionSpec],
    purge: bool,
    options: &Options,
) -> Result<Report, ExecuteError> {
    plan_stamp(scripts, backend, targets, purge)?;
    backend.lock()?;
    let reading = Reading::of(backend)?;
    let scripts = &with_originals(scripts, backend, &reading, targets, purge)?;
    let Reading { state, recorded } = reading;
    let plan = plan::stamp(scripts.graph(), &state.rows, targets, purge)?;
    check_protection(backend, &state.rows, &plan.after, options)?;
    let longest = plan.after.iter().map(|id| id.as_str().chars().count()).max().unwrap_or(0);
    let after = to_be_recorded(scripts, &plan.after)?;
    let is_recorded = |id: &RevisionId| recorded.iter().any(|entry| entry.revision == *id);
    let forget: Vec<RevisionId> = recorded
        .iter()
        .map(|entry| entry.revision.clone())
        .filter(|id| !scripts.graph().find(id.as_str()).is_some_and(|node| after.contains(node)))
        .collect();
    let entries: Result<Vec<_>, _> = after
        .iter()
        .filter(|node| !is_recorded(scripts.graph().id(*node)))
        .map(|node| entry_of(scripts, node, backend.dialect(), Origin::Stamp))
        .collect();
    let entries = entries.map_err(|problem| ExecuteError::Scripts(vec![problem]))?;
    if plan.steps.is_empty() && forget.is_empty() && entries.is_empty() {
        return Ok(Report::of_plan(&plan));
    }
    backend.ensure_tables(&state, longest)?;
    let rows = if purge { all_new(&plan) } else { total(&plan) };
    backend.record(&state.rows, &rows, &changes(&plan, entries, forget, options), purge)?;
    Ok(report(&plan))
}

/// The row change and the bookkeeping of a stamp on a database whose ledger holds just what `plan` starts from.
///
/// # Errors
/// [`ExecuteError::Scripts`] and unknown rows.
pub fn stamp_changes(
    scripts: &ScriptDirectory,
    plan: &Plan,
    dialect: Dialect,
    options: &Options,
) -> Result<(RowChange, Vec<Change>), ExecuteError> {
    let graph = scripts.graph();
    let mut added = to_be_recorded(scripts, &plan.after)?;
    let mut removed = to_be_recorded(scripts, &plan.before)?;
    let before = removed.clone();
    removed.subtract(&added);
    added.subtract(&before);
    let entries: Result<Vec<Entry>, _> =
        added.iter().map(|node| entry_of(scripts, node, dialect, Origin::Stamp)).collect();
    let entries = entries.map_err(|problem| ExecuteError::Scripts(vec![problem]))?;
    let forget = graph.ids(&removed.iter().collect::<Vec<_>>());
    Ok((total(plan), changes(plan, entries, forget, options)))
}

/// The scripts with the originals that the database or a target names; rows that are purged name nothing.
fn with_originals<'s>(
    scripts: &'s ScriptDirectory,
    backend: &mut dyn Backend,
    reading: &Reading,
    targets: &[RevisionSpec],
    purge: bool,
) -> Result<Cow<'s, ScriptDirectory>, ExecuteError> {
    if purge {
        return unfolded_for(scripts, &[], targets);
    }
    let asked = Asked { targets, direction: None };
    unfolded_against(scripts, backend, &reading.state.rows, Some(&reading.recorded), asked)
}

/// What the ledger holds where these version rows stand.
fn to_be_recorded(scripts: &ScriptDirectory, rows: &[RevisionId]) -> Result<NodeSet, ExecuteError> {
    Ok(scripts.graph().without_replaced(&plan::applied(scripts.graph(), rows)?))
}

/// Where all rows have been purged, all rows that are to stand come anew.
fn all_new(plan: &Plan) -> RowChange {
    RowChange { insert: plan.after.clone(), ..RowChange::default() }
}

fn total(plan: &Plan) -> RowChange {
    RowChange::between(&plan.before.iter().cloned().collect(), &plan.after.iter().cloned().collect())
}

/// An event for every stamped revision; what enters and leaves the ledger goes with the first.
fn changes(plan: &Plan, entries: Vec<Entry>, forget: Vec<RevisionId>, options: &Options) -> Vec<Change> {
    let mut named: Vec<RevisionId> = plan.steps.iter().map(|step| step.revision.clone()).collect();
    if named.is_empty() {
        named = entries.iter().map(|entry| entry.revision.clone()).chain(forget.iter().cloned()).collect();
    }
    let mut record = Some((entries, forget));
    named
        .into_iter()
        .map(|revision| {
            let (record, forget) = record.take().unwrap_or_default();
            Change {
                revision,
                operation: Operation::Stamp,
                record,
                forget,
                duration: EventDuration::None,
                actor: options.actor.clone(),
                detail: None,
            }
        })
        .collect()
}

fn report(plan: &Plan) -> Report {
    let steps = plan.steps.iter().map(|step| StepReport {
        revision: step.revision.clone(),
        operation: Operation::Stamp,
        took: std::time::Duration::ZERO,
    });
    Report { steps: steps.collect(), heads: plan.after.clone() }
}
