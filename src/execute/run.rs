//! `upgrade` and `downgrade`.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::error::FailedRun;
use super::journal::{self, Journal};
use super::recorder::Recorder;
use super::retry::{GivenUp, Tries};
use super::{
    Applied, Direction, ExecuteError, KnownHistory, Options, Planned, Reading, Report, check_protection,
    check_recorded, entry_of, plan_against, prepare, without_statements,
};
use crate::backend::{
    Backend, BackendError, Control, DatabaseState, FailureCause, PreparedStep, Resume, StepFailure, Watch,
};
use crate::config::{ChecksumPolicy, TransactionMode};
use crate::graph::{RevisionId, RevisionSpec};
use crate::ledger::{Entry, JournaledStatement, Origin};
use crate::plan::Plan;
use crate::script::ScriptDirectory;

/// How long a run plans anew because others move the version rows, without a step of its own, before it gives up.
const LONGEST_OVERTAKEN: Duration = Duration::from_secs(10);
/// How often it does so at the most.
const MOST_OVERTAKEN: u32 = 100;

/// Brings a database to a target. Where others do so at the same time, each revision runs once, and the rest is
/// planned again from where they have brought it. `reading` is what the database has just said of itself: where it shows
/// that there is nothing to do, no more is asked.
///
/// What [`Backend::control`] cancels ends between two steps, in a wait, or in the midst of a statement, which is then
/// rolled back.
///
/// # Errors
/// [`ExecuteError`]; [`ExecuteError::Step`] tells what had been done before. A run that is cancelled before there is
/// anything to do ends with [`BackendError::Cancelled`].
pub fn migrate(
    scripts: &ScriptDirectory,
    backend: &mut dyn Backend,
    reading: &Reading,
    direction: Direction,
    target: &RevisionSpec,
    options: &Options,
    watch: &mut dyn Watch,
) -> Result<Report, ExecuteError> {
    let control = backend.control().clone();
    let run = Run {
        scripts,
        backend,
        options,
        recorder: Recorder::new(watch),
        planned: 0,
        has_begun: false,
        edits_told: false,
    };
    run.migrate(reading, direction, target).map_err(|error| match error {
        ExecuteError::Backend(error) => error.unless_cancelled(&control).into(),
        other => other,
    })
}

struct Run<'r> {
    scripts: &'r ScriptDirectory,
    backend: &'r mut dyn Backend,
    options: &'r Options,
    recorder: Recorder<'r>,
    planned: usize,
    /// Whether the watch knows that the database is about to be changed.
    has_begun: bool,
    /// Whether edited scripts have been warned of.
    edits_told: bool,
}

/// How often a run has been overtaken since its last step.
#[derive(Default)]
struct Overtaken {
    times: u32,
    since: Option<Instant>,
    /// How many steps had been taken when it was overtaken last.
    done: usize,
}

impl Overtaken {
    /// Whether to plan anew, after `done` steps.
    fn once_more(&mut self, done: usize) -> bool {
        if done > self.done {
            *self = Self { done, ..Self::default() };
        }
        self.times += 1;
        let since = *self.since.get_or_insert_with(Instant::now);
        self.times <= MOST_OVERTAKEN && since.elapsed() < LONGEST_OVERTAKEN
    }
}

enum Outcome {
    Finished,
    /// Somebody else has moved the version rows.
    Overtaken,
}

