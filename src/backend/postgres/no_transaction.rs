//! Revisions that run outside any transaction, each statement noted in the journal before and after.

use std::time::Instant;

use super::super::journal::{Unit, is_noted_in_its_transaction, sets_up_the_session, units};
use super::super::{BackendError, DatabaseError, FailureCause, PreparedStep, Resume, StepFailure, Watch};
use super::invalid_index::{self, FoundIndex};
use super::message::{Cut, bookkeeping_failure};
use super::run::{begin, send, tell_notices};
use super::{Postgres, TransactionStatus};
use crate::ledger::{
    Change, EventDuration, JournalKey, Sql, StatementOutcome, StatementState, bookkeeping_statement,
    end_statement, forget_journal, forget_statement, note_statement,
};
use crate::plan::Step;
use crate::sql::{ConcurrentIndex, Dialect, Statement};

/// A script may have changed who the session acts as; the journal is written as who it began as.
/// That is the role that `ALTER ROLE … SET role` gives it, where there is one.
const AS_ITSELF: [&str; 2] = ["SET LOCAL SESSION AUTHORIZATION DEFAULT", "SET LOCAL role TO DEFAULT"];

/// Runs a step unit by unit from where `resume` says, outside any transaction, each noted in the journal, then records
/// the step in one.
///
/// # Errors
/// [`StepFailure`] of the first unit that fails, and of the bookkeeping. The journal tells how far the step has come.
pub(super) fn without_transaction(
    database: &mut Postgres,
    step: &PreparedStep,
    resume: Resume,
    watch: &mut dyn Watch,
) -> Result<(), StepFailure> {
    watch.started(&step.step);
    let started = Instant::now();
    let cuts = [Cut::new(step)];
    let [cut] = &cuts;
    if cut.takes_prepared_statements_away() {
        database.repeated.forget();
    }
    let ran = if database.is_pooled() {
        refuse_session_state(database, cut).and_then(|()| run(database, cut, resume, watch))
    } else {
        run_in_session(database, cut, resume, watch)
    };
    tell_notices(database, watch);
    ran?;
    let took = started.elapsed();
    let duration = EventDuration::of(took);
    let change = Change { duration, ..step.change.clone() };
    let change = std::slice::from_ref(&change);
    let sql = bookkeeping_statement(&database.tables, &step.step.rows, change, Some(&step.rows_before));
    let forget = forget_journal(&database.tables, &step.step.revision);
    let mut message = begin(database);
    message.push_all(&[&Postgres::literal(&forget)]);
    message.push_all(&[&Postgres::literal(&sql)]);
    message.push_commit();
    let recorded = send(database, &message, &cuts);
    database.roll_back();
    // Whoever else were at work on the revision would have failed at its journal.
    recorded.map_err(|failure| match failure.cause {
        FailureCause::RowsMoved => step.failure(FailureCause::BookkeepingTouched),
        _ => failure,
    })?;
    watch.finished(&step.step, took);
    Ok(())
}

/// Runs a script between setting the session up and putting it back.
fn run_in_session(
    database: &mut Postgres,
    cut: &Cut<'_>,
    resume: Resume,
    watch: &mut dyn Watch,
) -> Result<(), StepFailure> {
    let script_settings = cut.statements.iter().take(resume.done).filter(|ran| sets_up_the_session(ran));
    let settings = database.settings("SET");
    for setting in settings.iter().map(String::as_str).chain(script_settings.map(Statement::sql)) {
        run_own(database, cut.step, "setting up the session", setting)?;
    }
    let ran = run(database, cut, resume, watch);
    let tidied = database.tidy_session();
    ran?;
    tidied.map_err(|error| bookkeeping_failure(cut.step, "resetting the session", error))
}

/// Behind a pooler each statement may meet another session.
fn refuse_session_state(database: &Postgres, cut: &Cut<'_>) -> Result<(), StepFailure> {
    if let Some(index) = cut.statements.iter().position(Statement::sets_session_state) {
        return Err(cut.step.failure(FailureCause::NeedsSession { number: Some(index + 1) }));
    }
    if database.search_path.is_some() {
        return Err(cut.step.failure(FailureCause::NeedsSession { number: None }));
    }
    Ok(())
}

