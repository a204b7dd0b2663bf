//! The script folders as a whole.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, FixedOffset};
use thiserror::Error;

use super::archive::Backup;
use super::body::{Body, Side, body};
use super::checksum::Checksum;
use super::directive::DirectiveError;
use super::file::{FileError, ScriptReader};
use super::header::{Header, HeaderErrorKind, parse};
use super::pending_moves::{FileChangeError, finish_interrupted};
use super::texts::ScriptTexts;
use crate::config::Config;
use crate::excerpt::Excerpt;
use crate::graph::{GraphProblem, NodeIndex, Revision, RevisionGraph};
use crate::parallel::map_chunks;
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
        let files = list_all(config, &mut problems);
        let declared = declared_in(files, &config.directory, mode, &mut problems);
        let backup = Backup::Folder {
            folder: config.backup_location.clone(),
            directory: config.directory.clone(),
            mode,
        };
        Self::assemble(declared, problems, config.version_locations.clone(), backup)
    }

    /// Puts together what scripts declare, in the order of the ids; `problems` are those of reading them.
    pub(super) fn assemble(
        declared: Vec<(Revision, Script)>,
        mut problems: Vec<ScriptProblem>,
        locations: Vec<PathBuf>,
        backup: Backup,
    ) -> Result<Self, Vec<ScriptProblem>> {
        let (revisions, scripts) = declared.into_iter().unzip();
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

/// The revisions that scripts among some files declare, in the order of their ids.
pub(super) fn declared_in(
    files: Vec<PathBuf>,
    directory: &Path,
    mode: ReadMode,
    problems: &mut Vec<ScriptProblem>,
) -> Vec<(Revision, Script)> {
    let pairs = pair_files(files, problems);
    let mut read = read_all(&pairs, mode);
    problems.append(&mut read.problems);
    let mut declared = read.scripts;
    declared.sort_by(|a, b| a.0.revision.cmp(&b.0.revision).then_with(|| a.1.up.cmp(&b.1.up)));
    declared.into_iter().map(|(header, script)| (revision(&header, &script.up, directory), script)).collect()
}

/// What a header declares; messages name its script relative to `directory`.
pub(super) fn revision(header: &Header, up: &Path, directory: &Path) -> Revision {
    Revision {
        id: header.revision.clone(),
        down_revisions: header.down_revisions.clone(),
        depends_on: header.depends_on.clone(),
        branch_labels: header.branch_labels.clone(),
        replaces: header.replaces.clone(),
        stands_on: Vec::new(),
        source: up.strip_prefix(directory).unwrap_or(up).display().to_string(),
    }
}

/// The two files of one revision.
struct Pair {
    up: PathBuf,
    down: Option<PathBuf>,
}

fn list_all(config: &Config, problems: &mut Vec<ScriptProblem>) -> Vec<PathBuf> {
    config.version_locations.iter().flat_map(|location| list(location, config, problems)).collect()
}

/// Puts up and down scripts together by the stem of their names; other files are left out.
fn pair_files(files: Vec<PathBuf>, problems: &mut Vec<ScriptProblem>) -> Vec<Pair> {
    let mut files: Vec<ScriptFile> = files.into_iter().filter_map(ScriptFile::new).collect();
    files.sort_unstable_by(|a, b| a.order().cmp(&b.order()));
    // Two locations may be one folder.
    files.dedup_by(|later, earlier| later.order() == earlier.order());
    let mut pairs: Vec<Pair> = Vec::with_capacity(files.len() / 2);
    let mut stem_of_last: Vec<u8> = Vec::new();
    for file in files {
        match file.side {
            Side::Up => {
                stem_of_last.clear();
                stem_of_last.extend_from_slice(file.stem());
                pairs.push(Pair { up: file.path, down: None });
            }
            Side::Down => match pairs.last_mut() {
                Some(pair) if stem_of_last == file.stem() => pair.down = Some(file.path),
                // A folder that somebody writes to while it is listed may show the later of two files only.
                _ => match file.existing_up_script() {
                    Some(up) => pairs.push(Pair { up, down: Some(file.path) }),
                    None => problems.push(ScriptProblem::DownWithoutUp { path: file.path }),
                },
            },
        }
    }
    pairs
}

/// A file with a script's name.
struct ScriptFile {
    path: PathBuf,
    side: Side,
}

impl ScriptFile {
    fn new(path: PathBuf) -> Option<Self> {
        let side = side(path.file_name().and_then(OsStr::to_str)?)?;
        Some(Self { path, side })
    }

    /// The path without the ending that tells the side.
    fn stem(&self) -> &[u8] {
        let path = self.path.as_os_str().as_encoded_bytes();
        path.strip_suffix(ending(self.side).as_bytes()).unwrap_or(path)
    }

    fn existing_up_script(&self) -> Option<PathBuf> {
        let name = self.path.file_name()?.to_str()?.strip_suffix(ending(Side::Down))?;
        Some(self.path.with_file_name(format!("{name}{}", ending(Side::Up)))).filter(|up| up.exists())
    }

    /// Up before down. Of paths the bytes are compared: by components it takes ten times as long.
    fn order(&self) -> (&[u8], bool) {
        (self.stem(), self.side == Side::Down)
    }
}

pub(super) fn ending(side: Side) -> &'static str {
    match side {
        Side::Up => ".up.sql",
        Side::Down => ".down.sql",
    }
}

