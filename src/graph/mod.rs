//! The graph of revisions: pure, deterministic, and the only judge of what an id, a label or a target means.
//!
//! Nodes are kept in the order of their ids.

mod baseline;
mod build;
mod id;
mod inherited;
mod lineage;
mod node_set;
mod order;
mod problem;
mod resolve;
mod revision;
mod spec;
mod target_error;
mod words;

use std::collections::{BTreeMap, HashMap};

pub use petgraph::graph::NodeIndex;
use petgraph::graph::{DiGraph, EdgeIndex};

pub use id::{InvalidName, RESERVED_NAMES, RevisionId, check_id, check_label};
pub use lineage::Follow;
pub use node_set::NodeSet;
pub use problem::{Declared, GraphProblem};
pub use resolve::SHORTEST_PREFIX;
pub(crate) use resolve::{Overwalk, Place};
pub use revision::Revision;
pub use spec::{RevisionRange, RevisionSpec, SpecError, Symbol};
pub use target_error::TargetError;
pub use words::{and_joined, joined, joined_or_base, problems_joined};

/// Why one revision must come before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    /// `down_revision`.
    Parent,
    /// `depends_on`.
    Dependency,
    /// Both name it.
    ParentAndDependency,
}

impl Edge {
    /// Whether `down_revision` declares the edge.
    #[must_use]
    pub fn is_parent(self) -> bool {
        matches!(self, Self::Parent | Self::ParentAndDependency)
    }

    /// Whether `depends_on` declares the edge.
    #[must_use]
    pub fn is_dependency(self) -> bool {
        matches!(self, Self::Dependency | Self::ParentAndDependency)
    }

    /// The header key that declares it, `down_revision` where both do.
    #[must_use]
    pub fn header_key(self) -> &'static str {
        match self {
            Self::Parent | Self::ParentAndDependency => "down_revision",
            Self::Dependency => "depends_on",
        }
    }
}

/// A checked graph: every name resolves and nothing leads back to itself.
#[derive(Debug, Clone)]
pub struct RevisionGraph {
    /// In the order of the nodes.
    revisions: Vec<Revision>,
    graph: DiGraph<(), Edge>,
    ids: HashMap<RevisionId, NodeIndex>,
    labels: BTreeMap<String, NodeIndex>,
    baselines: Vec<NodeIndex>,
    /// The dependencies that an ancestor declares, too; sorted.
    inherited: Vec<EdgeIndex>,
    order: Vec<NodeIndex>,
}

impl RevisionGraph {
    /// How many revisions there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.revisions.len()
    }

    /// Whether there is no revision.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The revision at a node of this graph.
    ///
    /// # Panics
    /// If the node is of another graph: node indices never come from a user or a database.
    #[must_use]
    pub fn revision(&self, node: NodeIndex) -> &Revision {
        &self.revisions[node.index()]
    }

    /// The id at a node of this graph.
    #[must_use]
    pub fn id(&self, node: NodeIndex) -> &RevisionId {
        &self.revision(node).id
    }

    /// The ids of `nodes`, in the order of `nodes`.
    #[must_use]
    pub fn ids(&self, nodes: &[NodeIndex]) -> Vec<RevisionId> {
        nodes.iter().map(|node| self.id(*node).clone()).collect()
    }

    /// The node of the revision with exactly this id; prefixes and labels are [`RevisionGraph::resolve`]'s.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<NodeIndex> {
        self.ids.get(id).copied()
    }

    /// The node that declares exactly this branch label; none where no revision does. Beginnings of labels are not
    /// looked at.
    #[doc(hidden)]
    #[must_use]
    pub fn find_label(&self, label: &str) -> Option<NodeIndex> {
        self.labels.get(label).copied()
    }

    /// Every revision, in the order of the ids.
    pub fn revisions(&self) -> impl Iterator<Item = &Revision> {
        self.revisions.iter()
    }

    /// Every node, in the order of the ids.
    pub fn nodes(&self) -> impl Iterator<Item = NodeIndex> + use<> {
        self.graph.node_indices()
    }

    /// The declared branch labels, sorted.
    pub fn labels(&self) -> impl Iterator<Item = &str> {
        self.labels.keys().map(String::as_str)
    }
}

#[cfg(test)]
pub(crate) mod tests;
