//! Which revisions a baseline stands for. Pure.

use thiserror::Error;

use crate::graph::{Declared, Edge, Follow, NodeIndex, NodeSet, RevisionGraph, RevisionId};

const ALL: Follow = Follow::ParentsAndDependencies;

/// A part of the graph that can be replaced: nothing leads in or out but through its ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    /// The revision that all others stand on; none where the range begins at the base.
    pub from: Option<NodeIndex>,
    /// The revision that stands on all others.
    pub to: NodeIndex,
    /// The revisions, both ends included, in the order in which they can be applied.
    pub originals: Vec<NodeIndex>,
    /// What must be applied before them, in that order.
    pub below: Vec<NodeIndex>,
}

/// An edge between a revision of a range, no end of it, and one outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrossingEdge {
    /// The revision that names the other.
    pub upper: Declared,
    /// The revision that is named.
    pub lower: Declared,
    /// Whether the edge is of a parent, of a dependency, or both.
    pub edge: Edge,
    /// Whether it is the named one that lies outside.
    pub leads_out_below: bool,
}

impl std::fmt::Display for CrossingEdge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (upper, lower) = (&self.upper, &self.lower);
        let relation = match self.edge {
            Edge::Parent | Edge::ParentAndDependency => "stands on",
            Edge::Dependency => "depends on",
        };
        let outside = if self.leads_out_below { &lower.id } else { &upper.id };
        write!(
            f,
            "{} ({}) {relation} {} ({}), and {outside} is outside",
            upper.id, upper.source, lower.id, lower.source
        )
    }
}

/// Why revisions cannot be replaced by one.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RangeError {
    /// The ends are not on one line.
    #[error("{from} is not an ancestor of {to}")]
    NotAnAncestor {
        /// The lower end.
        from: RevisionId,
        /// The upper end.
        to: RevisionId,
    },
    /// Edges lead in or out other than through the ends.
    #[error("the revisions cannot be squashed: others lead into their midst")]
    NotClosed {
        /// The edges that lead in or out.
        edges: Vec<CrossingEdge>,
        /// Where the range would have to begin or end, as far as it helps.
        range: (Option<RevisionId>, RevisionId),
    },
    /// There is one, and it stands for others already.
    #[error("{0} stands for other revisions already, and there is nothing else to squash")]
    AlreadyBaseline(RevisionId),
}

/// The range from one revision up to another; with no `from`, from the base.
///
/// # Errors
/// [`RangeError`].
pub fn range(graph: &RevisionGraph, from: Option<NodeIndex>, to: NodeIndex) -> Result<Range, RangeError> {
    let needed = graph.ancestors([to], ALL);
    let mut members = needed.clone();
    if let Some(from) = from {
        if !needed.contains(from) {
            let (from, to) = (graph.id(from).clone(), graph.id(to).clone());
            return Err(RangeError::NotAnAncestor { from, to });
        }
        members.intersect_with(&graph.descendants([from], ALL));
    }
    let edges = crossing(graph, &members, from, to);
    if !edges.is_empty() {
        let range = (from.map(|from| graph.id(from).clone()), graph.id(to).clone());
        return Err(RangeError::NotClosed { edges, range });
    }
    let originals = graph.sorted(&members);
    if let [only] = originals.as_slice()
        && !graph.revision(*only).replaces.is_empty()
    {
        return Err(RangeError::AlreadyBaseline(graph.id(*only).clone()));
    }
    let mut below = needed;
    below.subtract(&members);
    Ok(Range { from, to, originals, below: graph.sorted(&below) })
}

/// What can be squashed of several lines, one after the other: what they share up to its one end, then what each has alone.
#[must_use]
pub fn lines(graph: &RevisionGraph, tops: &[NodeIndex]) -> Vec<Range> {
    let below: Vec<NodeSet> = tops.iter().map(|top| graph.ancestors([*top], ALL)).collect();
    let mut shared = NodeSet::with_capacity(graph.len());
    for (number, one) in below.iter().enumerate() {
        for other in below.iter().skip(number + 1) {
            let mut both = one.clone();
            both.intersect_with(other);
            shared.union_with(&both);
        }
    }
    let trunk = match graph.tips(&shared, ALL).as_slice() {
        [trunk] => range(graph, None, *trunk).ok(),
        _ => None,
    };
    let alone = tops.iter().zip(below).filter_map(|(top, mut own)| {
        let all = own.len();
        own.subtract(&shared);
        let starts = graph.sorted(&own);
        let whole = (own.len() == all).then(|| range(graph, None, *top).ok()).flatten();
        whole.or_else(|| starts.into_iter().find_map(|start| range(graph, Some(start), *top).ok()))
    });
    trunk.into_iter().chain(alone).filter(|range| range.originals.len() > 1).collect()
}

fn crossing(
    graph: &RevisionGraph,
    members: &NodeSet,
    from: Option<NodeIndex>,
    to: NodeIndex,
) -> Vec<CrossingEdge> {
    let mut edges = Vec::new();
    for node in graph.sorted(members) {
        let below = graph.below(node, ALL).into_iter().filter(|_| Some(node) != from);
        edges.extend(below.filter(|below| !members.contains(*below)).map(|below| (node, below, true)));
        let above = graph.above(node, ALL).into_iter().filter(|_| node != to);
        edges.extend(above.filter(|above| !members.contains(*above)).map(|above| (above, node, false)));
    }
    edges.into_iter().map(|(upper, lower, out)| edge(graph, upper, lower, out)).collect()
}

