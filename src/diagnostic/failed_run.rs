//! A run that ended at a failing step: what failed, where, where the database stands now, and what to do.

use super::database::with_database_details;
use super::step_advice::{self, Advice, IS_THERE};
use super::unsettled::{resolve_hints, with_journal};
use super::{Diagnostic, ErrorKind};
use crate::backend::{FailureCause, StepFailure};
use crate::execute::{ExecuteError, FailedRun};
use crate::graph::joined_or_base;
use crate::import::Kind;
use crate::ledger::StatementState;
use crate::plan::Operation;

/// How many characters of a statement an error tells.
const LONGEST_STATEMENT: usize = 2_000;

/// The failed run as an error at the edge.
pub fn told(run: FailedRun) -> Diagnostic {
    let told = match run.interrupted {
        true => Diagnostic::new(ErrorKind::Interrupted, ""),
        false => Diagnostic::new(ErrorKind::Step, "").retryable_after(run.failure.cause.database_error()),
    };
    let told = told.field("revision", run.failure.revision.as_str());
    with_hints(with_place(with_cause(told, &run), &run), &run)
}

impl Diagnostic {
    /// Of a run. What it found there already may be another tool's: then `tool_at_work` is asked which has been at work in the
    /// database.
    #[must_use]
    pub fn of_run(error: ExecuteError, tool_at_work: impl FnOnce() -> Option<Kind>) -> Self {
        let found_it_there = matches!(&error, ExecuteError::Step(run) if found_it_there(run));
        let mut told = Self::from(error);
        if found_it_there && let Some(kind) = tool_at_work() {
            told.hints.retain(|hint| hint != IS_THERE);
            told.hints.insert(
                0,
                format!(
                    "{kind} has been at work there: take over what it has applied: revgraph import {kind} DIR \
                     --adopt; where its files are imported already: revgraph stamp --from {kind}"
                ),
            );
        }
        told
    }
}

/// What failed.
fn with_cause(told: Diagnostic, run: &FailedRun) -> Diagnostic {
    let verb = match run.failure.operation {
        Operation::Upgrade => "upgrade to",
        Operation::Downgrade => "downgrade of",
        Operation::Stamp => "stamp of",
        Operation::Fold => "recording of",
        Operation::Unfold => "unfolding of",
        Operation::Seed => "seeding from",
        Operation::Reset => "emptying of",
        Operation::Push => "push to",
    };
    let step = format!("the {verb} {}", run.failure.revision);
    let mut told = with_failure(told, &step, &run.failure);
    if run.interrupted {
        let when = if run.tries == 0 { "interrupted before" } else { "interrupted during" };
        told.message = format!("{when} {step}");
        // Where the statement stands is no place of a mistake.
        told.excerpts.clear();
    }
    told
}

/// What failed, where `step` was being done.
pub fn with_failure(mut told: Diagnostic, step: &str, failure: &StepFailure) -> Diagnostic {
    match &failure.cause {
        FailureCause::Statement { number, of, error, excerpt, statement } => {
            told.message = format!("{step} failed at statement {number} of {of}: {}", error.message);
            told = told.field("statement", shortened(statement)).field("statement_number", *number);
            let label = error.sqlstate.as_ref().map(|state| format!("SQLSTATE {state}")).unwrap_or_default();
            with_database_details(told.excerpt(label, *excerpt.clone()), error)
        }
        FailureCause::Deferred { error, excerpt } => {
            told.message =
                format!("{step} failed at its end, where what is deferred is checked: {}", error.message);
            let label = error.sqlstate.as_ref().map(|state| format!("SQLSTATE {state}")).unwrap_or_default();
            with_database_details(told.excerpt(label, *excerpt.clone()), error)
        }
        FailureCause::Bookkeeping { phase, error } => {
            told.message = format!("{step} failed while {phase}: {}", error.message);
            with_database_details(told, error)
        }
        FailureCause::ForeignKeys { violations, excerpt } => {
            told.message = if failure.in_transaction {
                format!("{step} would leave foreign keys that point nowhere")
            } else {
                format!("{step} has left foreign keys that point nowhere")
            };
            told.causes.extend(violations.iter().map(ToString::to_string));
            match excerpt {
                Some(excerpt) => told.excerpt("", *excerpt.clone()),
                None => told,
            }
        }
        FailureCause::InvalidIndex { index, number, of } => {
            told.message =
                format!("{step} failed at statement {number} of {of}: it left the index {index} invalid");
            told.field("statement_number", *number)
        }
        FailureCause::NeedsSession { number } => {
            told.message = format!(
                "{step} needs one session for all its statements, and a connection pooler is between"
            );
            told.cause(match number {
                Some(number) => format!("statement {number} leaves something in the session"),
                None => "the URL asks for a search path (schema=…)".to_owned(),
            })
        }
        FailureCause::Cancelled(_) => {
            told.message = format!("{step} was interrupted");
            told
        }
        FailureCause::RowsMoved => {
            told.message = format!("{step} found other version rows than were planned for");
            told
        }
        FailureCause::BookkeepingTouched => {
            told.message = format!("{step} changes the version rows itself, or another table of revgraph's");
            told.cause(
                "a function, a trigger or a DO block of the script does so: no statement says it by itself",
            )
        }
    }
}

