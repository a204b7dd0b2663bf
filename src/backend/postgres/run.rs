//! Running steps on PostgreSQL.
//!
//! A revision with its bookkeeping is one message to the server, and one transaction. Several revisions in one
//! transaction share messages too, each followed by a look at the clock.

use std::time::{Duration, Instant};

use super::super::{DatabaseError, FailureCause, PreparedStep, StepFailure, Watch};
use super::errors::{tells_of_other_rows, tells_of_other_tables};
use super::leftovers::{
    PREPARED_COLUMN, RESET, deallocate, foreign_prepared_statements, hold_lock, release_locks, tidy,
};
use super::message::{Cut, Message, bookkeeping_failure, reading_strings};
use super::{BatchError, CommandOutcome, Postgres, ServerError};
use crate::ledger::{Change, EventDuration, Tables, bookkeeping_statement};
use crate::plan::RowChange;

/// Stands behind each script of a transaction over many; its result tells when the script was done.
const CLOCK: &str = "SELECT (extract(epoch FROM pg_catalog.clock_timestamp()) OPERATOR(pg_catalog.*) 1000000)::pg_catalog.int8 AS revgraph_clock";
const CLOCK_COLUMN: &str = "revgraph_clock";
/// A message takes no more revisions, nor more bytes, than this.
const STEPS_IN_A_MESSAGE: usize = 64;
const BYTES_IN_A_MESSAGE: usize = 1 << 20;

/// Runs steps and their bookkeeping in one transaction, all of which is rolled back where one of them fails.
pub(super) fn in_transaction(
    database: &mut Postgres,
    steps: &[PreparedStep],
    watch: &mut dyn Watch,
) -> Result<(), StepFailure> {
    let Some(first) = steps.first() else { return Ok(()) };
    database.check_lock().map_err(|error| bookkeeping_failure(first, "holding the lock", error))?;
    let result = match steps {
        [only] => alone(database, only, watch),
        _ => together(database, steps, watch),
    };
    tell_notices(database, watch);
    if result.is_err() {
        database.roll_back();
        database.repeated.forget();
        // What cannot be tidied now is tidied before the next script, or the connection is lost.
        let _ = database.tidy_session();
    }
    result
}

/// Tells `watch` what the server has said since it was asked last.
pub(super) fn tell_notices(database: &mut Postgres, watch: &mut dyn Watch) {
    for notice in database.session.take_notices() {
        let severity = notice.severity;
        watch.notice(&severity.to_lowercase(), &notice.message);
    }
}

fn alone(database: &mut Postgres, step: &PreparedStep, watch: &mut dyn Watch) -> Result<(), StepFailure> {
    watch.started(&step.step);
    let started = Instant::now();
    let mut ran = run_alone(database, step);
    if ran.as_ref().is_err_and(|failure| database.repeated.are_gone(failure)) {
        database.roll_back();
        database.repeated.give_up();
        ran = run_alone(database, step);
    }
    ran?;
    watch.finished(&step.step, started.elapsed());
    Ok(())
}

/// One revision: begin, script, bookkeeping and commit in one message.
fn run_alone(database: &mut Postgres, step: &PreparedStep) -> Result<(), StepFailure> {
    let cuts = [Cut::new(step)];
    let [cut] = &cuts;
    let mut message = begin(database);
    let may_change_session = cut.may_change_session();
    if may_change_session {
        message.push_all(&database.lock_key.map(hold_lock).into_iter().collect::<Vec<_>>());
    }
    if cut.can_be_sent_whole() {
        message.push_script(0, cut);
    } else {
        send(database, &message, &cuts)?;
        message = Message::default();
        cut.run_statements(database, 0..cut.statements.len())?;
    }
    if may_change_session && database.is_pooled() {
        // As at the commit: what is deferred may need the temporary tables.
        message.push_all(&["SET CONSTRAINTS ALL IMMEDIATE"]);
        message.push_all(&database.tidy_in_transaction(&cut.prepared_statements()));
    } else if may_change_session {
        message.push_all(&RESET);
        message.push_all(&database.lock_key.into_iter().flat_map(release_locks).collect::<Vec<_>>());
    }
    let change = Change { duration: EventDuration::OfTransaction, ..step.change.clone() };
    let change = std::slice::from_ref(&change);
    let sql = bookkeeping_statement(&database.tables, &step.step.rows, change, Some(&step.rows_before));
    if cut.takes_prepared_statements_away() {
        database.repeated.forget();
    }
    message.push_all(&database.repeated.text_of(&sql));
    message.push_commit();
    if may_change_session && !database.is_pooled() {
        message.push_all(&tidy());
        message.push_all(&[foreign_prepared_statements()]);
    }
    let outcomes = send(database, &message, &cuts)?;
    if let Some(names) = prepared_in(&outcomes) {
        database.is_untidy |= deallocate(&mut database.session, names).is_err();
    }
    Ok(())
}

