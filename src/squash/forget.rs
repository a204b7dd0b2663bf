//! Giving up the originals that a backup keeps. Their ids stay reserved by the baselines.

use std::collections::BTreeMap;
use std::path::PathBuf;

use thiserror::Error;

use crate::config::Config;
use crate::graph::{NodeIndex, RevisionId};
use crate::script::{
    FileChanges, FileError, HeaderError, ScriptDirectory, ScriptReader, Side, parse, survey,
};

/// The originals of a baseline that the backup has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forgettable {
    /// The baseline.
    pub baseline: RevisionId,
    /// The originals with their files, in the order in which the baseline names them.
    pub originals: Vec<(RevisionId, Vec<PathBuf>)>,
}

/// Why originals cannot be given up.
#[derive(Debug, Error)]
pub enum ForgetError {
    /// It stands for no other revision.
    #[error("{0} is no baseline: it replaces no other revision")]
    NoBaseline(RevisionId),
    /// A file of the backup cannot be read.
    #[error(transparent)]
    Read(#[from] FileError),
    /// A header in the backup cannot be read.
    #[error("{path} cannot be read: {error}")]
    Header {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        error: HeaderError,
    },
}

/// What the backup keeps of what some baselines stand for, in their order.
///
/// # Errors
/// [`ForgetError`].
pub fn forgettable(
    scripts: &ScriptDirectory,
    config: &Config,
    baselines: &[NodeIndex],
) -> Result<Vec<Forgettable>, ForgetError> {
    let kept = backup(config)?;
    let mut found = Vec::new();
    for node in baselines {
        let revision = scripts.graph().revision(*node);
        if revision.replaces.is_empty() {
            return Err(ForgetError::NoBaseline(revision.id.clone()));
        }
        let originals = revision.replaces.iter().filter_map(|id| Some((id.clone(), kept.get(id)?.clone())));
        found.push(Forgettable { baseline: revision.id.clone(), originals: originals.collect() });
    }
    Ok(found)
}

impl Forgettable {
    /// The files that go.
    pub fn files(&self) -> impl Iterator<Item = &PathBuf> {
        self.originals.iter().flat_map(|(_, files)| files)
    }

    /// The changes that give up all of these.
    #[must_use]
    pub fn changes(all: &[Self]) -> FileChanges {
        let mut removals: Vec<PathBuf> = all.iter().flat_map(Self::files).cloned().collect();
        removals.sort();
        removals.dedup();
        FileChanges { removals, ..FileChanges::default() }
    }
}

/// The revisions in the backup, with their files.
fn backup(config: &Config) -> Result<BTreeMap<RevisionId, Vec<PathBuf>>, ForgetError> {
    let mut backup = config.clone();
    backup.version_locations = vec![config.backup_location.clone()];
    backup.recursive_version_locations = false;
    let mut reader = ScriptReader::default();
    let mut found = BTreeMap::new();
    let files = survey(&backup).scripts;
    for (path, side) in &files {
        if *side == Side::Up {
            let header = parse(reader.header(path)?)
                .map_err(|error| ForgetError::Header { path: path.clone(), error })?;
            let down = path
                .to_str()
                .and_then(|path| path.strip_suffix(".up.sql"))
                .map(|stem| format!("{stem}.down.sql"));
            let down = down.map(PathBuf::from).filter(|down| files.iter().any(|(file, _)| file == down));
            found.insert(header.revision, [Some(path.clone()), down].into_iter().flatten().collect());
        }
    }
    Ok(found)
}
