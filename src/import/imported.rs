//! What an import is going to write, written or taken back.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::repair::Rewritten;
use super::{ImportError, Note};
use crate::config::Config;
use crate::graph::RevisionId;
use crate::script::FileChanges;

/// What an import is going to write. Nothing has been written.
#[derive(Debug)]
pub struct Import {
    /// The revisions that are new, in the order of the history.
    pub files: Vec<ImportedFiles>,
    /// The revisions that were imported before.
    pub known: Vec<RevisionId>,
    /// Scripts of these that were written for another dialect, and that nobody has edited.
    pub rewritten: Vec<Rewritten>,
    /// What cannot be carried over, or is not as it looks.
    pub notes: Vec<Note>,
    /// The heads afterwards, sorted.
    pub heads: Vec<RevisionId>,
    /// Which revision stands for each [`ImportedRevision::name`](super::ImportedRevision::name) of the history.
    pub revisions: BTreeMap<String, RevisionId>,
    /// The heads file as it is going to be, where there is one.
    pub(super) heads_file: Option<(PathBuf, String)>,
    /// What the heads file held before, where it was there.
    pub(super) heads_before: Option<String>,
}

/// A revision that is about to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedFiles {
    /// The revision's id.
    pub revision: RevisionId,
    /// What the other tool knows it by.
    pub name: String,
    /// The message of the revision's header, title first.
    pub message: String,
    /// The revision's parents.
    pub down_revisions: Vec<RevisionId>,
    /// What else the revision needs: ids or labels.
    pub depends_on: Vec<String>,
    /// The labels that it gives.
    pub branch_labels: Vec<String>,
    /// Whether its up script runs without a transaction.
    pub no_transaction: bool,
    /// Why it cannot be undone, where it cannot.
    pub irreversible: Option<String>,
    /// The up script and its text.
    pub up: (PathBuf, String),
    /// The down script and its text.
    pub down: (PathBuf, String),
}

impl Import {
    /// Writes all scripts of the import and the heads file, or nothing.
    ///
    /// # Errors
    /// [`ImportError::Write`].
    pub fn write(&self, config: &Config) -> Result<(), ImportError> {
        if self.files.is_empty() && self.rewritten.is_empty() {
            return Ok(());
        }
        let anew = self.rewritten.iter().map(|script| (script.path.clone(), script.after.clone()));
        let texts = self.new_files().chain(&self.heads_file).cloned().chain(anew).collect();
        Ok(FileChanges { texts, ..FileChanges::default() }.carry_out(config)?)
    }

    /// Removes what [`Import::write`] has written.
    ///
    /// # Errors
    /// [`ImportError::Write`].
    pub fn take_back(&self, config: &Config) -> Result<(), ImportError> {
        let mut changes = FileChanges::default();
        changes
            .texts
            .extend(self.rewritten.iter().map(|script| (script.path.clone(), script.before.clone())));
        changes.removals.extend(self.new_files().map(|(path, _)| path.clone()));
        match (&self.heads_file, &self.heads_before) {
            (Some((path, _)), Some(before)) => changes.texts.push((path.clone(), before.clone())),
            (Some((path, _)), None) => changes.removals.push(path.clone()),
            (None, _) => {}
        }
        Ok(changes.carry_out(config)?)
    }

    fn new_files(&self) -> impl Iterator<Item = &(PathBuf, String)> {
        self.files.iter().flat_map(|files| [&files.up, &files.down])
    }
}
