//! The revisions that a target names by itself, without a database.

use super::PlanError;
use super::range::up_to_range;
use crate::graph::{NodeIndex, RevisionGraph, RevisionSpec, Symbol};

/// The revisions that a target names without asking a database. `-N` counts down from the head, as in Alembic.
///
/// # Errors
/// [`PlanError::Target`].
pub fn select(graph: &RevisionGraph, spec: &RevisionSpec) -> Result<Vec<NodeIndex>, PlanError> {
    let from_head = match (&spec.symbol, spec.steps) {
        (Some(_), None) => return Ok(graph.resolve(spec)?),
        (None, Some(..0)) => RevisionSpec { symbol: Some(Symbol::Head), ..spec.clone() },
        _ => spec.clone(),
    };
    let ids = up_to_range(graph, &from_head, None)?;
    Ok(ids.iter().filter_map(|id| graph.find(id.as_str())).collect())
}

/// The revisions that several targets name, as [`select`] finds them, in the order of the targets.
///
/// # Errors
/// [`PlanError::Target`].
pub fn select_all(graph: &RevisionGraph, specs: &[RevisionSpec]) -> Result<Vec<NodeIndex>, PlanError> {
    let mut selected = Vec::new();
    for spec in specs {
        selected.extend(select(graph, spec)?);
    }
    Ok(selected)
}
