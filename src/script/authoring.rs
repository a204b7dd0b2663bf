//! Writing a revision by hand: what `revision` and `merge` do. Whoever else changes scripts takes the same lock.

use std::fs::{self, File};
use std::io;
use std::path::PathBuf;

use thiserror::Error;

use super::draft::{Draft, DraftError, Drafted};
use super::environment::{EnvironmentError, load_environment};
use super::file_change_error::FileChangeError;
use super::heads_file::{heads_path, heads_text};
use super::new::{NewScript, NewScriptError, new_revision_id};
use super::pending_moves::FileChanges;
use super::{ReadMode, ScriptDirectory};
use crate::config::Config;
use crate::graph::{InvalidName, NodeIndex, RevisionId, and_joined};

/// What `revision` and `merge` ask for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RevisionRequest {
    /// The revision's message. Where there is none, its parents are named.
    pub message: Option<String>,
    /// Its id. Where none is given, one is made up.
    pub revision: Option<String>,
    /// Whether its parents need not be heads.
    pub splice: bool,
    /// The labels that its branch gets.
    pub branch_labels: Vec<String>,
    /// What else it needs, by id or label.
    pub depends_on: Vec<String>,
    /// The folder that it goes to. Where none is given, that of its parents.
    pub folder: Option<PathBuf>,
}

/// A revision whose scripts have been written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatedRevision {
    /// What its header says.
    pub script: NewScript,
    /// The path of the up script.
    pub up: PathBuf,
    /// The path of the down script.
    pub down: PathBuf,
}

/// Why a revision was not written. Nothing is left behind.
#[derive(Debug, Error)]
pub enum AuthoringError {
    /// The scripts that are there cannot be used.
    #[error(transparent)]
    Environment(#[from] EnvironmentError),
    /// The folder of the scripts cannot be made.
    #[error("{} cannot be used", .path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The file system's reason.
        source: io::Error,
    },
    /// The id cannot be one.
    #[error(transparent)]
    Id(#[from] InvalidName),
    /// No id can be made up.
    #[error("there is no randomness for an id")]
    NoRandomness(#[source] getrandom::Error),
    /// It does not go together with the others.
    #[error(transparent)]
    Draft(#[from] DraftError),
    /// Its scripts cannot be named, or cannot hold its message.
    #[error(transparent)]
    Script(#[from] NewScriptError),
    /// The files cannot be written.
    #[error(transparent)]
    Files(#[from] FileChangeError),
}

/// Writes a revision on top of the parents that `choose_parents` picks, and the heads file after it.
///
/// All of it, from reading the scripts on, happens under a lock, so that of two revisions created at once the later
/// one knows the earlier.
///
/// # Errors
/// Those of `choose_parents`, and [`AuthoringError`].
pub fn create<E: From<AuthoringError>>(
    config: &Config,
    request: RevisionRequest,
    choose_parents: impl FnOnce(&ScriptDirectory) -> Result<Vec<NodeIndex>, E>,
) -> Result<CreatedRevision, E> {
    let _lock = lock_scripts(config)?;
    let scripts = load_environment(config, ReadMode::Headers).map_err(AuthoringError::from)?;
    let parents = choose_parents(&scripts)?;
    Ok(write(config, &scripts, parents, request)?)
}

fn write(
    config: &Config,
    scripts: &ScriptDirectory,
    parents: Vec<NodeIndex>,
    request: RevisionRequest,
) -> Result<CreatedRevision, AuthoringError> {
    let named = || format!("merge {}", and_joined(&scripts.graph().ids(&parents)));
    let message = request.message.unwrap_or_else(named);
    let Drafted { script, folder, graph } = scripts.draft(&Draft {
        revision: revision_id(request.revision.as_deref())?,
        parents,
        splice: request.splice,
        depends_on: request.depends_on,
        branch_labels: request.branch_labels,
        message,
        folder: request.folder,
        created: config.timezone.now(),
    })?;
    let [up, down] = script.files(config, &folder)?;
    let (up_path, down_path) = (up.0.clone(), down.0.clone());
    let heads = heads_path(scripts).map(|path| (path, heads_text(&graph)));
    let texts = [up, down].into_iter().chain(heads).collect();
    FileChanges { texts, ..FileChanges::default() }.carry_out(config)?;
    Ok(CreatedRevision { script, up: up_path, down: down_path })
}

/// An exclusive lock on the first script folder, which is made where it is not there; it ends with the file. None where the
/// system has no locks on folders.
///
/// # Errors
/// [`AuthoringError::Environment`] where there is none, and [`AuthoringError::Folder`].
pub fn lock_scripts(config: &Config) -> Result<Option<File>, AuthoringError> {
    let Some(folder) = config.version_locations.first() else { return Ok(None) };
    if config.file.is_none() && !folder.exists() {
        return Err(EnvironmentError::Missing.into());
    }
    let failed = |source| AuthoringError::Folder { path: folder.clone(), source };
    fs::create_dir_all(folder).map_err(failed)?;
    let Ok(file) = File::open(folder) else { return Ok(None) };
    loop {
        match file.lock() {
            Ok(()) => return Ok(Some(file)),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if has_no_locks(&error) => return Ok(None),
            Err(error) => return Err(failed(error)),
        }
    }
}

/// Whether an error says that the file system has no locks, and not that there is none to be had now.
fn has_no_locks(error: &io::Error) -> bool {
    #[cfg(unix)]
    let is_without = [libc::ENOSYS, libc::ENOLCK, libc::EOPNOTSUPP, libc::EINVAL, libc::EBADF];
    #[cfg(not(unix))]
    let is_without: [i32; 0] = [];
    error.kind() == io::ErrorKind::Unsupported
        || error.raw_os_error().is_some_and(|number| is_without.contains(&number))
}

/// The id that is wanted, else a random one.
///
/// # Errors
/// [`AuthoringError::Id`] and [`AuthoringError::NoRandomness`].
pub fn revision_id(wanted: Option<&str>) -> Result<RevisionId, AuthoringError> {
    match wanted {
        Some(id) => Ok(RevisionId::new(id)?),
        None => new_revision_id().map_err(AuthoringError::NoRandomness),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whoever goes on without a lock writes scripts beside somebody else.
    #[cfg(unix)]
    #[test]
    fn only_a_system_without_locks_is_no_reason_to_stop() {
        let of = io::Error::from_raw_os_error;
        assert!(has_no_locks(&of(libc::ENOSYS)) && has_no_locks(&of(libc::ENOLCK)));
        assert!(has_no_locks(&io::ErrorKind::Unsupported.into()));
        for number in [libc::EACCES, libc::EIO, libc::EINTR, libc::EMFILE] {
            assert!(!has_no_locks(&of(number)), "{number}");
        }
    }
}
