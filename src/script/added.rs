//! Scripts as they will be once a new revision has been written. Pure.

use std::path::PathBuf;
use std::sync::Arc;

use super::directory::ScriptDirectory;
use super::revision_files::{HeldTexts, Script, ScriptTexts};
use crate::graph::{GraphProblem, NodeIndex, Revision, RevisionGraph};

/// A revision whose scripts are ready to be written.
#[derive(Debug, Clone)]
pub struct NewRevision {
    /// The revision as its header declares it.
    pub revision: Revision,
    /// The message of the revision's header.
    pub message: String,
    /// The path at which the up script will be, and its text.
    pub up: (PathBuf, Arc<str>),
    /// The path at which the down script will be, and its text.
    pub down: (PathBuf, Arc<str>),
}

impl NewRevision {
    /// The revision and its script as [`ScriptDirectory`](super::ScriptDirectory) holds them; both texts are
    /// in memory.
    pub(super) fn into_pair(self) -> (Revision, Script) {
        let script = Script {
            up: self.up.0,
            down: Some(self.down.0),
            message: self.message,
            created: None,
            texts: ScriptTexts::Program(HeldTexts { up: self.up.1, down: Some(self.down.1) }),
            checksum: None,
        };
        (self.revision, script)
    }
}

impl ScriptDirectory {
    /// These scripts and one more. The nodes of the result are other ones.
    ///
    /// # Errors
    /// What would keep the result from being a graph.
    pub fn with_revision(&self, new: NewRevision) -> Result<Self, Vec<GraphProblem>> {
        let revisions = self.graph.revisions().cloned();
        let mut all: Vec<(Revision, Script)> = revisions.zip(self.scripts.iter().cloned()).collect();
        all.push(new.into_pair());
        all.sort_by(|(a, _), (b, _)| a.id.cmp(&b.id));
        let (revisions, scripts) = all.into_iter().unzip();
        Ok(Self { graph: RevisionGraph::new(revisions)?, scripts, ..self.clone() })
    }
    /// These scripts with another down script of a revision, whose up script is `up`.
    #[must_use]
    pub fn with_down(&self, node: NodeIndex, path: PathBuf, up: Arc<str>, down: Arc<str>) -> Self {
        let mut changed = self.clone();
        if let Some(script) = changed.scripts.get_mut(node.index()) {
            script.down = Some(path);
            script.texts = ScriptTexts::Program(HeldTexts { up, down: Some(down) });
        }
        changed
    }
}
