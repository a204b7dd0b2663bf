//! How a database stands against its scripts: as a document, and in a sentence.

use serde::Serialize;

use super::count::count;
use super::halfway::StatementNumbers;
use super::next_step::NextStep;
use crate::execute::{Differing, LeftHalfway, Standing, State};
use crate::graph::RevisionId;
use crate::script::RecordedRows;

/// What `status` says, as the contract has it.
#[derive(Debug, Serialize)]
pub struct StandingDocument<'s> {
    /// How the database stands, in one word.
    pub state: State,
    /// The version rows.
    pub heads: &'s [RevisionId],
    /// What has not been applied.
    pub pending: Vec<&'s RevisionId>,
    /// What the database has and the scripts lack.
    pub missing: &'s [RevisionId],
    /// The last revisions below what is missing that both have.
    pub common: &'s [RevisionId],
    /// Revisions whose scripts have changed since they were applied.
    pub edited: Vec<&'s RevisionId>,
    /// Revisions that had other parents when they were applied.
    pub reparented: Vec<&'s RevisionId>,
    /// Revisions that were left halfway.
    pub failed: Vec<&'s RevisionId>,
    /// The same, with how far each came.
    pub left_halfway: Vec<LeftHalfwayEntry<'s>>,
    /// Pending revisions whose scripts another tool computed from rows.
    pub recorded: Vec<RecordedEntry<'s>>,
    /// The process that is at work on the database.
    pub at_work: Option<&'s str>,
    /// The name under which the database is protected.
    pub protected_as: Option<&'s str>,
    /// The database, without password.
    pub database: &'s str,
    /// What can be done, in words.
    pub next: Vec<String>,
}

/// A `no-transaction` revision that was begun and not ended.
#[derive(Debug, Serialize)]
pub struct LeftHalfwayEntry<'s> {
    /// The revision.
    pub revision: &'s RevisionId,
    /// `upgrade` or `downgrade`.
    pub operation: &'s str,
    /// How far the revision came.
    #[serde(flatten)]
    pub statements: StatementNumbers,
}

/// A revision whose script was computed from rows.
#[derive(Debug, Serialize)]
pub struct RecordedEntry<'s> {
    /// The revision.
    pub revision: &'s RevisionId,
    /// The tables that were read, with their schemas.
    pub tables: Vec<String>,
}

impl<'s> StandingDocument<'s> {
    /// Of a database, named without password; `heads` is the number of the scripts' heads.
    #[must_use]
    pub fn new(standing: &'s Standing, heads: usize, database: &'s str) -> Self {
        let ids = |differing: &'s [Differing]| differing.iter().map(|one| &one.revision).collect();
        let halfway = |left: &'s LeftHalfway| LeftHalfwayEntry {
            revision: &left.revision,
            operation: &left.operation,
            statements: StatementNumbers::of(&left.statements),
        };
        let recorded = |(revision, tables): &'s (RevisionId, Vec<RecordedRows>)| RecordedEntry {
            revision,
            tables: tables.iter().map(ToString::to_string).collect(),
        };
        Self {
            state: standing.state,
            heads: &standing.heads,
            pending: standing.pending.iter().map(|pending| &pending.revision).collect(),
            missing: &standing.missing,
            common: &standing.common,
            edited: ids(&standing.edited),
            reparented: ids(&standing.reparented),
            failed: standing.failed.iter().map(|left| &left.revision).collect(),
            left_halfway: standing.failed.iter().map(halfway).collect(),
            recorded: standing.recorded.iter().map(recorded).collect(),
            at_work: standing.at_work.as_deref(),
            protected_as: standing.protected_as.as_deref(),
            database,
            next: NextStep::after(standing, heads).iter().map(ToString::to_string).collect(),
        }
    }
}

/// How a database stands, in a sentence without a full stop.
#[must_use]
pub fn standing_sentence(standing: &Standing) -> String {
    let pending = count(standing.pending.len(), "revision");
    match standing.state {
        State::Empty if standing.pending.is_empty() => {
            "the database is empty, and so are the scripts".to_owned()
        }
        State::Empty => format!("the database is empty; {pending} pending"),
        State::Unmanaged => {
            format!("the database has tables, and no version row says where it stands; {pending} pending")
        }
        State::UpToDate if !standing.edited.is_empty() => {
            let edited = count(standing.edited.len(), "script");
            format!("everything is applied, but {edited} changed since")
        }
        State::UpToDate if standing.at_work.is_some() => {
            "everything is applied, and somebody is at work on the database".to_owned()
        }
        State::UpToDate => "up to date".to_owned(),
        State::Pending => format!("{pending} pending"),
        State::Ahead => "the database has revisions that these scripts lack".to_owned(),
        State::Diverged => "the database and these scripts have gone different ways".to_owned(),
        State::Failed => "a revision that runs without a transaction has failed halfway".to_owned(),
    }
}
