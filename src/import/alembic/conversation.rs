//! The questions and answers between revgraph and an environment's Python.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::answer::{Answer, Declaration, Outcome};
use super::error::{AlembicError, WantedDatabase};
use super::process::Process;
use crate::backend::Control;
use crate::config::{Config, DatabaseUrl};
use crate::scratch::ScratchDatabase;
use crate::script::Side;
use crate::sql::Dialect;

/// All that the Python of an Alembic environment has told of it.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub script_location: PathBuf,
    /// SQLAlchemy's name of it.
    pub dialect: String,
    /// Parents and dependencies first.
    pub revisions: Vec<Declaration>,
    pub scripts: BTreeMap<(String, Side), Outcome>,
    pub notes: Vec<(PathBuf, String)>,
    /// Tracebacks of what could not be recorded.
    pub logs: BTreeMap<PathBuf, String>,
}

/// Hears a process to its end. Where it wants a PostgreSQL database, it gets a scratch database of the configured one.
///
/// # Errors
/// [`AlembicError`]: what the environment has raised, answers that our program does not give or that end too early, and
/// a scratch database that cannot be had.
pub(super) fn converse(
    mut process: Process,
    config: &Config,
    control: &Control,
) -> Result<Told, AlembicError> {
    let mut told = Told::default();
    // It is removed when the process is gone.
    let mut scratch: Option<ScratchDatabase> = None;
    loop {
        match process.answer()? {
            Answer::Environment { script_location } => told.script_location = script_location,
            Answer::Revision(declaration) => told.revisions.push(declaration),
            Answer::Dialect { dialect } => told.dialect = dialect,
            Answer::Script(script) => {
                told.scripts.insert((script.revision, script.side), script.outcome);
            }
            Answer::Note { path, text } => told.notes.push((path, text)),
            Answer::Log { path, text } => drop(told.logs.insert(path, text)),
            Answer::Database { wanted } => {
                let database = scratch.insert(scratch_database(config, wanted, control)?);
                process.send(&address(database.url()))?;
            }
            Answer::Failure(failure) => {
                let python = process.python().to_owned();
                return Err(AlembicError::Failed { python, failure: Box::new(failure) });
            }
            Answer::Done => break,
        }
    }
    process.finish();
    Ok(told)
}

fn scratch_database(
    config: &Config,
    wanted: Vec<WantedDatabase>,
    control: &Control,
) -> Result<ScratchDatabase, AlembicError> {
    let source = match ScratchDatabase::of_dialect(config, Dialect::Postgres, control) {
        Ok(Some(database)) => return Ok(database),
        Ok(None) => None,
        Err(error) => Some(Box::new(error)),
    };
    Err(AlembicError::NoDatabase { wanted, source })
}

/// libpq's keywords, and the schema that comes first. It goes through a pipe, as it may hold a password.
fn address(url: &DatabaseUrl) -> Value {
    match url {
        DatabaseUrl::Postgres(url) => {
            let parameters: BTreeMap<&str, &str> =
                url.parameters().iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            json!({ "parameters": parameters, "search_path": url.search_path() })
        }
        DatabaseUrl::Sqlite(_) => Value::Null,
    }
}
