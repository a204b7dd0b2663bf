//! The scripts that squashes have replaced, in the backup folder.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::declared::Declarations;
use super::problem::ScriptProblem;
use super::read_mode::ReadMode;
use super::revision_files::Script;
use crate::graph::{GraphProblem, Revision, RevisionId};

/// Where the scripts are that squashes have replaced.
#[derive(Debug, Clone)]
pub(super) enum Backup {
    /// In a folder, which is read when it is needed.
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What paths in messages are relative to.
        directory: PathBuf,
        /// How much of each script is read.
        mode: ReadMode,
    },
    /// In the program.
    Program(Archive),
}

/// The revisions of the backup folder as their scripts declare them: with the parents that they had.
#[derive(Debug, Clone, Default)]
pub struct Archive(BTreeMap<RevisionId, (Revision, Script)>);

impl Archive {
    /// Keeps what scripts declare by id; a second revision of the same id is a problem, and the first stays.
    pub(super) fn of(declared: Declarations, problems: &mut Vec<ScriptProblem>) -> Self {
        let mut archive = Self::default();
        for (revision, script) in declared.into_pairs() {
            match archive.0.get(&revision.id) {
                None => archive.add(revision, script),
                Some((first, _)) => problems.push(ScriptProblem::Graph(GraphProblem::DuplicateId {
                    id: revision.id,
                    first: first.source.clone(),
                    second: revision.source,
                })),
            }
        }
        archive
    }

    /// What the backup holds of a revision: what its header declares, and its files. None where the backup does not
    /// have it.
    #[must_use]
    pub fn get(&self, id: &RevisionId) -> Option<&(Revision, Script)> {
        self.0.get(id)
    }

    /// All revisions of the backup with their files, in the order of their ids.
    pub fn revisions(&self) -> impl Iterator<Item = &(Revision, Script)> {
        self.0.values()
    }

    /// Adds what the files of a revision would declare, where the backup lacks them.
    pub(super) fn add(&mut self, revision: Revision, script: Script) {
        self.0.entry(revision.id.clone()).or_insert((revision, script));
    }
}
