//! The scripts, together with what the ledger remembers of revisions that the database has and the scripts lack.
//!
//! A release that has been rolled back leaves a database whose version rows no script has. The ledger has their
//! parents, dependencies and scripts, so where such a database stands can be told, and it can be taken down.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::reading::read_unless;
use super::unfold::{Asked, unfolded_against};
use super::{ExecuteError, Reading};
use crate::backend::Backend;
use crate::graph::{Follow, NodeIndex, NodeSet, RevisionId};
use crate::ledger::Recorded;
use crate::plan::PlanError;
use crate::script::{RecordedRevision, ScriptDirectory};

/// All that is known of the revisions of a database.
#[derive(Debug, Clone)]
pub struct KnownHistory<'s> {
    all: Cow<'s, ScriptDirectory>,
    rows: Vec<RevisionId>,
    unknown: Vec<RevisionId>,
}

/// How the version rows stand to the scripts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lead {
    /// The scripts have all of them.
    None,
    /// The database has all that the scripts have, and more.
    Ahead {
        /// What it has more, in the order in which it was applied.
        missing: Vec<RevisionId>,
        /// The last of the scripts' revisions below those.
        common: Vec<RevisionId>,
    },
    /// Database and scripts each have what the other lacks.
    Diverged {
        /// What only the database has.
        missing: Vec<RevisionId>,
        /// What only the scripts have.
        pending: Vec<RevisionId>,
        /// The last of the scripts' revisions below what only the database has.
        common: Vec<RevisionId>,
    },
    /// Neither scripts nor ledger can tell where these rows belong.
    Unknown {
        /// The rows.
        rows: Vec<RevisionId>,
    },
}

impl<'s> KnownHistory<'s> {
    /// Reads what the backup has of originals that version rows name, and what the ledger knows of rows that no
    /// script has. Where there are none of either, nothing is read.
    ///
    /// # Errors
    /// The database's, [`ExecuteError::Unfold`] and [`ExecuteError::Scripts`].
    pub fn of(
        scripts: &'s ScriptDirectory,
        backend: &mut dyn Backend,
        rows: &[RevisionId],
    ) -> Result<Self, ExecuteError> {
        Self::new(scripts, backend, rows, None, Asked::default())
    }

    /// What is known of the revisions of a database that has been read, for a command that may mean originals of baselines, too.
    ///
    /// # Errors
    /// As [`KnownHistory::of`].
    pub fn for_command(
        scripts: &'s ScriptDirectory,
        backend: &mut dyn Backend,
        reading: &Reading,
        asked: Asked<'_>,
    ) -> Result<Self, ExecuteError> {
        Self::new(scripts, backend, &reading.state.rows, Some(&reading.recorded), asked)
    }

    /// `recorded` is the ledger where it has been read.
    fn new(
        scripts: &'s ScriptDirectory,
        backend: &mut dyn Backend,
        rows: &[RevisionId],
        recorded: Option<&[Recorded]>,
        asked: Asked<'_>,
    ) -> Result<Self, ExecuteError> {
        let all = unfolded_against(scripts, backend, rows, recorded, asked)?;
        let is_own = |row: &&RevisionId| all.graph().find(row.as_str()).is_some();
        let unknown: Vec<RevisionId> = rows.iter().filter(|row| !is_own(row)).cloned().collect();
        let mut known = Self { all, rows: rows.to_vec(), unknown };
        if !known.unknown.is_empty() {
            let ledger = read_unless(recorded, backend)?;
            let remembered = remembered(&known.all, &known.unknown, &ledger);
            let recorded = with_scripts(backend, remembered)?;
            // Records that make no graph with the scripts, such as a cycle, tell nothing.
            if let Ok(all) = known.all.with_recorded(recorded) {
                known.unknown.retain(|row| all.graph().find(row.as_str()).is_none());
                known.all = Cow::Owned(all);
            }
        }
        Ok(known)
    }

