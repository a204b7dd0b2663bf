//! Revisions that run outside any transaction, each statement noted in the journal before and after.

use std::time::Instant;

use rusqlite::ErrorCode;

use super::super::journal::{Unit, sets_up_the_session, units};
use super::super::{BackendError, DatabaseError, FailureCause, PreparedStep, Resume, StepFailure, Watch};
use super::run::{
    begin_failure, bookkeeping, check_foreign_keys, error_offset, run_statement, runnable, survey, switch_off,
};
use super::{Sqlite, milliseconds};
use crate::ledger::{
    Change, EventDuration, JournalKey, forget_journal, forget_statement, statement_ended, statement_started,
};
use crate::sql::{Dialect, Statement};

/// Runs a step statement by statement, each in a transaction of its own.
pub(super) fn without_transaction(
    database: &mut Sqlite,
    step: &PreparedStep,
    resume: Resume,
    watch: &mut dyn Watch,
) -> Result<(), StepFailure> {
    switch_off(database).map_err(|error| bookkeeping(step, "switching foreign keys off", error.into()))?;
    watch.started(&step.step);
    let started = Instant::now();
    let result = run_units(database, step, resume).and_then(|()| {
        let took = started.elapsed();
        let change =
            Change { duration: EventDuration::Milliseconds(milliseconds(took)), ..step.change.clone() };
        settle(database, step, &change)?;
        watch.finished(&step.step, took);
        Ok(())
    });
    database.roll_back();
    if result.is_err() {
        database.foreign_keys.forget();
    }
    database.foreign_keys.restore(&database.connection);
    result
}

fn run_units(database: &mut Sqlite, step: &PreparedStep, resume: Resume) -> Result<(), StepFailure> {
    if resume.done == 0 {
        survey(database, step)?;
    } else {
        database.foreign_keys.suspect_all();
    }
    database.foreign_keys.expect(&step.script.body.sql);
    let statements = runnable(step)?;
    for statement in statements.iter().take(resume.done).filter(|ran| sets_up_the_session(ran)) {
        run_statement(&database.connection, statement)
            .map_err(|error| bookkeeping(step, "setting up the connection", error.into()))?;
    }
    let mut tried = resume.next;
    for unit in units(&statements).iter().filter(|unit| unit.statements.start >= resume.done) {
        let key = JournalKey {
            revision: &step.step.revision,
            operation: step.step.operation,
            number: unit.number(),
        };
        if tried.take().is_some() {
            note(database, step, |database| {
                database.execute(&forget_statement(&database.tables, key)).map(drop)
            })?;
        }
        start(database, step, key, unit)?;
        run_unit(database, step, &statements, unit, key)?;
        note_end(database, step, key, None)?;
    }
    check_foreign_keys(database, step)
}

fn run_unit(
    database: &mut Sqlite,
    step: &PreparedStep,
    statements: &[Statement<'_>],
    unit: &Unit,
    key: JournalKey<'_>,
) -> Result<(), StepFailure> {
    let ran = run_statements(database, step, statements, unit)
        .and_then(|()| refuse_open_transaction(database, step));
    let Err(failure) = ran else { return Ok(()) };
    database.roll_back();
    // Where even this cannot be written, the statement stays known as started, which is true as well.
    let _ = note_end(database, step, key, Some(failure.cause.to_string()));
    Err(failure)
}

fn run_statements(
    database: &Sqlite,
    step: &PreparedStep,
    statements: &[Statement<'_>],
    unit: &Unit,
) -> Result<(), StepFailure> {
    let Unit { statements: range, .. } = unit;
    for (index, statement) in statements.iter().enumerate().take(range.end).skip(range.start) {
        if statement.switches_foreign_keys() {
            // In a transaction SQLite ignores it; here it would make rebuilding a table delete rows elsewhere.
            continue;
        }
        run_statement(&database.connection, statement).map_err(|error| {
            let offset = error_offset(&error, statement);
            step.statement_failure(statements, index, offset, error.into())
        })?;
    }
    Ok(())
}

fn refuse_open_transaction(database: &Sqlite, step: &PreparedStep) -> Result<(), StepFailure> {
    if database.connection.is_autocommit() {
        return Ok(());
    }
    let message = "the script has left a transaction open".to_owned();
    Err(bookkeeping(step, "after the script", DatabaseError { message, ..DatabaseError::default() }))
}

/// Notes that a unit is about to run. Where somebody else has noted it already, they are at work on the revision.
fn start(
    database: &Sqlite,
    step: &PreparedStep,
    key: JournalKey<'_>,
    unit: &Unit,
) -> Result<(), StepFailure> {
    let started = database.in_transaction(|database| {
        for sql in statement_started(&database.tables, key, &unit.hash) {
            database.execute(&sql).map_err(|error| match error.sqlite_error_code() {
                Some(ErrorCode::ConstraintViolation) => BackendError::RowsMoved,
                _ => error.into(),
            })?;
        }
        Ok(())
    });
    started.map_err(|error| match error {
        BackendError::RowsMoved => step.failure(FailureCause::RowsMoved),
        other => begin_failure(step, other),
    })
}

fn note_end(
    database: &Sqlite,
    step: &PreparedStep,
    key: JournalKey<'_>,
    error: Option<String>,
) -> Result<(), StepFailure> {
    let sql = statement_ended(Dialect::Sqlite, &database.tables, key, error);
    note(database, step, |database| database.execute(&sql).map(drop))
}

fn note(
    database: &Sqlite,
    step: &PreparedStep,
    write: impl FnOnce(&Sqlite) -> rusqlite::Result<()>,
) -> Result<(), StepFailure> {
    write(database).map_err(|error| bookkeeping(step, "writing the journal", error.into()))
}

fn settle(database: &Sqlite, step: &PreparedStep, change: &Change) -> Result<(), StepFailure> {
    let recorded = database.in_transaction(|database| {
        let touched = database.move_rows(&step.step.rows)?.ok_or(BackendError::RowsMoved)?;
        database.execute(&forget_journal(&database.tables, &step.step.revision))?;
        Ok(database.write_ledger(std::slice::from_ref(change), touched)?)
    });
    recorded.map_err(|error| match error {
        BackendError::RowsMoved => step.failure(FailureCause::RowsMoved),
        other => begin_failure(step, other),
    })
}
