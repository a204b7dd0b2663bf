//! `upgrade` and `downgrade`.

use std::collections::BTreeMap;
use std::time::Duration;

use super::error::FailedRun;
use super::journal::{self, Journal};
use super::retry::{GivenUp, Tries};
use super::{
    Applied, ExecuteError, Options, Report, StepReport, check_history, entry_of, ledger_of, prepare,
};
use crate::backend::{
    Backend, BackendError, DatabaseState, FailureCause, PreparedStep, Resume, StepFailure, Watch,
};
use crate::config::{ChecksumPolicy, TransactionMode};
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
    let mut run =
        Run { scripts, backend, options, recorder: Recorder::new(watch), planned: 0, edits_told: false };
    let (state, plan, _) = run.plan(direction, target)?;
    if plan.steps.is_empty() && run.journal(&state)?.is_empty() {
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
        let resumed = run.settle_journal(&state, &applied, &steps)?;
        if plan.steps.is_empty() {
            return Ok(Report { steps: run.recorder.done, heads: plan.after });
        }
        match run.carry_out(&state, &plan, &applied, &steps, resumed)? {
            Outcome::Finished => return Ok(Report { steps: run.recorder.done, heads: plan.after }),
            Outcome::Overtaken => {}
        }
    }
    Err(BackendError::RowsMoved.into())
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
    /// Whether edited scripts have been warned of.
    edits_told: bool,
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
            let told = std::mem::replace(&mut self.edits_told, true);
            let policy = match self.options.checksums {
                ChecksumPolicy::Warn if told => ChecksumPolicy::Off,
                policy => policy,
            };
            check_history(self.scripts, &applied, policy, self.recorder.watch)?;
        }
        Ok((state, plan, applied))
    }

    fn journal(&mut self, state: &DatabaseState) -> Result<Vec<JournaledStatement>, ExecuteError> {
        if state.has_journal { Ok(self.backend.journal()?) } else { Ok(Vec::new()) }
    }

    /// Finds out where revisions go on that an earlier run has left halfway. Only under the lock: a revision that
    /// another process is at work on looks the same.
    fn settle_journal(
        &mut self,
        state: &DatabaseState,
        applied: &Applied,
        steps: &[PreparedStep],
    ) -> Result<BTreeMap<RevisionId, Resume>, ExecuteError> {
        let rows = self.journal(state)?;
        let Journal { resumed, settled } =
            journal::read(self.scripts, applied, self.backend.dialect(), steps, rows)?;
        for (revision, why) in settled {
            self.backend.settle_journal(&revision, &self.options.actor, why.to_owned())?;
        }
        Ok(resumed)
    }

    fn carry_out(
        &mut self,
        state: &DatabaseState,
        plan: &Plan,
        applied: &Applied,
        steps: &[PreparedStep],
        resumed: BTreeMap<RevisionId, Resume>,
    ) -> Result<Outcome, ExecuteError> {
        self.planned = self.recorder.done.len() + steps.len();
        self.backend.ensure_tables(state, longest_id(plan))?;
        match self.adopt(&state.rows, applied) {
            Err(ExecuteError::Backend(BackendError::RowsMoved)) => return Ok(Outcome::Overtaken),
            adopted => adopted?,
        }
        let mut rows = plan.before.clone();
        match self.run_all(steps, resumed, &mut rows) {
            Ok(()) => Ok(Outcome::Finished),
            Err(given_up) => self.after_failure(given_up, &rows),
        }
    }

    /// Brings the ledger in line with what another tool has done since.
    fn adopt(&mut self, rows: &[RevisionId], applied: &Applied) -> Result<(), ExecuteError> {
        let stale = applied.stale(self.scripts);
        let unrecorded = applied.unrecorded(self.scripts);
        if stale.is_empty() && unrecorded.is_empty() {
            return Ok(());
        }
        let dialect = self.backend.dialect();
        let entries: Result<Vec<Entry>, _> =
            unrecorded.iter().map(|node| entry_of(self.scripts, *node, dialect, Origin::Adopted)).collect();
        let entries = entries.map_err(|problem| ExecuteError::Scripts(vec![problem]))?;
        Ok(self.backend.adopt(rows, &entries, &stale, &self.options.actor)?)
    }

    /// Runs steps in the transactions that the configuration asks for; `rows` follows what has been committed.
    fn run_all(
        &mut self,
        steps: &[PreparedStep],
        mut resumed: BTreeMap<RevisionId, Resume>,
        rows: &mut Vec<RevisionId>,
    ) -> Result<(), GivenUp> {
        let mut rest = steps;
        while let Some(first) = rest.first() {
            let (now, later) = rest.split_at(self.steps_together(rest));
            if first.script.body.no_transaction {
                let resume = resumed.remove(&first.step.revision).unwrap_or_default();
                let ran = self.backend.run_without_transaction(first.clone(), resume, &mut self.recorder);
                ran.map_err(|failure| GivenUp { tries: 1, blockers: self.blockers_of(&failure), failure })?;
            } else {
                self.run_together(now)?;
            }
            for step in now {
                step.step.rows.apply_to(rows);
            }
            self.recorder.commit();
            rest = later;
        }
        Ok(())
    }

    /// How many of the first steps run at once; at least one.
    fn steps_together(&self, steps: &[PreparedStep]) -> usize {
        match self.options.transaction {
            TransactionMode::Each => 1,
            TransactionMode::All => {
                steps.iter().take_while(|step| !step.script.body.no_transaction).count().max(1)
            }
        }
    }

    /// Runs steps in one transaction, again and again while others are in its way.
    fn run_together(&mut self, steps: &[PreparedStep]) -> Result<(), GivenUp> {
        let mut tries = Tries::within(self.backend.timeouts().migration_lock);
        loop {
            let ran = self.backend.run_in_transaction(&mut steps.iter().cloned(), &mut self.recorder);
            let Err(failure) = ran else { return Ok(()) };
            let given_up = GivenUp { tries: tries.made(), blockers: self.blockers_of(&failure), failure };
            let Some(pause) = tries.pause_after(&given_up.failure) else { return Err(given_up) };
            self.recorder.pending.clear();
            self.recorder.watch.notice("notice", &given_up.retry_notice(pause));
            std::thread::sleep(pause);
        }
    }

    fn blockers_of(&mut self, failure: &StepFailure) -> Vec<String> {
        let waited_in_vain = failure.cause.database_error().is_some_and(|error| error.lock_not_had);
        if waited_in_vain { self.backend.blockers(failure) } else { Vec::new() }
    }

    /// Tells a failure from having been overtaken: then the version rows are no longer what this run left.
    fn after_failure(&mut self, given_up: GivenUp, expected: &[RevisionId]) -> Result<Outcome, ExecuteError> {
        let GivenUp { failure, tries, blockers } = given_up;
        self.recorder.pending.clear();
        let state = self.backend.state();
        let rows_moved = state.as_ref().is_ok_and(|state| {
            matches!(failure.cause, FailureCause::RowsMoved)
                || failure.in_transaction && state.rows != expected
        });
        if rows_moved {
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
        let journal = if failure.in_transaction { None } else { self.journal_of(&failure.revision) };
        let heads = state.map_or_else(|_| expected.to_vec(), |state| state.rows);
        let done = Report { steps: std::mem::take(&mut self.recorder.done), heads };
        Err(ExecuteError::Step(Box::new(FailedRun {
            failure,
            done,
            planned: self.planned,
            state_known,
            journal,
            tries,
            blockers,
        })))
    }

    fn journal_of(&mut self, revision: &RevisionId) -> Option<Vec<JournaledStatement>> {
        let mut journal = self.backend.journal().ok()?;
        journal.retain(|statement| statement.revision == *revision);
        Some(journal)
    }
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
