//! Where a database stands against the scripts, also where the two do not go together.

use std::collections::{BTreeMap, BTreeSet};

use super::{Applied, Differing, ExecuteError, edited, reparented};
use crate::backend::Backend;
use crate::graph::{Follow, NodeIndex, NodeSet, RevisionId};
use crate::ledger::{Event, Recorded};
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
    /// What the database has, and the scripts lack.
    pub missing: Vec<RevisionId>,
    /// What has changed since it was applied.
    pub edited: Vec<Differing>,
    /// What has other parents than when it was applied.
    pub reparented: Vec<Differing>,
    /// What failed without a transaction around it, and has not succeeded since.
    pub failed: Vec<String>,
}

/// Asks the database, and puts it beside the scripts. Nothing changes.
///
/// # Errors
/// The database's.
pub fn standing(scripts: &ScriptDirectory, backend: &mut dyn Backend) -> Result<Standing, ExecuteError> {
    let state = backend.state()?;
    let (recorded, events) = if state.has_ledger {
        (backend.recorded()?, backend.events(None)?)
    } else {
        (Vec::new(), Vec::new())
    };
    let has_tables = state.rows.is_empty() && backend.has_user_tables()?;
    let trace = Trace::new(scripts, &state.rows, &recorded);
    let applied = Applied { nodes: trace.nodes, recorded };
    let mut standing = Standing {
        state: State::UpToDate,
        pending: trace.pending,
        missing: trace.missing,
        edited: edited(scripts, &applied),
        reparented: reparented(scripts, &applied),
        failed: failed_halfway(scripts, &events, &applied),
        heads: state.rows,
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

/// What the version rows lead to, through the scripts and, where those lack a revision, through the ledger.
struct Trace {
    nodes: NodeSet,
    pending: Vec<NodeIndex>,
    missing: Vec<RevisionId>,
}

impl Trace {
    fn new(scripts: &ScriptDirectory, rows: &[RevisionId], recorded: &[Recorded]) -> Self {
        let graph = scripts.graph();
        let ledger: BTreeMap<&str, &Recorded> =
            recorded.iter().map(|entry| (entry.revision.as_str(), entry)).collect();
        let mut reached: BTreeSet<&RevisionId> = BTreeSet::new();
        let mut open: Vec<&RevisionId> = rows.iter().collect();
        while let Some(id) = open.pop() {
            if reached.insert(id) {
                open.extend(ledger.get(id.as_str()).into_iter().flat_map(|entry| &entry.parents));
            }
        }
        let known = reached.iter().filter_map(|id| graph.find(id.as_str()));
        let nodes = graph.ancestors(known, Follow::ParentsAndDependencies);
        let mut missing = Vec::new();
        let mut untraceable = false;
        for id in reached.into_iter().filter(|id| graph.find(id.as_str()).is_none()) {
            untraceable |= !ledger.contains_key(id.as_str());
            missing.push(id.clone());
        }
        let is_pending = |node: &NodeIndex| !untraceable && !nodes.contains(*node);
        let pending = graph.in_order().iter().copied().filter(is_pending).collect();
        Self { nodes, pending, missing }
    }
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
