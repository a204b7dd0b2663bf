//! Running steps on SQLite.

use std::time::Instant;

use rusqlite::Connection;

use super::super::{BackendError, DatabaseError, FailureCause, PreparedStep, StepFailure, Watch};
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

fn switch_off(database: &mut Sqlite) -> rusqlite::Result<()> {
    database.foreign_keys.switch_off(&database.connection)
}

fn survey(database: &mut Sqlite, step: &PreparedStep) -> Result<(), StepFailure> {
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
    for (index, statement) in statements.iter().enumerate() {
        run_statement(&database.connection, statement).map_err(|error| {
            let offset = error_offset(&error, statement);
            step.statement_failure(&statements, index, offset, error.into(), 0)
        })?;
    }
    check_foreign_keys(database, step)?;
    Ok(touched)
}

/// The statements of a step's script that there is something to run of.
fn runnable(step: &PreparedStep) -> Result<Vec<Statement<'_>>, StepFailure> {
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

fn run_statement(connection: &Connection, statement: &Statement<'_>) -> rusqlite::Result<()> {
    let mut prepared = connection.prepare(statement.sql())?;
    let mut rows = prepared.raw_query();
    while rows.next()?.is_some() {}
    Ok(())
}

fn error_offset(error: &rusqlite::Error, statement: &Statement<'_>) -> Option<usize> {
    match error {
        rusqlite::Error::SqlInputError { offset, .. } => {
            usize::try_from(*offset).ok().map(|offset| statement.body().start + offset)
        }
        _ => None,
    }
}

fn check_foreign_keys(database: &mut Sqlite, step: &PreparedStep) -> Result<(), StepFailure> {
    let violations = database
        .foreign_keys
        .check(&database.connection)
        .map_err(|error| bookkeeping(step, "checking foreign keys", error.into()))?;
    if violations.is_empty() { Ok(()) } else { Err(step.failure(FailureCause::ForeignKeys(violations))) }
}

fn bookkeeping(step: &PreparedStep, phase: &'static str, error: DatabaseError) -> StepFailure {
    step.failure(FailureCause::Bookkeeping { phase, error: Box::new(error) })
}

fn begin_failure(step: &PreparedStep, error: BackendError) -> StepFailure {
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

/// Runs a step statement by statement, each in a transaction of its own. Another process that had the same step to
/// run waits meanwhile, and then finds the version rows moved.
pub(super) fn without_transaction(
    database: &mut Sqlite,
    step: PreparedStep,
    watch: &mut dyn Watch,
) -> Result<(), StepFailure> {
    switch_off(database).map_err(|error| bookkeeping(&step, "switching foreign keys off", error.into()))?;
    watch.started(&step.step);
    let started = Instant::now();
    let result = hold_file(database, &step).and_then(|()| run_each(database, &step)).and_then(|()| {
        let took = started.elapsed();
        let change =
            Change { duration: EventDuration::Milliseconds(milliseconds(took)), ..step.change.clone() };
        settle(database, &step, &change)?;
        watch.finished(&step.step, took);
        Ok(())
    });
    database.roll_back();
    release_file(&database.connection);
    if result.is_err() {
        database.foreign_keys.forget();
    }
    database.foreign_keys.restore(&database.connection);
    result
}

/// Takes the file's lock for more than one transaction, and makes sure that nobody has moved the version rows.
fn hold_file(database: &Sqlite, step: &PreparedStep) -> Result<(), StepFailure> {
    let failed = |error: rusqlite::Error| bookkeeping(step, "taking the lock", error.into());
    database.connection.pragma_update(None, "locking_mode", "EXCLUSIVE").map_err(failed)?;
    database.connection.execute_batch("BEGIN EXCLUSIVE").map_err(failed)?;
    let moved = database.move_rows(&step.step.rows).map_err(failed)?;
    database.roll_back();
    moved.map(drop).ok_or_else(|| step.failure(FailureCause::RowsMoved))
}

fn release_file(connection: &Connection) {
    // SQLite lets go at the first read after the change. Where that fails, the end of the process does it.
    let _ = connection.pragma_update(None, "locking_mode", "NORMAL");
    let _ = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()));
}

fn run_each(database: &mut Sqlite, step: &PreparedStep) -> Result<(), StepFailure> {
    survey(database, step)?;
    database.foreign_keys.expect(&step.script.body.sql);
    let statements = runnable(step)?;
    for (index, statement) in statements.iter().enumerate() {
        if statement.switches_foreign_keys() {
            // In a transaction SQLite ignores it; here it would make rebuilding a table delete rows elsewhere.
            continue;
        }
        run_statement(&database.connection, statement).map_err(|error| {
            let offset = error_offset(&error, statement);
            step.statement_failure(&statements, index, offset, error.into(), index)
        })?;
    }
    check_foreign_keys(database, step)
}

fn settle(database: &Sqlite, step: &PreparedStep, change: &Change) -> Result<(), StepFailure> {
    let recorded = database.in_transaction(|database| {
        let touched = database.move_rows(&step.step.rows)?.ok_or(BackendError::RowsMoved)?;
        Ok(database.write_ledger(std::slice::from_ref(change), touched)?)
    });
    recorded.map_err(|error| match error {
        BackendError::RowsMoved => step.failure(FailureCause::RowsMoved),
        other => begin_failure(step, other),
    })
}
