//! The plan of one revision's step alone.

use super::rows::RowTracker;
use super::{Operation, Plan, PlanError, nodes_of_rows};
use crate::graph::{Follow, NodeIndex, RevisionGraph, RevisionId};

/// How the version rows follow where one revision, `node`, is applied or undone. Nothing is planned where something
/// else stands between: what it needs has not been applied, or what has been applied needs it.
///
/// # Errors
/// [`PlanError::UnknownRows`].
pub fn single(
    graph: &RevisionGraph,
    rows: &[RevisionId],
    node: NodeIndex,
    operation: Operation,
) -> Result<Option<Plan>, PlanError> {
    let rows = nodes_of_rows(graph, rows)?;
    let applied = graph.ancestors(rows.iter().copied(), Follow::ParentsAndDependencies);
    let mut tracker = RowTracker::new(graph, &rows, &applied);
    match operation {
        Operation::Downgrade | Operation::Unfold => {
            let mut above = graph.descendants([node], Follow::ParentsAndDependencies);
            above.intersect_with(&applied);
            if above.iter().any(|other| other != node) || !applied.contains(node) {
                return Ok(None);
            }
            tracker.downgrade(node);
        }
        Operation::Upgrade | Operation::Stamp | Operation::Fold => {
            let mut missing = graph.ancestors([node], Follow::ParentsAndDependencies);
            missing.subtract(&applied);
            if missing.iter().any(|other| other != node) || applied.contains(node) {
                return Ok(None);
            }
            tracker.upgrade(node);
        }
        Operation::Seed | Operation::Reset | Operation::Push => return Ok(None),
    }
    Ok(Some(tracker.finish()))
}
