//! A baseline that is ready to be written.

use std::path::PathBuf;

use super::{Mode, Outcome, Proof, SquashError};
use crate::config::Config;
use crate::graph::RevisionId;
use crate::script::FileChanges;
use crate::sql::Dialect;

/// A baseline that is ready to be written.
#[derive(Debug)]
pub struct Squash {
    /// The baseline's id.
    pub revision: RevisionId,
    /// All ids that it stands for, the upper end of the range last.
    pub replaces: Vec<RevisionId>,
    /// The revisions whose scripts it takes the place of: some of `replaces`.
    pub originals: Vec<RevisionId>,
    /// The baseline's parents.
    pub down_revisions: Vec<RevisionId>,
    /// What its scripts are made of.
    pub mode: Mode,
    /// What is known of it on each database.
    pub proofs: Vec<Proof>,
    /// Why it cannot be undone, where it cannot, by database.
    pub irreversible: Vec<(Dialect, String)>,
    /// The revisions that stood on the upper end and now stand on it.
    pub repointed: Vec<RevisionId>,
    /// Its up script: path and text.
    pub up: (PathBuf, String),
    /// Its down script: path and text.
    pub down: (PathBuf, String),
    /// The heads afterwards.
    pub heads: Vec<RevisionId>,
    /// The files that change.
    pub files: FileChanges,
}

impl Squash {
    /// Whether the baseline was proved on all kinds of databases that it is for.
    #[must_use]
    pub fn is_proved(&self) -> bool {
        self.proofs.iter().all(|proof| matches!(proof.outcome, Outcome::Proved { .. }))
    }

    /// Puts the files in place, all of them or none. The caller has the lock under which scripts are written.
    ///
    /// # Errors
    /// [`SquashError::Files`].
    pub fn write(&self, config: &Config) -> Result<(), SquashError> {
        Ok(self.files.carry_out(config)?)
    }
}
