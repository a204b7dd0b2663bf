//! The scripts against what the ledger says was applied.

use std::collections::BTreeSet;

use super::script_diff::add_diffs;
use super::unfold::with_all_originals;
use super::{Differing, ExecuteError};
use crate::backend::{Backend, Watch};
use crate::config::ChecksumPolicy;
use crate::graph::{NodeIndex, NodeSet, Revision, RevisionGraph, RevisionId};
use crate::ledger::Recorded;
use crate::plan::{PlanError, applied};
use crate::script::ScriptDirectory;

/// What has been applied: by the version rows, and by the ledger.
#[derive(Debug, Clone)]
pub struct Applied<'r> {
    /// The rows' revisions with their ancestors and dependencies, but for originals whose baseline is one of them:
    /// what the ledger should hold.
    pub nodes: NodeSet,
    /// The ledger's entries.
    pub recorded: &'r [Recorded],
}

impl<'r> Applied<'r> {
    /// Puts the ledger beside the version rows.
    ///
    /// # Errors
    /// [`PlanError::UnknownRows`].
    pub fn new(
        scripts: &ScriptDirectory,
        rows: &[RevisionId],
        recorded: &'r [Recorded],
    ) -> Result<Self, PlanError> {
        let nodes = scripts.graph().without_replaced(&applied(scripts.graph(), rows)?);
        Ok(Self { nodes, recorded })
    }

    /// Entries of revisions that have not been applied, by the version rows.
    #[must_use]
    pub fn stale(&self, scripts: &ScriptDirectory) -> Vec<RevisionId> {
        let is_applied = |entry: &&Recorded| {
            scripts.graph().find(entry.revision.as_str()).is_some_and(|node| self.nodes.contains(node))
        };
        self.recorded.iter().filter(|entry| !is_applied(entry)).map(|entry| entry.revision.clone()).collect()
    }

    /// Whether the ledger still has the originals of an applied baseline in its place.
    #[must_use]
    pub fn awaits_folding(&self, scripts: &ScriptDirectory) -> bool {
        let graph = scripts.graph();
        graph.has_baselines()
            && self.unrecorded(scripts).into_iter().any(|node| self.has_originals_of(graph.revision(node)))
    }

    /// Whether the ledger has originals of a baseline.
    #[must_use]
    pub fn has_originals_of(&self, baseline: &Revision) -> bool {
        baseline.is_baseline()
            && self.recorded.iter().any(|entry| baseline.replaces.contains(&entry.revision))
    }

    /// Applied revisions that the ledger does not know, as nodes of the graph.
    #[must_use]
    pub fn unrecorded(&self, scripts: &ScriptDirectory) -> Vec<NodeIndex> {
        let graph = scripts.graph();
        let known = self.recorded.iter().filter_map(|entry| graph.find(entry.revision.as_str()));
        let known = NodeSet::of(graph.len(), known);
        self.nodes.iter().filter(|node| !known.contains(*node)).collect()
    }
}

/// Refuses a history that is not the one the database has gone through.
///
/// # Errors
/// [`ExecuteError::Reparented`], and [`ExecuteError::Edited`] where the policy says so; with the policy `warn` the
/// edited scripts are told to `watch`.
pub fn check_history(
    scripts: &ScriptDirectory,
    applied: &Applied<'_>,
    policy: ChecksumPolicy,
    backend: &mut dyn Backend,
    watch: &mut dyn Watch,
) -> Result<(), ExecuteError> {
    check_edges(scripts, applied)?;
    check_scripts(scripts, applied, policy, backend, watch)
}

/// Refuses applied revisions that have other parents or dependencies than when they were applied: an ancestor that
/// was put below them since would be skipped.
///
/// # Errors
/// [`ExecuteError::Reparented`].
pub fn check_edges(scripts: &ScriptDirectory, applied: &Applied<'_>) -> Result<(), ExecuteError> {
    let reparented = reparented(scripts, applied);
    if reparented.is_empty() { Ok(()) } else { Err(ExecuteError::Reparented(reparented)) }
}

