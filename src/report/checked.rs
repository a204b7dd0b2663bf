//! What is wrong with scripts, as a document.

use serde::Serialize;

use super::path;
use crate::check::{CheckProblem, MergeCheck, MergeProblem, MergedHead, RecordedScript};
use crate::graph::RevisionId;

/// What `check --json` prints.
#[derive(Debug, Serialize)]
pub struct CheckDocument<'c> {
    /// What is wrong with the scripts.
    pub problems: &'c [CheckProblem],
    /// What merging with another commit would give, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merge: Option<MergeEntry<'c>>,
    /// Scripts that are in order, and were computed from rows that other databases need not have.
    pub recorded: &'c [RecordedScript],
}

/// What merging with another commit would give.
#[derive(Debug, Serialize)]
pub struct MergeEntry<'c> {
    /// The other commit, as it was named.
    pub base: &'c str,
    /// The last commit that both sides have.
    pub merge_base: &'c str,
    /// What would be wrong.
    pub problems: Vec<MergeProblemEntry<'c>>,
}

/// Something that would be wrong with the merged scripts.
#[derive(Debug, Serialize)]
pub struct MergeProblemEntry<'c> {
    /// The word for the kind of problem.
    pub kind: &'static str,
    /// What is wrong, as a sentence.
    pub message: String,
    /// What can be done about the problem, each a way of its own.
    pub hints: Vec<String>,
    /// The revision that the problem is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<&'c RevisionId>,
    /// The path of the script that the problem is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Several heads: which, what they have in common, and the commands that make them one.
    #[serde(flatten)]
    pub heads: Option<MergedHeadsEntry<'c>>,
}

/// The heads that a merge would leave.
#[derive(Debug, Serialize)]
pub struct MergedHeadsEntry<'c> {
    /// The heads.
    pub heads: &'c [MergedHead],
    /// The last revisions that all of them stand on.
    pub common_ancestors: &'c [RevisionId],
    /// What makes them one.
    pub commands: &'c [String],
}

impl<'c> MergeEntry<'c> {
    /// Of the judgement about merging with the commit `reference`.
    #[must_use]
    pub fn new(reference: &'c str, found: &'c MergeCheck) -> Self {
        Self {
            base: reference,
            merge_base: found.merge_base.as_str(),
            problems: found.problems.iter().map(MergeProblemEntry::new).collect(),
        }
    }
}

impl<'c> MergeProblemEntry<'c> {
    fn new(problem: &'c MergeProblem) -> Self {
        let (revision, file, heads) = match problem {
            MergeProblem::SeveralHeads { heads, common_ancestors, commands } => {
                (None, None, Some(MergedHeadsEntry { heads, common_ancestors, commands }))
            }
            MergeProblem::Edited { revision, path }
            | MergeProblem::Reparented { revision, path, .. }
            | MergeProblem::Removed { revision, path } => (Some(revision), Some(path::text(path)), None),
            MergeProblem::ChangedOnBothSides { path } => (None, Some(path::text(path)), None),
            MergeProblem::Unreadable { file, .. } => (None, Some(file.clone()), None),
            MergeProblem::Graph(_) => (None, None, None),
        };
        Self {
            kind: problem.kind(),
            message: problem.to_string(),
            hints: problem.hints(),
            revision,
            file,
            heads,
        }
    }
}
