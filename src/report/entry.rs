//! One revision as JSON.

use chrono::SecondsFormat;
use serde::Serialize;

use super::Describer;
use crate::graph::{NodeIndex, RevisionId};

/// What `history`, `heads`, `branches` and `show` say of a revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RevisionEntry<'s> {
    /// Its id.
    pub revision: &'s RevisionId,
    /// Its parents.
    pub down_revisions: &'s [RevisionId],
    /// The ids and labels in `depends_on`, as declared.
    pub depends_on: &'s [String],
    /// The labels that it carries, its own and its branch's, sorted.
    pub branch_labels: &'s [&'s str],
    /// The revisions whose place it has taken.
    pub replaces: &'s [RevisionId],
    /// The whole message, title first.
    pub message: &'s str,
    /// When it was created, as RFC 3339.
    pub created: Option<String>,
    /// Whether no revision names it as parent.
    pub is_head: bool,
    /// Whether, besides, none depends on it.
    pub is_effective_head: bool,
    /// Whether it has no parent.
    pub is_base: bool,
    /// Whether it has several children.
    pub is_branch_point: bool,
    /// Whether it has several parents.
    pub is_merge_point: bool,
    /// Whether the database has applied it; none where no database was asked.
    pub applied: Option<bool>,
    /// The path of its up script.
    pub up: String,
    /// Its down script, where there is one.
    pub down: Option<String>,
}

impl<'s> Describer<'s> {
    /// A revision as `history --json` lists it; `applied` is none where no database was asked.
    #[must_use]
    pub fn json(&'s self, node: NodeIndex, applied: Option<bool>) -> RevisionEntry<'s> {
        let graph = self.scripts.graph();
        let revision = graph.revision(node);
        let script = self.scripts.script(node);
        RevisionEntry {
            revision: &revision.id,
            down_revisions: &revision.down_revisions,
            depends_on: &revision.depends_on,
            branch_labels: self.labels(node),
            replaces: &revision.replaces,
            message: &script.message,
            created: script.created.map(|created| created.to_rfc3339_opts(SecondsFormat::Secs, true)),
            is_head: graph.is_head(node),
            is_effective_head: graph.is_effective_head(node),
            is_base: revision.is_base(),
            is_branch_point: graph.is_branch_point(node),
            is_merge_point: revision.is_merge_point(),
            applied,
            up: script.up.display().to_string(),
            down: script.down.as_deref().map(|down| down.display().to_string()),
        }
    }
}
