//! A graph with the originals of a baseline in it, for a database that stands among them. Pure.

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;

use super::archive::Archive;
use super::directory::ScriptDirectory;
use super::recorded::RecordedRevision;
use super::revision_files::Script;
use crate::graph::{GraphProblem, Revision, RevisionGraph, RevisionId, joined};

/// Why originals cannot be put back below their baseline.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum UnfoldError {
    /// Their scripts are neither in the backup nor in the ledger.
    #[error("{baseline} replaces {}, whose scripts are gone", joined(.missing))]
    OriginalsGone {
        /// The baseline.
        baseline: RevisionId,
        /// The originals without scripts, in the order in which they were applied.
        missing: Vec<RevisionId>,
    },
    /// The backup's scripts do not make a graph with the others.
    #[error("the scripts in the backup do not go together with the others")]
    Graph(Vec<GraphProblem>),
}

impl Archive {
    /// Adds the copies that a ledger has of revisions whose files are not in the backup.
    pub fn add_recorded(&mut self, recorded: Vec<RecordedRevision>) {
        for one in recorded {
            let (revision, script) = one.declared();
            self.add(revision, script);
        }
    }
}

impl ScriptDirectory {
    /// These scripts together with the originals that `wanted` names and all that belongs to the same baselines,
    /// which then stand on them. What is no original is left aside.
    ///
    /// Of a baseline whose originals are gone the last one alone can be had, without scripts: who has applied it has
    /// applied them all.
    ///
    /// # Errors
    /// [`UnfoldError`].
    pub fn unfolded(&self, archive: &Archive, wanted: &BTreeSet<RevisionId>) -> Result<Self, UnfoldError> {
        let on_disk = self.graph.revisions().cloned().zip(self.scripts.iter().cloned());
        let mut unfolding = Unfolding {
            archive,
            wanted,
            all: on_disk.map(|(revision, script)| (revision.id.clone(), (revision, script))).collect(),
        };
        while let Some(baseline) = unfolding.next_baseline() {
            unfolding.unfold(baseline)?;
        }
        let (revisions, scripts) = unfolding.all.into_values().unzip();
        let graph = RevisionGraph::new(revisions).map_err(UnfoldError::Graph)?;
        Ok(Self { graph, scripts, ..self.clone() })
    }
}

struct Unfolding<'a> {
    archive: &'a Archive,
    wanted: &'a BTreeSet<RevisionId>,
    all: BTreeMap<RevisionId, (Revision, Script)>,
}

impl Unfolding<'_> {
    /// A baseline that hides a wanted original.
    fn next_baseline(&self) -> Option<Revision> {
        let is_hidden = |id: &RevisionId| self.wanted.contains(id) && !self.all.contains_key(id);
        self.all
            .values()
            .map(|(revision, _)| revision)
            .find(|revision| revision.stands_on.is_empty() && revision.replaces.iter().any(is_hidden))
            .cloned()
    }

    fn unfold(&mut self, mut baseline: Revision) -> Result<(), UnfoldError> {
        let originals = match self.originals(&baseline) {
            Ok(originals) => originals,
            Err(missing) => vec![self.last_alone(&baseline, missing)?],
        };
        let stood_on: BTreeSet<RevisionId> = originals
            .iter()
            .flat_map(|(revision, _)| revision.down_revisions.iter().cloned().chain(dependencies(revision)))
            .collect();
        baseline.stands_on = originals
            .iter()
            .map(|(revision, _)| revision.id.clone())
            .filter(|id| !stood_on.contains(id))
            .collect();
        if let Some((kept, _)) = self.all.get_mut(&baseline.id) {
            *kept = baseline;
        }
        self.all.extend(
            originals.into_iter().map(|(revision, script)| (revision.id.clone(), (revision, script))),
        );
        Ok(())
    }

    /// The originals as they stand below their baseline; else those whose scripts are gone.
    fn originals(&self, baseline: &Revision) -> Result<Vec<(Revision, Script)>, Vec<RevisionId>> {
        let found: Vec<&(Revision, Script)> =
            baseline.replaces.iter().filter_map(|id| self.archive.get(id)).collect();
        let inner: BTreeSet<&RevisionId> =
            found.iter().flat_map(|(revision, _)| &revision.replaces).collect();
        let is_there = |id: &&RevisionId| inner.contains(id) || self.archive.get(id).is_some();
        let missing: Vec<RevisionId> = baseline.replaces.iter().filter(|id| !is_there(id)).cloned().collect();
        if !missing.is_empty() {
            return Err(missing);
        }
        let direct: Vec<&(Revision, Script)> =
            found.into_iter().filter(|(revision, _)| !inner.contains(&revision.id)).collect();
        let members = Members::of(&direct);
        Ok(direct
            .into_iter()
            .map(|(revision, script)| (members.placed(revision, baseline), script.clone()))
            .collect())
    }

    /// The last original without its scripts, where no other is asked for.
    fn last_alone(
        &self,
        baseline: &Revision,
        missing: Vec<RevisionId>,
    ) -> Result<(Revision, Script), UnfoldError> {
        let mut asked = baseline.replaces.iter().filter(|id| self.wanted.contains(*id));
        match (asked.next(), asked.next(), baseline.replaces.last()) {
            (Some(only), None, Some(last)) if only == last => Ok(RecordedRevision {
                id: last.clone(),
                down_revisions: baseline.down_revisions.clone(),
                depends_on: baseline.depends_on.iter().map(|name| RevisionId::recorded(name)).collect(),
                message: format!("replaced by {}", baseline.id),
                up: "".into(),
                down: None,
            }
            .declared()),
            _ => Err(UnfoldError::OriginalsGone { baseline: baseline.id.clone(), missing }),
        }
    }
}

fn dependencies(revision: &Revision) -> impl Iterator<Item = RevisionId> + '_ {
    revision.depends_on.iter().map(|name| RevisionId::recorded(name))
}

/// The originals of one baseline, by every name that they give each other.
struct Members {
    names: BTreeMap<String, RevisionId>,
}

impl Members {
    /// The ids, the labels, and what inner baselines among them replace: a script may still name that.
    fn of(direct: &[&(Revision, Script)]) -> Self {
        let mut names = BTreeMap::new();
        for (revision, _) in direct {
            let other_names =
                revision.replaces.iter().map(ToString::to_string).chain(revision.branch_labels.clone());
            names.extend(other_names.map(|name| (name, revision.id.clone())));
        }
        names.extend(direct.iter().map(|(revision, _)| (revision.id.to_string(), revision.id.clone())));
        Self { names }
    }

    /// An original below its baseline. What stood on nothing of its range stands where the baseline does, which may
    /// have been moved since. The labels are the baseline's.
    fn placed(&self, original: &Revision, baseline: &Revision) -> Revision {
        let inside = |name: &str| self.names.get(name).filter(|id| **id != original.id);
        let mut placed = Revision {
            down_revisions: original
                .down_revisions
                .iter()
                .filter_map(|id| inside(id.as_str()).cloned())
                .collect(),
            depends_on: original
                .depends_on
                .iter()
                .filter_map(|name| inside(name))
                .map(ToString::to_string)
                .collect(),
            branch_labels: Vec::new(),
            stands_on: Vec::new(),
            ..original.clone()
        };
        if placed.down_revisions.is_empty() {
            placed.down_revisions.clone_from(&baseline.down_revisions);
            placed.depends_on.extend(baseline.depends_on.iter().cloned());
        }
        placed
    }
}
