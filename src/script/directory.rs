//! The script folders as a whole.

use std::path::PathBuf;

use super::archive::{Archive, Backup};
use super::declared::{Declarations, declared_in};
use super::listing::{Listing, list, list_all};
use super::pending_moves::finish_interrupted;
use super::problem::ScriptProblem;
use super::read_mode::ReadMode;
use super::revision_files::Script;
use crate::config::Config;
use crate::graph::{GraphProblem, NodeIndex, RevisionGraph};

/// All revisions of an environment: the graph and, for each node of it, the files.
#[derive(Debug, Clone)]
pub struct ScriptDirectory {
    pub(super) graph: RevisionGraph,
    pub(super) scripts: Vec<Script>,
    pub(super) locations: Vec<PathBuf>,
    pub(super) backup: Backup,
}

impl ScriptDirectory {
    /// Reads the script folders of an environment. A folder that does not exist holds no scripts. Changes that a killed
    /// squash has left due happen first.
    ///
    /// # Errors
    /// Every problem found.
    pub fn load(config: &Config, mode: ReadMode) -> Result<Self, Vec<ScriptProblem>> {
        finish_interrupted(config).map_err(|error| vec![error.into()])?;
        let mut problems = Vec::new();
        let listing = list_all(config, &mut problems);
        let declared = declared_in(&listing, &config.directory, mode, &mut problems);
        let backup = Backup::Folder {
            folder: config.backup_location.clone(),
            directory: config.directory.clone(),
            mode,
        };
        Self::assemble(declared, problems, config.version_locations.clone(), backup)
    }

    /// Puts together what scripts declare, in the order of the ids; `problems` are those of reading them.
    ///
    /// # Errors
    /// `problems` and those of the graph, as far as they do not follow from a script that could not be read.
    pub(super) fn assemble(
        declared: Declarations,
        mut problems: Vec<ScriptProblem>,
        locations: Vec<PathBuf>,
        backup: Backup,
    ) -> Result<Self, Vec<ScriptProblem>> {
        let Declarations { revisions, scripts } = declared;
        let graph = match RevisionGraph::new(revisions) {
            Ok(graph) if problems.is_empty() => graph,
            Ok(_) => return Err(problems),
            // An unreadable script is missed by others: only what does not follow from that is worth telling.
            Err(found) => {
                let unreadable = !problems.is_empty();
                let follows = |problem: &GraphProblem| {
                    matches!(
                        problem,
                        GraphProblem::UnknownParent { .. } | GraphProblem::UnknownDependency { .. }
                    )
                };
                problems.extend(
                    found
                        .into_iter()
                        .filter(|problem| !unreadable || !follows(problem))
                        .map(ScriptProblem::Graph),
                );
                return Err(problems);
            }
        };
        Ok(Self { graph, scripts, locations, backup })
    }

    /// Reads the backup folder. One that does not exist holds nothing.
    ///
    /// # Errors
    /// Every problem found.
    pub fn archive(&self) -> Result<Archive, Vec<ScriptProblem>> {
        let (folder, directory, mode) = match &self.backup {
            Backup::Folder { folder, directory, mode } => (folder, directory, *mode),
            Backup::Program(archive) => return Ok(archive.clone()),
        };
        let mut problems = Vec::new();
        let mut listing = Listing::new();
        list(folder, &|_| true, &mut listing, &mut problems);
        let declared = declared_in(&listing, directory, mode, &mut problems);
        let archive = Archive::of(declared, &mut problems);
        if problems.is_empty() { Ok(archive) } else { Err(problems) }
    }

    /// The graph of the revisions, whose nodes all methods of a script directory take.
    #[must_use]
    pub fn graph(&self) -> &RevisionGraph {
        &self.graph
    }

    /// The files of a node of this directory's graph.
    ///
    /// # Panics
    /// If the node is of another graph.
    #[must_use]
    pub fn script(&self, node: NodeIndex) -> &Script {
        &self.scripts[node.index()]
    }

    /// The folders, in the order of the configuration.
    #[must_use]
    pub fn locations(&self) -> &[PathBuf] {
        &self.locations
    }
}
