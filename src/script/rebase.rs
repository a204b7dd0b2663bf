//! Putting a revision on another parent.

use std::path::PathBuf;

use thiserror::Error;

use super::heads_file::{heads_path, heads_text};
use super::rewrite::with_parents;
use super::{FileChangeError, FileChanges, FileError, HeaderError, ScriptDirectory, ScriptReader};
use crate::config::Config;
use crate::graph::{Follow, GraphProblem, NodeIndex, RevisionGraph, RevisionId, joined, problems_joined};

/// A revision on its way to another parent; nothing has been written.
#[derive(Debug)]
pub struct Rebase {
    /// The revision.
    pub revision: RevisionId,
    /// The parent that it leaves; none where it was a base.
    pub from: Option<RevisionId>,
    /// The parent that it gets; none where it becomes a base.
    pub onto: Option<RevisionId>,
    /// All parents of the revision afterwards.
    pub down_revisions: Vec<RevisionId>,
    /// The heads afterwards, sorted.
    pub heads: Vec<RevisionId>,
    /// The files that are to change, with their text to be: the up script, and the heads file.
    pub files: Vec<(PathBuf, String)>,
}

/// Why a revision cannot be put on another parent. Nothing has changed.
#[derive(Debug, Error)]
pub enum RebaseError {
    /// It would stand on itself.
    #[error("{revision} cannot stand on {onto}, which {}", if .onto == .revision { "is itself" } else { "stands on it" })]
    Cycle {
        /// The revision.
        revision: RevisionId,
        /// The parent asked for.
        onto: RevisionId,
    },
    /// Several parents, and it is not said which of them goes.
    #[error("{revision} has several parents: {}", joined(.parents))]
    SeveralParents {
        /// The revision.
        revision: RevisionId,
        /// The parents of the revision.
        parents: Vec<RevisionId>,
    },
    /// What is to be left is no parent.
    #[error("{from} is not a parent of {revision}")]
    NotAParent {
        /// The revision.
        revision: RevisionId,
        /// What should be left.
        from: RevisionId,
    },
    /// The result is no graph.
    #[error("the graph would be broken: {}", problems_joined(.0))]
    Graph(Vec<GraphProblem>),
    /// The script cannot be read.
    #[error(transparent)]
    Read(#[from] FileError),
    /// The script's header cannot be read.
    #[error(transparent)]
    Header(#[from] HeaderError),
    /// The files cannot be written.
    #[error(transparent)]
    Write(#[from] FileChangeError),
}

impl ScriptDirectory {
    /// What it takes to put a revision on another parent: `onto`, or with none on no parent. It leaves `from`, which
    /// need not be told where it has one parent at the most; its other parents stay. What is above it follows.
    ///
    /// # Errors
    /// [`RebaseError`].
    pub fn rebase(
        &self,
        revision: NodeIndex,
        from: Option<NodeIndex>,
        onto: Option<NodeIndex>,
    ) -> Result<Rebase, RebaseError> {
        let graph = self.graph();
        let id = graph.id(revision).clone();
        let above = graph.descendants([revision], Follow::ParentsAndDependencies);
        if let Some(onto) = onto.filter(|onto| above.contains(*onto)) {
            return Err(RebaseError::Cycle { revision: id, onto: graph.id(onto).clone() });
        }
        let parents = &graph.revision(revision).down_revisions;
        let from = left_parent(&id, parents, from.map(|from| graph.id(from)))?;
        let onto = onto.map(|onto| graph.id(onto).clone());
        let down_revisions = exchanged(parents, from.as_ref(), onto.as_ref());
        let heads_before = heads_text(graph);
        let after = self.graph_with_parents(revision, &down_revisions)?;
        let mut files = Vec::new();
        if down_revisions != *parents {
            let up = &self.script(revision).up;
            files.push((up.clone(), with_parents(ScriptReader::default().whole(up)?, &down_revisions)?));
        }
        let heads = after.ids(&after.heads());
        if let Some(path) = heads_path(self).filter(|_| heads_text(&after) != heads_before) {
            files.push((path, heads_text(&after)));
        }
        Ok(Rebase { revision: id, from, onto, down_revisions, heads, files })
    }

    fn graph_with_parents(
        &self,
        changed: NodeIndex,
        parents: &[RevisionId],
    ) -> Result<RevisionGraph, RebaseError> {
        let mut revisions: Vec<_> = self.graph().revisions().cloned().collect();
        if let Some(revision) = revisions.get_mut(changed.index()) {
            revision.down_revisions = parents.to_vec();
        }
        RevisionGraph::new(revisions).map_err(RebaseError::Graph)
    }
}

fn left_parent(
    revision: &RevisionId,
    parents: &[RevisionId],
    from: Option<&RevisionId>,
) -> Result<Option<RevisionId>, RebaseError> {
    match (from, parents) {
        (Some(from), _) if parents.contains(from) => Ok(Some(from.clone())),
        (Some(from), _) => Err(RebaseError::NotAParent { revision: revision.clone(), from: from.clone() }),
        (None, []) => Ok(None),
        (None, [only]) => Ok(Some(only.clone())),
        (None, several) => {
            Err(RebaseError::SeveralParents { revision: revision.clone(), parents: several.to_vec() })
        }
    }
}

/// The parents with `onto` in the place of `from`, without repetition.
fn exchanged(
    parents: &[RevisionId],
    from: Option<&RevisionId>,
    onto: Option<&RevisionId>,
) -> Vec<RevisionId> {
    let mut exchanged: Vec<RevisionId> = Vec::with_capacity(parents.len() + 1);
    let replaced = parents.iter().filter_map(|parent| if Some(parent) == from { onto } else { Some(parent) });
    for parent in replaced.chain(onto.filter(|_| from.is_none())) {
        if !exchanged.contains(parent) {
            exchanged.push(parent.clone());
        }
    }
    exchanged
}

impl Rebase {
    /// Writes the files, all of them or none. The caller has the lock under which scripts are written.
    ///
    /// # Errors
    /// [`RebaseError::Write`].
    pub fn write(&self, config: &Config) -> Result<(), RebaseError> {
        if self.files.is_empty() {
            return Ok(());
        }
        let changes = FileChanges { texts: self.files.clone(), ..FileChanges::default() };
        Ok(changes.carry_out(config)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_new_parent_takes_the_place_of_the_old() {
        let id = RevisionId::recorded;
        let [a, b, c] = [id("a"), id("b"), id("c")];
        let both = [a.clone(), b.clone()];
        assert_eq!(exchanged(&both, Some(&a), Some(&c)), [c.clone(), b.clone()]);
        assert_eq!(exchanged(&both, Some(&a), Some(&b)), std::slice::from_ref(&b));
        assert_eq!(exchanged(&both, Some(&a), None), std::slice::from_ref(&b));
        assert_eq!(exchanged(&[], None, Some(&c)), std::slice::from_ref(&c));
        assert_eq!(exchanged(&both[..1], Some(&a), Some(&a)), [a]);
    }
}