/// The side, where the name is a script's.
pub(super) fn side(name: &str) -> Option<Side> {
    [Side::Up, Side::Down].into_iter().find(|side| name.ends_with(ending(*side)))
}

pub(super) fn list(folder: &Path, config: &Config, problems: &mut Vec<ScriptProblem>) -> Vec<PathBuf> {
    let enters = |path: &Path| config.recursive_version_locations && path != config.backup_location;
    list_files(folder, &enters, problems)
}

/// The files of a folder, and of those below it that `enters` allows.
pub(super) fn list_files(
    folder: &Path,
    enters: &dyn Fn(&Path) -> bool,
    problems: &mut Vec<ScriptProblem>,
) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(source) => {
                problems.push(ScriptProblem::Folder { path: folder, source });
                continue;
            }
        };
        for entry in entries {
            match entry {
                Ok(entry) => {
                    let name = entry.file_name();
                    let path = folder.join(&name);
                    let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
                    if is_folder && name.to_str().and_then(side).is_none() {
                        if enters(&path) {
                            folders.push(path);
                        }
                    } else {
                        files.push(path);
                    }
                }
                Err(source) => problems.push(ScriptProblem::Folder { path: folder.clone(), source }),
            }
        }
    }
    files
}

#[derive(Default)]
struct Loaded {
    scripts: Vec<(Header, Script)>,
    problems: Vec<ScriptProblem>,
}

fn read_all(pairs: &[Pair], mode: ReadMode) -> Loaded {
    let mut loaded = Loaded::default();
    for mut part in map_chunks(pairs, |chunk| read_some(chunk, mode)) {
        loaded.scripts.append(&mut part.scripts);
        loaded.problems.append(&mut part.problems);
    }
    loaded
}

fn read_some(pairs: &[Pair], mode: ReadMode) -> Loaded {
    let mut reader = ScriptReader::default();
    let mut loaded = Loaded::default();
    for pair in pairs {
        match read_pair(&mut reader, pair, mode) {
            Ok(script) => loaded.scripts.push(script),
            Err(problem) => loaded.problems.push(problem),
        }
    }
    loaded
}

fn read_pair(
    reader: &mut ScriptReader,
    pair: &Pair,
    mode: ReadMode,
) -> Result<(Header, Script), ScriptProblem> {
    let text = match mode {
        ReadMode::Headers => reader.header(&pair.up)?,
        ReadMode::Checksums => reader.whole(&pair.up)?,
    };
    described(&pair.up, pair.down.as_deref(), text, mode)
}

/// A script in files, from as much of the text of its up script as `mode` asks for.
pub(super) fn described(
    up: &Path,
    down: Option<&Path>,
    text: &str,
    mode: ReadMode,
) -> Result<(Header, Script), ScriptProblem> {
    let header = parse(text).map_err(|error| {
        let excerpt = Box::new(Excerpt::new(up, text, error.span.clone()));
        match error.kind {
            HeaderErrorKind::Directive(error) => ScriptProblem::Directive { error, excerpt },
            _ => ScriptProblem::Malformed { message: error.to_string(), excerpt },
        }
    })?;
    let script = Script {
        up: up.to_owned(),
        down: down.map(Path::to_owned),
        message: header.message.clone(),
        created: header.created,
        texts: ScriptTexts::Files,
        checksum: (mode == ReadMode::Checksums).then(|| Checksum::of_script(text)),
    };
    Ok((header, script))
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
