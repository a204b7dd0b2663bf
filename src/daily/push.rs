//! A database made like a schema, by no revision.

use std::path::PathBuf;
use std::sync::Arc;

use thiserror::Error;

use super::aside::Aside;
use crate::autogenerate::{Course, script_text};
use crate::backend::{Backend, BackendError, StepFailure};
use crate::catalog::{Catalog, CompareOptions, Difference, compare};
use crate::config::{Config, ConfigError};
use crate::graph::{RevisionId, joined};
use crate::plan::{Operation, RowChange};
use crate::scratch::{ScratchError, Unwatched};
use crate::script::{Body, SourceText};
use crate::verify::{Observer, settle};

/// What messages call the statements.
const SCRIPT: &str = "the generated statements";

/// Why a database was not made like a schema.
#[derive(Debug, Error)]
pub enum PushError {
    /// It has version rows, and its schema would no longer be theirs.
    #[error("the database stands at {}, and its schema would no longer be what that says", joined(.rows))]
    HasHistory {
        /// The version rows.
        rows: Vec<RevisionId>,
    },
    /// It is protected.
    #[error("the database is protected as {name}, and its schema is changed by revisions alone")]
    Protected {
        /// The name.
        name: String,
    },
    /// Its environment says `production = true`.
    #[error("the environment is marked `production = true`, and its schema is changed by revisions alone")]
    Production,
    /// A statement failed, and all of them were rolled back.
    #[error("the statements failed")]
    Failed(Box<StepFailure>),
    /// The statements have run, and the schema is still another.
    #[error("the statements have run, and the schema is not the one that it should be")]
    Differs {
        /// What differs: `-` is what should be, `+` what is.
        differences: Vec<Difference>,
    },
    /// The statements have run, and whether the schema is as it should be could not be seen.
    #[error("the statements have run, and the schema was not compared with what it should be")]
    NotCompared(#[source] Box<Self>),
    /// The configuration is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The schemas could not be compared.
    #[error(transparent)]
    Scratch(Box<ScratchError>),
    /// The database did not answer as it should.
    #[error(transparent)]
    Backend(#[from] BackendError),
}

impl From<ScratchError> for PushError {
    fn from(error: ScratchError) -> Self {
        Self::Scratch(Box::new(error))
    }
}

/// Refuses a database whose schema its history tells. It is to be called under the lock.
///
/// # Errors
/// [`PushError::HasHistory`], [`PushError::Protected`], [`PushError::Production`], and the database's.
pub fn check_pushable(config: &Config, backend: &mut dyn Backend) -> Result<(), PushError> {
    if config.production {
        return Err(PushError::Production);
    }
    if let Some(name) = backend.protection()? {
        return Err(PushError::Protected { name });
    }
    let rows = backend.state()?.rows;
    if rows.is_empty() { Ok(()) } else { Err(PushError::HasHistory { rows }) }
}

/// Statements that make a database like a schema, and the note that the ledger keeps of them.
#[derive(Debug, Clone, Copy)]
pub struct Push<'p> {
    /// The statements.
    pub course: &'p Course,
    /// The schema that the statements lead to.
    pub wanted: &'p Catalog,
    /// Whether owners and grants are to be those of that schema.
    pub with_privileges: bool,
    /// Who runs the statements, for the ledger.
    pub actor: &'p str,
    /// What the ledger's event says of the push.
    pub detail: &'p str,
}

/// Runs the statements in one transaction, and compares what has come of it. The version rows stay as they are.
///
/// # Errors
/// [`PushError`]; [`PushError::Differs`] and [`PushError::NotCompared`] are told after the transaction.
pub fn apply(
    config: &Config,
    backend: &mut dyn Backend,
    push: Push<'_>,
    observer: &mut dyn Observer,
) -> Result<(), PushError> {
    backend.lock()?;
    let state = backend.state()?;
    backend.ensure_tables(&state, 0)?;
    let dialect = backend.dialect();
    let texts: Vec<String> = push.course.legs.iter().map(|leg| script_text(dialect, &leg.up)).collect();
    let sql: Arc<str> = texts.join("\n").into();
    let aside = Aside {
        operation: Operation::Push,
        name: "",
        script: SourceText { path: PathBuf::from(SCRIPT), text: Arc::clone(&sql), body: Body::of(sql) },
        forget: Vec::new(),
        rows: RowChange::default(),
        actor: push.actor,
        detail: Some(push.detail.to_owned()),
    };
    let ran = aside
        .prepared(dialect, &state.rows)
        .and_then(|step| backend.run_in_transaction(&[step], &mut Unwatched));
    ran.map_err(|failure| PushError::Failed(Box::new(failure)))?;
    let differences = differences(config, backend, &push, observer)
        .map_err(|error| PushError::NotCompared(Box::new(error)))?;
    if differences.is_empty() { Ok(()) } else { Err(PushError::Differs { differences }) }
}

/// What the schema of the database is and should not be.
fn differences(
    config: &Config,
    backend: &mut dyn Backend,
    push: &Push<'_>,
    observer: &mut dyn Observer,
) -> Result<Vec<Difference>, PushError> {
    let found = backend.catalog()?.within(&config.scope());
    let like = config.database_url()?;
    let wanted = settle(&found, push.wanted, config, Some(like), observer)?.right;
    let with_privileges = push.with_privileges;
    let options = CompareOptions { ignore_column_order: true, with_privileges, ..CompareOptions::default() };
    Ok(compare(&wanted, &found, &options))
}
