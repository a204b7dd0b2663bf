//! `resolve`: a person says how a revision stands that was left halfway.

use super::{ExecuteError, KnownHistory, Options, entry_of};
use crate::backend::Backend;
use crate::graph::{RevisionId, RevisionSpec};
use crate::ledger::{Change, EventDuration, JournaledStatement, Origin};
use crate::plan::{self, Operation, PlanError};
use crate::script::ScriptDirectory;

/// How a revision stands that was left halfway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolution {
    /// It is wholly applied.
    Applied,
    /// Nothing of it is there.
    RolledBack,
}

/// A revision that was left halfway, as [`resolve`] has settled it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// The revision.
    pub revision: RevisionId,
    /// How the revision stands now, as the person said.
    pub resolution: Resolution,
    /// The version rows, sorted.
    pub heads: Vec<RevisionId>,
}

impl Resolution {
    /// The word for this resolution, in the ledger's event and in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::RolledBack => "rolled-back",
        }
    }
}

/// Settles the revision that `name` stands for: an id as the journal has it, or a target as in other commands. The
/// version rows and the ledger follow where what was under way changes them, and the journal forgets it.
///
/// # Errors
/// [`ExecuteError::NothingToResolve`] where the journal does not know it; [`ExecuteError::OutOfTurn`] where the version
/// rows no longer stand where it began.
pub fn resolve(
    scripts: &ScriptDirectory,
    backend: &mut dyn Backend,
    name: &str,
    resolution: Resolution,
    options: &Options,
) -> Result<Resolved, ExecuteError> {
    backend.lock()?;
    let state = backend.state()?;
    let known = KnownHistory::of(scripts, backend, &state.rows)?;
    let scripts = known.scripts();
    let journal = if state.has_journal { backend.journal()? } else { Vec::new() };
    let row = find(scripts, &journal, name)?;
    let revision = row.revision.clone();
    let step = match (resolution, row.operation.as_str()) {
        (Resolution::Applied, "upgrade") => Some(Operation::Upgrade),
        (Resolution::RolledBack, "downgrade") => Some(Operation::Downgrade),
        _ => None,
    };
    let detail = format!("the {} that was left halfway counts as {}", row.operation, resolution.name());
    let heads = match step {
        Some(operation) => record(scripts, backend, &state.rows, &revision, operation, options)?,
        None => state.rows,
    };
    backend.settle_journal(&revision, &options.actor, detail)?;
    Ok(Resolved { revision, resolution, heads })
}

fn find<'j>(
    scripts: &ScriptDirectory,
    journal: &'j [JournaledStatement],
    name: &str,
) -> Result<&'j JournaledStatement, ExecuteError> {
    if let Some(row) = journal.iter().find(|row| row.revision.as_str() == name) {
        return Ok(row);
    }
    let spec: RevisionSpec =
        name.parse().map_err(|error| PlanError::Target(crate::graph::TargetError::Syntax(error)))?;
    let nodes = scripts.graph().resolve(&spec).map_err(PlanError::Target)?;
    let ids = scripts.graph().ids(&nodes);
    journal
        .iter()
        .find(|row| ids.contains(&row.revision))
        .ok_or(ExecuteError::NothingToResolve { revisions: ids })
}

/// Moves the version rows as the revision's step would, and the ledger with them, without a script.
fn record(
    scripts: &ScriptDirectory,
    backend: &mut dyn Backend,
    rows: &[RevisionId],
    revision: &RevisionId,
    operation: Operation,
    options: &Options,
) -> Result<Vec<RevisionId>, ExecuteError> {
    let out_of_turn = || ExecuteError::OutOfTurn { revision: revision.clone(), operation };
    let node = scripts.graph().find(revision.as_str()).ok_or_else(out_of_turn)?;
    let plan = plan::single(scripts.graph(), rows, node, operation)?.ok_or_else(out_of_turn)?;
    let Some(step) = plan.steps.first() else { return Ok(plan.after) };
    let mut change = Change {
        revision: revision.clone(),
        operation: Operation::Stamp,
        record: Vec::new(),
        forget: vec![revision.clone()],
        duration: EventDuration::None,
        actor: options.actor.clone(),
        detail: None,
    };
    if operation == Operation::Upgrade {
        let entry = entry_of(scripts, node, backend.dialect(), Origin::Stamp)
            .map_err(|problem| ExecuteError::Scripts(vec![problem]))?;
        change.forget.clear();
        change.record.push(entry);
    }
    backend.record(&plan.before, &step.rows, &[change], false)?;
    Ok(plan.after)
}
