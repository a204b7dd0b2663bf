//! From declared revisions to a checked graph.

use std::collections::{BTreeMap, HashMap};

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use super::inherited::inherited_dependencies;
use super::problem::{Declared, GraphProblem};
use super::{Edge, Revision, RevisionGraph, RevisionId, order};

#[doc(hidden)]
impl RevisionGraph {
    /// Builds the graph of `revisions`, whose order does not matter.
    ///
    /// # Errors
    /// Every problem found, sorted, never only the first one. Cycles are looked for once all names resolve.
    pub fn new(mut revisions: Vec<Revision>) -> Result<Self, Vec<GraphProblem>> {
        revisions.sort_by(|a, b| a.id.cmp(&b.id).then_with(|| a.source.cmp(&b.source)));
        let mut problems = duplicate_ids(&revisions);
        revisions.dedup_by(|later, earlier| later.id == earlier.id);

        let ids = (0..).zip(&revisions).map(|(index, one)| (one.id.clone(), NodeIndex::new(index))).collect();
        let sorted = Sorted { revisions: &revisions, ids: &ids };
        let labels = collect_labels(sorted, &mut problems);
        let baselines = baselines(sorted, &mut problems);
        let edges = resolve_edges(sorted, &labels, &baselines, &mut problems);
        let mut graph = DiGraph::with_capacity(revisions.len(), edges.len());
        for _ in &revisions {
            graph.add_node(());
        }
        for (parent, child, edge) in edges {
            graph.add_edge(parent, child, edge);
        }
        let inherited = inherited_dependencies(&graph);
        let order = order::topological(&graph, &inherited);
        // What is on a cycle, or above one, has no place in the order.
        if order.len() < graph.node_count() {
            problems.extend(cycles(sorted, &graph));
        }
        if problems.is_empty() {
            return Ok(Self { revisions, graph, ids, labels, baselines, inherited, order });
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

/// The revisions in the order of their ids, each id once: the nodes-to-be.
#[derive(Clone, Copy)]
struct Sorted<'r> {
    revisions: &'r [Revision],
    ids: &'r HashMap<RevisionId, NodeIndex>,
}

impl<'r> Sorted<'r> {
    fn find(self, id: &str) -> Option<NodeIndex> {
        self.ids.get(id).copied()
    }

    fn get(self, node: NodeIndex) -> Option<&'r Revision> {
        self.revisions.get(node.index())
    }

    fn iter(self) -> impl Iterator<Item = (NodeIndex, &'r Revision)> {
        (0..).map(NodeIndex::new).zip(self.revisions)
    }
}

fn collect_labels(sorted: Sorted<'_>, problems: &mut Vec<GraphProblem>) -> BTreeMap<String, NodeIndex> {
    let mut labels: BTreeMap<String, NodeIndex> = BTreeMap::new();
    for (node, holder) in sorted.iter() {
        for label in &holder.branch_labels {
            if let Some(same) = sorted.find(label).and_then(|node| sorted.get(node)) {
                problems.push(GraphProblem::LabelIsId {
                    label: label.clone(),
                    holder: declared(holder),
                    source_of_id: same.source.clone(),
                });
            }
            match labels.get(label).and_then(|node| sorted.get(*node)) {
                Some(first) => problems.push(GraphProblem::DuplicateLabel {
                    label: label.clone(),
                    first: declared(first),
                    second: declared(holder),
                }),
                None => drop(labels.insert(label.clone(), node)),
            }
        }
    }
    labels
}

/// The edges, parent before child, one between any two.
fn resolve_edges(
    sorted: Sorted<'_>,
    labels: &BTreeMap<String, NodeIndex>,
    baselines: &[NodeIndex],
    problems: &mut Vec<GraphProblem>,
) -> Vec<(NodeIndex, NodeIndex, Edge)> {
    let mut edges: Vec<(NodeIndex, NodeIndex, Edge)> = Vec::with_capacity(sorted.revisions.len());
    // The number of the last edge from each node.
    let mut last_edges: Vec<Option<usize>> = vec![None; sorted.revisions.len()];
    for (child, revision) in sorted.iter() {
        let mut connect = |parent: NodeIndex, edge: Edge, edges: &mut Vec<(NodeIndex, NodeIndex, Edge)>| {
            if parent == child {
                problems.push(GraphProblem::SelfReference {
                    revision: declared(revision),
                    relation: edge.header_key(),
                });
                return;
            }
            let Some(last) = last_edges.get_mut(parent.index()) else { return };
            match last.and_then(|last| edges.get_mut(last)).filter(|(_, to, _)| *to == child) {
                Some((.., known)) if *known != edge => *known = Edge::ParentAndDependency,
                Some(_) => {}
                None => {
                    *last = Some(edges.len());
                    edges.push((parent, child, edge));
                }
            }
        };
        let mut unknown = Vec::new();
        let (parents, dependencies) = match revision.stands_on.as_slice() {
            [] => (revision.down_revisions.as_slice(), revision.depends_on.as_slice()),
            originals => (originals, [].as_slice()),
        };
        for parent in parents {
            match sorted.find(parent.as_str()) {
                Some(node) => connect(node, Edge::Parent, &mut edges),
                None => unknown.push(unknown_parent(sorted, baselines, revision, parent)),
            }
        }
        for dependency in dependencies {
            match sorted.find(dependency).or_else(|| labels.get(dependency).copied()) {
                Some(node) => connect(node, Edge::Dependency, &mut edges),
                None => unknown.push(unknown_dependency(sorted, baselines, revision, dependency)),
            }
        }
        problems.append(&mut unknown);
    }
    edges
}

/// The baselines; their originals must not be among the revisions, unless the baseline stands on them.
fn baselines(sorted: Sorted<'_>, problems: &mut Vec<GraphProblem>) -> Vec<NodeIndex> {
    let mut replaced: BTreeMap<&RevisionId, &Revision> = BTreeMap::new();
    let mut baselines = Vec::new();
    for (node, baseline) in sorted.iter().filter(|(_, revision)| revision.is_baseline()) {
        baselines.push(node);
        for id in &baseline.replaces {
            let used = sorted.find(id.as_str()).and_then(|node| sorted.get(node));
            if let Some(used) = used.filter(|_| baseline.stands_on.is_empty()) {
                problems.push(GraphProblem::ReservedId {
                    revision: declared(used),
                    baseline: declared(baseline),
                });
            }
            match replaced.insert(id, baseline) {
                Some(other)
                    if !other.replaces.contains(&baseline.id) && !baseline.replaces.contains(&other.id) =>
                {
                    problems.push(GraphProblem::ReplacedTwice {
                        id: id.clone(),
                        first: declared(other),
                        second: declared(baseline),
                    });
                }
                _ => {}
            }
        }
    }
    baselines
}

fn replacing<'r>(sorted: Sorted<'r>, baselines: &[NodeIndex], name: &str) -> Option<&'r Revision> {
    let mut all = baselines.iter().filter_map(|node| sorted.get(*node));
    all.find(|baseline| baseline.replaces.iter().any(|id| id.as_str() == name))
}

