//! Topological order, ties broken by id.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use petgraph::Direction;
use petgraph::graph::{DiGraph, NodeIndex};

use super::{Edge, NodeSet, RevisionGraph};

/// Every node after its parents and dependencies; among those that could come next, the smallest id
/// (Kahn's algorithm with a heap; node indices are in the order of the ids).
pub(super) fn topological(graph: &DiGraph<(), Edge>) -> Vec<NodeIndex> {
    sort(graph, graph.node_indices(), |_| true)
}

fn sort(
    graph: &DiGraph<(), Edge>,
    nodes: impl Iterator<Item = NodeIndex>,
    is_member: impl Fn(NodeIndex) -> bool,
) -> Vec<NodeIndex> {
    let mut missing = vec![0_u32; graph.node_count()];
    let mut ready = BinaryHeap::new();
    let mut count = 0;
    for node in nodes {
        count += 1;
        let parents = graph.neighbors_directed(node, Direction::Incoming);
        let open = parents.filter(|parent| is_member(*parent)).count();
        if let Some(slot) = missing.get_mut(node.index()) {
            *slot = u32::try_from(open).unwrap_or(u32::MAX);
        }
        if open == 0 {
            ready.push(Reverse(node));
        }
    }
    let mut sorted = Vec::with_capacity(count);
    while let Some(Reverse(node)) = ready.pop() {
        sorted.push(node);
        for child in graph.neighbors(node).filter(|child| is_member(*child)) {
            if let Some(open) = missing.get_mut(child.index()) {
                *open -= 1;
                if *open == 0 {
                    ready.push(Reverse(child));
                }
            }
        }
    }
    sorted
}

impl RevisionGraph {
    /// The members of `set` in the order in which they can be applied: topological, ties broken by id.
    #[must_use]
    pub fn sorted(&self, set: &NodeSet) -> Vec<NodeIndex> {
        sort(&self.graph, set.iter(), |node| set.contains(node))
    }

    /// All nodes, in the order in which they can be applied.
    #[must_use]
    pub fn in_order(&self) -> &[NodeIndex] {
        &self.order
    }
}