    /// The scripts, with the originals that the database stands among, and with the ledger's copies in the place of
    /// those that are gone.
    #[must_use]
    pub fn scripts(&self) -> &ScriptDirectory {
        &self.all
    }

    /// The version rows that neither scripts nor ledger know.
    #[must_use]
    pub fn unknown(&self) -> &[RevisionId] {
        &self.unknown
    }

    /// The version rows that scripts or ledger know.
    #[must_use]
    pub fn known_rows(&self) -> Vec<RevisionId> {
        self.rows.iter().filter(|row| !self.unknown.contains(row)).cloned().collect()
    }

    /// What the known version rows say has been applied, as nodes of [`KnownHistory::scripts`].
    #[must_use]
    pub fn applied(&self) -> NodeSet {
        let graph = self.all.graph();
        let rows = self.rows.iter().filter_map(|row| graph.find(row.as_str()));
        graph.ancestors(rows, Follow::ParentsAndDependencies)
    }

    /// What of the scripts' own revisions has been applied, as nodes of `scripts`.
    #[must_use]
    pub fn applied_of(&self, scripts: &ScriptDirectory) -> NodeSet {
        let (all, own) = (self.all.graph(), scripts.graph());
        let applied = self.applied();
        NodeSet::of(own.len(), applied.iter().filter_map(|node| own.find(all.id(node).as_str())))
    }

    /// Where the database stands among the scripts' own revisions: the version rows where the scripts have all of
    /// them, else the last applied revisions that they do have.
    #[must_use]
    pub fn rows_of(&self, scripts: &ScriptDirectory) -> Vec<RevisionId> {
        let graph = scripts.graph();
        if self.rows.iter().all(|row| graph.find(row.as_str()).is_some()) {
            return self.rows.clone();
        }
        graph.ids(&graph.tips(&self.applied_of(scripts), Follow::ParentsAndDependencies))
    }

    /// How the version rows stand to the scripts: behind or level, ahead, diverged, or unknown where one row is known
    /// to neither scripts nor ledger.
    #[must_use]
    pub fn lead(&self) -> Lead {
        if !self.unknown.is_empty() {
            return Lead::Unknown { rows: self.unknown.clone() };
        }
        let missing = self.missing();
        if missing.is_empty() {
            return Lead::None;
        }
        let graph = self.all.graph();
        let (missing, common) = (graph.ids(&missing), self.common());
        let pending = graph.ids(&self.pending());
        if pending.is_empty() {
            Lead::Ahead { missing, common }
        } else {
            Lead::Diverged { missing, pending, common }
        }
    }

    /// The last of the scripts' revisions below what only the database has: taken down to them, it has no more than
    /// the scripts.
    #[must_use]
    pub fn common(&self) -> Vec<RevisionId> {
        let graph = self.all.graph();
        let below = graph.ancestors(self.missing(), Follow::ParentsAndDependencies);
        let shared = NodeSet::of(graph.len(), below.iter().filter(|node| !self.is_missing(*node)));
        graph.ids(&graph.tips(&shared, Follow::ParentsAndDependencies))
    }

    /// What the database has and the scripts lack, in the order in which it was applied, as nodes of
    /// [`KnownHistory::scripts`].
    #[must_use]
    pub fn missing(&self) -> Vec<NodeIndex> {
        let applied = self.applied();
        self.select(|node| applied.contains(node) && self.is_missing(node))
    }

    /// Whether the scripts lack a revision. They have what a baseline of theirs replaces.
    fn is_missing(&self, node: NodeIndex) -> bool {
        let graph = self.all.graph();
        !self.all.is_on_disk(node) && graph.baseline_replacing(graph.id(node).as_str()).is_none()
    }

    /// What the scripts have and the database lacks, in the order in which it can be applied, as nodes of
    /// [`KnownHistory::scripts`].
    #[must_use]
    pub fn pending(&self) -> Vec<NodeIndex> {
        let applied = self.applied();
        self.select(|node| !applied.contains(node) && !self.is_missing(node))
    }

