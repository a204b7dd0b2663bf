//! Emptying a database.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use thiserror::Error;

use super::aside::Aside;
use super::emptying::{Emptying, emptying};
use super::{Guard, Guarded};
use crate::backend::{Backend, BackendError, DatabaseState, KeptTable, PreparedStep, StepFailure, Watch};
use crate::catalog::sql::{Statement, qualified, text};
use crate::config::Config;
use crate::graph::RevisionId;
use crate::ledger::{Sql, forget_journal};
use crate::plan::{Operation, RowChange};
use crate::script::{Body, SourceText};
use crate::sql::Dialect;

/// What messages call the statements that empty a database.
const SCRIPT: &str = "what empties the database";

/// Why a database could not be emptied; nothing of it has then gone.
#[derive(Debug, Error)]
pub enum ResetError {
    /// Its name has not been given.
    #[error(transparent)]
    Guarded(#[from] Guarded),
    /// A statement failed.
    #[error("the database could not be emptied")]
    Failed(Box<StepFailure>),
    /// The database did not answer as it should.
    #[error(transparent)]
    Backend(#[from] BackendError),
}

/// Drops all that is in a database and belongs to this role, in one transaction with the version rows and what the ledger
/// has recorded; the events stay. `name` is the one that was given for a guarded database. What has gone, and what stays.
///
/// # Errors
/// [`ResetError`]; nothing has then changed.
pub fn empty(
    config: &Config,
    backend: &mut dyn Backend,
    name: Option<&str>,
    actor: &str,
    watch: &mut dyn Watch,
) -> Result<Emptying, ResetError> {
    backend.lock()?;
    Guard::of(config, backend)?.check(name)?;
    let state = backend.state()?;
    let catalog = backend.catalog()?;
    let owners: BTreeSet<&str> =
        catalog.objects.values().filter_map(|object| object.owner.as_deref()).collect();
    let mut ours = BTreeMap::new();
    for owner in owners {
        ours.insert(owner, is_ours(backend, owner)?);
    }
    let is_ours = |owner: &str| ours.get(owner).copied().unwrap_or(false);
    let bookkeeping = backend.tables().schema.clone();
    let mut emptying = emptying(&catalog, &config.scope(), bookkeeping.as_deref(), &is_ours);
    // No catalog has them, and the revision that made them will make them again. A schema goes only without them.
    let kept = backend.kept_tables()?;
    let dialect = backend.dialect();
    let drop = |kept: &KeptTable| {
        Statement::of(&kept.name, format!("DROP TABLE {}", qualified(dialect, &kept.name)))
    };
    emptying.drops.splice(0..0, kept.iter().map(drop));
    let forget: Vec<RevisionId> = backend.recorded()?.into_iter().map(|entry| entry.revision).collect();
    let journal = if state.has_journal { backend.journal()? } else { Vec::new() };
    let left: BTreeSet<RevisionId> = journal.into_iter().map(|row| row.revision).collect();
    let is_empty = emptying.drops.is_empty() && state.rows.is_empty() && forget.is_empty() && left.is_empty();
    if is_empty && !state.has_ledger {
        return Ok(emptying);
    }
    backend.ensure_tables(&state, 0)?;
    let ran = step(backend, &emptying, (&state, forget, &left), actor)
        .and_then(|step| backend.run_in_transaction(&[step], watch));
    ran.map_err(|failure| ResetError::Failed(Box::new(failure)))?;
    Ok(emptying)
}

/// Everything in one transaction: the objects, the version rows, the ledger's entries, and what the journal says of
/// revisions that were left halfway.
fn step(
    backend: &dyn Backend,
    emptying: &Emptying,
    (state, forget, left): (&DatabaseState, Vec<RevisionId>, &BTreeSet<RevisionId>),
    actor: &str,
) -> Result<PreparedStep, StepFailure> {
    let journal = left.iter().map(|revision| forget_journal(backend.tables(), revision));
    let journal: String = journal.map(|sql: Sql| sql.literal(backend.dialect()) + ";\n").collect();
    let sql: std::sync::Arc<str> = (text(&emptying.drops) + &journal).into();
    let aside = Aside {
        operation: Operation::Reset,
        name: "",
        script: SourceText { path: PathBuf::from(SCRIPT), text: sql.clone(), body: Body::of(sql) },
        forget,
        rows: RowChange { delete: state.rows.clone(), ..RowChange::default() },
        actor,
        detail: None,
    };
    aside.prepared(backend.dialect(), &state.rows)
}

/// Whether what a role owns is this one's to drop. SQLite knows no roles.
fn is_ours(backend: &mut dyn Backend, owner: &str) -> Result<bool, BackendError> {
    let owner = Dialect::Postgres.quote_literal(owner);
    let query = format!("SELECT pg_catalog.pg_has_role({owner}, 'MEMBER')::pg_catalog.int4::pg_catalog.int8");
    Ok(backend.number(&query)? == Some(1))
}
