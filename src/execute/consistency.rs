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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Origin;
    use crate::script::tests_support::scripts;

    fn line() -> ScriptDirectory {
        scripts(&[
            ("a", ""),
            ("b", "-- down_revision: a\n-- branch_labels: left"),
            ("c", "-- down_revision: b\n-- depends_on: d"),
            ("d", ""),
        ])
    }

    fn ids(text: &str) -> Vec<RevisionId> {
        text.split_whitespace().map(RevisionId::recorded).collect()
    }

    /// The ledger's entry of a revision that is as its script says.
    fn entry(scripts: &ScriptDirectory, id: &str) -> Recorded {
        let node = scripts.graph().find(id).expect("a known revision");
        let revision = scripts.graph().revision(node);
        Recorded {
            revision: RevisionId::recorded(id),
            checksum: scripts.script(node).checksum.expect("it was read").to_string(),
            parents: revision.down_revisions.clone(),
            depends_on: revision.depends_on.iter().map(|id| RevisionId::recorded(id)).collect(),
            origin: Origin::Upgrade,
        }
    }

    fn of<'r>(scripts: &ScriptDirectory, rows: &str, recorded: &'r [Recorded]) -> Applied<'r> {
        Applied::new(scripts, &ids(rows), recorded).expect("known rows")
    }

    fn names(found: &[Differing]) -> Vec<(&str, &str, &str)> {
        found.iter().map(|one| (one.revision.as_str(), one.recorded.as_str(), one.found.as_str())).collect()
    }

    #[test]
    fn the_ledger_is_put_beside_the_version_rows() {
        let scripts = line();
        let recorded: Vec<Recorded> = ["a", "d"].into_iter().map(|id| entry(&scripts, id)).collect();
        let applied = of(&scripts, "b", &recorded);
        assert_eq!(applied.stale(&scripts), ids("d"), "it is recorded, and the rows know nothing of it");
        let unrecorded = scripts.graph().ids(&applied.unrecorded(&scripts));
        assert_eq!(unrecorded, ids("b"), "it is applied, and the ledger knows nothing of it");
        assert!(!applied.awaits_folding(&scripts));
        let unknown = [Recorded { revision: RevisionId::recorded("x"), ..entry(&scripts, "a") }];
        assert_eq!(of(&scripts, "", &unknown).stale(&scripts), ids("x"));
        assert!(Applied::new(&scripts, &ids("x"), &[]).is_err());
    }

    #[test]
    fn scripts_of_applied_revisions_alone_can_have_been_edited() {
        let scripts = line();
        let edited_in = |rows: &str, id: &str| {
            let recorded = [Recorded { checksum: "0".repeat(64), ..entry(&scripts, id) }];
            edited(&scripts, &of(&scripts, rows, &recorded)).len()
        };
        assert_eq!((edited_in("b", "a"), edited_in("b", "b"), edited_in("b", "d")), (1, 1, 0));
        let recorded: Vec<Recorded> = ["a", "b"].into_iter().map(|id| entry(&scripts, id)).collect();
        assert!(edited(&scripts, &of(&scripts, "b", &recorded)).is_empty());
    }

    #[test]
    fn other_parents_and_dependencies_are_told_in_words() {
        let scripts = line();
        let found = |recorded: Recorded| {
            let recorded = [recorded];
            let applied = of(&scripts, "c", &recorded);
            assert_eq!(check_edges(&scripts, &applied).is_err(), !reparented(&scripts, &applied).is_empty());
            reparented(&scripts, &applied)
        };
        let as_it_is = || entry(&scripts, "c");
        assert!(found(as_it_is()).is_empty());
        let rebased = found(Recorded { parents: ids("a"), ..as_it_is() });
        assert_eq!(names(&rebased), [("c", "a (depending on d)", "b (depending on d)")]);
        let freed = found(Recorded { depends_on: Vec::new(), ..as_it_is() });
        assert_eq!(names(&freed), [("c", "b", "b (depending on d)")]);
        let moved = found(Recorded { depends_on: ids("a"), ..as_it_is() });
        assert_eq!(names(&moved), [("c", "b (depending on a)", "b (depending on d)")]);
        let base = found(Recorded { parents: Vec::new(), depends_on: Vec::new(), ..as_it_is() });
        assert_eq!(names(&base), [("c", "base", "b (depending on d)")]);
    }

    #[test]
    fn another_order_or_another_name_for_the_same_is_no_other_parent() {
        let scripts = scripts(&[
            ("a", "-- branch_labels: left"),
            ("b", ""),
            ("m", "-- down_revision: a, b"),
            ("n", "-- down_revision: b\n-- depends_on: left"),
        ]);
        let recorded = [
            Recorded { parents: ids("b a"), ..entry(&scripts, "m") },
            Recorded { depends_on: ids("a"), ..entry(&scripts, "n") },
        ];
        assert!(reparented(&scripts, &of(&scripts, "m n", &recorded)).is_empty());
    }

    #[test]
    fn a_baseline_stands_for_what_it_replaces() {
        let scripts = scripts(&[("s", "-- replaces: a, b"), ("z", "-- down_revision: s")]);
        let original = |id: &str| Recorded { revision: RevisionId::recorded(id), ..entry(&scripts, "s") };
        let before = [original("a"), original("b")];
        let applied = of(&scripts, "s", &before);
        assert!(applied.awaits_folding(&scripts), "the ledger has its originals");
        let own = [entry(&scripts, "s")];
        assert!(!of(&scripts, "s", &own).awaits_folding(&scripts));
        assert!(!of(&scripts, "s", &[]).awaits_folding(&scripts), "it knows nothing at all");
        assert!(!of(&scripts, "", &before).awaits_folding(&scripts), "the rows say otherwise");
        let on_the_last = [entry(&scripts, "s"), Recorded { parents: ids("b"), ..entry(&scripts, "z") }];
        assert!(reparented(&scripts, &of(&scripts, "z", &on_the_last)).is_empty());
        let on_another = [entry(&scripts, "s"), Recorded { parents: ids("a"), ..entry(&scripts, "z") }];
        assert_eq!(names(&reparented(&scripts, &of(&scripts, "z", &on_another))), [("z", "a", "s")]);
    }
}
