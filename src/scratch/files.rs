//! SQL files that are no revisions.

use std::fs;
use std::path::{Path, PathBuf};

use super::ScratchError;
use super::replay::run;
use crate::backend::{Backend, PreparedStep, StepFailure};
use crate::execute::ExecuteError;
use crate::graph::RevisionId;
use crate::ledger::{Change, EventDuration, RowsBefore};
use crate::plan::{Operation, RowChange, Step};
use crate::regular_file;
use crate::script::{Side, SourceText};
use crate::sql::{Dialect, Pieces};

/// The SQL files that a path stands for: itself, or those of a folder in the order of their names, without the down
/// scripts of revisions.
///
/// # Errors
/// [`ScratchError::Io`] and [`ScratchError::NoFiles`].
pub fn sql_files(path: &Path) -> Result<Vec<PathBuf>, ScratchError> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let unreadable = |source| ScratchError::Io { path: path.to_owned(), source };
    let mut files = Vec::new();
    for entry in fs::read_dir(path).map_err(unreadable)? {
        let file = entry.map_err(unreadable)?.path();
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        if name.ends_with(".sql") && !name.ends_with(".down.sql") {
            files.push(file);
        }
    }
    if files.is_empty() {
        return Err(ScratchError::NoFiles { path: path.to_owned() });
    }
    files.sort();
    Ok(files)
}

/// Runs SQL files one after the other, each as the up script of a revision would run.
///
/// # Errors
/// [`ScratchError`] of the first that cannot be read or fails.
pub fn run_files(backend: &mut dyn Backend, files: &[PathBuf]) -> Result<(), ScratchError> {
    make_ready(backend)?;
    for file in files {
        let text = regular_file::read_to_string(file)
            .map_err(|source| ScratchError::Io { path: file.clone(), source })?;
        let script = SourceText::new(file.clone(), text.into(), Side::Up, backend.dialect())?;
        run_script(backend, script).map_err(|error| of_file(file, error))?;
    }
    Ok(())
}

/// Takes the lock of a scratch database, and makes the bookkeeping tables.
///
/// # Errors
/// The database's.
pub fn make_ready(backend: &mut dyn Backend) -> Result<(), ScratchError> {
    backend.lock()?;
    let state = backend.state()?;
    Ok(backend.ensure_tables(&state, 0)?)
}

/// Runs a script that is no revision's, as the up script of one would run. The database has been made ready.
///
/// # Errors
/// [`ExecuteError::Step`].
pub fn run_script(backend: &mut dyn Backend, script: SourceText) -> Result<(), ExecuteError> {
    let rows = backend.state()?.rows;
    let step = step_of(backend.dialect(), script, &rows);
    run(backend, step)
}

/// A step that changes none of the version rows that are there.
fn step_of(dialect: Dialect, script: SourceText, rows: &[RevisionId]) -> Result<PreparedStep, StepFailure> {
    let name = script.path.file_name().unwrap_or_default().to_string_lossy();
    let revision = RevisionId::recorded(&name);
    let change = Change {
        revision: revision.clone(),
        operation: Operation::Upgrade,
        record: Vec::new(),
        forget: Vec::new(),
        duration: EventDuration::OfTransaction,
        actor: "scratch".to_owned(),
        detail: None,
    };
    let step = Step { revision, operation: Operation::Upgrade, rows: RowChange::default() };
    let pieces = Pieces::of(dialect, &script.body.sql)
        .map_err(|error| StepFailure::unreadable(&step, &script, &error))?;
    Ok(PreparedStep::new(step, script, pieces, change, RowsBefore::of(rows)))
}

fn of_file(path: &Path, error: ExecuteError) -> ScratchError {
    match error {
        ExecuteError::Step(run) => {
            ScratchError::File { path: path.to_owned(), failure: Box::new(run.failure) }
        }
        other => other.into(),
    }
}
