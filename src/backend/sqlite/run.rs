//! Running steps on SQLite.

use std::time::Instant;

use rusqlite::Connection;

use super::super::{BackendError, DatabaseError, FailureCause, PreparedStep, StepFailure, Watch};
use super::Sqlite;
use super::session_settings::{SessionSettings, detach};
use crate::ledger::{Change, EventDuration};
use crate::plan::RowChange;
use crate::sql::Statement;

/// Of one transaction over many revisions, how many share what is written for them: SQLite prepares a statement anew
/// after every script that changes the schema.
const STEPS_IN_A_BATCH: usize = 256;
const ATTACHED: &str = "detaching what the revision before it has attached, which a transaction over several revisions \
    keeps (let that revision run without a transaction)";

/// Runs steps and their bookkeeping in one transaction, all of which is rolled back where one of them fails.
/// Foreign keys are switched off before it, as SQLite does not do that inside, and databases that scripts
/// have attached are detached behind it.
pub(super) fn in_transaction(
    database: &mut Sqlite,
    steps: &[PreparedStep],
    watch: &mut dyn Watch,
) -> Result<(), StepFailure> {
    let (Some(first), Some(last)) = (steps.first(), steps.last()) else { return Ok(()) };
    if let Err(error) = switch_off(database) {
        return Err(bookkeeping(first, "switching foreign keys off", error.into()));
    }
    let result = run_all(database, steps, (first, last), watch);
    if result.is_err() {
        database.roll_back();
        database.foreign_keys.forget();
    }
    database.foreign_keys.restore(&database.connection);
    let detached = detach(&database.connection, &mut database.attached);
    result?;
    detached.map_err(|error| bookkeeping(last, "detaching a database", error.into()))
}

/// Switches the enforcement of foreign keys off: see
/// [`ForeignKeys::switch_off`](super::foreign_keys::ForeignKeys::switch_off).
///
/// # Errors
/// SQLite's.
pub(super) fn switch_off(database: &mut Sqlite) -> rusqlite::Result<()> {
    database.foreign_keys.switch_off(&database.connection)
}

/// Finds out what foreign keys there are before a step.
///
/// # Errors
/// The step's failure, where the database does not tell.
pub(super) fn survey(database: &mut Sqlite, step: &PreparedStep) -> Result<(), StepFailure> {
    let surveyed = database.foreign_keys.survey(&database.connection);
    surveyed.map_err(|error| bookkeeping(step, "looking at the foreign keys", error.into()))
}

/// Runs steps, whose ends are `first` and `last`, from the beginning of their transaction to its commit.
fn run_all(
    database: &mut Sqlite,
    steps: &[PreparedStep],
    (first, last): (&PreparedStep, &PreparedStep),
    watch: &mut dyn Watch,
) -> Result<(), StepFailure> {
    database.begin().map_err(|error| begin_failure(first, error))?;
    survey(database, first)?;
    for batch in steps.chunks(STEPS_IN_A_BATCH) {
        run_batch(database, batch, watch)?;
    }
    let committed = database.connection.execute_batch("COMMIT");
    committed.map_err(|error| bookkeeping(last, "committing", error.into()))
}

/// Moves the version rows, runs the scripts, and writes the ledger.
fn run_batch(
    database: &mut Sqlite,
    batch: &[PreparedStep],
    watch: &mut dyn Watch,
) -> Result<(), StepFailure> {
    let (Some(first), Some(last)) = (batch.first(), batch.last()) else { return Ok(()) };
    let mut started = Instant::now();
    let rows = batch.iter().fold(RowChange::default(), |rows, step| rows.followed_by(&step.step.rows));
    database.move_rows(&rows).map_err(|error| books_failure(first, "moving the version rows", error))?;
    let mut changes = Vec::with_capacity(batch.len());
    for step in batch {
        // In a transaction over many revisions what one of them has attached would be there for the next.
        detach(&database.connection, &mut database.attached)
            .map_err(|error| bookkeeping(step, ATTACHED, error.into()))?;
        watch.started(&step.step);
        run_script(database, step)?;
        let took = started.elapsed();
        started = Instant::now();
        let duration = EventDuration::of(took);
        changes.push(Change { duration, ..step.change.clone() });
        watch.finished(&step.step, took);
    }
    let check = first.rows_before.are_there_after(&database.tables, &rows);
    database.write_ledger(&changes, check).map_err(|error| books_failure(last, "writing the ledger", error))
}

