//! Dependencies that an ancestor declares, too: Alembic's walk down passes over them (`_normalized_down_revisions`).

use petgraph::Direction;
use petgraph::graph::{DiGraph, EdgeIndex, NodeIndex};
use petgraph::visit::EdgeRef;

use super::Edge;

/// The edges that are dependencies and nothing else, and that a revision further down the line of parents has as well;
/// sorted.
///
/// Which ancestors declare one of 64 dependencies goes up the graph in one word, so it takes as many rounds over
/// the graph as there are 64ths of dependencies with more than one dependent.
pub(super) fn inherited_dependencies(graph: &DiGraph<(), Edge>) -> Vec<EdgeIndex> {
    let shared: Vec<NodeIndex> =
        graph.node_indices().filter(|node| dependents(graph, *node).nth(1).is_some()).collect();
    if shared.is_empty() {
        return Vec::new();
    }
    let order = parents_first(graph);
    let mut found = Vec::new();
    for some in shared.chunks(u64::BITS as usize) {
        let inherited = handed_up(graph, &order, some);
        for (bit, dependency) in some.iter().enumerate() {
            let edges = graph.edges(*dependency).filter(|edge| !edge.weight().is_parent());
            let is_inherited = |node: NodeIndex| at(&inherited, node) >> bit & 1 == 1;
            found.extend(edges.filter(|edge| is_inherited(edge.target())).map(|edge| edge.id()));
        }
    }
    found.sort_unstable();
    found
}

fn dependents(graph: &DiGraph<(), Edge>, node: NodeIndex) -> impl Iterator<Item = NodeIndex> {
    graph.edges(node).filter(|edge| edge.weight().is_dependency()).map(|edge| edge.target())
}

fn parents(graph: &DiGraph<(), Edge>, node: NodeIndex) -> impl Iterator<Item = NodeIndex> {
    let below = graph.edges_directed(node, Direction::Incoming);
    below.filter(|edge| edge.weight().is_parent()).map(|edge| edge.source())
}

/// Which of these dependencies the ancestors of each node declare, a bit for each.
fn handed_up(graph: &DiGraph<(), Edge>, order: &[NodeIndex], dependencies: &[NodeIndex]) -> Vec<u64> {
    let mut declared = vec![0_u64; graph.node_count()];
    for (bit, dependency) in dependencies.iter().enumerate() {
        for node in dependents(graph, *dependency) {
            add(&mut declared, node, 1 << bit);
        }
    }
    let mut inherited = vec![0_u64; graph.node_count()];
    for node in order {
        for parent in parents(graph, *node) {
            let of_parent = at(&declared, parent) | at(&inherited, parent);
            add(&mut inherited, *node, of_parent);
        }
    }
    inherited
}

fn at(bits: &[u64], node: NodeIndex) -> u64 {
    bits.get(node.index()).copied().unwrap_or_default()
}

fn add(bits: &mut [u64], node: NodeIndex, more: u64) {
    if let Some(slot) = bits.get_mut(node.index()) {
        *slot |= more;
    }
}

/// Every node after its parents; what is on a circle of parents, or above one, is left out.
fn parents_first(graph: &DiGraph<(), Edge>) -> Vec<NodeIndex> {
    let mut missing: Vec<usize> = graph.node_indices().map(|node| parents(graph, node).count()).collect();
    let is_base = |node: &NodeIndex| missing.get(node.index()) == Some(&0);
    let mut order: Vec<NodeIndex> = graph.node_indices().filter(is_base).collect();
    let mut next = 0;
    while let Some(node) = order.get(next).copied() {
        next += 1;
        let children = graph.edges(node).filter(|edge| edge.weight().is_parent());
        for child in children.map(|edge| edge.target()) {
            if let Some(open) = missing.get_mut(child.index()) {
                *open -= 1;
                if *open == 0 {
                    order.push(child);
                }
            }
        }
    }
    order
}
