//! Which baselines a database or a command sees through: it stands among their originals, or names one of them.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::reading::read_unless;
use super::{Direction, ExecuteError};
use crate::backend::Backend;
use crate::graph::{Follow, Revision, RevisionGraph, RevisionId, RevisionSpec, SHORTEST_PREFIX, Symbol};
use crate::ledger::{Origin, Recorded};
use crate::plan::nodes_of_rows;
use crate::script::{Archive, RecordedRevision, ScriptDirectory, UnfoldError};

/// What a command asks for, as far as originals may be meant by it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asked<'a> {
    /// The command's targets.
    pub targets: &'a [RevisionSpec],
    /// Whether the command runs up or down; none where it runs nothing.
    pub direction: Option<Direction>,
}

/// The scripts, with the originals in them that version rows or targets name. Nothing is read where there is no
/// baseline, or none of its originals is meant.
///
/// # Errors
/// [`ExecuteError::Unfold`], and [`ExecuteError::Scripts`] where the backup cannot be read.
pub fn unfolded_for<'s>(
    scripts: &'s ScriptDirectory,
    rows: &[RevisionId],
    targets: &[RevisionSpec],
) -> Result<Cow<'s, ScriptDirectory>, ExecuteError> {
    let wanted = named_originals(scripts.graph(), rows, targets);
    if wanted.is_empty() {
        return Ok(Cow::Borrowed(scripts));
    }
    Ok(Cow::Owned(scripts.unfolded(&archive(scripts)?, &wanted)?))
}

/// The scripts with all originals of their baselines in them; none where they have no baseline, or the backup does not
/// have them all.
#[must_use]
pub fn with_all_originals(scripts: &ScriptDirectory) -> Option<ScriptDirectory> {
    if !scripts.graph().has_baselines() {
        return None;
    }
    let archive = scripts.archive().ok()?;
    let originals = scripts.graph().baselines().flat_map(|baseline| baseline.replaces.iter().cloned());
    scripts.unfolded(&archive, &originals.collect()).ok()
}

/// As [`unfolded_for`], for a database: what its ledger still has of originals stands in for files that are gone, and
/// steps down lead through the originals where it came through them. The ledger is read where `recorded` is none and it
/// is needed.
///
/// # Errors
/// Those of [`unfolded_for`], and the database's.
pub(super) fn unfolded_against<'s>(
    scripts: &'s ScriptDirectory,
    backend: &mut dyn Backend,
    rows: &[RevisionId],
    recorded: Option<&[Recorded]>,
    asked: Asked<'_>,
) -> Result<Cow<'s, ScriptDirectory>, ExecuteError> {
    let graph = scripts.graph();
    if !graph.has_baselines() {
        return Ok(Cow::Borrowed(scripts));
    }
    let wanted = named_originals(graph, rows, asked.targets);
    let counts_down = asked.direction == Some(Direction::Down)
        && asked.targets.iter().any(|target| target.steps.is_some_and(|steps| steps < 0));
    if wanted.is_empty() && !counts_down {
        return Ok(Cow::Borrowed(scripts));
    }
    let recorded = read_unless(recorded, backend)?;
    let gone_through = if counts_down { gone_through(graph, rows, &recorded) } else { BTreeSet::new() };
    if wanted.is_empty() && gone_through.is_empty() {
        return Ok(Cow::Borrowed(scripts));
    }
    let mut archive = archive(scripts)?;
    archive.add_recorded(copies_of_originals(backend, graph, &recorded)?);
    let all = wanted.union(&gone_through).cloned().collect();
    match scripts.unfolded(&archive, &all) {
        // Where its originals are gone, a baseline is one step like any other.
        Err(UnfoldError::OriginalsGone { .. }) if !gone_through.is_empty() => {
            Ok(Cow::Owned(scripts.unfolded(&archive, &wanted)?))
        }
        unfolded => Ok(Cow::Owned(unfolded?)),
    }
}

fn archive(scripts: &ScriptDirectory) -> Result<Archive, ExecuteError> {
    scripts.archive().map_err(ExecuteError::Scripts)
}

/// Originals that version rows name, or targets by their id or by the beginning of one, where no revision of the
/// scripts is meant.
fn named_originals(
    graph: &RevisionGraph,
    rows: &[RevisionId],
    targets: &[RevisionSpec],
) -> BTreeSet<RevisionId> {
    let originals: BTreeSet<&RevisionId> =
        graph.baselines().flat_map(|baseline| &baseline.replaces).collect();
    let mut named: BTreeSet<RevisionId> =
        rows.iter().filter(|row| originals.contains(row)).cloned().collect();
    for name in targets.iter().flat_map(names) {
        let is_own = |id: &str| graph.find(id).is_some() || graph.find_label(id).is_some();
        let is_meant = |id: &&&RevisionId| {
            id.as_str() == name || name.chars().count() >= SHORTEST_PREFIX && id.as_str().starts_with(name)
        };
        if !is_own(name) && !graph.begins_a_name(name) {
            named.extend(originals.iter().filter(is_meant).map(|id| (*id).clone()));
        }
    }
    named
}

fn names(target: &RevisionSpec) -> Vec<&str> {
    let symbol = match &target.symbol {
        Some(Symbol::Name(name)) => Some(name.as_str()),
        _ => None,
    };
    symbol.into_iter().chain(target.branch.as_deref()).collect()
}

/// One original of each applied baseline that has taken the place of its originals in this database.
fn gone_through(graph: &RevisionGraph, rows: &[RevisionId], recorded: &[Recorded]) -> BTreeSet<RevisionId> {
    let own: Vec<RevisionId> =
        rows.iter().filter(|row| graph.find(row.as_str()).is_some()).cloned().collect();
    let Ok(nodes) = nodes_of_rows(graph, &own) else { return BTreeSet::new() };
    let applied = graph.ancestors(nodes, Follow::ParentsAndDependencies);
    let entry = |id: &RevisionId| recorded.iter().find(|entry| entry.revision == *id);
    let came_through = |baseline: &&Revision| match entry(&baseline.id) {
        Some(entry) => entry.origin == Origin::Squash,
        None => baseline.replaces.iter().any(|id| entry(id).is_some()),
    };
    graph
        .baselines()
        .filter(|baseline| graph.find(baseline.id.as_str()).is_some_and(|node| applied.contains(node)))
        .filter(came_through)
        .filter_map(|baseline| baseline.replaces.first().cloned())
        .collect()
}

/// What the ledger has of originals: their files may be gone.
fn copies_of_originals(
    backend: &mut dyn Backend,
    graph: &RevisionGraph,
    recorded: &[Recorded],
) -> Result<Vec<RecordedRevision>, ExecuteError> {
    let originals: Vec<&Recorded> =
        recorded.iter().filter(|entry| graph.baseline_replacing(entry.revision.as_str()).is_some()).collect();
    let ids: Vec<RevisionId> = originals.iter().map(|entry| entry.revision.clone()).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let scripts = backend.recorded_scripts(&ids)?;
    let joined = scripts.into_iter().filter_map(|scripts| {
        let entry = originals.iter().find(|entry| entry.revision == scripts.revision)?;
        Some(RecordedRevision {
            id: scripts.revision,
            down_revisions: entry.parents.clone(),
            depends_on: entry.depends_on.clone(),
            message: scripts.message,
            up: scripts.up_script,
            down: scripts.down_script,
        })
    });
    Ok(joined.collect())
}
