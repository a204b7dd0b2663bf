//! Revisions that run outside any transaction, each statement noted in the journal before and after.

use std::ops::Range;
use std::time::Instant;

use super::super::journal::{Unit, is_noted_in_its_transaction, sets_up_the_session, units};
use super::super::{BackendError, DatabaseError, FailureCause, PreparedStep, Resume, StepFailure, Watch};
use super::Sqlite;
use super::errors::of_own_statement;
use super::run::{
    begin_failure, bookkeeping, books_failure, check_foreign_keys, error_offset, keeping_settings,
    run_statement, survey, switch_off,
};
use super::session_settings::detach;
use crate::ledger::{
    Change, EventDuration, JournalKey, Sql, StatementOutcome, end_statement, forget_journal,
    forget_statement, note_statement,
};
use crate::plan::Step;
use crate::sql::{Dialect, Statement};

/// Runs a step unit by unit from where `resume` says, each noted in the journal, then records the step.
///
/// # Errors
/// [`StepFailure`] of the first unit that fails, and of the bookkeeping. The journal tells how far the step has come.
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
        let change = Change { duration: EventDuration::of(took), ..step.change.clone() };
        settle(database, step, &change)?;
        watch.finished(&step.step, took);
        Ok(())
    });
    database.roll_back();
    if result.is_err() {
        database.foreign_keys.forget();
    }
    database.foreign_keys.restore_whatever_it_is(&database.connection);
    let detached = detach(&database.connection, &mut database.attached);
    result?;
    detached.map_err(|error| bookkeeping(step, "detaching a database", error.into()))
}

fn run_units(database: &mut Sqlite, step: &PreparedStep, resume: Resume) -> Result<(), StepFailure> {
    if resume.done == 0 {
        survey(database, step)?;
    } else {
        database.foreign_keys.suspect_all();
    }
    database.foreign_keys.expect(&step.script.body.sql);
    let statements = step.statements();
    keeping_settings(database, step, &statements, |database| run_rest(database, step, &statements, resume))?;
    check_foreign_keys(database, step)
}

/// Runs what has not been done, with the settings that what has been done made.
fn run_rest(
    database: &mut Sqlite,
    step: &PreparedStep,
    statements: &[Statement<'_>],
    resume: Resume,
) -> Result<(), StepFailure> {
    for statement in statements.iter().take(resume.done).filter(|ran| sets_up_the_session(ran)) {
        run_statement(&database.connection, statement)
            .map_err(|error| bookkeeping(step, "setting up the connection", error.into()))?;
    }
    let mut tried = resume.next;
    for unit in units(statements).iter().filter(|unit| unit.statements.start >= resume.done) {
        let Step { revision, operation, .. } = &step.step;
        let key = JournalKey { revision, operation: *operation, number: unit.number() };
        let turn = Turn { step, statements, unit, key };
        database.control.check().map_err(|cancelled| step.failure(cancelled.into()))?;
        if tried.take().is_some() {
            turn.write(database, &[forget_statement(&database.tables, key)])?;
        }
        if is_noted_in_its_transaction(statements, unit) {
            turn.run_with_its_note(database)?;
        } else {
            turn.run_between_notes(database)?;
        }
    }
    Ok(())
}

/// A unit whose turn it is.
struct Turn<'r, 's> {
    step: &'r PreparedStep,
    statements: &'r [Statement<'s>],
    unit: &'r Unit,
    key: JournalKey<'r>,
}

impl Turn<'_, '_> {
    /// Runs the one statement and notes it in the same transaction.
    fn run_with_its_note(&self, database: &Sqlite) -> Result<(), StepFailure> {
        let ran = database
            .begin()
            .map_err(|error| begin_failure(self.step, error))
            .and_then(|()| self.run_statements(database))
            .and_then(|()| self.commit_with_note(database));
        let Err(failure) = ran else { return Ok(()) };
        database.roll_back();
        let told = failure.cause.to_string();
        // Where even this cannot be written, the journal knows of no try, and nothing is left of it.
        let _ = self.note(database, StatementOutcome::Failed(told));
        Err(failure)
    }