fn run(
    database: &mut Postgres,
    cut: &Cut<'_>,
    resume: Resume,
    watch: &mut dyn Watch,
) -> Result<(), StepFailure> {
    let units = units(&cut.statements);
    let mut tried = resume.next;
    for unit in units.iter().filter(|unit| unit.statements.start >= resume.done) {
        let Step { revision, operation, .. } = &cut.step.step;
        let key = JournalKey { revision, operation: *operation, number: unit.number() };
        let turn = Turn { cut, unit, key };
        let control = database.session.control();
        control.check().map_err(|cancelled| cut.step.failure(cancelled.into()))?;
        if let Some(state) = tried.take()
            && turn.settle_earlier_try(database, state, watch)? == EarlierTry::HasRun
        {
            continue;
        }
        let held = database.check_lock().and_then(|()| database.look_for_lock(false));
        held.map_err(|error| bookkeeping_failure(cut.step, "holding the lock", error))?;
        if is_noted_in_its_transaction(&cut.statements, unit) {
            turn.run_with_its_note(database)?;
        } else {
            turn.run_between_notes(database)?;
        }
    }
    Ok(())
}

#[derive(PartialEq, Eq)]
enum EarlierTry {
    HasRun,
    HasNotRun,
}

/// A unit whose turn it is.
struct Turn<'r, 's> {
    cut: &'r Cut<'s>,
    unit: &'r Unit,
    key: JournalKey<'r>,
}

impl Turn<'_, '_> {
    /// Runs the one statement and notes it in the same transaction.
    fn run_with_its_note(&self, database: &mut Postgres) -> Result<(), StepFailure> {
        let ran = self
            .begin(database)
            .and_then(|()| self.cut.run_statements(database, self.unit.statements.clone()))
            .and_then(|()| self.commit_with_note(database));
        let Err(failure) = ran else { return Ok(()) };
        database.roll_back();
        let told = failure.cause.to_string();
        // Where even this cannot be written, the journal knows of no try, and nothing is left of it.
        let _ = self.note(database, StatementOutcome::Failed(told));
        Err(failure)
    }

    /// In a session of its own the settings are made already, and the script may have changed them since.
    fn begin(&self, database: &mut Postgres) -> Result<(), StepFailure> {
        let settings = if database.is_pooled() { database.settings("SET LOCAL") } else { Vec::new() };
        run_own(database, self.cut.step, "beginning a transaction", &batch("BEGIN", &settings))
    }

    fn commit_with_note(&self, database: &mut Postgres) -> Result<(), StepFailure> {
        let note = self.note_statements(database, StatementOutcome::Done);
        let sql = format!("{};\nCOMMIT", note.join(";\n"));
        database.session.run_batch(&sql).map(drop).map_err(|error| {
            // What is deferred is checked at the end of the transaction.
            let at_commit = error.completed >= note.len();
            if at_commit {
                self.cut.failure(self.unit.statements.start, None, error.into())
            } else {
                self.note_failure(error.into())
            }
        })
    }

    /// Runs what cannot share a transaction with the journal.
    fn run_between_notes(&self, database: &mut Postgres) -> Result<(), StepFailure> {
        self.note(database, StatementOutcome::Started)?;
        let ran = self
            .cut
            .run_statements(database, self.unit.statements.clone())
            .and_then(|()| refuse_open_transaction(database, self.cut))
            .and_then(|()| self.refuse_invalid_index(database));
        let Err(mut failure) = ran else { return self.note_end(database, StatementOutcome::Done) };
        database.roll_back();
        failure.left_behind = self.index_left_behind(database);
        let left_behind = failure.left_behind.as_ref().map(|left| format!("; {left}"));
        let told = format!("{}{}", failure.cause, left_behind.unwrap_or_default());
        // Where even this cannot be written, the statement stays known as started, which is true as well.
        let _ = self.note_end(database, StatementOutcome::Failed(told));
        Err(failure)
    }

    /// Finds out what became of an earlier try, and takes away the invalid index that it may have left.
    fn settle_earlier_try(
        &self,
        database: &mut Postgres,
        state: StatementState,
        watch: &mut dyn Watch,
    ) -> Result<EarlierTry, StepFailure> {
        match self.find_index(database)? {
            Some(found) if found.is_valid && state == StatementState::Started => {
                watch.notice("notice", &format!("the index {} had been built", found.name));
                self.note_end(database, StatementOutcome::Done)?;
                return Ok(EarlierTry::HasRun);
            }
            Some(found) if !found.is_valid => {
                let name = &found.name;
                let told = format!("an earlier try left the index {name} invalid; it is built again");
                watch.notice("notice", &told);
                let drop = invalid_index::drop_statement(&found);
                run_own(database, self.cut.step, "dropping an invalid index", &drop)?;
            }
            _ => {}
        }
        let forget = forget_statement(&database.tables, self.key);
        self.write(database, &[forget])?;
        Ok(EarlierTry::HasNotRun)
    }

