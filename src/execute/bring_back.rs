//! Scripts that only the ledger has, written to where scripts are.

use std::collections::BTreeSet;
use std::path::PathBuf;

use chrono::{DateTime, FixedOffset};
use thiserror::Error;

use crate::backend::{Backend, BackendError};
use crate::config::Config;
use crate::graph::RevisionId;
use crate::regular_file::is_taken;
use crate::script::{
    FileChangeError, FileChanges, ReadMode, ScriptDirectory, ScriptReader, file_stem, heads_path, heads_text,
    parse, slug, survey,
};

/// The shortest beginning of an id that stands for it.
const SHORTEST_PREFIX: usize = 4;

/// A revision whose scripts have been written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BroughtBack {
    /// The revision.
    pub revision: RevisionId,
    /// The path of the up script.
    pub up: PathBuf,
    /// Its down script, where it had one.
    pub down: Option<PathBuf>,
}

/// Why scripts were not written; nothing has been.
#[derive(Debug, Error)]
pub enum BringBackError {
    /// There are scripts of the revision.
    #[error("revision {revision} has a script: {}", .path.display())]
    HasScript {
        /// The revision.
        revision: RevisionId,
        /// The path of the up script that is there.
        path: PathBuf,
    },
    /// The ledger has nothing of it.
    #[error("the ledger has no scripts of a revision {wanted}")]
    NotRecorded {
        /// The id, or beginning of one, that was asked for.
        wanted: String,
    },
    /// Several revisions begin so.
    #[error("`{wanted}` is the beginning of several revisions: {}", .revisions.join(", "))]
    Ambiguous {
        /// The beginning of an id that was asked for.
        wanted: String,
        /// The revisions.
        revisions: Vec<String>,
    },
    /// A file of that name is there, and is not written over.
    #[error("there is a {} already", .path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The files could not be written.
    #[error(transparent)]
    Files(#[from] FileChangeError),
    /// The database could not be asked.
    #[error(transparent)]
    Backend(#[from] BackendError),
}

/// Writes the scripts of a revision as the ledger has them into the first script folder, and the heads file after them.
/// The revision is named by its id or the beginning of it. `now` stands for the time of creation where the script names
/// none. The caller has the lock under which scripts are written. The scripts that are there need not be a history: one
/// may be missing in their midst.
///
/// # Errors
/// [`BringBackError`].
pub fn bring_back(
    config: &Config,
    backend: &mut dyn Backend,
    wanted: &str,
    now: DateTime<FixedOffset>,
) -> Result<BroughtBack, BringBackError> {
    let revision = named(backend, wanted)?;
    if let Some(path) = script_of(config, &revision) {
        return Err(BringBackError::HasScript { revision, path });
    }
    let copies = backend.recorded_scripts(std::slice::from_ref(&revision))?;
    let not_recorded = || BringBackError::NotRecorded { wanted: wanted.to_owned() };
    let copy = copies.first().ok_or_else(not_recorded)?;
    let folder = config.version_locations.first().ok_or_else(not_recorded)?;
    let created = parse(&copy.up_script).ok().and_then(|header| header.created).unwrap_or(now);
    let title = copy.message.lines().next().unwrap_or_default();
    let stem = file_stem(config, &revision, &slug(title, config.truncate_slug_length), &created);
    let path = |ending: &str| folder.join(format!("{stem}{ending}"));
    let (up, down) = (path(".up.sql"), copy.down_script.as_ref().map(|_| path(".down.sql")));
    for path in std::iter::once(&up).chain(&down) {
        if is_taken(path) {
            return Err(BringBackError::Exists { path: path.clone() });
        }
    }
    let down_text = copy.down_script.as_deref().map(str::to_owned);
    let texts = std::iter::once((up.clone(), copy.up_script.to_string())).chain(down.clone().zip(down_text));
    FileChanges { texts: texts.collect(), ..FileChanges::default() }.carry_out(config)?;
    if let Ok(scripts) = ScriptDirectory::load(config, ReadMode::Headers)
        && let Some(heads) = heads_path(&scripts)
    {
        let texts = vec![(heads, heads_text(scripts.graph()))];
        FileChanges { texts, ..FileChanges::default() }.carry_out(config)?;
    }
    Ok(BroughtBack { revision, up, down })
}

/// The revision of the ledger that a text names.
fn named(backend: &mut dyn Backend, wanted: &str) -> Result<RevisionId, BringBackError> {
    let state = backend.state()?;
    let recorded = if state.has_ledger { backend.recorded()? } else { Vec::new() };
    let ids: BTreeSet<RevisionId> = recorded.into_iter().map(|recorded| recorded.revision).collect();
    if let Some(id) = ids.iter().find(|id| id.as_str() == wanted) {
        return Ok(id.clone());
    }
    let is_long = wanted.chars().count() >= SHORTEST_PREFIX;
    let mut found: Vec<&RevisionId> =
        ids.iter().filter(|id| is_long && id.as_str().starts_with(wanted)).collect();
    match (found.pop(), found.as_slice()) {
        (Some(only), []) => Ok(only.clone()),
        (None, _) => Err(BringBackError::NotRecorded { wanted: wanted.to_owned() }),
        (Some(last), others) => {
            let revisions = others.iter().copied().chain([last]).map(ToString::to_string).collect();
            Err(BringBackError::Ambiguous { wanted: wanted.to_owned(), revisions })
        }
    }
}

/// The script of a revision, whether or not the scripts make a history.
fn script_of(config: &Config, revision: &RevisionId) -> Option<PathBuf> {
    let mut reader = ScriptReader::default();
    survey(config).scripts.into_iter().map(|(path, _)| path).find(|path| {
        reader
            .header(path)
            .ok()
            .and_then(|text| parse(text).ok())
            .is_some_and(|found| found.revision == *revision)
    })
}