impl<'r> Run<'r> {
    fn migrate(
        mut self,
        reading: &Reading,
        direction: Direction,
        target: &RevisionSpec,
    ) -> Result<Report, ExecuteError> {
        self.backend.control().check().map_err(BackendError::from)?;
        let Planned { known, state, plan, applied } = self.plan(reading, direction, target)?;
        let awaits_folding = direction == Direction::Up && applied.awaits_folding(known.scripts());
        if plan.steps.is_empty() && !awaits_folding && self.journal(state)?.is_empty() {
            return Ok(Report { steps: Vec::new(), heads: plan.after });
        }
        let steps = self.prepare(&known, &plan)?;
        self.warn_of_empty(&known, &steps);
        let mut prepared = Some((plan, steps));
        self.backend.lock()?;
        let mut overtaken = Overtaken::default();
        loop {
            self.backend.control().check().map_err(BackendError::from)?;
            let reading = Reading::of(self.backend)?;
            let planned = self.plan(&reading, direction, target)?;
            let after = planned.plan.after.clone();
            check_protection(self.backend, &planned.plan.before, &planned.plan.after, self.options)?;
            let steps = match prepared.take() {
                Some((same, steps)) if same == planned.plan => steps,
                _ => self.prepare(&planned.known, &planned.plan)?,
            };
            check_recorded(self.backend, &steps, self.options)?;
            if !steps.is_empty() {
                self.begin()?;
            }
            let resumed = self.settle_journal(&planned, &steps)?;
            if steps.is_empty()
                && !(awaits_folding && planned.applied.awaits_folding(planned.known.scripts()))
            {
                return Ok(Report { steps: self.recorder.done, heads: after });
            }
            match self.carry_out(&planned, &steps, resumed)? {
                Outcome::Finished => return Ok(Report { steps: self.recorder.done, heads: after }),
                Outcome::Overtaken if overtaken.once_more(self.recorder.done.len()) => {}
                Outcome::Overtaken => return Err(BackendError::RowsMoved.into()),
            }
        }
    }

    /// Tells the watch, once, that the database is about to be changed.
    fn begin(&mut self) -> Result<(), ExecuteError> {
        if !std::mem::replace(&mut self.has_begun, true) {
            self.recorder.begins().map_err(ExecuteError::NotBegun)?;
        }
        Ok(())
    }