/// The failure of a step whose bookkeeping has failed; `phase` says at what.
pub(super) fn books_failure(step: &PreparedStep, phase: &'static str, error: BackendError) -> StepFailure {
    match error {
        BackendError::RowsMoved => step.failure(FailureCause::RowsMoved),
        BackendError::Database(error) => bookkeeping(step, phase, error),
        other => begin_failure(step, other),
    }
}

/// Runs a script and checks the keys.
fn run_script(database: &mut Sqlite, step: &PreparedStep) -> Result<(), StepFailure> {
    database.foreign_keys.expect(&step.script.body.sql);
    let statements = step.statements();
    keeping_settings(database, step, &statements, |database| {
        for (index, statement) in statements.iter().enumerate() {
            database.control.check().map_err(|cancelled| step.failure(cancelled.into()))?;
            run_statement(&database.connection, statement).map_err(|error| {
                let offset = error_offset(&error, statement);
                step.statement_failure(&statements, index, offset, error.into())
            })?;
        }
        Ok(())
    })?;
    check_foreign_keys(database, step)
}

/// Runs the statements of a step by `run`, and puts back what they have set for the connection, whether they have
/// failed or not.
///
/// # Errors
/// Those of `run`; else the step's failure, where the settings cannot be read or put back.
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
    // A script that sets a timeout takes the handler away.
    let attended = database.attend();
    database.attached.extend(restored.as_ref().ok().into_iter().flatten().cloned());
    ran?;
    attended.map_err(|error| begin_failure(step, error))?;
    restored.map_err(|error| bookkeeping(step, "putting the connection's settings back", error.into()))?;
    Ok(())
}

/// Runs one statement to its end. The rows that it gives are passed over.
///
/// # Errors
/// SQLite's.
pub(super) fn run_statement(connection: &Connection, statement: &Statement<'_>) -> rusqlite::Result<()> {
    let mut prepared = connection.prepare(statement.sql())?;
    let mut rows = prepared.raw_query();
    while rows.next()?.is_some() {}
    Ok(())
}

/// The byte of the script to which SQLite's error points, where it points to one.
pub(super) fn error_offset(error: &rusqlite::Error, statement: &Statement<'_>) -> Option<usize> {
    match error {
        rusqlite::Error::SqlInputError { offset, .. } => {
            usize::try_from(*offset).ok().map(|offset| statement.body().start + offset)
        }
        _ => None,
    }
}

/// Makes sure that a step has left no more rows that point nowhere than there were.
///
/// # Errors
/// The step's failure, with the keys at fault.
pub(super) fn check_foreign_keys(database: &mut Sqlite, step: &PreparedStep) -> Result<(), StepFailure> {
    let violations = database
        .foreign_keys
        .check(&database.connection)
        .map_err(|error| bookkeeping(step, "checking foreign keys", error.into()))?;
    if violations.is_empty() { Ok(()) } else { Err(step.foreign_key_failure(violations)) }
}

/// The failure of a step while its bookkeeping was done; `phase` says at what, as `beginning a transaction`.
pub(super) fn bookkeeping(step: &PreparedStep, phase: &'static str, error: DatabaseError) -> StepFailure {
    step.failure(FailureCause::Bookkeeping { phase, error: Box::new(error) })
}

/// The failure of a step whose transaction could not begin.
pub(super) fn begin_failure(step: &PreparedStep, error: BackendError) -> StepFailure {
    let error = match error {
        BackendError::Cancelled(cancelled) => return step.failure(cancelled.into()),
        BackendError::Database(error) => error,
        other => DatabaseError {
            message: other.to_string(),
            lock_not_had: matches!(other, BackendError::LockNotHad { .. }),
            ..DatabaseError::default()
        },
    };
    bookkeeping(step, "beginning a transaction", error)
}
