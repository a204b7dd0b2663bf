//! What the graph knows of one revision: its place, not its SQL.

use super::RevisionId;

/// A revision as its script declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// The identifier.
    pub id: RevisionId,
    /// The parents: none for a base, several for a merge.
    pub down_revisions: Vec<RevisionId>,
    /// What else must be applied first: revision ids or branch labels, as declared.
    pub depends_on: Vec<String>,
    /// Names given to the branch that this revision is on.
    pub branch_labels: Vec<String>,
    /// The revisions whose place a squash has given to this one.
    pub replaces: Vec<RevisionId>,
    /// In a graph that also holds the originals of this baseline: the last of them. It then stands on these, and no
    /// more on its parents, and all that it does is to take their place. Empty otherwise.
    pub stands_on: Vec<RevisionId>,
    /// Where the revision is declared, for messages: a path, or any other name.
    pub source: String,
}

impl Revision {
    /// A revision without parents, dependencies or labels.
    #[doc(hidden)]
    #[must_use]
    pub fn base(id: RevisionId, source: impl Into<String>) -> Self {
        Self {
            id,
            down_revisions: Vec::new(),
            depends_on: Vec::new(),
            branch_labels: Vec::new(),
            replaces: Vec::new(),
            stands_on: Vec::new(),
            source: source.into(),
        }
    }

    /// Whether the revision has no parent, as Alembic's `is_base`: a dependency does not make a parent.
    #[must_use]
    pub fn is_base(&self) -> bool {
        self.down_revisions.is_empty()
    }

    /// Whether the revision stands for others that a squash has replaced.
    #[must_use]
    pub fn is_baseline(&self) -> bool {
        !self.replaces.is_empty()
    }

    /// Whether the revision has several parents; dependencies do not count.
    #[must_use]
    pub fn is_merge_point(&self) -> bool {
        self.down_revisions.len() > 1
    }
}