    fn plan<'p>(
        &mut self,
        reading: &'p Reading,
        direction: Direction,
        target: &RevisionSpec,
    ) -> Result<Planned<'p>, ExecuteError>
    where
        'r: 'p,
    {
        let told = std::mem::replace(&mut self.edits_told, true);
        let checksums = match self.options.checksums {
            ChecksumPolicy::Warn if told => ChecksumPolicy::Off,
            policy => policy,
        };
        plan_against(self.scripts, self.backend, reading, direction, target, checksums, self.recorder.watch)
    }

    fn prepare(&mut self, known: &KnownHistory<'_>, plan: &Plan) -> Result<Vec<PreparedStep>, ExecuteError> {
        let exempts_new_enums = self.backend.can_use_new_values_of_new_enums();
        prepare(
            known.scripts(),
            plan,
            self.backend.dialect(),
            self.backend.tables(),
            exempts_new_enums,
            self.options,
        )
    }

    fn warn_of_empty(&mut self, known: &KnownHistory<'_>, steps: &[PreparedStep]) {
        for step in without_statements(known.scripts(), steps) {
            let path = step.script.path.display();
            let message =
                format!("{path} holds no statement: revision {} changes nothing", step.step.revision);
            self.recorder.watch.notice("warning", &message);
        }
    }

    fn journal(&mut self, state: &DatabaseState) -> Result<Vec<JournaledStatement>, ExecuteError> {
        if state.has_journal { Ok(self.backend.journal()?) } else { Ok(Vec::new()) }
    }

    /// Finds out where revisions go on that an earlier run has left halfway. Only under the lock: a revision that
    /// another process is at work on looks the same.
    fn settle_journal(
        &mut self,
        planned: &Planned<'_>,
        steps: &[PreparedStep],
    ) -> Result<BTreeMap<RevisionId, Resume>, ExecuteError> {
        let rows = self.journal(planned.state)?;
        let Journal { resumed, settled } =
            journal::read(planned.known.scripts(), &planned.applied, steps, rows)?;
        for (revision, why) in settled {
            self.backend.settle_journal(&revision, &self.options.actor, why.to_owned())?;
        }
        Ok(resumed)
    }

    fn carry_out(
        &mut self,
        planned: &Planned<'_>,
        steps: &[PreparedStep],
        resumed: BTreeMap<RevisionId, Resume>,
    ) -> Result<Outcome, ExecuteError> {
        let Planned { known, state, plan, applied } = planned;
        self.planned = self.recorder.done.len() + steps.len();
        self.recorder.watch.planned(self.planned);
        self.backend.ensure_tables(state, longest_id(plan))?;
        match self.adopt(known.scripts(), &state.rows, applied) {
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
    fn adopt(
        &mut self,
        scripts: &ScriptDirectory,
        rows: &[RevisionId],
        applied: &Applied<'_>,
    ) -> Result<(), ExecuteError> {
        let stale = applied.stale(scripts);
        let unrecorded = applied.unrecorded(scripts);
        if stale.is_empty() && unrecorded.is_empty() {
            return Ok(());
        }
        let dialect = self.backend.dialect();
        let origin = |node| {
            let has_taken_their_place = applied.has_originals_of(scripts.graph().revision(node));
            if has_taken_their_place { Origin::Squash } else { Origin::Adopted }
        };
        let entries: Result<Vec<Entry>, _> =
            unrecorded.iter().map(|node| entry_of(scripts, *node, dialect, origin(*node))).collect();
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
            self.backend.control().check().map_err(|cancelled| GivenUp::before(first, cancelled))?;
            let (now, later) = rest.split_at(self.steps_together(rest));
            if first.script.body.no_transaction {
                let resume = resumed.remove(&first.step.revision).unwrap_or_default();
                let ran = self.backend.run_without_transaction(first, resume, &mut self.recorder);
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
            let ran = self.backend.run_in_transaction(steps, &mut self.recorder);
            let Err(failure) = ran else { return Ok(()) };
            let given_up = GivenUp { tries: tries.made(), blockers: self.blockers_of(&failure), failure };
            let Some(pause) = tries.pause_after(&given_up.failure) else { return Err(given_up) };
            self.recorder.pending.clear();
            self.recorder.watch.notice("notice", &given_up.retry_notice(pause));
            if self.backend.control().cancellation().sleep(pause).is_err() {
                return Err(given_up);
            }
        }
    }

    fn blockers_of(&mut self, failure: &StepFailure) -> Vec<String> {
        let waited_in_vain = failure.cause.database_error().is_some_and(|error| error.lock_not_had);
        if waited_in_vain { self.backend.blockers(failure) } else { Vec::new() }
    }

    /// Tells a failure from having been overtaken: then the version rows are no longer what this run left.
    fn after_failure(&mut self, given_up: GivenUp, expected: &[RevisionId]) -> Result<Outcome, ExecuteError> {
        let interrupted = self.backend.control().is_cancelled()
            && (given_up.failure.is_interruption() || given_up.is_worth_another_try());
        // What is left to be asked and noted is not to be interrupted.
        let control = self.backend.set_control(Control::default());
        let outcome = self.settle_failure(given_up, interrupted, expected);
        self.backend.set_control(control);
        outcome
    }

    fn settle_failure(
        &mut self,
        given_up: GivenUp,
        interrupted: bool,
        expected: &[RevisionId],
    ) -> Result<Outcome, ExecuteError> {
        let GivenUp { mut failure, tries, blockers } = given_up;
        self.recorder.pending.clear();
        let state = self.backend.state();
        let found_others = matches!(failure.cause, FailureCause::RowsMoved);
        let are_others = state.as_ref().is_ok_and(|state| state.rows != expected);
        if are_others && (failure.in_transaction || found_others) && !interrupted {
            return Ok(Outcome::Overtaken);
        }
        if found_others && failure.in_transaction {
            // It was rolled back, and the rows are what they were: nobody else has moved them.
            failure.cause = FailureCause::BookkeepingTouched;
        }
        let state_known = state.is_ok();
        if state_known && tries > 0 {
            // The failure itself is what matters; that it could not be noted down as well adds nothing.
            let _ = self.backend.add_event(
                failure.revision.as_str(),
                failure.operation.name(),
                if interrupted { "interrupted" } else { "failed" },
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
            interrupted,
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
