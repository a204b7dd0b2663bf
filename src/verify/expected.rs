//! What scripts and SQL files build.

use std::path::Path;

use super::Observer;
use crate::catalog::Catalog;
use crate::config::{Config, DatabaseUrl};
use crate::execute::KnownHistory;
use crate::graph::{NodeIndex, RevisionId};
use crate::scratch::{self, ScratchDatabase, ScratchError, Unwatched, replay, run_files, sql_files};
use crate::script::ScriptDirectory;

/// What some revisions build, with all that they need, on an empty database of the kind of `like`.
///
/// # Errors
/// [`ScratchError`] where there is no scratch database or a script fails.
pub fn catalog_of_revisions(
    scripts: &ScriptDirectory,
    tips: &[NodeIndex],
    config: &Config,
    like: &DatabaseUrl,
    observer: &mut dyn Observer,
) -> Result<Catalog, ScratchError> {
    let mut database = ScratchDatabase::create(config, like, observer.control())?;
    let options = scratch::options(config);
    let replayed = replay(scripts, database.backend(), tips, &options, &mut Unwatched);
    stopped_or(replayed, observer)?;
    Ok(database.catalog()?)
}

/// What the version rows of a database say that it should be. Where the scripts are gone, the ledger's copies build it.
///
/// # Errors
/// [`ScratchError`]; [`crate::plan::PlanError::UnknownRows`] where neither scripts nor ledger know a row.
pub fn catalog_of_rows(
    known: &KnownHistory<'_>,
    rows: &[RevisionId],
    config: &Config,
    like: &DatabaseUrl,
    observer: &mut dyn Observer,
) -> Result<Catalog, ScratchError> {
    let tips = crate::plan::nodes_of_rows(known.scripts().graph(), rows)
        .map_err(|error| ScratchError::Execute(error.into()))?;
    catalog_of_revisions(known.scripts(), &tips, config, like, observer)
}

/// What a SQL file, or the SQL files of a folder in the order of their names, build.
///
/// # Errors
/// [`ScratchError`] where there is no scratch database, or a file cannot be read or fails.
pub fn catalog_of_files(
    path: &Path,
    config: &Config,
    like: &DatabaseUrl,
    observer: &mut dyn Observer,
) -> Result<Catalog, ScratchError> {
    let files = sql_files(path)?;
    let mut database = ScratchDatabase::create(config, like, observer.control())?;
    let ran = run_files(database.backend(), &files);
    stopped_or(ran, observer)?;
    Ok(database.catalog()?)
}

fn stopped_or(result: Result<(), ScratchError>, observer: &dyn Observer) -> Result<(), ScratchError> {
    observer.control().check()?;
    result
}
