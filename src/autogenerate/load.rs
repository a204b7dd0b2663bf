//! Loads a desired schema into a scratch database: statements in whatever order they stand.
//!
//! A text that runs as it is is run as it is. Else what fails waits until the others have run, and is tried again, as
//! long as that leads to anything. No statement is read for what it needs.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use super::{AutogenerateError, NamedSql};
use crate::backend::{Backend, FailureCause, StepFailure};
use crate::excerpt::Excerpt;
use crate::execute::ExecuteError;
use crate::scratch::{ScratchError, run_script};
use crate::script::{Body, Side, SourceText};
use crate::sql::{Dialect, LexError, Statement, split};

/// SQLSTATEs of what is missing, and may yet come: schema, function, object, table, column.
const MISSING: [&str; 5] = ["3F000", "42883", "42704", "42P01", "42703"];

/// Runs texts on a scratch database that has been made ready. What SQLite's shell writes about tables of SQLite's own is
/// passed over: SQLite makes them.
///
/// # Errors
/// [`AutogenerateError::Unreadable`] where a text cannot be cut into statements, and [`ScratchError::File`] of the statement that
/// cannot be run however late it is tried.
pub(super) fn load(backend: &mut dyn Backend, texts: &[NamedSql]) -> Result<(), AutogenerateError> {
    let dialect = backend.dialect();
    let mut whole = Vec::with_capacity(texts.len());
    for text in texts {
        let source = SourceText::new(text.path.clone(), Arc::clone(&text.text), Side::Up, dialect);
        whole.push(source.map_err(ScratchError::from)?);
    }
    let mut pieces: Vec<Pieces<'_>> = Vec::new();
    for source in &whole {
        let own = Pieces::of(source, backend)?;
        let runs_whole = own.can_run_whole && pieces.iter().all(|pieces| pieces.waiting.is_empty());
        if runs_whole && run(backend, source.clone())?.is_none() {
            continue;
        }
        pieces.push(own);
        settle(backend, &mut pieces)?;
    }
    let left = pieces.into_iter().flat_map(|pieces| {
        let Pieces { source, mut failures, .. } = pieces;
        failures.sort_by_key(number);
        failures.into_iter().map(|failure| (source.path.as_path(), failure))
    });
    match most_telling(left.collect()) {
        None => Ok(()),
        Some((path, failure)) => Err(failed(path, failure).into()),
    }
}

/// Whether a statement makes a table that SQLite makes by itself and nobody else may (`sqlite_sequence`, `sqlite_stat1`):
/// `.schema` of its shell writes them down.
fn makes_table_of_sqlite(statement: &Statement<'_>) -> bool {
    let words = statement.leading_keywords();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["CREATE", "TABLE", "IF", "NOT", "EXISTS", name, ..] | ["CREATE", "TABLE", name, ..] => {
            statement.dialect() == Dialect::Sqlite && name.starts_with("SQLITE_")
        }
        _ => false,
    }
}

/// The statements of a text that have to be run one by one.
struct Pieces<'t> {
    source: &'t SourceText,
    statements: Vec<Piece>,
    /// Whether all of it can be one transaction.
    can_run_whole: bool,
    /// The numbers of those that have not been run.
    waiting: Vec<usize>,
    /// How those that wait have failed last.
    failures: Vec<StepFailure>,
}

struct Piece {
    /// From its first word to the end of its data.
    range: Range<usize>,
    /// Whether it only sets something for those behind it.
    is_setting: bool,
    /// Whether it runs on its own.
    is_alone: bool,
}

impl<'t> Pieces<'t> {
    /// Cuts a text. A file that is made to be fed to a shell may begin and commit; here everything is one schema.
    fn of(source: &'t SourceText, backend: &dyn Backend) -> Result<Self, AutogenerateError> {
        let found = split(backend.dialect(), &source.body.sql).map_err(|error| unreadable(source, &error))?;
        let runnable: Vec<&Statement<'_>> = found.iter().filter(|one| one.is_runnable()).collect();
        let controls = |statement: &&Statement<'_>| statement.transaction_control().is_some();
        let is_alone = |statement: &Statement<'_>| statement.cannot_run_in_transaction().is_some();
        let piece = |statement: &&Statement<'_>| Piece {
            range: statement.body().start..statement.piece().end,
            is_setting: is_setting(statement),
            is_alone: is_alone(statement),
        };
        // A setting that no transaction takes makes no schema another one.
        let is_idle = |statement: &&Statement<'_>| is_setting(statement) && is_alone(statement);
        let is_left_out = |statement: &&Statement<'_>| {
            controls(statement) || makes_table_of_sqlite(statement) || is_idle(statement)
        };
        let can_run_whole = !runnable.iter().any(|one| is_left_out(one) || is_alone(one));
        let statements: Vec<Piece> = runnable.iter().filter(|one| !is_left_out(one)).map(piece).collect();
        let waiting = (0..statements.len())
            .filter(|index| statements.get(*index).is_some_and(|piece| !piece.is_setting));
        let waiting = waiting.collect();
        Ok(Self { source, statements, can_run_whole, waiting, failures: Vec::new() })
    }

    /// Tries all that wait, in their order.
    fn attempt(&mut self, backend: &mut dyn Backend) -> Result<(), AutogenerateError> {
        self.failures.clear();
        let waiting = std::mem::take(&mut self.waiting);
        let mut batches = self.batches(&waiting);
        while let Some(batch) = batches.pop() {
            let Some((position, failure)) = self.run(backend, batch)? else { continue };
            // What stands before it was rolled back with it.
            let (before, failing) = batch.split_at(position.min(batch.len()));
            let behind = failing.get(1..).unwrap_or_default();
            batches.extend([behind, before].into_iter().filter(|batch| !batch.is_empty()));
            self.waiting.extend(failing.first());
            self.failures.push(failure);
        }
        self.waiting.sort_unstable();
        Ok(())
    }

    /// What can be run in one transaction, the first batch last.
    fn batches<'w>(&self, waiting: &'w [usize]) -> Vec<&'w [usize]> {
        let is_alone = |index: &usize| self.statements.get(*index).is_some_and(|piece| piece.is_alone);
        let mut batches: Vec<&[usize]> =
            waiting.chunk_by(|one, next| !is_alone(one) && !is_alone(next)).collect();
        batches.reverse();
        batches
    }

    /// Runs some of the statements, with what is set before them; which of them has failed, by its place among them.
    fn run(
        &self,
        backend: &mut dyn Backend,
        chosen: &[usize],
    ) -> Result<Option<(usize, StepFailure)>, AutogenerateError> {
        let last = chosen.last().copied().unwrap_or_default();
        let no_transaction =
            chosen.iter().any(|index| self.statements.get(*index).is_some_and(|piece| piece.is_alone));
        let sets = |index: &usize| self.statements.get(*index).is_some_and(|piece| piece.is_setting);
        let mut all: Vec<usize> = (0..last).filter(sets).chain(chosen.iter().copied()).collect();
        all.sort_unstable();
        let ranges = all.iter().filter_map(|index| self.statements.get(*index)).map(|piece| &piece.range);
        let body = Body { no_transaction, ..Body::of(only(&self.source.body.sql, ranges).into()) };
        let Some(mut failure) = run(backend, SourceText { body, ..self.source.clone() })? else {
            return Ok(None);
        };
        let FailureCause::Statement { number, of, .. } = &mut failure.cause else {
            return Err(failed(&self.source.path, failure).into());
        };
        let failing = number.checked_sub(1).and_then(|index| all.get(index)).copied();
        // Told by its number in the file, not among those that were tried together.
        (*number, *of) = (failing.map_or(*number, |index| index + 1), self.statements.len());
        match chosen.iter().position(|index| Some(*index) == failing) {
            Some(position) => Ok(Some((position, failure))),
            None => Err(failed(&self.source.path, failure).into()),
        }
    }
}

