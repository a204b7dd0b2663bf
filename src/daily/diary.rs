//! What a day's work has come to.

use std::path::PathBuf;

use crate::alter::Statement;
use crate::autogenerate::{Course, Drafts, Stake, StakeEntry};
use crate::catalog::Difference;
use crate::execute::StepReport;
use crate::graph::RevisionId;

use super::seed::Seeded;

/// What a day's work has come to, in the order in which it came.
#[derive(Debug, Default)]
pub struct Diary {
    /// The database, without password.
    pub database: String,
    /// The steps that were run on the database, in their order.
    pub steps: Vec<StepReport>,
    /// What set the database apart from what its scripts built.
    pub drift: Vec<Difference>,
    /// The revisions that were written.
    pub revisions: Vec<WrittenRevision>,
    /// The statements of the revisions that were written.
    pub statements: Vec<Statement>,
    /// Which of these statements lose values, and how many.
    pub losses: Vec<StakeEntry>,
    /// The seeds, each with whether it ran now or before.
    pub seeded: Vec<Seeded>,
    /// The version rows at the end.
    pub heads: Vec<RevisionId>,
}

/// A revision that a day's work has written; `--create-only` leaves it unapplied.
#[derive(Debug)]
pub struct WrittenRevision {
    /// The revision's id.
    pub revision: RevisionId,
    /// The path of its up script.
    pub up: PathBuf,
    /// The path of its down script.
    pub down: PathBuf,
    /// The message of its header.
    pub message: String,
}

impl Diary {
    /// An empty one for a database, named without password.
    #[must_use]
    pub fn new(database: String) -> Self {
        Self { database, ..Self::default() }
    }

    /// Takes down revisions that were written, with their statements and what is at stake in these.
    pub fn note_written(&mut self, drafts: &Drafts, course: &Course, stakes: &[Stake<'_>]) {
        self.revisions.extend(drafts.new.iter().map(|new| WrittenRevision {
            revision: new.revision.id.clone(),
            up: new.up.0.clone(),
            down: new.down.0.clone(),
            message: new.message.clone(),
        }));
        self.statements.extend(course.statements().cloned());
        self.losses.extend(stakes.iter().filter(|stake| stake.is_loss()).map(Stake::entry));
    }
}
