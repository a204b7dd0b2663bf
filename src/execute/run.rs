//! `upgrade` and `downgrade`.

use std::collections::BTreeMap;
use std::time::Duration;

use super::error::FailedRun;
use super::journal::{self, Journal};
use super::retry::Tries;
use super::{
    Applied, ExecuteError, Options, Report, StepReport, check_history, entry_of, ledger_of, prepare,
};
use crate::backend::{Backend, DatabaseState, FailureCause, PreparedStep, Resume, StepFailure, Watch};
use crate::config::TransactionMode;
use crate::graph::{RevisionId, RevisionSpec};
use crate::ledger::{Entry, JournaledStatement, Origin};
use crate::plan::{self, Plan, PlanError, Step};
use crate::script::ScriptDirectory;

/// How often a run plans anew because others have moved the version rows, before it gives up.
const MOST_ATTEMPTS: usize = 10_000;

/// Which way to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// `upgrade`.
    Up,
    /// `downgrade`.
    Down,
}

/// The plan of a direction for a database with these version rows.
///
/// # Errors
/// [`PlanError`].
pub fn plan_for(
    scripts: &ScriptDirectory,
    direction: Direction,
    target: &RevisionSpec,
    rows: &[RevisionId],
) -> Result<Plan, PlanError> {
    match direction {
        Direction::Up => plan::upgrade(scripts.graph(), rows, target),
        Direction::Down => plan::downgrade(scripts.graph(), rows, target),
    }
}

/// Brings a database to a target. Where others do so at the same time, each revision runs once, and the rest is
/// planned again from where they have brought it.
///
/// # Errors
/// [`ExecuteError`]; [`ExecuteError::Step`] tells what had been done before.
pub fn migrate(
    scripts: &ScriptDirectory,
    backend: &mut dyn Backend,
    direction: Direction,
    target: &RevisionSpec,
    options: &Options,
    watch: &mut dyn Watch,
) -> Result<Report, ExecuteError> {
    let mut run = Run {
        scripts,
        backend,
        options,
        recorder: Recorder::new(watch),
        planned: 0,
        resumed: BTreeMap::new(),
        tries: 1,
        blockers: Vec::new(),
    };
    let (state, plan, _) = run.plan(direction, target)?;
    if plan.steps.is_empty() && run.journaled(&state)?.is_empty() {
        return Ok(Report { steps: Vec::new(), heads: plan.after });
    }
    let steps = prepare(scripts, &plan, run.backend.dialect(), options)?;
    let mut prepared = Some((plan, steps));
    run.backend.lock()?;
    for _ in 0..MOST_ATTEMPTS {
        let (state, plan, applied) = run.plan(direction, target)?;
        let steps = match prepared.take() {
            Some((same, steps)) if same == plan => steps,
            _ => prepare(scripts, &plan, run.backend.dialect(), options)?,
        };
        run.read_journal(&state, &applied, &steps)?;
        if plan.steps.is_empty() {
            return Ok(Report { steps: run.recorder.done, heads: plan.after });
        }
        match run.carry_out(&state, &plan, &applied, steps)? {
            Outcome::Finished => return Ok(Report { steps: run.recorder.done, heads: plan.after }),
            Outcome::Overtaken => {}
        }
    }
    Err(crate::backend::BackendError::RowsMoved.into())
}

enum Outcome {
    Finished,
    /// Somebody else has moved the version rows.
    Overtaken,
}

struct Run<'r> {
    scripts: &'r ScriptDirectory,
    backend: &'r mut dyn Backend,
    options: &'r Options,
    recorder: Recorder<'r>,
    planned: usize,
    /// Where revisions go on that an earlier run has left halfway.
    resumed: BTreeMap<RevisionId, Resume>,
    /// How many tries the last transaction took, and who was in its way.
    tries: u32,
    blockers: Vec<String>,
}