fn edge(graph: &RevisionGraph, upper: NodeIndex, lower: NodeIndex, leads_out_below: bool) -> CrossingEdge {
    let declared = |node: NodeIndex| {
        let revision = graph.revision(node);
        Declared { id: revision.id.clone(), source: revision.source.clone() }
    };
    let is_parent = graph.below(upper, Follow::Parents).contains(&lower);
    let edge = if is_parent { Edge::Parent } else { Edge::Dependency };
    CrossingEdge { upper: declared(upper), lower: declared(lower), edge, leads_out_below }
}

impl Range {
    /// The originals of the range as a set of nodes of `graph`.
    #[must_use]
    pub fn members(&self, graph: &RevisionGraph) -> NodeSet {
        NodeSet::of(graph.len(), self.originals.iter().copied())
    }

    /// All ids that a baseline of this range stands for, those of inner baselines included: in the order in which they
    /// can be applied, an inner baseline behind what it stands for, the upper end last.
    #[must_use]
    pub fn replaces(&self, graph: &RevisionGraph) -> Vec<RevisionId> {
        let mut ids: Vec<RevisionId> = Vec::new();
        for node in &self.originals {
            let revision = graph.revision(*node);
            for id in revision.replaces.iter().chain([&revision.id]) {
                if !ids.contains(id) {
                    ids.push(id.clone());
                }
            }
        }
        ids
    }

    /// The branch labels that the originals of the range declare, in the order of the originals.
    #[must_use]
    pub fn branch_labels(&self, graph: &RevisionGraph) -> Vec<String> {
        self.originals.iter().flat_map(|node| graph.revision(*node).branch_labels.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::tests::{graph, revision};

    fn ids(graph: &RevisionGraph, nodes: &[NodeIndex]) -> String {
        graph.ids(nodes).iter().map(|id| id.as_str().to_owned()).collect::<Vec<_>>().join(" ")
    }

    fn of(lines: &[&str], from: &str, to: &str) -> Result<(String, String), Vec<String>> {
        let graph = graph(lines);
        let to = graph.find(to).expect("it is there");
        match range(&graph, graph.find(from), to) {
            Ok(range) => Ok((ids(&graph, &range.originals), ids(&graph, &range.below))),
            Err(RangeError::NotClosed { edges, .. }) => {
                let tell = |edge: &CrossingEdge| {
                    format!("{}>{} {}", edge.upper.id, edge.lower.id, edge.edge.header_key())
                };
                Err(edges.iter().map(tell).collect())
            }
            Err(other) => Err(vec![other.to_string()]),
        }
    }

    #[test]
    fn a_closed_part_may_hold_branches_merges_and_dependencies() {
        let lines = ["a", "b: a", "c: a", "d: b, c / b", "e: d", "x"];
        let all = |originals: &str, below: &str| Ok((originals.to_owned(), below.to_owned()));
        assert_eq!(of(&lines, "", "e"), all("a c b d e", ""));
        assert_eq!(of(&lines, "a", "d"), all("a c b d", ""));
        assert_eq!(of(&lines, "d", "e"), all("d e", "a b c"));
        assert_eq!(of(&lines, "e", "e"), all("e", "a c b d"));
        assert_eq!(of(&lines, "", "a"), all("a", ""));
    }

    #[test]
    fn edges_that_cross_are_named() {
        let told = |edges: &[&str]| Err(edges.iter().map(|edge| (*edge).to_owned()).collect());
        assert_eq!(of(&["a", "b: a", "c: b", "d: b"], "", "c"), told(&["d>b down_revision"]));
        assert_eq!(of(&["a", "b: a", "c: b", "d: / b"], "a", "c"), told(&["d>b depends_on"]));
        assert_eq!(of(&["a", "b: a", "c: b / x", "x"], "a", "c"), told(&["c>x depends_on"]));
        assert_eq!(of(&["a", "b: a", "c: a", "d: b, c"], "b", "d"), told(&["d>c down_revision"]));
        assert_eq!(of(&["a", "b: a"], "b", "a"), told(&["b is not an ancestor of a"]));
    }

    #[test]
    fn what_lies_below_a_dependency_of_the_lower_end_is_outside() {
        let found = of(&["a", "b: a / x", "c: b", "x", "y: x"], "b", "c");
        assert_eq!(found, Ok(("b c".to_owned(), "a x".to_owned())));
    }

    /// What an inner baseline stands for comes before it, each id once, and labels go with their revisions.
    #[test]
    fn a_baseline_stands_for_all_ids_and_carries_all_labels() {
        let mut revisions: Vec<_> = ["b: / / one", "c: b", "d: c / / two, three"].map(revision).into();
        if let Some(inner) = revisions.first_mut() {
            inner.replaces = ["a0", "a1"].map(RevisionId::recorded).into();
        }
        let graph = RevisionGraph::new(revisions).expect("a sound graph");
        let range = range(&graph, None, graph.find("d").expect("it is there")).expect("it is closed");
        let ids: Vec<String> = range.replaces(&graph).iter().map(ToString::to_string).collect();
        assert_eq!(ids.join(" "), "a0 a1 b c d");
        assert_eq!(range.branch_labels(&graph), ["one", "two", "three"]);
    }
}
