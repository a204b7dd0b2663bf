//! Revisions that run outside any transaction, each statement noted in the journal before and after.

use std::time::Instant;

use super::super::journal::{Unit, sets_up_the_session, units};
use super::super::{BackendError, DatabaseError, FailureCause, PreparedStep, Resume, StepFailure, Watch};
use super::run::{Cut, RESET, begin, bookkeeping_failure, send, tell_notices};
use super::{Postgres, TransactionStatus, invalid_index, milliseconds};
use crate::ledger::{
    Change, EventDuration, JournalKey, Sql, StatementState, bookkeeping_statement, forget_journal,
    statement_ended, statement_started,
};
use crate::sql::{Dialect, Statement};

/// A script may have changed who the session acts as; the journal is written as who it began as.
const AS_ITSELF: [&str; 2] = ["SET LOCAL SESSION AUTHORIZATION DEFAULT", "SET LOCAL ROLE NONE"];

/// Runs a step statement by statement, outside any transaction, then records it in one.
pub(super) fn without_transaction(
    database: &mut Postgres,
    step: &PreparedStep,
    resume: Resume,
    watch: &mut dyn Watch,
) -> Result<(), StepFailure> {
    watch.started(&step.step);
    let started = Instant::now();
    let cuts = [Cut::new(step)?];
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
    let duration = EventDuration::Milliseconds(milliseconds(took));
    let change = Change { duration, ..step.change.clone() };
    let sql = bookkeeping_statement(&database.tables, &step.step.rows, std::slice::from_ref(&change));
    let forget = forget_journal(&database.tables, &step.step.revision);
    let mut message = begin(database);
    message.push_all(&[&Postgres::literal(&forget)]);
    message.push_all(&[&Postgres::literal(&sql), "COMMIT"]);
    let recorded = send(database, &message, &cuts);
    database.roll_back();
    recorded?;
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
    for reset in RESET {
        let reset = run_own(database, cut.step, "resetting the session", reset);
        if ran.is_ok() {
            reset?;
        }
    }
    ran
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
        let key = JournalKey {
            revision: &cut.step.step.revision,
            operation: cut.step.step.operation,
            number: unit.number(),
        };
        if let Some(state) = tried.take() {
            match settle_earlier_try(database, cut, unit, state, watch)? {
                EarlierTry::HasRun => {
                    note_end(database, cut, key, None)?;
                    continue;
                }
                EarlierTry::HasNotRun => forget_start(database, cut, key)?,
            }
        }
        database.check_lock().map_err(|error| bookkeeping_failure(cut.step, "holding the lock", error))?;
        note_start(database, cut, key, unit)?;
        run_unit(database, cut, unit, key)?;
        note_end(database, cut, key, None)?;
    }
    Ok(())
}

fn run_unit(
    database: &mut Postgres,
    cut: &Cut<'_>,
    unit: &Unit,
    key: JournalKey<'_>,
) -> Result<(), StepFailure> {
    let ran = cut
        .run_statements(database, unit.statements.clone())
        .and_then(|()| refuse_open_transaction(database, cut))
        .and_then(|()| refuse_invalid_index(database, cut, unit));
    let Err(mut failure) = ran else { return Ok(()) };
    database.roll_back();
    failure.left_behind = index_left_behind(database, cut, unit);
    let left_behind = failure.left_behind.as_ref().map(|left| format!("; {left}"));
    let told = format!("{}{}", failure.cause, left_behind.unwrap_or_default());
    // Where even this cannot be written, the statement stays known as started, which is true as well.
    let _ = note_end(database, cut, key, Some(told));
    Err(failure)
}

enum EarlierTry {
    HasRun,
    HasNotRun,
}

/// Finds out what became of an earlier try, and takes away the invalid index that it may have left.
fn settle_earlier_try(
    database: &mut Postgres,
    cut: &Cut<'_>,
    unit: &Unit,
    state: StatementState,
    watch: &mut dyn Watch,
) -> Result<EarlierTry, StepFailure> {
    let asking = |error| bookkeeping_failure(cut.step, "looking for an index", error);
    let index = cut.statements.get(unit.statements.start).and_then(Statement::concurrent_index);
    let Some(index) = index.filter(|index| index.name.is_some()) else { return Ok(EarlierTry::HasNotRun) };
    match invalid_index::find(&mut database.session, index).map_err(asking)? {
        Some(found) if found.is_valid && state == StatementState::Started => {
            watch.notice("notice", &format!("the index {} had been built", found.name));
            Ok(EarlierTry::HasRun)
        }
        Some(found) if !found.is_valid => {
            let name = &found.name;
            watch.notice(
                "notice",
                &format!("an earlier try left the index {name} invalid; it is built again"),
            );
            let drop = invalid_index::drop_statement(&found);
            run_own(database, cut.step, "dropping an invalid index", &drop)?;
            Ok(EarlierTry::HasNotRun)
        }
        _ => Ok(EarlierTry::HasNotRun),
    }
}

/// An index can come out invalid without an error: `IF NOT EXISTS` is content with an invalid one.
fn refuse_invalid_index(database: &mut Postgres, cut: &Cut<'_>, unit: &Unit) -> Result<(), StepFailure> {
    let index = cut.statements.get(unit.statements.start).and_then(Statement::concurrent_index);
    let Some(index) = index.filter(|index| index.name.is_some()) else { return Ok(()) };
    let found = invalid_index::find(&mut database.session, index)
        .map_err(|error| bookkeeping_failure(cut.step, "looking for an index", error))?;
    match found {
        Some(found) if !found.is_valid => Err(cut.step.failure(FailureCause::InvalidIndex {
            index: found.name,
            number: unit.number(),
            of: cut.statements.len(),
        })),
        _ => Ok(()),
    }
}

fn index_left_behind(database: &mut Postgres, cut: &Cut<'_>, unit: &Unit) -> Option<String> {
    let index = cut.statements.get(unit.statements.start)?.concurrent_index()?;
    let found = invalid_index::find(&mut database.session, index).ok().flatten()?;
    (!found.is_valid).then(|| format!("the index {} is there, but PostgreSQL calls it invalid", found.name))
}

fn note_start(
    database: &mut Postgres,
    cut: &Cut<'_>,
    key: JournalKey<'_>,
    unit: &Unit,
) -> Result<(), StepFailure> {
    let statements = statement_started(&database.tables, key, &unit.hash);
    note(database, &statements).map_err(|error| match error {
        BackendError::RowsMoved => cut.step.failure(FailureCause::RowsMoved),
        error => bookkeeping_failure(cut.step, "writing the journal", database_error(error)),
    })
}

fn note_end(
    database: &mut Postgres,
    cut: &Cut<'_>,
    key: JournalKey<'_>,
    error: Option<String>,
) -> Result<(), StepFailure> {
    let statement = statement_ended(Dialect::Postgres, &database.tables, key, error);
    note(database, &[statement])
        .map_err(|error| bookkeeping_failure(cut.step, "writing the journal", database_error(error)))
}

fn forget_start(database: &mut Postgres, cut: &Cut<'_>, key: JournalKey<'_>) -> Result<(), StepFailure> {
    let statement = crate::ledger::forget_statement(&database.tables, key);
    note(database, &[statement])
        .map_err(|error| bookkeeping_failure(cut.step, "writing the journal", database_error(error)))
}

fn note(database: &mut Postgres, statements: &[Sql]) -> Result<(), BackendError> {
    let statements: Vec<String> =
        AS_ITSELF.iter().map(ToString::to_string).chain(statements.iter().map(Postgres::literal)).collect();
    database.in_transaction(&statements)
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