    fn select(&self, is_wanted: impl Fn(NodeIndex) -> bool) -> Vec<NodeIndex> {
        self.all.graph().in_order().iter().copied().filter(|node| is_wanted(*node)).collect()
    }

    /// Refuses version rows that neither scripts nor ledger know.
    ///
    /// # Errors
    /// [`PlanError::UnknownRows`].
    pub fn refuse_unknown(&self) -> Result<(), PlanError> {
        if self.unknown.is_empty() {
            return Ok(());
        }
        Err(PlanError::UnknownRows { revisions: self.unknown.clone() })
    }

    /// Refuses to go up from version rows that the scripts lack.
    ///
    /// # Errors
    /// [`ExecuteError::Ahead`], [`ExecuteError::Diverged`], [`PlanError::UnknownRows`].
    pub fn refuse_missing(&self) -> Result<(), ExecuteError> {
        match self.lead() {
            Lead::None => Ok(()),
            Lead::Ahead { missing, common } => Err(ExecuteError::Ahead { missing, common }),
            Lead::Diverged { missing, pending, common } => {
                Err(ExecuteError::Diverged { missing, pending, common })
            }
            Lead::Unknown { rows } => Err(PlanError::UnknownRows { revisions: rows }.into()),
        }
    }
}

/// The records that lead from `rows` down to the scripts. A record is of use only where all that it stands on is
/// known too.
fn remembered(scripts: &ScriptDirectory, rows: &[RevisionId], recorded: &[Recorded]) -> Vec<Recorded> {
    let ledger: BTreeMap<&str, &Recorded> =
        recorded.iter().map(|entry| (entry.revision.as_str(), entry)).collect();
    let is_own = |id: &str| scripts.graph().find(id).is_some();
    let is_own_name = |name: &str| is_own(name) || scripts.graph().find_label(name).is_some();
    let below = |entry: &Recorded| -> Vec<RevisionId> {
        entry.parents.iter().chain(&entry.depends_on).cloned().collect()
    };
    let mut reached: BTreeMap<RevisionId, &Recorded> = BTreeMap::new();
    let mut open: Vec<RevisionId> = rows.to_vec();
    while let Some(id) = open.pop() {
        if let Some(entry) = ledger.get(id.as_str())
            && !is_own(id.as_str())
            && !reached.contains_key(&id)
        {
            open.extend(below(entry));
            reached.insert(id, entry);
        }
    }
    loop {
        let incomplete: BTreeSet<RevisionId> = reached
            .iter()
            .filter(|(_, entry)| {
                !below(entry).iter().all(|id| is_own_name(id.as_str()) || reached.contains_key(id))
            })
            .map(|(id, _)| id.clone())
            .collect();
        if incomplete.is_empty() {
            return reached.into_values().cloned().collect();
        }
        reached.retain(|id, _| !incomplete.contains(id));
    }
}

fn with_scripts(
    backend: &mut dyn Backend,
    remembered: Vec<Recorded>,
) -> Result<Vec<RecordedRevision>, ExecuteError> {
    let ids: Vec<RevisionId> = remembered.iter().map(|entry| entry.revision.clone()).collect();
    let mut scripts: BTreeMap<RevisionId, _> = backend
        .recorded_scripts(&ids)?
        .into_iter()
        .map(|scripts| (scripts.revision.clone(), scripts))
        .collect();
    let join = |entry: Recorded| {
        let scripts = scripts.remove(&entry.revision)?;
        Some(RecordedRevision {
            id: entry.revision,
            down_revisions: entry.parents,
            depends_on: entry.depends_on,
            message: scripts.message,
            up: scripts.up_script,
            down: scripts.down_script,
        })
    };
    Ok(remembered.into_iter().filter_map(join).collect())
}
