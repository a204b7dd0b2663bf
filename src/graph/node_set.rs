//! Sets of nodes as bits: unions and differences over ten thousand revisions stay cheap.

use fixedbitset::FixedBitSet;
use petgraph::graph::NodeIndex;

/// A set of nodes of one graph. Iterates in index order, which is the order of the ids.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NodeSet(FixedBitSet);

impl NodeSet {
    /// An empty set for a graph of `nodes` nodes.
    #[must_use]
    pub fn with_capacity(nodes: usize) -> Self {
        Self(FixedBitSet::with_capacity(nodes))
    }

    /// The set of `members` in a graph of `nodes` nodes.
    pub fn of(nodes: usize, members: impl IntoIterator<Item = NodeIndex>) -> Self {
        let mut set = Self::with_capacity(nodes);
        for member in members {
            set.insert(member);
        }
        set
    }

    /// Adds a node, and returns whether it was no member before. The set grows where the node is beyond its capacity.
    pub fn insert(&mut self, node: NodeIndex) -> bool {
        self.0.grow(node.index() + 1);
        !self.0.put(node.index())
    }

    /// Takes a node out, where it is a member.
    pub fn remove(&mut self, node: NodeIndex) {
        if self.contains(node) {
            self.0.remove(node.index());
        }
    }

    /// Whether the node is a member.
    #[must_use]
    pub fn contains(&self, node: NodeIndex) -> bool {
        self.0.contains(node.index())
    }

    /// Whether there is no member.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_clear()
    }

    /// How many members there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.count_ones(..)
    }

    /// Adds all members of `other`, which must be a set of the same graph.
    pub fn union_with(&mut self, other: &Self) {
        self.0.union_with(&other.0);
    }

    /// Keeps only members that the other set has too.
    pub fn intersect_with(&mut self, other: &Self) {
        self.0.intersect_with(&other.0);
    }

    /// Takes out the members of `other`, which must be a set of the same graph.
    pub fn subtract(&mut self, other: &Self) {
        self.0.difference_with(&other.0);
    }

    /// The members, in the order of their indices, which is that of the ids.
    pub fn iter(&self) -> impl Iterator<Item = NodeIndex> + '_ {
        self.0.ones().map(NodeIndex::new)
    }
}
