//! Which revisions are still local: no database has applied them.

use std::collections::BTreeSet;

use thiserror::Error;

use super::{ExecuteError, Reading};
use crate::backend::Backend;
use crate::graph::{Follow, NodeIndex, RevisionId, joined};
use crate::plan::{PlanError, applied};
use crate::script::ScriptDirectory;

/// Of a revision and what is above it, those that the database has applied, by its version rows or its ledger, or of
/// which it has a part.
///
/// # Errors
/// The database's; [`PlanError::UnknownRows`] where a version row is known neither to the scripts nor to the ledger,
/// so that what is below it is not known either.
fn applied_from(
    scripts: &ScriptDirectory,
    backend: &mut dyn Backend,
    revision: NodeIndex,
) -> Result<Vec<RevisionId>, ExecuteError> {
    let graph = scripts.graph();
    let Reading { state, recorded } = Reading::of(backend)?;
    let journal = if state.has_journal { backend.journal()? } else { Vec::new() };
    let halfway = journal.iter().map(|statement| &statement.revision);
    let in_ledger: BTreeSet<&RevisionId> =
        recorded.iter().map(|entry| &entry.revision).chain(halfway).collect();
    let (known, unknown): (Vec<_>, Vec<_>) =
        state.rows.into_iter().partition(|row| graph.find(row.as_str()).is_some());
    let unknown: Vec<RevisionId> = unknown.into_iter().filter(|row| !in_ledger.contains(row)).collect();
    if !unknown.is_empty() {
        return Err(PlanError::UnknownRows { revisions: unknown }.into());
    }
    let by_rows = applied(graph, &known)?;
    let concerned = graph.descendants([revision], Follow::ParentsAndDependencies);
    let is_applied = |node: &NodeIndex| by_rows.contains(*node) || in_ledger.contains(graph.id(*node));
    Ok(concerned.iter().filter(is_applied).map(|node| graph.id(node).clone()).collect())
}

/// Why a revision's header must stay as it is, or why that is not known. Nothing has changed.
#[derive(Debug, Error)]
pub enum LocalError {
    /// The database has applied it, or what is above it.
    #[error("{database} has applied {}, so its parents must stay", joined(.applied))]
    Applied {
        /// The database, for people.
        database: String,
        /// The revision.
        revision: RevisionId,
        /// What the database has applied of it and of what is above it.
        applied: Vec<RevisionId>,
    },
    /// What the database has applied cannot be told.
    #[error(transparent)]
    Execute(#[from] ExecuteError),
}

/// Makes sure that a database has applied neither a revision nor what is above it.
///
/// # Errors
/// [`LocalError`].
pub fn check_local(
    scripts: &ScriptDirectory,
    backend: &mut dyn Backend,
    revision: NodeIndex,
) -> Result<(), LocalError> {
    let applied = applied_from(scripts, backend, revision)?;
    if applied.is_empty() {
        return Ok(());
    }
    let revision = scripts.graph().id(revision).clone();
    Err(LocalError::Applied { database: backend.describe(), revision, applied })
}
