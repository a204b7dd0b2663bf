//! The scripts that squashes have replaced, in the backup folder.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::directory::{ReadMode, Script, ScriptDirectory, ScriptProblem, declared_in, list_files};
use crate::graph::{GraphProblem, Revision, RevisionId};

/// Where the backup is, and how it is read.
#[derive(Debug, Clone)]
pub(super) struct Backup {
    /// The folder.
    pub(super) folder: PathBuf,
    /// What paths in messages are relative to.
    pub(super) directory: PathBuf,
    /// How much of each script is read.
    pub(super) mode: ReadMode,
}

/// The revisions of the backup folder as their scripts declare them: with the parents that they had.
#[derive(Debug, Clone, Default)]
pub struct Archive(BTreeMap<RevisionId, (Revision, Script)>);

impl Archive {
    /// What is declared of a revision, and its files.
    #[must_use]
    pub fn get(&self, id: &RevisionId) -> Option<&(Revision, Script)> {
        self.0.get(id)
    }

    /// All revisions, in the order of their ids.
    pub fn revisions(&self) -> impl Iterator<Item = &(Revision, Script)> {
        self.0.values()
    }

    /// Adds what the files of a revision would declare, where the backup lacks them.
    pub(super) fn add(&mut self, revision: Revision, script: Script) {
        self.0.entry(revision.id.clone()).or_insert((revision, script));
    }
}

impl ScriptDirectory {
    /// Reads the backup folder. One that does not exist holds nothing.
    ///
    /// # Errors
    /// Every problem found.
    pub fn archive(&self) -> Result<Archive, Vec<ScriptProblem>> {
        let mut problems = Vec::new();
        let files = list_files(&self.backup.folder, &|_| true, &mut problems);
        let mut archive = Archive::default();
        for (revision, script) in declared_in(files, &self.backup.directory, self.backup.mode, &mut problems)
        {
            match archive.0.get(&revision.id) {
                None => archive.add(revision, script),
                Some((first, _)) => problems.push(ScriptProblem::Graph(GraphProblem::DuplicateId {
                    id: revision.id,
                    first: first.source.clone(),
                    second: revision.source,
                })),
            }
        }
        if problems.is_empty() { Ok(archive) } else { Err(problems) }
    }
}
