//! The graph of revisions, drawn with lines: parents with solid ones, dependencies with dotted ones.

use renderdag::{Ancestor, GraphRowRenderer, Renderer};

use crate::graph::{Follow, NodeIndex, NodeSet, RevisionGraph};

/// What is drawn beside and in place of each node.
pub trait Drawing {
    /// The sign of a node; one column wide.
    fn glyph(&self, node: NodeIndex) -> &'static str;
    /// The text beside a node; may have several lines.
    fn text(&self, node: NodeIndex) -> String;
}

/// Draws `nodes`, each of which must come before its parents and dependencies. Where an edge leads to a node that
/// is not among them, the line ends in `~`.
///
/// A dependency that is a parent as well is drawn as a parent.
#[must_use]
pub fn draw(graph: &RevisionGraph, nodes: &[NodeIndex], drawing: &impl Drawing) -> String {
    let drawn = NodeSet::of(graph.len(), nodes.iter().copied());
    let mut renderer = GraphRowRenderer::new().output().with_min_row_height(1).build_box_drawing();
    let mut text = String::new();
    for node in nodes {
        let edges = edges(graph, *node, &drawn);
        text.push_str(&renderer.next_row(*node, edges, drawing.glyph(*node).to_owned(), drawing.text(*node)));
    }
    text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

fn edges(graph: &RevisionGraph, node: NodeIndex, drawn: &NodeSet) -> Vec<Ancestor<NodeIndex>> {
    let parents = graph.below(node, Follow::Parents);
    let mut edges = Vec::new();
    let mut leads_out = false;
    for below in graph.below(node, Follow::ParentsAndDependencies) {
        match (drawn.contains(below), parents.contains(&below)) {
            (true, true) => edges.push(Ancestor::Parent(below)),
            (true, false) => edges.push(Ancestor::Ancestor(below)),
            (false, _) => leads_out = true,
        }
    }
    if leads_out {
        edges.push(Ancestor::Anonymous);
    }
    edges
}

/// Puts nodes into an order in which each comes before its parents and dependencies, and branches are not
/// interleaved: it follows a line down as long as it can. Ties are broken by id, the largest first.
#[must_use]
pub fn lines_together(graph: &RevisionGraph, nodes: &[NodeIndex]) -> Vec<NodeIndex> {
    let members = NodeSet::of(graph.len(), nodes.iter().copied());
    let mut above = vec![0_usize; graph.len()];
    let mut next = Vec::new();
    for node in members.iter() {
        let standing_on_it = graph.above(node, Follow::ParentsAndDependencies);
        let count = standing_on_it.iter().filter(|other| members.contains(**other)).count();
        if let Some(slot) = above.get_mut(node.index()) {
            *slot = count;
        }
        if count == 0 {
            next.push(node);
        }
    }
    let mut ordered = Vec::with_capacity(nodes.len());
    while let Some(node) = next.pop() {
        ordered.push(node);
        let below = graph.below(node, Follow::ParentsAndDependencies);
        for parent in below.into_iter().filter(|parent| members.contains(*parent)) {
            if let Some(open) = above.get_mut(parent.index()) {
                *open -= 1;
                if *open == 0 {
                    next.push(parent);
                }
            }
        }
    }
    ordered
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::graph::{Revision, RevisionId};

    struct Ids<'g>(&'g RevisionGraph);

    impl Drawing for Ids<'_> {
        fn glyph(&self, _: NodeIndex) -> &'static str {
            "o"
        }

        fn text(&self, node: NodeIndex) -> String {
            self.0.id(node).to_string()
        }
    }

    fn graph(declared: &[(&str, &[&str], &[&str])]) -> RevisionGraph {
        let revision = |(id, parents, depends_on): &(&str, &[&str], &[&str])| Revision {
            down_revisions: parents.iter().map(|parent| RevisionId::recorded(parent)).collect(),
            depends_on: depends_on.iter().map(|name| (*name).to_owned()).collect(),
            ..Revision::base(RevisionId::recorded(id), "")
        };
        RevisionGraph::new(declared.iter().map(revision).collect()).expect("a graph")
    }

    fn drawn(graph: &RevisionGraph) -> String {
        let nodes: Vec<NodeIndex> = graph.nodes().collect();
        draw(graph, &lines_together(graph, &nodes), &Ids(graph))
    }

    #[test]
    fn branches_merges_and_bases() {
        let graph = graph(&[
            ("a", &[], &[]),
            ("b", &["a"], &[]),
            ("b2", &["b"], &[]),
            ("c", &["a"], &[]),
            ("c2", &["c"], &[]),
            ("m", &["b2", "c2"], &[]),
            ("z", &[], &[]),
        ]);
        insta::assert_snapshot!(drawn(&graph), @"
        o  z

        o    m
        ├─╮
        │ o  c2
        │ o  c
        o │  b2
        o │  b
        ├─╯
        o  a
        ");
    }

    #[test]
    fn dependencies_are_dotted_unless_they_are_parents() {
        let graph = graph(&[
            ("a", &[], &[]),
            ("a2", &["a"], &["a"]),
            ("n", &[], &[]),
            ("n2", &["n"], &["a"]),
            ("n3", &["n2"], &[]),
        ]);
        insta::assert_snapshot!(drawn(&graph), @"
        o  n3
        o    n2
        ├─╮
        ╷ │
        ╷ o  n
        ╷
        ╷ o  a2
        ╭─╯
        o  a
        ");
    }

    #[test]
    fn what_is_not_drawn_is_hinted_at() {
        let graph = graph(&[("a", &[], &[]), ("b", &["a"], &[]), ("c", &["b"], &[])]);
        let nodes: Vec<NodeIndex> = ["c", "b"].iter().filter_map(|id| graph.find(id)).collect();
        insta::assert_snapshot!(draw(&graph, &nodes, &Ids(&graph)), @"
        o  c
        o  b
        │
        ~
        ");
    }

    proptest! {
        #[test]
        fn every_node_comes_once_and_before_what_it_stands_on(
            parents in proptest::collection::vec(proptest::collection::vec(0..20_usize, 0..3), 1..20),
        ) {
            let id = |index: usize| RevisionId::recorded(&format!("r{index:02}"));
            let revisions = parents.iter().enumerate().map(|(index, parents)| {
                let mut below: Vec<usize> = parents.iter().copied().filter(|parent| *parent < index).collect();
                below.sort_unstable();
                below.dedup();
                Revision {
                    down_revisions: below.iter().map(|parent| id(*parent)).collect(),
                    ..Revision::base(id(index), "")
                }
            });
            let graph = RevisionGraph::new(revisions.collect()).expect("a graph");
            let nodes: Vec<NodeIndex> = graph.nodes().collect();
            let ordered = lines_together(&graph, &nodes);
            prop_assert_eq!(ordered.len(), nodes.len());
            for (place, node) in ordered.iter().enumerate() {
                let above = graph.above(*node, Follow::ParentsAndDependencies);
                let before = ordered.get(..place).unwrap_or_default();
                prop_assert!(above.iter().all(|child| before.contains(child)));
            }
            let text = draw(&graph, &ordered, &Ids(&graph));
            prop_assert!(nodes.iter().all(|node| text.contains(graph.id(*node).as_str())));
        }
    }
}