    fn commit_with_note(&self, database: &Sqlite) -> Result<(), StepFailure> {
        self.write_all(database, &self.note_statements(database, StatementOutcome::Done))
            .map_err(|error| self.note_failure(error))?;
        let committed = database.connection.execute_batch("COMMIT");
        committed.map_err(|error| bookkeeping(self.step, "committing", error.into()))
    }

    /// Runs what cannot share a transaction with the journal.
    fn run_between_notes(&self, database: &Sqlite) -> Result<(), StepFailure> {
        self.note(database, StatementOutcome::Started)?;
        let ran = self.run_statements(database).and_then(|()| self.refuse_open_transaction(database));
        let Err(failure) = ran else { return self.note_end(database, StatementOutcome::Done) };
        database.roll_back();
        // Where even this cannot be written, the statement stays known as started, which is true as well.
        let _ = self.note_end(database, StatementOutcome::Failed(failure.cause.to_string()));
        Err(failure)
    }

    fn run_statements(&self, database: &Sqlite) -> Result<(), StepFailure> {
        let Range { start, end } = self.unit.statements;
        for (index, statement) in self.statements.iter().enumerate().take(end).skip(start) {
            if statement.switches_foreign_keys() {
                // In a transaction SQLite ignores it; here it would make rebuilding a table delete rows elsewhere.
                continue;
            }
            run_statement(&database.connection, statement).map_err(|error| {
                let offset = error_offset(&error, statement);
                self.step.statement_failure(self.statements, index, offset, error.into())
            })?;
        }
        Ok(())
    }

    fn refuse_open_transaction(&self, database: &Sqlite) -> Result<(), StepFailure> {
        if database.connection.is_autocommit() {
            return Ok(());
        }
        let message = "the script has left a transaction open".to_owned();
        let error = DatabaseError { message, ..DatabaseError::default() };
        Err(bookkeeping(self.step, "after the script", error))
    }

    /// The statements that note an outcome of which nothing was noted before.
    fn note_statements(&self, database: &Sqlite, outcome: StatementOutcome) -> [Sql; 2] {
        note_statement(Dialect::Sqlite, &database.tables, self.key, &self.unit.hash, outcome)
    }

    fn note(&self, database: &Sqlite, outcome: StatementOutcome) -> Result<(), StepFailure> {
        self.write(database, &self.note_statements(database, outcome))
    }

    fn note_end(&self, database: &Sqlite, outcome: StatementOutcome) -> Result<(), StepFailure> {
        self.write(database, &[end_statement(Dialect::Sqlite, &database.tables, self.key, outcome)])
    }

    fn write(&self, database: &Sqlite, statements: &[Sql]) -> Result<(), StepFailure> {
        let written = database.in_transaction(|database| self.write_all(database, statements));
        written.map_err(|error| self.note_failure(error))
    }

    /// Where somebody else has noted the statement already, they are at work on the revision.
    fn write_all(&self, database: &Sqlite, statements: &[Sql]) -> Result<(), BackendError> {
        for sql in statements {
            database.execute(sql).map_err(of_own_statement)?;
        }
        Ok(())
    }

    fn note_failure(&self, error: BackendError) -> StepFailure {
        books_failure(self.step, "writing the journal", error)
    }
}

fn settle(database: &Sqlite, step: &PreparedStep, change: &Change) -> Result<(), StepFailure> {
    let recorded = database.in_transaction(|database| {
        database.move_rows(&step.step.rows)?;
        database.execute(&forget_journal(&database.tables, &step.step.revision))?;
        let check = step.rows_before.are_there_after(&database.tables, &step.step.rows);
        database.write_ledger(std::slice::from_ref(change), check)
    });
    recorded.map_err(|error| match error {
        // Whoever else were at work on the revision would have failed at its journal.
        BackendError::RowsMoved => step.failure(FailureCause::BookkeepingTouched),
        other => books_failure(step, "writing the ledger", other),
    })
}
