//! From declared revisions to a checked graph.

use std::collections::BTreeMap;

use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use super::problem::{Declared, GraphProblem};
use super::{Edge, Revision, RevisionGraph, order};

impl RevisionGraph {
    /// Builds the graph of `revisions`, whose order does not matter.
    ///
    /// # Errors
    /// Every problem found, sorted, never only the first one. Cycles are looked for once all names resolve.
    pub fn new(mut revisions: Vec<Revision>) -> Result<Self, Vec<GraphProblem>> {
        revisions.sort_by(|a, b| a.id.cmp(&b.id).then_with(|| a.source.cmp(&b.source)));
        let mut problems = duplicate_ids(&revisions);
        revisions.dedup_by(|later, earlier| later.id == earlier.id);

        let labels = collect_labels(&revisions, &mut problems);
        let edges = resolve_edges(&revisions, &labels, &mut problems);
        let mut graph = DiGraph::with_capacity(revisions.len(), edges.len());
        for revision in revisions {
            graph.add_node(revision);
        }
        for (parent, child, edge) in edges {
            graph.add_edge(parent, child, edge);
        }
        problems.extend(cycles(&graph));
        if problems.is_empty() {
            let order = order::topological(&graph);
            return Ok(Self { graph, labels, order });
        }
        problems.sort();
        Err(problems)
    }
}

fn declared(revision: &Revision) -> Declared {
    Declared { id: revision.id.clone(), source: revision.source.clone() }
}

fn duplicate_ids(sorted: &[Revision]) -> Vec<GraphProblem> {
    sorted
        .iter()
        .zip(sorted.iter().skip(1))
        .filter(|(first, second)| first.id == second.id)
        .map(|(first, second)| GraphProblem::DuplicateId {
            id: first.id.clone(),
            first: first.source.clone(),
            second: second.source.clone(),
        })
        .collect()
}

fn find(sorted: &[Revision], id: &str) -> Option<NodeIndex> {
    sorted.binary_search_by(|revision| revision.id.as_str().cmp(id)).ok().map(NodeIndex::new)
}

fn collect_labels(sorted: &[Revision], problems: &mut Vec<GraphProblem>) -> BTreeMap<String, NodeIndex> {
    let mut labels: BTreeMap<String, NodeIndex> = BTreeMap::new();
    for (index, holder) in sorted.iter().enumerate() {
        for label in &holder.branch_labels {
            if let Some(same) = find(sorted, label).and_then(|node| sorted.get(node.index())) {
                problems.push(GraphProblem::LabelIsId {
                    label: label.clone(),
                    holder: declared(holder),
                    source_of_id: same.source.clone(),
                });
            }
            match labels.get(label).and_then(|node| sorted.get(node.index())) {
                Some(first) => problems.push(GraphProblem::DuplicateLabel {
                    label: label.clone(),
                    first: declared(first),
                    second: declared(holder),
                }),
                None => drop(labels.insert(label.clone(), NodeIndex::new(index))),
            }
        }
    }
    labels
}

/// The edges, parent before child; a parent that is also a dependency counts as a parent.
fn resolve_edges(
    sorted: &[Revision],
    labels: &BTreeMap<String, NodeIndex>,
    problems: &mut Vec<GraphProblem>,
) -> Vec<(NodeIndex, NodeIndex, Edge)> {
    let mut edges: Vec<(NodeIndex, NodeIndex, Edge)> = Vec::with_capacity(sorted.len());
    for (index, revision) in sorted.iter().enumerate() {
        let child = NodeIndex::new(index);
        let first_edge = edges.len();
        let mut connect = |parent: NodeIndex, edge: Edge, edges: &mut Vec<(NodeIndex, NodeIndex, Edge)>| {
            if parent == child {
                problems.push(GraphProblem::SelfReference {
                    revision: declared(revision),
                    relation: edge.header_key(),
                });
            } else if !edges.iter().skip(first_edge).any(|(known, ..)| *known == parent) {
                edges.push((parent, child, edge));
            }
        };
        let mut unknown = Vec::new();
        for parent in &revision.down_revisions {
            match find(sorted, parent.as_str()) {
                Some(node) => connect(node, Edge::Parent, &mut edges),
                None => unknown
                    .push(GraphProblem::UnknownParent { child: declared(revision), parent: parent.clone() }),
            }
        }
        for dependency in &revision.depends_on {
            match find(sorted, dependency).or_else(|| labels.get(dependency).copied()) {
                Some(node) => connect(node, Edge::Dependency, &mut edges),
                None => unknown.push(GraphProblem::UnknownDependency {
                    child: declared(revision),
                    dependency: dependency.clone(),
                }),
            }
        }
        problems.append(&mut unknown);
    }
    edges
}

fn cycles(graph: &DiGraph<Revision, Edge>) -> Vec<GraphProblem> {
    tarjan_scc(graph)
        .into_iter()
        .filter(|component| component.len() > 1)
        .map(|component| GraphProblem::Cycle { revisions: one_way_round(graph, &component) })
        .collect()
}

/// Follows first children inside a strongly connected component until a node comes up again.
fn one_way_round(graph: &DiGraph<Revision, Edge>, component: &[NodeIndex]) -> Vec<Declared> {
    let mut path: Vec<NodeIndex> = Vec::new();
    let mut next = component.iter().min().copied();
    while let Some(node) = next {
        if let Some(start) = path.iter().position(|seen| *seen == node) {
            path.drain(..start);
            break;
        }
        path.push(node);
        next = graph.neighbors(node).filter(|child| component.contains(child)).min();
    }
    path.iter().filter_map(|node| graph.node_weight(*node)).map(declared).collect()
}