/// The names of prepared statements that the script of a message has left behind, as one list.
fn prepared_in(outcomes: &[CommandOutcome]) -> Option<&str> {
    let listed = outcomes.iter().rev().find(|outcome| outcome.columns == [PREPARED_COLUMN])?;
    listed.rows.first()?.first()?.as_deref()
}

/// A message that begins a transaction: where the session is untidy it is put in order first, and the settings of the
/// configuration hold for the transaction.
pub(super) fn begin(database: &Postgres) -> Message {
    let mut message = Message::default();
    message.push_all(&["BEGIN"]);
    if database.is_untidy {
        message.push_all(&RESET);
        message.push_all(&tidy());
        message.push_all(&["DEALLOCATE ALL"]);
    }
    message.push_all(&database.settings("SET LOCAL"));
    message
}

/// Sends a message and takes in the outcome of each of its statements; `cuts` are the steps whose scripts it holds.
/// What fails behind the commit is no failure: it leaves the session untidy.
///
/// # Errors
/// [`StepFailure`] of the step that the error is of; of the last where the commit rolls back.
pub(super) fn send(
    database: &mut Postgres,
    message: &Message,
    cuts: &[Cut<'_>],
) -> Result<Vec<CommandOutcome>, StepFailure> {
    if !message.scripts.is_empty() {
        database.pin_strings().map_err(|error| match cuts.last() {
            Some(cut) => reading_strings(cut.step, error.into()),
            None => of_last(cuts, FailureCause::RowsMoved),
        })?;
    }
    let mut outcomes = Vec::new();
    let sent = database.session.run_batch_with(&message.text, 1, &mut |outcome| outcomes.push(outcome));
    let commit = message.commit.and_then(|number| outcomes.get(number));
    match sent {
        _ if commit.is_some_and(|commit| commit.command_tag == "ROLLBACK") => {
            let message = "the server rolled the transaction back instead of committing it".to_owned();
            let error = DatabaseError { message, ..DatabaseError::default() };
            Err(of_last(cuts, FailureCause::Bookkeeping { phase: "committing", error: Box::new(error) }))
        }
        Ok(_) => {
            database.is_untidy &= commit.is_none();
            Ok(outcomes)
        }
        Err(_) if commit.is_some() => {
            database.is_untidy = true;
            Ok(outcomes)
        }
        Err(error) => Err(failure(&database.tables, message, cuts, error)),
    }
}

/// A failure of the bookkeeping, which stands behind the scripts of a message, counts as the last one's.
fn of_last(cuts: &[Cut<'_>], cause: FailureCause) -> StepFailure {
    match cuts.last() {
        Some(cut) => cut.step.failure(cause),
        None => StepFailure {
            revision: crate::graph::RevisionId::recorded("none"),
            operation: crate::plan::Operation::Upgrade,
            in_transaction: true,
            left_behind: None,
            cause,
        },
    }
}

fn failure(tables: &Tables, message: &Message, cuts: &[Cut<'_>], error: BatchError) -> StepFailure {
    if let Some((index, number, offset)) = message.locate(&error, cuts)
        && let Some(cut) = cuts.get(index)
    {
        return cut.failure(number, offset, error.into());
    }
    if tells_of_other_rows(tables, &error.error) || tells_of_other_tables(&error.error) {
        return of_last(cuts, FailureCause::RowsMoved);
    }
    let (table, commits) = (error.error.table.clone(), message.commit == Some(error.completed));
    if commits
        && is_of_script(&error.error)
        && let Some(cut) = cuts.last()
    {
        return cut.step.deferred_failure(table.as_deref(), error.into());
    }
    let phase = if commits { "committing" } else { "keeping the books" };
    of_last(cuts, FailureCause::Bookkeeping { phase, error: Box::new(error.into()) })
}

/// Whether an error of a `COMMIT` is of a constraint or a trigger, and not of the server's or of others' work.
fn is_of_script(error: &ServerError) -> bool {
    const OTHERS: [&str; 8] = ["08", "25", "40", "53", "55", "57", "58", "XX"];
    error.sqlstate.as_deref().is_some_and(|state| !OTHERS.iter().any(|class| state.starts_with(class)))
}

/// Many revisions in one transaction. The bookkeeping of each message's scripts opens the next message.
fn together(
    database: &mut Postgres,
    steps: &[PreparedStep],
    watch: &mut dyn Watch,
) -> Result<(), StepFailure> {
    let mut opening = begin(database);
    opening.push_all(&database.lock_key.map(hold_lock).into_iter().collect::<Vec<_>>());
    let mut previous: Vec<Cut<'_>> = Vec::new();
    let mut rest = steps;
    loop {
        let (chunk, later) = rest.split_at(chunk_length(rest));
        rest = later;
        if chunk.is_empty() {
            opening.push_commit();
            send(database, &opening, &previous)?;
            return Ok(());
        }
        let cuts: Vec<Cut<'_>> = chunk.iter().map(Cut::new).collect();
        for step in chunk {
            watch.started(&step.step);
        }
        let durations = run_chunk(database, opening, &cuts)?;
        for (step, took) in chunk.iter().zip(&durations) {
            watch.finished(&step.step, *took);
        }
        if cuts.iter().any(|cut| cut.may_change_session() || cut.takes_prepared_statements_away()) {
            database.repeated.forget();
        }
        opening = bookkeeping_of(database, chunk, &durations);
        previous = cuts;
    }
}

/// How many of the first steps share a message.
fn chunk_length(steps: &[PreparedStep]) -> usize {
    let mut bytes = 0;
    let has_room = |step: &&PreparedStep| {
        let has_room = bytes < BYTES_IN_A_MESSAGE;
        bytes += step.script.body.sql.len();
        has_room
    };
    steps.iter().take(STEPS_IN_A_MESSAGE).take_while(has_room).count()
}

/// Runs the scripts of a chunk behind `message`; how long each took, by the server's clock.
fn run_chunk(
    database: &mut Postgres,
    mut message: Message,
    cuts: &[Cut<'_>],
) -> Result<Vec<Duration>, StepFailure> {
    let mut clocks = Vec::with_capacity(cuts.len() + 1);
    message.push_all(&[CLOCK]);
    for (index, cut) in cuts.iter().enumerate() {
        if cut.can_be_sent_whole() {
            message.push_script(index, cut);
        } else {
            clocks.extend(clocks_in(&send(database, &message, cuts)?));
            message = Message::default();
            cut.run_statements(database, 0..cut.statements.len())?;
        }
        if cut.may_change_session() {
            message.push_all(&database.tidy_in_transaction(&cut.prepared_statements()));
        }
        message.push_all(&[CLOCK]);
    }
    clocks.extend(clocks_in(&send(database, &message, cuts)?));
    let between = clocks.iter().zip(clocks.iter().skip(1));
    Ok(between.map(|(from, to)| Duration::from_micros(to.saturating_sub(*from))).collect())
}

/// The readings of the clock in a message's results, in microseconds. They are the only results with this name.
fn clocks_in(outcomes: &[CommandOutcome]) -> impl Iterator<Item = u64> + '_ {
    outcomes.iter().filter(|outcome| outcome.columns == [CLOCK_COLUMN]).filter_map(|outcome| {
        outcome
            .rows
            .first()
            .and_then(|row| row.first())
            .and_then(Option::as_deref)
            .and_then(|text| text.parse().ok())
    })
}

fn bookkeeping_of(database: &mut Postgres, chunk: &[PreparedStep], durations: &[Duration]) -> Message {
    let mut rows = RowChange::default();
    let mut changes = Vec::with_capacity(chunk.len());
    for (step, took) in chunk.iter().zip(durations) {
        rows = rows.followed_by(&step.step.rows);
        let duration = EventDuration::of(*took);
        changes.push(Change { duration, ..step.change.clone() });
    }
    let mut message = Message::default();
    let before = chunk.first().map(|first| &first.rows_before);
    let sql = bookkeeping_statement(&database.tables, &rows, &changes, before);
    message.push_all(&database.repeated.text_of(&sql));
    message
}
