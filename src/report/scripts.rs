//! What was done to the folder of the scripts, as documents and in lines.

use serde::Serialize;

use super::{RevisionEntry, Told, path};
use crate::graph::RevisionId;
use crate::script::Rebase;

/// What `rebase --json` prints.
#[derive(Debug, Serialize)]
pub struct RebaseDocument<'r> {
    /// The revision.
    pub revision: &'r RevisionId,
    /// The parent that it has left.
    pub from: Option<&'r RevisionId>,
    /// The parent that it has got.
    pub onto: Option<&'r RevisionId>,
    /// All its parents.
    pub down_revisions: &'r [RevisionId],
    /// The files that were written.
    pub files: Vec<String>,
    /// The heads afterwards.
    pub heads: &'r [RevisionId],
    /// The database that was asked whether it has applied the revision, without password.
    pub database: Option<String>,
}

impl<'r> RebaseDocument<'r> {
    /// Of a revision on another parent; `database` was asked whether it has applied it.
    #[must_use]
    pub fn new(rebase: &'r Rebase, database: Option<String>) -> Self {
        Self {
            revision: &rebase.revision,
            from: rebase.from.as_ref(),
            onto: rebase.onto.as_ref(),
            down_revisions: &rebase.down_revisions,
            files: rebase.files.iter().map(|(file, _)| path::text(file)).collect(),
            heads: &rebase.heads,
            database,
        }
    }
}

/// The parent that a revision has left, the one that it has got, and the files that were written for that.
#[must_use]
pub fn rebase_told(rebase: &Rebase) -> Vec<Told> {
    let name = |id: &Option<RevisionId>| id.as_ref().map_or_else(|| "base".to_owned(), RevisionId::to_string);
    let (revision, from, onto) = (&rebase.revision, name(&rebase.from), name(&rebase.onto));
    if rebase.files.is_empty() {
        return vec![Told::Message(format!("nothing to do: {revision} stands on {onto} already"))];
    }
    let files = rebase.files.iter().map(|(file, _)| Told::Result(path::text(file)));
    std::iter::once(Told::Result(format!("{revision}: {from} -> {onto}"))).chain(files).collect()
}

/// A branch point, as `branches` has it.
#[derive(Serialize)]
pub struct BranchEntry<'b> {
    /// The revision that several stand on.
    #[serde(flatten)]
    pub point: RevisionEntry<'b>,
    /// The revisions that stand on it.
    pub children: Vec<RevisionId>,
}

/// What `pull --json` prints.
#[derive(Debug, Serialize)]
pub struct PulledDocument<'p> {
    /// The schema files that were written.
    pub files: &'p [String],
}
