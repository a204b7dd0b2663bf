//! Giving up the originals that a backup keeps. Their ids stay reserved by the baselines.

use std::path::PathBuf;

use thiserror::Error;

use crate::graph::{NodeIndex, RevisionId};
use crate::script::{FileChanges, ScriptDirectory, ScriptProblem};

/// The originals of a baseline that the backup has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forgettable {
    /// The baseline.
    pub baseline: RevisionId,
    /// The originals with their files, in the order in which the baseline names them.
    pub originals: Vec<(RevisionId, Vec<PathBuf>)>,
}

/// Why a baseline's originals cannot be deleted from the backup.
#[derive(Debug, Error)]
pub enum ForgetError {
    /// It stands for no other revision.
    #[error("{0} is no baseline: it replaces no other revision")]
    NoBaseline(RevisionId),
    /// The backup cannot be read.
    #[error("the backup cannot be read")]
    Backup(Vec<ScriptProblem>),
}

/// What the backup keeps of what some baselines stand for, in their order.
///
/// # Errors
/// [`ForgetError`].
pub fn forgettable(
    scripts: &ScriptDirectory,
    baselines: &[NodeIndex],
) -> Result<Vec<Forgettable>, ForgetError> {
    let archive = scripts.archive().map_err(ForgetError::Backup)?;
    let mut found = Vec::new();
    for node in baselines {
        let revision = scripts.graph().revision(*node);
        if revision.replaces.is_empty() {
            return Err(ForgetError::NoBaseline(revision.id.clone()));
        }
        let files = |id: &RevisionId| {
            let (_, script) = archive.get(id)?;
            Some((id.clone(), [Some(script.up.clone()), script.down.clone()].into_iter().flatten().collect()))
        };
        let originals = revision.replaces.iter().filter_map(files);
        found.push(Forgettable { baseline: revision.id.clone(), originals: originals.collect() });
    }
    Ok(found)
}

impl Forgettable {
    /// The paths of the originals' scripts that are given up.
    pub fn files(&self) -> impl Iterator<Item = &PathBuf> {
        self.originals.iter().flat_map(|(_, files)| files)
    }

    /// The removal of the files of all these baselines' originals, each file once.
    #[must_use]
    pub fn changes(all: &[Self]) -> FileChanges {
        let mut removals: Vec<PathBuf> = all.iter().flat_map(Self::files).cloned().collect();
        removals.sort();
        removals.dedup();
        FileChanges { removals, ..FileChanges::default() }
    }
}