/// Whether all that a statement does is to leave the session otherwise.
fn is_setting(statement: &Statement<'_>) -> bool {
    const WORDS: [&str; 7] = ["SET", "RESET", "DISCARD", "SELECT", "PRAGMA", "ATTACH", "DETACH"];
    let first = statement.leading_keywords().into_iter().next().unwrap_or_default();
    WORDS.contains(&first.as_str()) && statement.sets_session_state()
}

/// Tries what waits until nothing of it can be run any more.
fn settle(backend: &mut dyn Backend, pieces: &mut [Pieces<'_>]) -> Result<(), AutogenerateError> {
    let waiting = |pieces: &[Pieces<'_>]| pieces.iter().map(|one| one.waiting.len()).sum::<usize>();
    loop {
        let before = waiting(pieces);
        for one in pieces.iter_mut() {
            one.attempt(backend)?;
        }
        let after = waiting(pieces);
        if after == 0 || after == before {
            return Ok(());
        }
    }
}

/// Of the failures that are left, the first whose reason is not that something else is missing.
fn most_telling(mut failures: Vec<(&Path, StepFailure)>) -> Option<(&Path, StepFailure)> {
    let tells = |(_, failure): &(&Path, StepFailure)| {
        let error = failure.cause.database_error();
        error.is_some_and(|error| match &error.sqlstate {
            Some(state) => !MISSING.contains(&state.as_str()),
            None => !error.message.contains("no such "),
        })
    };
    let place = failures.iter().position(tells).unwrap_or_default();
    (place < failures.len()).then(|| failures.swap_remove(place))
}

/// The number of the statement that has failed.
fn number(failure: &StepFailure) -> usize {
    match &failure.cause {
        FailureCause::Statement { number, .. } => *number,
        _ => 0,
    }
}

/// The same text with blanks in the place of all that is not in these ranges, so that what is left keeps its place.
fn only<'r>(text: &str, ranges: impl Iterator<Item = &'r Range<usize>>) -> String {
    let mut kept = String::new();
    for range in ranges {
        let skipped = text.get(kept.len()..range.start).unwrap_or_default();
        kept.extend(skipped.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
        kept.push_str(text.get(range.clone()).unwrap_or_default());
    }
    kept
}

/// Runs a script; how it has failed. What concerns more than the script is an error.
fn run(backend: &mut dyn Backend, script: SourceText) -> Result<Option<StepFailure>, AutogenerateError> {
    match run_script(backend, script) {
        Ok(()) => Ok(None),
        Err(ExecuteError::Step(run)) => {
            let lost = run.failure.cause.database_error().is_some_and(|error| error.connection_lost);
            if lost { Err(ScratchError::from(ExecuteError::Step(run)).into()) } else { Ok(Some(run.failure)) }
        }
        Err(other) => Err(ScratchError::from(other).into()),
    }
}

fn failed(path: &Path, failure: StepFailure) -> ScratchError {
    ScratchError::File { path: path.to_owned(), failure: Box::new(failure) }
}

fn unreadable(source: &SourceText, error: &LexError) -> AutogenerateError {
    let offset = error.offset();
    let excerpt = Excerpt::new(&source.path, &source.text, offset..offset + 1);
    AutogenerateError::Unreadable { message: error.to_string(), excerpt: Box::new(excerpt) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_becomes_blank_and_everything_keeps_its_place() {
        let text = "Aé;\nBé;\nC;\nD;";
        let kept = only(text, [0..4, 10..12].iter());
        assert_eq!(kept, "Aé;\n    \nC;");
        assert_eq!(kept.find("C;"), text.find("C;"));
    }
}
