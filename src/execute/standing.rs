//! Where a database stands against the scripts, also where the two do not go together.

use super::journal::left_halfway;
use super::{
    Applied, Asked, Differing, ExecuteError, KnownHistory, LeftHalfway, Reading, edited, reparented,
};
use crate::backend::Backend;
use crate::graph::{NodeIndex, RevisionId};
use crate::script::{RecordedRows, ScriptDirectory};
use crate::sql::Dialect;

/// How a database stands, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum State {
    /// Neither version row nor tables.
    Empty,
    /// Tables, and no version row.
    Unmanaged,
    /// All that the scripts hold has been applied.
    UpToDate,
    /// Some of it has not.
    Pending,
    /// The database has revisions that the scripts lack, and nothing is pending.
    Ahead,
    /// Database and scripts have gone different ways.
    Diverged,
    /// A revision that runs without a transaction has failed halfway.
    Failed,
}

/// A revision that has not been applied.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pending {
    /// The revision.
    pub revision: RevisionId,
    /// Its title.
    pub title: String,
}

/// Where a database stands against the scripts.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Standing {
    /// How the database stands, in one word.
    pub state: State,
    /// The version rows.
    pub heads: Vec<RevisionId>,
    /// What has not been applied, in the order in which it can be, with originals of baselines among which the
    /// database stands. Nothing where that cannot be told: where a version row is known neither to the scripts nor to
    /// the ledger.
    pub pending: Vec<Pending>,
    /// What the database has and the scripts lack, in the order in which it was applied; rows that the ledger does
    /// not know come last.
    pub missing: Vec<RevisionId>,
    /// The last of the scripts' revisions below what is missing.
    pub common: Vec<RevisionId>,
    /// What has changed since it was applied.
    pub edited: Vec<Differing>,
    /// What has other parents than when it was applied.
    pub reparented: Vec<Differing>,
    /// What was left halfway without a transaction around it.
    pub failed: Vec<LeftHalfway>,
    /// The process that is at work on the database now, for people.
    pub at_work: Option<String>,
    /// Pending revisions whose scripts another tool computed from rows, with the tables that it read.
    pub recorded: Vec<(RevisionId, Vec<RecordedRows>)>,
    /// The name under which the database is protected from being erased whole, where it is.
    pub protected_as: Option<String>,
}

/// Puts a database, as `reading` has it, beside the scripts. Nothing changes.
///
/// # Errors
/// The database's.
pub fn standing(
    scripts: &ScriptDirectory,
    backend: &mut dyn Backend,
    reading: &Reading,
) -> Result<Standing, ExecuteError> {
    let known = KnownHistory::for_command(scripts, backend, reading, Asked::default())?;
    let Reading { state, recorded } = reading;
    let has_tables = state.rows.is_empty() && backend.has_user_tables()?;
    let graph = known.scripts().graph();
    let applied = Applied { nodes: graph.without_replaced(&known.applied()), recorded };
    let (failed, at_work) = failed(&known, backend, state.has_journal)?;
    let mut standing = Standing {
        state: State::UpToDate,
        pending: pending(&known),
        missing: missing(&known),
        common: known.common(),
        edited: edited(known.scripts(), &applied),
        reparented: reparented(known.scripts(), &applied),
        failed,
        at_work,
        heads: state.rows.clone(),
        recorded: pending_recorded(&known, backend.dialect()),
        protected_as: backend.protection()?,
    };
    standing.state = standing.in_one_word(has_tables);
    Ok(standing)
}

impl Standing {
    fn in_one_word(&self, has_tables: bool) -> State {
        if !self.failed.is_empty() {
            State::Failed
        } else if !self.reparented.is_empty() || !self.missing.is_empty() && !self.pending.is_empty() {
            State::Diverged
        } else if !self.missing.is_empty() {
            State::Ahead
        } else if self.heads.is_empty() {
            if has_tables { State::Unmanaged } else { State::Empty }
        } else if self.pending.is_empty() {
            State::UpToDate
        } else {
            State::Pending
        }
    }
}

/// What has not been applied; nothing where a version row hides how far the database has come.
fn pending(known: &KnownHistory<'_>) -> Vec<Pending> {
    if !known.unknown().is_empty() {
        return Vec::new();
    }
    let scripts = known.scripts();
    let of_node = |node: NodeIndex| Pending {
        revision: scripts.graph().id(node).clone(),
        title: scripts.script(node).title().to_owned(),
    };
    known.pending().into_iter().map(of_node).collect()
}

/// What was recorded from rows among what is pending. Scripts that cannot be read are told by an upgrade.
fn pending_recorded(known: &KnownHistory<'_>, dialect: Dialect) -> Vec<(RevisionId, Vec<RecordedRows>)> {
    let scripts = known.scripts();
    let of_node = |node: NodeIndex| {
        let tables = scripts.script(node).bodies(dialect).ok()?.up.body.recorded;
        (!tables.is_empty()).then(|| (scripts.graph().id(node).clone(), tables))
    };
    if known.unknown().is_empty() {
        known.pending().into_iter().filter_map(of_node).collect()
    } else {
        Vec::new()
    }
}

fn missing(known: &KnownHistory<'_>) -> Vec<RevisionId> {
    let mut missing = known.scripts().graph().ids(&known.missing());
    missing.extend(known.unknown().iter().cloned());
    missing
}

/// What the journal holds of revisions that nobody is at work on.
fn failed(
    known: &KnownHistory<'_>,
    backend: &mut dyn Backend,
    has_journal: bool,
) -> Result<(Vec<LeftHalfway>, Option<String>), ExecuteError> {
    let mut failed = if has_journal { left_halfway(backend.journal()?) } else { Vec::new() };
    let applied = known.applied();
    failed.retain(|left| !left.is_stale(known.scripts(), &applied));
    match backend.lock_holder()? {
        Some(holder) => Ok((Vec::new(), Some(holder))),
        None => Ok((failed, None)),
    }
}