/// Where the database stands now.
fn with_place(mut told: Diagnostic, run: &FailedRun) -> Diagnostic {
    let heads: Vec<&str> = run.done.heads.iter().map(|head| head.as_str()).collect();
    let stands = joined_or_base(&run.done.heads);
    let known_heads = run.state_known.then_some(heads);
    let done = run.done.steps.len();
    told = told.field("heads", serde_json::json!(known_heads)).field("completed", done);
    let lost = run.failure.cause.database_error().is_some_and(|error| error.connection_lost);
    told = match (run.state_known, run.failure.in_transaction) {
        (false, _) if !lost => told.cause("where the database stands now cannot be read"),
        (false, true) => {
            told.cause("the connection is lost; whether the last revision was committed is not known")
        }
        (false, false) => {
            told.cause("the connection is lost; whether the statement has run to its end is not known")
        }
        (true, _) if run.tries == 0 => told.cause(format!("the database stands at {stands}")),
        (true, true) => told.cause(format!("it was rolled back; the database stands at {stands}")),
        (true, false) => with_journal(told, run.journal.as_deref().unwrap_or_default())
            .cause(format!("it does not run in a transaction; the version rows say {stands}")),
    };
    told.causes.extend(run.failure.left_behind.clone());
    told.causes.extend(run.blockers.iter().cloned());
    if run.tries > 1 {
        told = told.cause(format!("it was tried {} times", run.tries));
    }
    if done > 0 {
        told = told.cause(format!("{done} of {} revisions were done before", run.planned));
    }
    told
}

/// What to do.
fn with_hints(told: Diagnostic, run: &FailedRun) -> Diagnostic {
    if run.failure.cause.database_error().is_some_and(step_advice::is_out_of_space) {
        return told.hint("make room on the database's disk, and run the same command again");
    }
    if !run.state_known {
        return told.hint("look where it stands: revgraph status");
    }
    if let FailureCause::NeedsSession { .. } = run.failure.cause {
        return told.hint("connect to the server itself, past the pooler, for this revision");
    }
    if let Some(Advice::Outside(reason)) = advice(run) {
        let told = reason
            .iter()
            .fold(told, |told, reason| told.hint(*reason))
            .hint("then run the same command again");
        if run.failure.in_transaction {
            return told;
        }
        return resolve_hints(told, run.failure.revision.as_str());
    }
    if run.failure.in_transaction {
        return told.hint(format!("{}run the same command again", what_to_do_first(run)));
    }
    let journal = run.journal.as_deref().unwrap_or_default();
    let is_in = |state| journal.iter().any(|statement| statement.state == state);
    let revision = run.failure.revision.as_str();
    if is_in(StatementState::Started) {
        return resolve_hints(told, revision);
    }
    let goes_on = if is_in(StatementState::Failed) {
        "it goes on at the statement that failed"
    } else {
        "it goes on behind what has run"
    };
    let first = what_to_do_first(run);
    resolve_hints(told.hint(format!("{first}run the same command again; {goes_on}")), revision)
}

/// Whether an upgrade has found something in its way that no version row knows of, and has been rolled back.
fn found_it_there(run: &FailedRun) -> bool {
    let goes_up = run.failure.operation == Operation::Upgrade;
    goes_up
        && run.failure.in_transaction
        && run.failure.cause.database_error().is_some_and(step_advice::is_there_already)
}

/// What is advised about what the database said; nothing where others were in the way, which is told as such.
fn advice(run: &FailedRun) -> Option<Advice> {
    let FailedRun { failure, .. } = run;
    let error = failure.cause.database_error().filter(|error| !error.lock_not_had && !run.interrupted)?;
    step_advice::of_error(error, failure.operation, failure.in_transaction)
}

fn what_to_do_first(run: &FailedRun) -> &'static str {
    let lock = run.failure.cause.database_error().is_some_and(|error| error.lock_not_had);
    match run.failure.cause {
        _ if run.interrupted => "",
        _ if lock && !run.blockers.is_empty() => "wait for those that are in the way, or end them, and ",
        _ if lock => "",
        FailureCause::BookkeepingTouched => {
            "leave those tables to revgraph: take out what changes them, and "
        }
        FailureCause::InvalidIndex { .. } => "drop the index, or let the next run do it: ",
        FailureCause::ForeignKeys { .. } if !run.failure.in_transaction => "put the rows right and ",
        FailureCause::ForeignKeys { .. } => step_advice::ROWS_IN_THE_WAY,
        _ => match advice(run) {
            Some(Advice::First(first)) => first,
            _ => "mend the script and ",
        },
    }
}

/// The beginning of a statement that is too long to be told.
fn shortened(statement: &str) -> String {
    match statement.char_indices().nth(LONGEST_STATEMENT) {
        Some((end, _)) => format!("{}…", statement.get(..end).unwrap_or_default()),
        None => statement.to_owned(),
    }
}
