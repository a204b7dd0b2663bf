//! Revisions on a scratch database, run as an upgrade would run them.

use std::time::Duration;

use super::ScratchError;
use crate::backend::{Backend, PreparedStep, Resume, StepFailure, Watch};
use crate::execute::{Direction, ExecuteError, FailedRun, Options, Reading, Report, migrate, prepare};
use crate::graph::{NodeIndex, RevisionGraph, RevisionId, RevisionSpec};
use crate::plan::{Plan, Step, Walk};
use crate::script::ScriptDirectory;

/// Follows a run on a scratch database for nobody: all that is told is dropped.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unwatched;

impl Watch for Unwatched {
    fn started(&mut self, _step: &Step) {}
    fn finished(&mut self, _step: &Step, _took: Duration) {}
    fn notice(&mut self, _severity: &str, _message: &str) {}
}

/// Brings a scratch database up to some revisions, one after the other, each with what it needs.
///
/// # Errors
/// Those of an upgrade.
pub fn replay(
    scripts: &ScriptDirectory,
    backend: &mut dyn Backend,
    tips: &[NodeIndex],
    options: &Options,
    watch: &mut dyn Watch,
) -> Result<(), ScratchError> {
    for tip in tips {
        let target = RevisionSpec::of_id(scripts.graph().id(*tip));
        let reading = Reading::of(backend)?;
        migrate(scripts, backend, &reading, Direction::Up, &target, options, watch)?;
    }
    Ok(())
}

/// Takes a scratch database from revision to revision, one step at a time.
pub struct Walker<'s> {
    scripts: &'s ScriptDirectory,
    options: &'s Options,
    walk: Walk<'s>,
    rows: Vec<RevisionId>,
}

impl<'s> Walker<'s> {
    /// For a database on which nothing has been applied.
    #[must_use]
    pub fn new(scripts: &'s ScriptDirectory, options: &'s Options) -> Self {
        Self { scripts, options, walk: Walk::new(scripts.graph()), rows: Vec::new() }
    }

    /// Makes the bookkeeping tables on the scratch database.
    ///
    /// # Errors
    /// The database's.
    pub fn begin(&mut self, backend: &mut dyn Backend) -> Result<(), ScratchError> {
        backend.lock()?;
        let state = backend.state()?;
        Ok(backend.ensure_tables(&state, longest_id(self.scripts.graph()))?)
    }

    /// For a database on which these revisions have been applied, in this order.
    #[must_use]
    pub fn after(scripts: &'s ScriptDirectory, options: &'s Options, applied: &[NodeIndex]) -> Self {
        let mut walker = Self::new(scripts, options);
        for node in applied {
            walker.walk.up(*node).rows.apply_to(&mut walker.rows);
        }
        walker
    }

    /// The version rows of the scratch database, sorted.
    #[must_use]
    pub fn rows(&self) -> &[RevisionId] {
        &self.rows
    }

    /// Applies a revision whose parents and dependencies have been applied.
    ///
    /// # Errors
    /// Those of an upgrade. The revision then counts as not applied; a script that runs without a transaction may
    /// have left something.
    pub fn up(&mut self, backend: &mut dyn Backend, node: NodeIndex) -> Result<(), ExecuteError> {
        let step = self.walk.up(node);
        let taken = self.take(backend, step);
        if taken.is_err() {
            self.walk.down(node);
        }
        taken
    }

    /// Undoes a revision on which nothing applied stands.
    ///
    /// # Errors
    /// Those of a downgrade. The revision then counts as applied.
    pub fn down(&mut self, backend: &mut dyn Backend, node: NodeIndex) -> Result<(), ExecuteError> {
        let step = self.walk.down(node);
        let taken = self.take(backend, step);
        if taken.is_err() {
            self.walk.up(node);
        }
        taken
    }

    fn take(&mut self, backend: &mut dyn Backend, step: Step) -> Result<(), ExecuteError> {
        let change = step.rows.clone();
        let plan = Plan { before: self.rows.clone(), steps: vec![step], after: Vec::new() };
        let exempts_new_enums = backend.can_use_new_values_of_new_enums();
        let steps = prepare(
            self.scripts,
            &plan,
            backend.dialect(),
            backend.tables(),
            exempts_new_enums,
            self.options,
        )?;
        for step in steps {
            run(backend, Ok(step))?;
        }
        change.apply_to(&mut self.rows);
        Ok(())
    }
}

/// Runs one step, where it has not failed already, as its script asks.
pub(super) fn run(
    backend: &mut dyn Backend,
    step: Result<PreparedStep, StepFailure>,
) -> Result<(), ExecuteError> {
    let ran = step.and_then(|step| {
        if step.script.body.no_transaction {
            backend.run_without_transaction(&step, Resume::default(), &mut Unwatched)
        } else {
            backend.run_in_transaction(&[step], &mut Unwatched)
        }
    });
    ran.map_err(|failure| {
        let done = Report::default();
        ExecuteError::Step(Box::new(FailedRun {
            failure,
            done,
            planned: 1,
            state_known: true,
            interrupted: false,
            journal: None,
            tries: 1,
            blockers: Vec::new(),
        }))
    })
}

fn longest_id(graph: &RevisionGraph) -> usize {
    graph.revisions().map(|revision| revision.id.as_str().chars().count()).max().unwrap_or(0)
}
