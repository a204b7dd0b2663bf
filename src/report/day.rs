//! What a day's work has come to, as a document, and how it goes on, in sentences.

use serde::Serialize;

use super::path::{self, ShownPath};
use super::run::StepEntry;
use super::{SeedEntry, SqlEntry, count};
use crate::autogenerate::StakeEntry;
use crate::catalog::Difference;
use crate::daily::{Diary, News, WrittenRevision};
use crate::graph::RevisionId;

/// What `dev --json` prints.
#[derive(Debug, Serialize)]
pub struct DayDocument<'d> {
    /// The database, without password.
    pub database: &'d str,
    /// Always false: that a database was made is told as a message.
    pub created: bool,
    /// The steps that were run on the database.
    pub steps: Vec<StepEntry<'d>>,
    /// What set the database apart from what its scripts built.
    pub drift: &'d [Difference],
    /// The revisions that were written.
    pub revisions: Vec<WrittenEntry<'d>>,
    /// The statements of these revisions.
    pub statements: Vec<SqlEntry<'d>>,
    /// What of these statements loses values.
    pub losses: &'d [StakeEntry],
    /// The seeds.
    pub seeds: Vec<SeedEntry>,
    /// The version rows at the end.
    pub heads: &'d [RevisionId],
}

/// A revision that `dev` has written.
#[derive(Debug, Serialize)]
pub struct WrittenEntry<'d> {
    /// Its id.
    pub revision: &'d RevisionId,
    /// The path of its up script.
    pub up: String,
    /// The path of its down script.
    pub down: String,
    /// The message of its header.
    pub message: &'d str,
}

impl<'d> DayDocument<'d> {
    /// The document of what a day's work has come to.
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

/// What has come of a step of a day's work, as one sentence; none of statements, which are shown as they are.
#[must_use]
pub fn news_sentence(news: &News<'_>, shown: ShownPath<'_>) -> Option<String> {
    Some(match news {
        News::Planned { .. } => return None,
        News::Tried { revisions } => {
            format!("{} tried on a scratch database: up, down and up", count(*revisions, "pending revision"))
        }
        News::Upgraded { steps } => format!("{} up", count(*steps, "revision")),
        News::AsBuilt => "the database has the schema that its scripts build".to_owned(),
        News::Wrote { up } => format!("wrote {}, proved up and down", shown(up)),
        News::Recorded => "recorded it as applied: the database had it already".to_owned(),
        News::DesiredLacksIt => {
            "where the desired schema is to have it too: revgraph pull; the next revgraph dev compares them"
                .to_owned()
        }
        News::Undone => "undone: the database has the schema that its scripts build".to_owned(),
        News::DesiredIsBuilt => "the scripts build the desired schema".to_owned(),
        News::NotApplied => "not applied: revgraph upgrade, or revgraph dev".to_owned(),
        News::NotSeeded { name } => format!("{name} has not run on this database: revgraph seed"),
        News::SeedKnown { name, since } => format!("{name} is there since {since}"),
    })
}
