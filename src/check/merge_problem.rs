//! What can be wrong with the tree that a merge would give.

use std::path::PathBuf;

use thiserror::Error;

use crate::graph::{GraphProblem, RevisionId, joined};

/// Which side of a merge brings a head.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MergeSide {
    /// The work tree alone has it.
    Ours,
    /// The other side has it.
    Theirs,
}

/// A revision that would be a head once both sides are merged.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct MergedHead {
    /// The revision.
    pub revision: RevisionId,
    /// Its up script; on the other side alone as `REF:PATH`.
    pub file: String,
    /// The side of the merge that brings the head.
    pub side: MergeSide,
}

/// Something wrong with the tree that a merge would give.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MergeProblem {
    /// Both sides have changed a script, and differently.
    #[error("{} differs on both sides", .path.display())]
    ChangedOnBothSides {
        /// The script.
        path: PathBuf,
    },
    /// A script cannot be read, or its header not be understood.
    #[error("{file}: {message}")]
    Unreadable {
        /// The script.
        file: String,
        /// Why the script cannot be read.
        message: String,
    },
    /// The scripts would not make a graph.
    #[error(transparent)]
    Graph(#[from] GraphProblem),
    /// There would be several heads.
    #[error("there would be {} heads: {}{}", .heads.len(), list_heads(.heads), since(.common_ancestors))]
    SeveralHeads {
        /// The heads.
        heads: Vec<MergedHead>,
        /// The last revisions that all of them stand on.
        common_ancestors: Vec<RevisionId>,
        /// What joins them, once merged: any one of these.
        commands: Vec<String>,
    },
    /// A script that others have, and may have applied, has changed.
    #[error("{} is not what others have as {revision}, and databases that have applied it will refuse it", .path.display())]
    Edited {
        /// The revision.
        revision: RevisionId,
        /// The path of the script.
        path: PathBuf,
    },
    /// A revision that others have, and may have applied, stands elsewhere.
    #[error("{} puts {revision} on {now}; others have it on {before}", .path.display())]
    Reparented {
        /// The revision.
        revision: RevisionId,
        /// The path of the revision's script.
        path: PathBuf,
        /// Its parents in the common commit.
        before: String,
        /// Its parents now.
        now: String,
    },
    /// A revision that others have, and may have applied, is gone.
    #[error("{revision}, which others have, would be gone ({})", .path.display())]
    Removed {
        /// The revision.
        revision: RevisionId,
        /// Its script in the common commit.
        path: PathBuf,
    },
}

fn list_heads(heads: &[MergedHead]) -> String {
    heads.iter().map(|head| format!("{} ({})", head.revision, head.file)).collect::<Vec<_>>().join(" and ")
}

fn since(common_ancestors: &[RevisionId]) -> String {
    let ids = joined(common_ancestors);
    if ids.is_empty() { String::new() } else { format!("; both stand on {ids}") }
}

impl MergeProblem {
    /// The word for the kind of problem, for scripts.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::ChangedOnBothSides { .. } => "changed_on_both_sides",
            Self::Unreadable { .. } => "unreadable",
            Self::Graph(GraphProblem::DuplicateId { .. }) => "duplicate_id",
            Self::Graph(_) => "graph",
            Self::SeveralHeads { .. } => "several_heads",
            Self::Edited { .. } => "edited",
            Self::Reparented { .. } => "reparented",
            Self::Removed { .. } => "removed",
        }
    }

    /// What can be done about the problem, each a way of its own.
    #[must_use]
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::SeveralHeads { commands, .. } => {
                commands.iter().map(|command| format!("once merged: {command}")).collect()
            }
            Self::Graph(GraphProblem::DuplicateId { .. }) => {
                vec!["give the new one another id, and its file another name".to_owned()]
            }
            Self::Edited { .. } => {
                vec!["put the script back as it was, and write the change as a new revision".to_owned()]
            }
            Self::Reparented { .. } => vec!["put its down_revision back as it was".to_owned()],
            Self::Removed { .. } => vec!["undo it by a new revision instead, or squash it".to_owned()],
            Self::ChangedOnBothSides { .. } | Self::Unreadable { .. } | Self::Graph(_) => Vec::new(),
        }
    }
}