impl Run<'_> {
    fn plan(
        &mut self,
        direction: Direction,
        target: &RevisionSpec,
    ) -> Result<(DatabaseState, Plan, Applied), ExecuteError> {
        let state = self.backend.state()?;
        let plan = plan_for(self.scripts, direction, target, &state.rows)?;
        let applied = ledger_of(self.scripts, self.backend, &state)?;
        if direction == Direction::Up {
            check_history(self.scripts, &applied, self.options.checksums, self.recorder.watch)?;
        }
        Ok((state, plan, applied))
    }

    fn journaled(&mut self, state: &DatabaseState) -> Result<Vec<JournaledStatement>, ExecuteError> {
        if state.has_journal { Ok(self.backend.journal()?) } else { Ok(Vec::new()) }
    }

    /// Finds out where revisions go on that have been left halfway; under the lock, as a revision that another
    /// process is at work on looks the same.
    fn read_journal(
        &mut self,
        state: &DatabaseState,
        applied: &Applied,
        steps: &[PreparedStep],
    ) -> Result<(), ExecuteError> {
        let rows = self.journaled(state)?;
        let dialect = self.backend.dialect();
        let Journal { resumed, stale } = journal::read(self.scripts, applied, dialect, steps, rows)?;
        self.resumed = resumed;
        for revision in stale {
            let detail = "the version rows have been moved by other means".to_owned();
            self.backend.settle_journal(&revision, &self.options.actor, detail)?;
        }
        Ok(())
    }

    fn carry_out(
        &mut self,
        state: &DatabaseState,
        plan: &Plan,
        applied: &Applied,
        steps: Vec<PreparedStep>,
    ) -> Result<Outcome, ExecuteError> {
        self.planned = self.recorder.done.len() + steps.len();
        self.backend.ensure_tables(state, longest_id(plan))?;
        self.adopt(applied)?;
        let mut rows = plan.before.clone();
        match self.run_all(steps, &mut rows) {
            Ok(()) => Ok(Outcome::Finished),
            Err(failure) => self.after_failure(failure, &rows),
        }
    }

    /// Brings the ledger in line with what another tool has done since.
    fn adopt(&mut self, applied: &Applied) -> Result<(), ExecuteError> {
        let stale = applied.stale(self.scripts);
        let unrecorded = applied.unrecorded(self.scripts);
        if stale.is_empty() && unrecorded.is_empty() {
            return Ok(());
        }
        let dialect = self.backend.dialect();
        let entries: Result<Vec<Entry>, _> =
            unrecorded.iter().map(|node| entry_of(self.scripts, *node, dialect, Origin::Adopted)).collect();
        let entries = entries.map_err(|problem| ExecuteError::Scripts(vec![problem]))?;
        Ok(self.backend.adopt(&entries, &stale, &self.options.actor)?)
    }

    /// Runs steps in the transactions that the configuration asks for; `rows` follows what has been committed.
    fn run_all(&mut self, steps: Vec<PreparedStep>, rows: &mut Vec<RevisionId>) -> Result<(), StepFailure> {
        let mut rest = steps.as_slice();
        while let Some(first) = rest.first() {
            let count = if first.script.body.no_transaction { 1 } else { self.steps_together(rest) };
            let (group, later) = rest.split_at(count);
            if first.script.body.no_transaction {
                let resume = self.resumed.remove(&first.step.revision).unwrap_or_default();
                self.backend.run_without_transaction(first.clone(), resume, &mut self.recorder)?;
            } else {
                self.run_together(group)?;
            }
            for step in group {
                step.step.rows.apply_to(rows);
            }
            self.recorder.commit();
            rest = later;
        }
        Ok(())
    }

    /// How many of the first steps share a transaction.
    fn steps_together(&self, steps: &[PreparedStep]) -> usize {
        match self.options.transaction {
            TransactionMode::Each => 1,
            TransactionMode::All => steps.iter().take_while(|step| !step.script.body.no_transaction).count(),
        }
    }

    /// Runs steps in one transaction, again and again where others are in its way.
    fn run_together(&mut self, group: &[PreparedStep]) -> Result<(), StepFailure> {
        let mut tries = Tries::within(self.backend.timeouts().migration_lock);
        loop {
            let ran = self.backend.run_in_transaction(&mut group.iter().cloned(), &mut self.recorder);
            let Err(failure) = ran else { return Ok(()) };
            self.tries = tries.made();
            self.blockers = self.blockers_of(&failure);
            let Some(pause) = tries.pause_after(&failure) else { return Err(failure) };
            self.recorder.pending.clear();
            self.recorder.watch.notice("notice", &retry_notice(&failure, &self.blockers, pause));
            std::thread::sleep(pause);
        }
    }

    fn blockers_of(&mut self, failure: &StepFailure) -> Vec<String> {
        let waited_in_vain = failure.cause.database_error().is_some_and(|error| error.lock_not_had);
        if waited_in_vain { self.backend.blockers(failure) } else { Vec::new() }
    }

    /// Tells a failure from having been overtaken: then the version rows are no longer what this run left.
    fn after_failure(
        &mut self,
        failure: StepFailure,
        expected: &[RevisionId],
    ) -> Result<Outcome, ExecuteError> {
        self.recorder.pending.clear();
        let state = self.backend.state();
        let overtaken = match (&state, &failure.cause) {
            (Ok(state), _) if state.rows != expected => true,
            (Ok(_), FailureCause::RowsMoved) => true,
            _ => false,
        };
        let kept_statements = matches!(&failure.cause, FailureCause::Statement { kept: 1.., .. });
        if overtaken && !kept_statements {
            return Ok(Outcome::Overtaken);
        }
        let state_known = state.is_ok();
        if state_known {
            // The failure itself is what matters; that it could not be noted down as well adds nothing.
            let _ = self.backend.add_event(
                failure.revision.as_str(),
                failure.operation.name(),
                "failed",
                &self.options.actor,
                Some(failure.cause.to_string()),
            );
        }
        let heads = state.map_or_else(|_| expected.to_vec(), |state| state.rows);
        let done = Report { steps: std::mem::take(&mut self.recorder.done), heads };
        Err(ExecuteError::Step(Box::new(FailedRun {
            failure,
            done,
            planned: self.planned,
            state_known,
            blockers: std::mem::take(&mut self.blockers),
            tries: self.tries,
        })))
    }
}

