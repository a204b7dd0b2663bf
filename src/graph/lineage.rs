//! Ancestors, descendants, heads and branches.

use petgraph::Direction;
use petgraph::graph::NodeIndex;
use petgraph::visit::EdgeRef;

use super::{Edge, NodeSet, RevisionGraph};

/// Which edges a walk follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Follow {
    /// `down_revision` only: Alembic's "versioned" lineage.
    Parents,
    /// `down_revision` and `depends_on`.
    ParentsAndDependencies,
}

impl Follow {
    fn takes(self, edge: Edge) -> bool {
        self == Self::ParentsAndDependencies || edge.is_parent()
    }
}

impl RevisionGraph {
    /// The neighbours one edge down (parents, dependencies), in the order of the ids.
    #[doc(hidden)]
    #[must_use]
    pub fn below(&self, node: NodeIndex, follow: Follow) -> Vec<NodeIndex> {
        self.neighbours(node, Direction::Incoming, follow)
    }

    /// The neighbours one edge up (children, dependents), in the order of the ids.
    #[doc(hidden)]
    #[must_use]
    pub fn above(&self, node: NodeIndex, follow: Follow) -> Vec<NodeIndex> {
        self.neighbours(node, Direction::Outgoing, follow)
    }

    fn neighbours(&self, node: NodeIndex, direction: Direction, follow: Follow) -> Vec<NodeIndex> {
        let mut found: Vec<NodeIndex> = self.edges(node, direction, follow).collect();
        found.sort_unstable();
        found
    }

    fn edges(
        &self,
        node: NodeIndex,
        direction: Direction,
        follow: Follow,
    ) -> impl Iterator<Item = NodeIndex> + '_ {
        self.graph.edges_directed(node, direction).filter(move |edge| follow.takes(*edge.weight())).map(
            move |edge| match direction {
                Direction::Incoming => edge.source(),
                Direction::Outgoing => edge.target(),
            },
        )
    }

    fn reach(
        &self,
        start: impl IntoIterator<Item = NodeIndex>,
        direction: Direction,
        follow: Follow,
    ) -> NodeSet {
        let mut reached = NodeSet::with_capacity(self.len());
        let mut open: Vec<NodeIndex> = start.into_iter().collect();
        while let Some(node) = open.pop() {
            if reached.insert(node) {
                open.extend(self.edges(node, direction, follow));
            }
        }
        reached
    }

    /// The nodes themselves and all that must be applied before them.
    #[doc(hidden)]
    #[must_use]
    pub fn ancestors(&self, of: impl IntoIterator<Item = NodeIndex>, follow: Follow) -> NodeSet {
        self.reach(of, Direction::Incoming, follow)
    }

    /// The nodes themselves and all that stands on them, directly or not, by the edges that `follow` names.
    #[doc(hidden)]
    #[must_use]
    pub fn descendants(&self, of: impl IntoIterator<Item = NodeIndex>, follow: Follow) -> NodeSet {
        self.reach(of, Direction::Outgoing, follow)
    }

    /// The nodes themselves, their ancestors and their descendants: what shares their lineage.
    #[doc(hidden)]
    #[must_use]
    pub fn lineage(&self, of: &[NodeIndex], follow: Follow) -> NodeSet {
        let mut lineage = self.ancestors(of.iter().copied(), follow);
        lineage.union_with(&self.descendants(of.iter().copied(), follow));
        lineage
    }

    /// The members of `set` above which no other member stands.
    #[doc(hidden)]
    #[must_use]
    pub fn tips(&self, set: &NodeSet, follow: Follow) -> Vec<NodeIndex> {
        set.iter()
            .filter(|node| !self.edges(*node, Direction::Outgoing, follow).any(|above| set.contains(above)))
            .collect()
    }

    /// Of any nodes, those that are neither ancestor nor dependency of another: what the version table holds.
    #[doc(hidden)]
    #[must_use]
    pub fn effective(&self, nodes: &[NodeIndex]) -> Vec<NodeIndex> {
        let below = nodes.iter().flat_map(|node| {
            self.edges(*node, Direction::Incoming, Follow::ParentsAndDependencies).collect::<Vec<_>>()
        });
        let covered = self.ancestors(below, Follow::ParentsAndDependencies);
        let mut kept: Vec<NodeIndex> =
            nodes.iter().copied().filter(|node| !covered.contains(*node)).collect();
        kept.sort_unstable();
        kept.dedup();
        kept
    }

    /// The revisions that no other names as its parent, as Alembic's `heads`.
    #[must_use]
    pub fn heads(&self) -> Vec<NodeIndex> {
        self.graph.node_indices().filter(|node| self.is_head(*node)).collect()
    }

    /// The revisions that no other names as parent or dependency: the version rows of a database on which
    /// everything has been applied.
    #[doc(hidden)]
    #[must_use]
    pub fn effective_heads(&self) -> Vec<NodeIndex> {
        self.graph.node_indices().filter(|node| self.is_effective_head(*node)).collect()
    }

    /// The revisions without a parent.
    #[must_use]
    pub fn bases(&self) -> Vec<NodeIndex> {
        self.graph
            .node_indices()
            .filter(|node| self.edges(*node, Direction::Incoming, Follow::Parents).next().is_none())
            .collect()
    }

    /// Whether no revision names this one as its parent.
    #[must_use]
    pub fn is_head(&self, node: NodeIndex) -> bool {
        self.edges(node, Direction::Outgoing, Follow::Parents).next().is_none()
    }

    /// Whether no revision names this one as parent or dependency.
    #[doc(hidden)]
    #[must_use]
    pub fn is_effective_head(&self, node: NodeIndex) -> bool {
        self.edges(node, Direction::Outgoing, Follow::ParentsAndDependencies).next().is_none()
    }

    /// Whether several revisions have this one as their parent.
    #[must_use]
    pub fn is_branch_point(&self, node: NodeIndex) -> bool {
        self.edges(node, Direction::Outgoing, Follow::Parents).nth(1).is_some()
    }

    /// The revisions that carry a branch label, given the one that declares it: its descendants; and, where
    /// nothing branches or merges above it, its ancestors down to the next branch or merge point
    /// (as Alembic 1.20's `_add_branches`, less its dependence on the order of sets).
    #[doc(hidden)]
    #[must_use]
    pub fn labelled(&self, declaring: NodeIndex) -> NodeSet {
        let mut carriers = self.descendants([declaring], Follow::Parents);
        if carriers.iter().any(|node| self.is_junction(node)) {
            return carriers;
        }
        let mut below = self.below(declaring, Follow::Parents);
        while let [parent] = below.as_slice() {
            let parent = *parent;
            if self.is_junction(parent) {
                break;
            }
            carriers.insert(parent);
            below = self.below(parent, Follow::Parents);
        }
        carriers
    }

    fn is_junction(&self, node: NodeIndex) -> bool {
        let several = |direction, follow| self.edges(node, direction, follow).nth(1).is_some();
        several(Direction::Outgoing, Follow::ParentsAndDependencies)
            || several(Direction::Incoming, Follow::Parents)
    }

    /// The labels that each node carries, by node index, sorted.
    #[doc(hidden)]
    #[must_use]
    pub fn labels_by_node(&self) -> Vec<Vec<&str>> {
        let mut by_node = vec![Vec::new(); self.len()];
        for (label, declaring) in &self.labels {
            for node in self.labelled(*declaring).iter() {
                if let Some(labels) = by_node.get_mut(node.index()) {
                    labels.push(label.as_str());
                }
            }
        }
        by_node
    }
}
