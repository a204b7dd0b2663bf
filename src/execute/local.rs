//! Which revisions are still local: no database has applied them.

use std::collections::BTreeSet;

use super::{ExecuteError, Reading};
use crate::backend::Backend;
use crate::graph::{Follow, NodeIndex, RevisionId};
use crate::plan::{PlanError, applied};
use crate::script::ScriptDirectory;

/// Of a revision and what is above it, those that the database has applied, by its version rows or its ledger, or of
/// which it has a part.
///
/// # Errors
/// The database's; [`PlanError::UnknownRows`] where a version row is known neither to the scripts nor to the ledger,
/// so that what is below it is not known either.
pub fn applied_from(
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