fn check_scripts(
    scripts: &ScriptDirectory,
    applied: &Applied<'_>,
    policy: ChecksumPolicy,
    backend: &mut dyn Backend,
    watch: &mut dyn Watch,
) -> Result<(), ExecuteError> {
    if policy == ChecksumPolicy::Off {
        return Ok(());
    }
    let mut edited = edited(scripts, applied);
    match (policy, edited.is_empty()) {
        (_, true) => Ok(()),
        (ChecksumPolicy::Error, false) => {
            add_diffs(&mut edited, scripts, backend)?;
            Err(ExecuteError::Edited(edited))
        }
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

/// The applied revisions that have other parents or dependencies than when they were applied.
#[must_use]
pub fn reparented(scripts: &ScriptDirectory, applied: &Applied<'_>) -> Vec<Differing> {
    let of = |baselines: &RevisionGraph| {
        differing(scripts, applied, |scripts, entry, node| edges_differ(scripts, entry, node, baselines))
    };
    let found = of(scripts.graph());
    if found.is_empty() || !scripts.graph().has_baselines() {
        return found;
    }
    // What was recorded before a squash of a squash stood on what the inner baseline replaces: only the backup can tell.
    match with_all_originals(scripts) {
        Some(all) => of(all.graph()),
        None => found,
    }
}

/// The applied revisions whose up script is not what was applied; none where the scripts were read without their
/// checksums.
#[must_use]
pub fn edited(scripts: &ScriptDirectory, applied: &Applied<'_>) -> Vec<Differing> {
    differing(scripts, applied, checksum_differs)
}

fn differing(
    scripts: &ScriptDirectory,
    applied: &Applied<'_>,
    differ: impl Fn(&ScriptDirectory, &Recorded, NodeIndex) -> Option<(String, String)>,
) -> Vec<Differing> {
    let mut found = Vec::new();
    for entry in applied.recorded {
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
                diff: None,
            });
        }
    }
    found
}

fn checksum_differs(
    scripts: &ScriptDirectory,
    entry: &Recorded,
    node: NodeIndex,
) -> Option<(String, String)> {
    let found = scripts.script(node).checksum?;
    (!found.is_hex(&entry.checksum)).then(|| (entry.checksum.clone(), found.to_string()))
}

fn edges_differ(
    scripts: &ScriptDirectory,
    entry: &Recorded,
    node: NodeIndex,
    baselines: &RevisionGraph,
) -> Option<(String, String)> {
    let graph = scripts.graph();
    let revision = graph.revision(node);
    let is_same = revision.down_revisions == entry.parents
        && revision.depends_on.iter().map(String::as_str).eq(entry.depends_on.iter().map(RevisionId::as_str));
    if is_same {
        return None;
    }
    let id = |name: &str| {
        let node = graph.find(name).or_else(|| graph.find_label(name));
        node.map_or_else(|| name.to_owned(), |node| graph.id(node).to_string())
    };
    // A squash points what stood on the last of its range at the baseline.
    let standing = |id: &RevisionId| baselines.standing_for(id).to_string();
    let edges = |parents: &[RevisionId], dependencies: &mut dyn Iterator<Item = &str>| {
        let parents: BTreeSet<String> = parents.iter().map(standing).collect();
        let dependencies: BTreeSet<String> =
            dependencies.map(|name| standing(&RevisionId::recorded(&id(name)))).collect();
        (parents, dependencies)
    };
    let now = edges(&revision.down_revisions, &mut revision.depends_on.iter().map(String::as_str));
    let recorded = edges(&entry.parents, &mut entry.depends_on.iter().map(RevisionId::as_str));
    (now != recorded).then(|| (stands_on(&recorded), stands_on(&now)))
}

/// Parents and dependencies in words.
fn stands_on((parents, dependencies): &(BTreeSet<String>, BTreeSet<String>)) -> String {
    let list = |names: &BTreeSet<String>| names.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    let parents = if parents.is_empty() { "base".to_owned() } else { list(parents) };
    if dependencies.is_empty() {
        return parents;
    }
    format!("{parents} (depending on {})", list(dependencies))
}
