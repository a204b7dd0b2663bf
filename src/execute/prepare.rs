//! From a plan to steps that are ready to run: every script read, cut and checked before any runs.

use std::ops::Range;

use thiserror::Error;

use super::{ExecuteError, Options};
use crate::backend::PreparedStep;
use crate::excerpt::Excerpt;
use crate::graph::{NodeIndex, RevisionId};
use crate::ledger::{Change, Entry, EventDuration, Origin};
use crate::parallel::map_chunks;
use crate::plan::{Operation, Plan, Step};
use crate::script::{Bodies, Checksum, Irreversible, ScriptDirectory, ScriptProblem, SourceText};
use crate::sql::{Dialect, Statement, TransactionControl, split};

/// A statement that cannot run as its script asks.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{}: {reason}", .excerpt.position())]
pub struct Refusal {
    /// The revision.
    pub revision: RevisionId,
    /// Why.
    pub reason: RefusalReason,
    /// Where.
    pub excerpt: Excerpt,
}

/// Why a statement cannot run.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RefusalReason {
    /// It would end or begin the transaction that keeps the version row true.
    #[error("the script runs in a transaction of its own, and this statement would {}", what(.0))]
    TransactionControl(TransactionControl),
    /// The database does not run it inside a transaction.
    #[error("{0} cannot run inside a transaction")]
    CannotRunInTransaction(&'static str),
    /// The script cannot be cut into statements.
    #[error("{0}")]
    Unreadable(String),
}

fn what(control: &TransactionControl) -> &'static str {
    match control {
        TransactionControl::Begin => "begin another",
        TransactionControl::Commit | TransactionControl::CommitPrepared => "commit it halfway",
        TransactionControl::Rollback | TransactionControl::RollbackPrepared => "roll it back halfway",
        TransactionControl::Prepare => "detach it",
    }
}

/// Reads and checks everything that a plan is going to run.
///
/// # Errors
/// [`ExecuteError::Scripts`], [`ExecuteError::Irreversible`] and [`ExecuteError::Refused`]; all unreadable scripts
/// and all refused statements are told at once.
pub fn prepare(
    scripts: &ScriptDirectory,
    plan: &Plan,
    dialect: Dialect,
    options: &Options,
) -> Result<Vec<PreparedStep>, ExecuteError> {
    let mut prepared = Vec::with_capacity(plan.steps.len());
    let mut problems = Vec::new();
    let mut refusals = Vec::new();
    let prepare_some = |steps: &[Step]| -> Vec<_> {
        steps.iter().filter_map(|step| prepare_one(scripts, step, dialect, options)).collect()
    };
    for result in map_chunks(&plan.steps, prepare_some).into_iter().flatten() {
        match result {
            Ok((step, mut refused)) => {
                refusals.append(&mut refused);
                prepared.push(step);
            }
            Err(ExecuteError::Scripts(mut unreadable)) => problems.append(&mut unreadable),
            Err(other) => return Err(other),
        }
    }
    if !problems.is_empty() {
        return Err(ExecuteError::Scripts(problems));
    }
    if !refusals.is_empty() {
        return Err(ExecuteError::Refused(refusals));
    }
    Ok(prepared)
}

/// A step with what of it cannot run; nothing for a revision without script.
fn prepare_one(
    scripts: &ScriptDirectory,
    step: &Step,
    dialect: Dialect,
    options: &Options,
) -> Option<Result<(PreparedStep, Vec<Refusal>), ExecuteError>> {
    let node = scripts.graph().find(step.revision.as_str())?;
    let prepared = match scripts.script(node).bodies(dialect) {
        Ok(bodies) => prepare_step(scripts, node, step, bodies, dialect, options),
        Err(problem) => Err(ExecuteError::Scripts(vec![problem])),
    };
    Some(prepared.map(|step| {
        let refused = refused(&step, dialect);
        (step, refused)
    }))
}

fn prepare_step(
    scripts: &ScriptDirectory,
    node: NodeIndex,
    step: &Step,
    bodies: Bodies,
    dialect: Dialect,
    options: &Options,
) -> Result<PreparedStep, ExecuteError> {
    let mut change = Change {
        revision: step.revision.clone(),
        operation: step.operation,
        record: Vec::new(),
        forget: Vec::new(),
        duration: EventDuration::OfTransaction,
        actor: options.actor.clone(),
    };
    let script = match step.operation {
        Operation::Downgrade => {
            change.forget.push(step.revision.clone());
            down_script(step, bodies, dialect)?
        }
        Operation::Upgrade | Operation::Stamp => {
            change.record.push(entry(scripts, node, &bodies, Origin::Upgrade));
            bodies.up
        }
    };
    Ok(PreparedStep { step: step.clone(), script, change })
}

fn down_script(step: &Step, bodies: Bodies, dialect: Dialect) -> Result<SourceText, ExecuteError> {
    let irreversible = |reason| ExecuteError::Irreversible { revision: step.revision.clone(), reason };
    if let Some(reason) = bodies.irreversible(dialect) {
        return Err(irreversible(reason));
    }
    bodies.down.ok_or_else(|| irreversible(Irreversible::NoDownScript))
}

fn entry(scripts: &ScriptDirectory, node: NodeIndex, bodies: &Bodies, origin: Origin) -> Entry {
    let revision = scripts.graph().revision(node);
    Entry {
        revision: revision.id.clone(),
        parents: revision.down_revisions.clone(),
        depends_on: revision.depends_on.clone(),
        checksum: Checksum::of_script(&bodies.up.text),
        message: scripts.script(node).message.clone(),
        up_script: bodies.up.text.clone(),
        down_script: bodies.down.as_ref().map(|down| down.text.clone()),
        origin,
    }
}

/// The ledger's entry of a revision that was not run by revgraph.
///
/// # Errors
/// [`ScriptProblem`] where its scripts cannot be read.
pub fn entry_of(
    scripts: &ScriptDirectory,
    node: NodeIndex,
    dialect: Dialect,
    origin: Origin,
) -> Result<Entry, ScriptProblem> {
    Ok(entry(scripts, node, &scripts.script(node).bodies(dialect)?, origin))
}

fn refused(step: &PreparedStep, dialect: Dialect) -> Vec<Refusal> {
    let refusal = |(reason, span)| Refusal {
        revision: step.step.revision.clone(),
        reason,
        excerpt: Excerpt::new(&step.script.path, &step.script.text, span),
    };
    unrunnable(&step.script, dialect).into_iter().map(refusal).collect()
}

/// What of a script cannot run as it asks, with the bytes of its text.
#[must_use]
pub fn unrunnable(script: &SourceText, dialect: Dialect) -> Vec<(RefusalReason, Range<usize>)> {
    let statements = match split(dialect, &script.body.sql) {
        Ok(statements) => statements,
        Err(error) => {
            let offset = error.offset();
            return vec![(RefusalReason::Unreadable(error.to_string()), offset..offset + 1)];
        }
    };
    if script.body.no_transaction {
        return Vec::new();
    }
    statements.iter().filter_map(|statement| Some((reason_to_refuse(statement)?, statement.body()))).collect()
}

fn reason_to_refuse(statement: &Statement<'_>) -> Option<RefusalReason> {
    if let Some(control) = statement.transaction_control() {
        return Some(RefusalReason::TransactionControl(control));
    }
    // Foreign keys are off during a revision anyway, so a script that switches them may do so in vain.
    let reason = statement.cannot_run_in_transaction().filter(|_| !statement.switches_foreign_keys())?;
    Some(RefusalReason::CannotRunInTransaction(reason))
}
