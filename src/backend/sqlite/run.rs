//! Running steps on SQLite.

use std::time::Instant;

use rusqlite::Connection;

use super::super::{BackendError, DatabaseError, FailureCause, PreparedStep, StepFailure, Watch};
use super::session_settings::SessionSettings;
use super::{Sqlite, milliseconds};
use crate::ledger::{Change, EventDuration};
use crate::sql::{Dialect, LexError, Statement, split};

/// Ledger rows that one transaction over many revisions holds back at the most.
const LEDGER_BATCH: usize = 256;

/// Runs steps in one transaction.
pub(super) fn in_transaction(
    database: &mut Sqlite,
    steps: &mut dyn Iterator<Item = PreparedStep>,
    watch: &mut dyn Watch,
) -> Result<(), StepFailure> {
    let Some(first) = steps.next() else { return Ok(()) };
    if let Err(error) = switch_off(database) {
        return Err(bookkeeping(&first, "switching foreign keys off", error.into()));
    }
    let result = run_all(database, first, steps, watch);
    if result.is_err() {
        database.roll_back();
        database.foreign_keys.forget();
    }
    database.foreign_keys.restore(&database.connection);
    result
}

pub(super) fn switch_off(database: &mut Sqlite) -> rusqlite::Result<()> {
    database.foreign_keys.switch_off(&database.connection)
}

pub(super) fn survey(database: &mut Sqlite, step: &PreparedStep) -> Result<(), StepFailure> {
    let surveyed = database.foreign_keys.survey(&database.connection);
    surveyed.map_err(|error| bookkeeping(step, "looking at the foreign keys", error.into()))
}

fn run_all(
    database: &mut Sqlite,
    first: PreparedStep,
    rest: &mut dyn Iterator<Item = PreparedStep>,
    watch: &mut dyn Watch,
) -> Result<(), StepFailure> {
    database.begin().map_err(|error| begin_failure(&first, error))?;
    survey(database, &first)?;
    let mut held_back: Vec<Change> = Vec::new();
    let mut touched = 0;
    let mut last = None;
    for step in std::iter::once(first).chain(rest) {
        watch.started(&step.step);
        let started = Instant::now();
        touched += run_one(database, &step)?;
        let took = started.elapsed();
        let change =
            Change { duration: EventDuration::Milliseconds(milliseconds(took)), ..step.change.clone() };
        held_back.push(change);
        if held_back.len() == LEDGER_BATCH {
            flush(database, &step, &mut held_back, &mut touched)?;
        }
        watch.finished(&step.step, took);
        last = Some(step);
    }
    let Some(last) = last else { return Ok(()) };
    flush(database, &last, &mut held_back, &mut touched)?;
    database
        .connection
        .execute_batch("COMMIT")
        .map_err(|error| bookkeeping(&last, "committing", error.into()))
}

fn flush(
    database: &Sqlite,
    step: &PreparedStep,
    held_back: &mut Vec<Change>,
    touched: &mut usize,
) -> Result<(), StepFailure> {
    let written = database.write_ledger(held_back, *touched);
    held_back.clear();
    *touched = 0;
    written.map_err(|error| bookkeeping(step, "writing the ledger", error.into()))
}

/// Moves the version rows, runs the script and checks the keys; how many rows were moved.
fn run_one(database: &mut Sqlite, step: &PreparedStep) -> Result<usize, StepFailure> {
    let moved = database
        .move_rows(&step.step.rows)
        .map_err(|error| bookkeeping(step, "moving the version rows", error.into()))?;
    let touched = moved.ok_or_else(|| step.failure(FailureCause::RowsMoved))?;
    database.foreign_keys.expect(&step.script.body.sql);
    let statements = runnable(step)?;
    keeping_settings(database, step, &statements, |database| {
        for (index, statement) in statements.iter().enumerate() {
            run_statement(&database.connection, statement).map_err(|error| {
                let offset = error_offset(&error, statement);
                step.statement_failure(&statements, index, offset, error.into())
            })?;
        }
        Ok(())
    })?;
    check_foreign_keys(database, step)?;
    Ok(touched)
}

/// Runs the statements of a step, and puts back what they have set for the connection.
pub(super) fn keeping_settings(
    database: &mut Sqlite,
    step: &PreparedStep,
    statements: &[Statement<'_>],
    run: impl FnOnce(&mut Sqlite) -> Result<(), StepFailure>,
) -> Result<(), StepFailure> {
    let settings = SessionSettings::before(&database.connection, statements)
        .map_err(|error| bookkeeping(step, "reading the connection's settings", error.into()))?;
    let ran = run(database);
    let restored = settings.restore(&database.connection);
    ran?;
    restored.map_err(|error| bookkeeping(step, "putting the connection's settings back", error.into()))
}

/// The statements of a step's script that there is something to run of.
pub(super) fn runnable(step: &PreparedStep) -> Result<Vec<Statement<'_>>, StepFailure> {
    let mut statements =
        split(Dialect::Sqlite, &step.script.body.sql).map_err(|error| unreadable(step, &error))?;
    statements.retain(Statement::is_runnable);
    Ok(statements)
}

/// A script that cannot be cut is refused while planning; this is for callers that did not plan.
fn unreadable(step: &PreparedStep, error: &LexError) -> StepFailure {
    let error = DatabaseError { message: error.to_string(), ..DatabaseError::default() };
    step.failure(FailureCause::Bookkeeping { phase: "reading the script", error: Box::new(error) })
}

pub(super) fn run_statement(connection: &Connection, statement: &Statement<'_>) -> rusqlite::Result<()> {
    let mut prepared = connection.prepare(statement.sql())?;
    let mut rows = prepared.raw_query();
    while rows.next()?.is_some() {}
    Ok(())
}

pub(super) fn error_offset(error: &rusqlite::Error, statement: &Statement<'_>) -> Option<usize> {
    match error {
        rusqlite::Error::SqlInputError { offset, .. } => {
            usize::try_from(*offset).ok().map(|offset| statement.body().start + offset)
        }
        _ => None,
    }
}

pub(super) fn check_foreign_keys(database: &mut Sqlite, step: &PreparedStep) -> Result<(), StepFailure> {
    let violations = database
        .foreign_keys
        .check(&database.connection)
        .map_err(|error| bookkeeping(step, "checking foreign keys", error.into()))?;
    if violations.is_empty() { Ok(()) } else { Err(step.failure(FailureCause::ForeignKeys(violations))) }
}

pub(super) fn bookkeeping(step: &PreparedStep, phase: &'static str, error: DatabaseError) -> StepFailure {
    step.failure(FailureCause::Bookkeeping { phase, error: Box::new(error) })
}

pub(super) fn begin_failure(step: &PreparedStep, error: BackendError) -> StepFailure {
    let error = match error {
        BackendError::Database(error) => error,
        other => DatabaseError {
            message: other.to_string(),
            lock_not_had: matches!(other, BackendError::LockNotHad { .. }),
            ..DatabaseError::default()
        },
    };
    bookkeeping(step, "beginning a transaction", error)
}
