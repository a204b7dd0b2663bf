//! `stamp`: version rows without scripts.

use std::collections::BTreeSet;

use petgraph::graph::NodeIndex;

use super::{Operation, Plan, PlanError, RowChange, Step, nodes_of_rows};
use crate::graph::{Follow, RevisionGraph, RevisionId, RevisionSpec, Symbol, TargetError};

/// Plans the rows that `stamp` leaves: each destination takes the place of the rows in its lineage, `base` takes
/// all of them away, rows of other branches stay; what is left is reduced to effective heads.
///
/// With `purge` the rows that stand there, known or not, are taken away first.
///
/// # Errors
/// [`PlanError`] where a destination leads nowhere or a row is unknown.
pub fn stamp(
    graph: &RevisionGraph,
    rows: &[RevisionId],
    destinations: &[RevisionSpec],
    purge: bool,
) -> Result<Plan, PlanError> {
    let before: BTreeSet<RevisionId> = rows.iter().cloned().collect();
    let mut kept = if purge { Vec::new() } else { nodes_of_rows(graph, rows)? };
    let mut stamped = Vec::new();
    for destination in destinations {
        let nodes = resolve(graph, destination)?;
        let replaced = match (&destination.symbol, nodes.as_slice()) {
            (Some(Symbol::Base), _) => match &destination.branch {
                None => graph.ancestors(graph.effective_heads(), Follow::ParentsAndDependencies),
                Some(branch) => graph.lineage(&[graph.branch(branch)?], Follow::ParentsAndDependencies),
            },
            (_, nodes) => graph.lineage(nodes, Follow::ParentsAndDependencies),
        };
        kept.retain(|row| !replaced.contains(*row));
        stamped.extend(nodes);
    }
    let mut standing = kept;
    standing.extend(&stamped);
    let standing = graph.effective(&standing);
    let after: BTreeSet<RevisionId> = graph.ids(&standing).into_iter().collect();
    Ok(Plan {
        before: rows.to_vec(),
        steps: steps(graph, &before, &after, &stamped),
        after: after.into_iter().collect(),
    })
}

fn resolve(graph: &RevisionGraph, spec: &RevisionSpec) -> Result<Vec<NodeIndex>, TargetError> {
    graph.resolve(spec)
}

/// One step for every row that changes; all changes to the table go with the first.
fn steps(
    graph: &RevisionGraph,
    before: &BTreeSet<RevisionId>,
    after: &BTreeSet<RevisionId>,
    stamped: &[NodeIndex],
) -> Vec<Step> {
    let mut rows = RowChange::between(before, after);
    if rows.is_empty() {
        return Vec::new();
    }
    let mut named: Vec<RevisionId> =
        graph.ids(stamped).into_iter().filter(|id| after.contains(id) && !before.contains(id)).collect();
    if named.is_empty() {
        named = before.difference(after).cloned().collect();
    }
    named.dedup();
    named
        .into_iter()
        .map(|revision| Step { revision, operation: Operation::Stamp, rows: std::mem::take(&mut rows) })
        .collect()
}