fn unknown_parent(
    sorted: Sorted<'_>,
    baselines: &[NodeIndex],
    child: &Revision,
    parent: &RevisionId,
) -> GraphProblem {
    let child_declared = declared(child);
    match replacing(sorted, baselines, parent.as_str()) {
        Some(baseline) => GraphProblem::ReplacedName {
            child: child_declared,
            relation: Edge::Parent.header_key(),
            name: parent.to_string(),
            baseline: declared(baseline),
        },
        None => GraphProblem::UnknownParent {
            child: child_declared,
            parent: parent.clone(),
            quoted: but_for_quotes(sorted, parent.as_str()),
        },
    }
}

fn unknown_dependency(
    sorted: Sorted<'_>,
    baselines: &[NodeIndex],
    child: &Revision,
    dependency: &str,
) -> GraphProblem {
    let child_declared = declared(child);
    match replacing(sorted, baselines, dependency) {
        Some(baseline) => GraphProblem::ReplacedName {
            child: child_declared,
            relation: Edge::Dependency.header_key(),
            name: dependency.to_owned(),
            baseline: declared(baseline),
        },
        None => GraphProblem::UnknownDependency {
            child: child_declared,
            dependency: dependency.to_owned(),
            quoted: but_for_quotes(sorted, dependency),
        },
    }
}

/// The id that a name would be with other quotes around it, or with none.
fn but_for_quotes(sorted: Sorted<'_>, name: &str) -> Option<RevisionId> {
    let bare = name.trim_matches(['\'', '"', '`']);
    let spellings = [bare.to_owned(), format!("'{bare}'"), format!("\"{bare}\""), format!("`{bare}`")];
    let node = spellings.iter().find_map(|spelling| sorted.find(spelling))?;
    sorted.get(node).map(|revision| revision.id.clone())
}

/// A history may be longer than the stack is deep: Kosaraju's algorithm, as petgraph has it, does not recurse.
fn cycles(sorted: Sorted<'_>, graph: &DiGraph<(), Edge>) -> Vec<GraphProblem> {
    kosaraju_scc(graph)
        .into_iter()
        .filter(|component| component.len() > 1)
        .map(|component| GraphProblem::Cycle { revisions: one_way_round(sorted, graph, &component) })
        .collect()
}

/// Follows first children inside a strongly connected component until a node comes up again.
fn one_way_round(sorted: Sorted<'_>, graph: &DiGraph<(), Edge>, component: &[NodeIndex]) -> Vec<Declared> {
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
    path.iter().filter_map(|node| sorted.get(*node)).map(declared).collect()
}
