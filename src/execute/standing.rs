//! Where a database stands against the scripts, also where the two do not go together.

use std::collections::BTreeMap;

use super::{Applied, Differing, ExecuteError, KnownHistory, edited, reparented};
use crate::backend::Backend;
use crate::graph::{NodeIndex, RevisionId};
use crate::ledger::Event;
use crate::plan::Operation;
use crate::script::{Directive, ScriptDirectory, ScriptReader, directive_of_line};

/// How a database stands, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
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

/// Where a database stands against the scripts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// In one word.
    pub state: State,
    /// The version rows.
    pub heads: Vec<RevisionId>,
    /// What has not been applied, in the order in which it can be. Nothing where that cannot be told: where a
    /// version row is known neither to the scripts nor to the ledger.
    pub pending: Vec<NodeIndex>,
    /// What the database has and the scripts lack, in the order in which it was applied; rows that the ledger does
    /// not know come last.
    pub missing: Vec<RevisionId>,
    /// The last of the scripts' revisions below what is missing.
    pub common: Vec<RevisionId>,
    /// What has changed since it was applied.
    pub edited: Vec<Differing>,
    /// What has other parents than when it was applied.
    pub reparented: Vec<Differing>,
    /// What failed without a transaction around it, and has not succeeded since.
    pub failed: Vec<String>,
    /// The name under which the database is protected from being erased whole, where it is.
    pub protected_as: Option<String>,
}

/// Asks the database, and puts it beside the scripts. Nothing changes.
///
/// # Errors
/// The database's.
pub fn standing(scripts: &ScriptDirectory, backend: &mut dyn Backend) -> Result<Standing, ExecuteError> {
    let state = backend.state()?;
    let known = KnownHistory::of(scripts, backend, &state)?;
    let (recorded, events) = if state.has_ledger {
        (backend.recorded()?, backend.events(None)?)
    } else {
        (Vec::new(), Vec::new())
    };
    let has_tables = state.rows.is_empty() && backend.has_user_tables()?;
    let applied = Applied { nodes: known.applied_of(scripts), recorded };
    let mut standing = Standing {
        state: State::UpToDate,
        pending: pending(scripts, &known, &applied),
        missing: missing(&known),
        common: known.common(),
        edited: edited(scripts, &applied),
        reparented: reparented(scripts, &applied),
        failed: failed_halfway(scripts, &events, &applied),
        heads: state.rows,
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
fn pending(scripts: &ScriptDirectory, known: &KnownHistory<'_>, applied: &Applied) -> Vec<NodeIndex> {
    let is_pending = |node: &NodeIndex| known.unknown().is_empty() && !applied.nodes.contains(*node);
    scripts.graph().in_order().iter().copied().filter(is_pending).collect()
}

fn missing(known: &KnownHistory<'_>) -> Vec<RevisionId> {
    let mut missing = known.scripts().graph().ids(&known.missing());
    missing.extend(known.unknown().iter().cloned());
    missing
}

/// The revisions whose last event is a failure that its script, running without a transaction, has left standing.
fn failed_halfway(scripts: &ScriptDirectory, events: &[Event], applied: &Applied) -> Vec<String> {
    let mut last: BTreeMap<&str, &Event> = BTreeMap::new();
    for event in events {
        last.insert(&event.revision, event);
    }
    let is_unsettled = |event: &&Event| {
        let node = scripts.graph().find(&event.revision);
        let is_applied = node.is_some_and(|node| applied.nodes.contains(node));
        event.outcome == "failed"
            && is_applied == (event.operation == Operation::Downgrade.name())
            && node.is_none_or(|node| runs_without_transaction(scripts, node, &event.operation))
    };
    last.into_values().filter(is_unsettled).map(|event| event.revision.clone()).collect()
}

fn runs_without_transaction(scripts: &ScriptDirectory, node: NodeIndex, operation: &str) -> bool {
    let script = scripts.script(node);
    let path = if operation == Operation::Downgrade.name() { script.down.as_ref() } else { Some(&script.up) };
    let mut reader = ScriptReader::default();
    let Some(Ok(text)) = path.map(|path| reader.whole(path)) else { return true };
    text.lines().any(|line| matches!(directive_of_line(line), Some(Ok(Directive::NoTransaction))))
}
