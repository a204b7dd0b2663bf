//! The script folders as a whole.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, FixedOffset};
use thiserror::Error;

use super::archive::Backup;
use super::body::{Body, Side, body};
use super::checksum::Checksum;
use super::declared::{Declarations, declared_in};
use super::directive::DirectiveError;
use super::file::{FileError, ScriptReader};
use super::listing::list_all;
use super::pending_moves::{FileChangeError, finish_interrupted};
use super::texts::ScriptTexts;
use crate::config::Config;
use crate::excerpt::Excerpt;
use crate::graph::{GraphProblem, NodeIndex, RevisionGraph};
use crate::sql::{Dialect, is_blank};

/// How much of each script is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadMode {
    /// The header.
    Headers,
    /// The whole up script, for its checksum.
    Checksums,
}

/// A revision's files and what their header says beside the graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// The up script.
    pub up: PathBuf,
    /// The down script, where there is one.
    pub down: Option<PathBuf>,
    /// The message of the header.
    pub message: String,
    /// When it was created, as the header says.
    pub created: Option<DateTime<FixedOffset>>,
    /// Where both texts are.
    pub texts: ScriptTexts,
    /// The up script's checksum, where [`ReadMode::Checksums`] was asked for.
    pub checksum: Option<Checksum>,
}

impl Script {
    /// The first line of the message.
    #[must_use]
    pub fn title(&self) -> &str {
        self.message.lines().next().unwrap_or_default()
    }
}

/// What is wrong with the script folders.
#[derive(Debug, Error)]
pub enum ScriptProblem {
    /// A folder cannot be listed.
    #[error("the folder {path} cannot be read")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The file system's reason.
        #[source]
        source: io::Error,
    },
    /// A file cannot be read as text.
    #[error(transparent)]
    File(#[from] FileError),
    /// A header is malformed.
    #[error("{message}")]
    Malformed {
        /// What is wrong.
        message: String,
        /// Where.
        excerpt: Box<Excerpt>,
    },
    /// A directive that does not exist, or does not belong where it stands.
    #[error("{error}")]
    Directive {
        /// What is wrong.
        error: DirectiveError,
        /// Where.
        excerpt: Box<Excerpt>,
    },
    /// A down script without an up script.
    #[error("{path} is a down script without an up script")]
    DownWithoutUp {
        /// The down script.
        path: PathBuf,
    },
    /// Changes that were begun cannot be finished.
    #[error(transparent)]
    Unfinished(#[from] FileChangeError),
    /// The headers do not make a graph.
    #[error(transparent)]
    Graph(#[from] GraphProblem),
}

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

    /// The graph of the revisions.
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

/// The two scripts of a revision as they run on one dialect, with their text as it is on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bodies {
    /// The up script.
    pub up: SourceText,
    /// The down script, where there is one.
    pub down: Option<SourceText>,
}

/// A script's text, where it is from, and what of it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceText {
    /// The file.
    pub path: PathBuf,
    /// All of it.
    pub text: Arc<str>,
    /// What runs.
    pub body: Body,
}

impl SourceText {
    /// Follows the directives of a text.
    ///
    /// # Errors
    /// [`ScriptProblem::Directive`] at a misplaced directive.
    pub fn new(path: PathBuf, text: Arc<str>, side: Side, dialect: Dialect) -> Result<Self, ScriptProblem> {
        // As for the checksum, line ends do not count: a checkout with other ones builds the same database, also where
        // they stand in a string or in the body of a function.
        let text = if text.contains("\r\n") { text.replace("\r\n", "\n").into() } else { text };
        match body(&text, side, dialect) {
            Ok(body) => Ok(Self { path, text, body }),
            Err(error) => Err(ScriptProblem::Directive {
                excerpt: Box::new(Excerpt::new(&path, &text, error.span)),
                error: error.kind,
            }),
        }
    }
}

impl Bodies {
    /// Why the revision cannot be undone, where it cannot: the reason of its directive, or that its down script
    /// is missing, or empty beside an up script that has statements.
    #[must_use]
    pub fn irreversible(&self, dialect: Dialect) -> Option<Irreversible> {
        let Some(down) = &self.down else {
            return Some(Irreversible::NoDownScript);
        };
        if let Some(reason) = &down.body.irreversible {
            return Some(Irreversible::Declared(reason.clone()));
        }
        let is_empty = is_blank(dialect, &down.body.sql) && !is_blank(dialect, &self.up.body.sql);
        is_empty.then_some(Irreversible::EmptyDownScript)
    }
}

/// Why a revision cannot be undone.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Irreversible {
    /// There is no down script.
    #[error("it has no down script")]
    NoDownScript,
    /// The down script has no statement.
    #[error("its down script is empty")]
    EmptyDownScript,
    /// The down script says so.
    #[error("{}", .0.as_deref().unwrap_or("its down script says that it is irreversible"))]
    Declared(Option<String>),
}

impl Script {
    /// Both scripts for one dialect, read from where they are.
    ///
    /// # Errors
    /// [`ScriptProblem`] where a file cannot be read or a directive is misplaced.
    pub fn bodies(&self, dialect: Dialect) -> Result<Bodies, ScriptProblem> {
        if let ScriptTexts::Program(held) | ScriptTexts::Ledger(held) = &self.texts {
            return held.bodies(self, dialect);
        }
        let mut reader = ScriptReader::default();
        let mut source = |path: &Path, side: Side| {
            SourceText::new(path.to_owned(), reader.whole(path)?.into(), side, dialect)
        };
        let up = source(&self.up, Side::Up)?;
        let down = self.down.as_deref().map(|path| source(path, Side::Down)).transpose()?;
        Ok(Bodies { up, down })
    }
}
