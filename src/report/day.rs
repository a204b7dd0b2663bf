//! What a day's work has come to, as a document.

use serde::Serialize;

use super::run::StepEntry;
use super::{SeedEntry, SqlEntry, path};
use crate::autogenerate::StakeEntry;
use crate::catalog::Difference;
use crate::daily::{Diary, WrittenRevision};
use crate::graph::RevisionId;

/// What `dev` says.
#[derive(Debug, Serialize)]
pub struct DayDocument<'d> {
    /// The database, without password.
    pub database: &'d str,
    /// Always false: that a database was made is told as a message.
    pub created: bool,
    /// The steps that were run on it.
    pub steps: Vec<StepEntry<'d>>,
    /// What set the database apart from what its scripts built.
    pub drift: &'d [Difference],
    /// The revisions that were written.
    pub revisions: Vec<WrittenEntry<'d>>,
    /// Their statements.
    pub statements: Vec<SqlEntry<'d>>,
    /// What of them loses values.
    pub losses: &'d [StakeEntry],
    /// The seeds.
    pub seeds: Vec<SeedEntry>,
    /// The version rows at the end.
    pub heads: &'d [RevisionId],
}

/// A revision that was written.
#[derive(Debug, Serialize)]
pub struct WrittenEntry<'d> {
    /// Its id.
    pub revision: &'d RevisionId,
    /// Its up script.
    pub up: String,
    /// Its down script.
    pub down: String,
    /// What it is for.
    pub message: &'d str,
}

impl<'d> DayDocument<'d> {
    /// Of a day.
    #[must_use]
    pub fn new(diary: &'d Diary) -> Self {
        let written = |one: &'d WrittenRevision| WrittenEntry {
            revision: &one.revision,
            up: path::text(&one.up),
            down: path::text(&one.down),
            message: &one.message,
        };
        Self {
            database: &diary.database,
            created: false,
            steps: diary.steps.iter().map(StepEntry::new).collect(),
            drift: &diary.drift,
            revisions: diary.revisions.iter().map(written).collect(),
            statements: diary.statements.iter().map(SqlEntry::new).collect(),
            losses: &diary.losses,
            seeds: SeedEntry::all(&diary.seeded),
            heads: &diary.heads,
        }
    }
}
