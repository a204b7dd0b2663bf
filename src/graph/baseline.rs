//! Baselines: revisions that a squash has put in the place of others, their originals.
//!
//! A graph holds a baseline either alone, as a revision like any other, or on top of its originals
//! ([`Revision::stands_on`]), for a database that stands among these: then applying it runs nothing, and undoing it
//! only puts the originals back in its place.

use petgraph::graph::NodeIndex;

use super::{NodeSet, Revision, RevisionGraph, RevisionId};

#[doc(hidden)]
impl RevisionGraph {
    /// The revisions whose header has `replaces`, in the order of the ids.
    pub fn baselines(&self) -> impl Iterator<Item = &Revision> {
        self.baselines.iter().map(|node| self.revision(*node))
    }

    /// Whether any revision has originals, `replaces`, so that rows may stand for others.
    #[must_use]
    pub fn has_baselines(&self) -> bool {
        !self.baselines.is_empty()
    }

    /// Whether a revision is a baseline that stands on its originals.
    #[must_use]
    pub fn is_unfolded(&self, node: NodeIndex) -> bool {
        !self.revision(node).stands_on.is_empty()
    }

    /// The baseline that has taken the place of a revision, where one has; of several, one within the other, the
    /// one that replaces most.
    #[must_use]
    pub fn baseline_replacing(&self, id: &str) -> Option<&Revision> {
        let replaces =
            |baseline: &&Revision| baseline.replaces.iter().any(|replaced| replaced.as_str() == id);
        self.baselines().filter(replaces).max_by_key(|baseline| baseline.replaces.len())
    }

    /// The originals of an unfolded baseline that this graph holds, in the order of the ids: without those that
    /// another baseline among them stands for.
    #[must_use]
    pub fn originals(&self, baseline: NodeIndex) -> Vec<NodeIndex> {
        let replaces = &self.revision(baseline).replaces;
        let inner: Vec<&Revision> = self.baselines().filter(|other| replaces.contains(&other.id)).collect();
        let is_direct = |id: &&RevisionId| !inner.iter().any(|other| other.replaces.contains(id));
        let mut originals: Vec<NodeIndex> =
            replaces.iter().filter(is_direct).filter_map(|id| self.find(id.as_str())).collect();
        originals.sort_unstable();
        originals
    }

    /// Of applied revisions, those that count as themselves: an original whose baseline has taken its place does not.
    #[must_use]
    pub fn without_replaced(&self, applied: &NodeSet) -> NodeSet {
        let mut counted = applied.clone();
        for node in self.baselines.iter().filter(|node| self.is_unfolded(**node) && applied.contains(**node))
        {
            let replaced = self.revision(*node).replaces.iter().filter_map(|id| self.find(id.as_str()));
            counted.subtract(&NodeSet::of(self.len(), replaced));
        }
        counted
    }

    /// The revision that stands where a replaced one was the last of its range; the revision itself otherwise.
    #[must_use]
    pub fn standing_for<'a>(&'a self, id: &'a RevisionId) -> &'a RevisionId {
        let mut standing = id;
        while let Some(baseline) = self.baselines().find(|one| one.replaces.last() == Some(standing)) {
            standing = &baseline.id;
        }
        standing
    }
}