    /// The index that the unit builds concurrently under a name of the script's.
    fn find_index(&self, database: &mut Postgres) -> Result<Option<FoundIndex>, StepFailure> {
        let index = self.concurrent_index().filter(|index| index.name.is_some());
        let Some(index) = index else { return Ok(None) };
        invalid_index::find(&mut database.session, index)
            .map_err(|error| bookkeeping_failure(self.cut.step, "looking for an index", error))
    }

    fn concurrent_index(&self) -> Option<ConcurrentIndex<'_>> {
        self.cut.statements.get(self.unit.statements.start).and_then(Statement::concurrent_index)
    }

    /// An index can come out invalid without an error: `IF NOT EXISTS` is content with an invalid one.
    fn refuse_invalid_index(&self, database: &mut Postgres) -> Result<(), StepFailure> {
        match self.find_index(database)? {
            Some(found) if !found.is_valid => Err(self.cut.step.failure(FailureCause::InvalidIndex {
                index: found.name,
                number: self.unit.number(),
                of: self.cut.statements.len(),
            })),
            _ => Ok(()),
        }
    }

    fn index_left_behind(&self, database: &mut Postgres) -> Option<String> {
        let found = invalid_index::find(&mut database.session, self.concurrent_index()?).ok().flatten()?;
        (!found.is_valid)
            .then(|| format!("the index {} is there, but PostgreSQL calls it invalid", found.name))
    }

    /// The statements that note an outcome of which nothing was noted before.
    fn note_statements(&self, database: &Postgres, outcome: StatementOutcome) -> Vec<String> {
        let note = note_statement(Dialect::Postgres, &database.tables, self.key, &self.unit.hash, outcome);
        as_itself(&note)
    }

    fn note(&self, database: &mut Postgres, outcome: StatementOutcome) -> Result<(), StepFailure> {
        let statements = self.note_statements(database, outcome);
        database.in_transaction(&statements).map_err(|error| self.note_failure(error))
    }

    fn note_end(&self, database: &mut Postgres, outcome: StatementOutcome) -> Result<(), StepFailure> {
        let end = end_statement(Dialect::Postgres, &database.tables, self.key, outcome);
        self.write(database, &[end])
    }

    fn write(&self, database: &mut Postgres, statements: &[Sql]) -> Result<(), StepFailure> {
        database.in_transaction(&as_itself(statements)).map_err(|error| self.note_failure(error))
    }

    fn note_failure(&self, error: BackendError) -> StepFailure {
        match error {
            BackendError::RowsMoved => self.cut.step.failure(FailureCause::RowsMoved),
            error => bookkeeping_failure(self.cut.step, "writing the journal", database_error(error)),
        }
    }
}

fn as_itself(statements: &[Sql]) -> Vec<String> {
    AS_ITSELF.iter().map(ToString::to_string).chain(statements.iter().map(Postgres::literal)).collect()
}

fn batch(first: &str, rest: &[String]) -> String {
    std::iter::once(first).chain(rest.iter().map(String::as_str)).collect::<Vec<_>>().join(";\n")
}

fn database_error(error: BackendError) -> DatabaseError {
    match error {
        BackendError::Database(error) => error,
        other => DatabaseError { message: other.to_string(), ..DatabaseError::default() },
    }
}

fn run_own(
    database: &mut Postgres,
    step: &PreparedStep,
    phase: &'static str,
    sql: &str,
) -> Result<(), StepFailure> {
    match database.session.run_batch(sql) {
        Ok(_) => Ok(()),
        Err(error) => Err(bookkeeping_failure(step, phase, error.into())),
    }
}

fn refuse_open_transaction(database: &Postgres, cut: &Cut<'_>) -> Result<(), StepFailure> {
    if database.session.transaction_status() == TransactionStatus::Idle {
        return Ok(());
    }
    let message = "the script has left a transaction open".to_owned();
    let error = DatabaseError { message, ..DatabaseError::default() };
    Err(bookkeeping_failure(cut.step, "after the script", error))
}
