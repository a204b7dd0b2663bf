//! Revisions whose files are gone, from the copies that a ledger has kept. Pure.

use std::path::PathBuf;
use std::sync::Arc;

use super::directory::ScriptDirectory;
use super::header::parse;
use super::revision_files::{HeldTexts, Script, ScriptTexts};
use crate::graph::{GraphProblem, NodeIndex, Revision, RevisionGraph, RevisionId};

/// A revision as a ledger has recorded it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedRevision {
    /// The revision.
    pub id: RevisionId,
    /// Its parents when it was applied.
    pub down_revisions: Vec<RevisionId>,
    /// Its dependencies when it was applied.
    pub depends_on: Vec<RevisionId>,
    /// The message of the revision's header.
    pub message: String,
    /// The up script.
    pub up: Arc<str>,
    /// The down script, where there was one.
    pub down: Option<Arc<str>>,
}

/// What stands for the path of a copy: `ledger:ID.up.sql`.
fn path(id: &RevisionId, side: &str) -> PathBuf {
    PathBuf::from(format!("ledger:{id}.{side}.sql"))
}

impl ScriptDirectory {
    /// These scripts together with revisions that only a ledger still has. Of a revision that is in both, the files
    /// are taken. A branch label that the scripts declare elsewhere is theirs.
    ///
    /// # Errors
    /// What keeps scripts and records from being one graph.
    pub fn with_recorded(&self, recorded: Vec<RecordedRevision>) -> Result<Self, Vec<GraphProblem>> {
        let on_disk = self.graph.revisions().cloned().zip(self.scripts.iter().cloned());
        let mut all: Vec<(Revision, Script)> = on_disk.collect();
        let gone = recorded.into_iter().filter(|one| self.graph.find(one.id.as_str()).is_none());
        all.extend(gone.map(|one| self.stand_in(one)));
        all.sort_by(|(a, _), (b, _)| a.id.cmp(&b.id));
        all.dedup_by(|(later, _), (earlier, _)| later.id == earlier.id);
        let (revisions, scripts) = all.into_iter().unzip();
        Ok(Self { graph: RevisionGraph::new(revisions)?, scripts, ..self.clone() })
    }

    /// Whether a node of this directory's graph has scripts of its own, and not only a ledger's copies.
    #[must_use]
    pub fn is_on_disk(&self, node: NodeIndex) -> bool {
        !matches!(self.script(node).texts, ScriptTexts::Ledger(_))
    }

    fn stand_in(&self, recorded: RecordedRevision) -> (Revision, Script) {
        let is_free =
            |label: &String| self.graph.find_label(label).is_none() && self.graph.find(label).is_none();
        let (mut revision, script) = recorded.declared();
        revision.branch_labels.retain(is_free);
        (revision, script)
    }
}

impl RecordedRevision {
    /// What its files would declare. Labels, date and what it replaces are in the script alone; parents and
    /// dependencies are as the ledger has them.
    pub(super) fn declared(self) -> (Revision, Script) {
        let header = parse(&self.up).ok();
        let (branch_labels, replaces, created) =
            header.map(|header| (header.branch_labels, header.replaces, header.created)).unwrap_or_default();
        let script = Script {
            up: path(&self.id, "up"),
            down: self.down.is_some().then(|| path(&self.id, "down")),
            message: self.message,
            created,
            texts: ScriptTexts::Ledger(HeldTexts { up: self.up, down: self.down }),
            checksum: None,
        };
        let revision = Revision {
            down_revisions: self.down_revisions,
            depends_on: self.depends_on.iter().map(ToString::to_string).collect(),
            branch_labels,
            replaces,
            stands_on: Vec::new(),
            source: script.up.display().to_string(),
            id: self.id,
        };
        (revision, script)
    }
}
