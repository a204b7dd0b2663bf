//! The scripts against what the ledger says was applied.

use std::collections::BTreeSet;

use super::ExecuteError;
use crate::backend::{Backend, DatabaseState, Watch};
use crate::config::ChecksumPolicy;
use crate::graph::{NodeSet, RevisionId};
use crate::ledger::Recorded;
use crate::plan::applied;
use crate::script::ScriptDirectory;

/// A revision whose script and record differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Differing {
    /// The revision.
    pub revision: RevisionId,
    /// Its script's file.
    pub path: std::path::PathBuf,
    /// What was recorded: a checksum, or parents.
    pub recorded: String,
    /// What the script has now.
    pub found: String,
}

/// What has been applied: by the version rows, and by the ledger.
#[derive(Debug, Clone)]
pub struct Applied {
    /// The rows' revisions with their ancestors and dependencies.
    pub nodes: NodeSet,
    /// The ledger's entries.
    pub recorded: Vec<Recorded>,
}

impl Applied {
    /// Entries of revisions that have not been applied, by the version rows.
    #[must_use]
    pub fn stale(&self, scripts: &ScriptDirectory) -> Vec<RevisionId> {
        let is_applied = |entry: &&Recorded| {
            scripts.graph().find(entry.revision.as_str()).is_some_and(|node| self.nodes.contains(node))
        };
        self.recorded.iter().filter(|entry| !is_applied(entry)).map(|entry| entry.revision.clone()).collect()
    }

    /// Applied revisions that the ledger does not know, as nodes of the graph.
    #[must_use]
    pub fn unrecorded(&self, scripts: &ScriptDirectory) -> Vec<crate::graph::NodeIndex> {
        let known: BTreeSet<&str> = self.recorded.iter().map(|entry| entry.revision.as_str()).collect();
        let graph = scripts.graph();
        self.nodes.iter().filter(|node| !known.contains(graph.id(*node).as_str())).collect()
    }
}

/// Reads the ledger and puts it beside the version rows.
///
/// # Errors
/// The database's, and version rows that no script has.
pub fn ledger_of(
    scripts: &ScriptDirectory,
    backend: &mut dyn Backend,
    state: &DatabaseState,
) -> Result<Applied, ExecuteError> {
    let nodes = applied(scripts.graph(), &state.rows)?;
    let recorded = if state.has_ledger { backend.recorded()? } else { Vec::new() };
    Ok(Applied { nodes, recorded })
}

/// Refuses a history that is not the one the database has gone through.
///
/// # Errors
/// [`ExecuteError::Reparented`], and [`ExecuteError::Edited`] where the policy says so; with the policy `warn` the
/// edited scripts are told to `watch`.
pub fn check_history(
    scripts: &ScriptDirectory,
    applied: &Applied,
    policy: ChecksumPolicy,
    watch: &mut dyn Watch,
) -> Result<(), ExecuteError> {
    let reparented = reparented(scripts, applied);
    if !reparented.is_empty() {
        return Err(ExecuteError::Reparented(reparented));
    }
    if policy == ChecksumPolicy::Off {
        return Ok(());
    }
    let edited = edited(scripts, applied);
    match (policy, edited.is_empty()) {
        (_, true) => Ok(()),
        (ChecksumPolicy::Error, false) => Err(ExecuteError::Edited(edited)),
        (_, false) => {
            for one in edited {
                let path = one.path.display();
                watch.notice(
                    "warning",
                    &format!("{path} has changed since the database applied {}", one.revision),
                );
            }
            Ok(())
        }
    }
}

/// The applied revisions that have other parents than when they were applied.
#[must_use]
pub fn reparented(scripts: &ScriptDirectory, applied: &Applied) -> Vec<Differing> {
    differing(scripts, applied, parents_differ)
}

/// The applied revisions whose up script is not what was applied; none where the scripts were read without their
/// checksums.
#[must_use]
pub fn edited(scripts: &ScriptDirectory, applied: &Applied) -> Vec<Differing> {
    differing(scripts, applied, checksum_differs)
}

type Differ = fn(&ScriptDirectory, &Recorded, crate::graph::NodeIndex) -> Option<(String, String)>;

fn differing(scripts: &ScriptDirectory, applied: &Applied, differ: Differ) -> Vec<Differing> {
    let mut found = Vec::new();
    for entry in &applied.recorded {
        let Some(node) = scripts.graph().find(entry.revision.as_str()) else { continue };
        if !applied.nodes.contains(node) {
            continue;
        }
        if let Some((recorded, now)) = differ(scripts, entry, node) {
            found.push(Differing {
                revision: entry.revision.clone(),
                path: scripts.script(node).up.clone(),
                recorded,
                found: now,
            });
        }
    }
    found
}

fn checksum_differs(
    scripts: &ScriptDirectory,
    entry: &Recorded,
    node: crate::graph::NodeIndex,
) -> Option<(String, String)> {
    let found = scripts.script(node).checksum?.to_string();
    (found != entry.checksum).then(|| (entry.checksum.clone(), found))
}

fn parents_differ(
    scripts: &ScriptDirectory,
    entry: &Recorded,
    node: crate::graph::NodeIndex,
) -> Option<(String, String)> {
    let now: BTreeSet<&RevisionId> = scripts.graph().revision(node).down_revisions.iter().collect();
    let recorded: BTreeSet<&RevisionId> = entry.parents.iter().collect();
    let text = |ids: &BTreeSet<&RevisionId>| {
        if ids.is_empty() {
            return "base".to_owned();
        }
        ids.iter().map(|id| id.as_str()).collect::<Vec<_>>().join(", ")
    };
    (now != recorded).then(|| (text(&recorded), text(&now)))
}