fn retry_notice(failure: &StepFailure, blockers: &[String], pause: Duration) -> String {
    let (revision, operation) = (&failure.revision, failure.operation.name());
    let why = failure.cause.database_error().map_or_else(String::new, ToString::to_string);
    let who: String = blockers.iter().map(|blocker| format!("; {blocker}")).collect();
    format!(
        "the {operation} of {revision} was rolled back: {why}{who}; it is tried again in {} ms",
        pause.as_millis()
    )
}

fn longest_id(plan: &Plan) -> usize {
    let ids = plan.steps.iter().map(|step| &step.revision).chain(&plan.after);
    ids.map(|id| id.as_str().chars().count()).max().unwrap_or(0)
}

/// Keeps account of the steps, and counts them only once they are committed.
struct Recorder<'w> {
    watch: &'w mut dyn Watch,
    pending: Vec<StepReport>,
    done: Vec<StepReport>,
}

impl<'w> Recorder<'w> {
    fn new(watch: &'w mut dyn Watch) -> Self {
        Self { watch, pending: Vec::new(), done: Vec::new() }
    }

    fn commit(&mut self) {
        self.done.append(&mut self.pending);
    }
}

impl Watch for Recorder<'_> {
    fn started(&mut self, step: &Step) {
        self.watch.started(step);
    }

    fn finished(&mut self, step: &Step, took: Duration) {
        self.pending.push(StepReport { revision: step.revision.clone(), operation: step.operation, took });
        self.watch.finished(step, took);
    }

    fn notice(&mut self, severity: &str, message: &str) {
        self.watch.notice(severity, message);
    }
}
