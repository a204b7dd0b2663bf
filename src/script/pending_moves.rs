//! Changes of several script files as one: all of them or none, whatever is killed and when.
//!
//! New texts are staged in a folder of their own. Then the journal, which names every change, is renamed to
//! where all look for it: from there on the changes are due. Whoever finds the journal carries them out before reading
//! a script. Each of them may be carried out again.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::thread;

use serde::{Deserialize, Serialize};

use self::place::{is_plain_folder, open_plain_file, place};
use super::file_change_error::{FileChangeError, io_error};
use crate::config::Config;
use crate::regular_file;

/// The journal, in the first of the script folders.
const JOURNAL: &str = ".revgraph-moves";
/// The name of the staging folder, beside it.
const STAGING: &str = ".revgraph-staging";
/// The journal before it counts, in the staging folder.
const DRAFT: &str = "moves";

/// Changes of files that are to happen together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FileChanges {
    /// Files that are to hold a text, whether they are there or not.
    pub texts: Vec<(PathBuf, String)>,
    /// Files that get another path.
    pub moves: Vec<(PathBuf, PathBuf)>,
    /// Files that are to go.
    pub removals: Vec<PathBuf>,
}

/// Which file a journal was written to. What came with a checkout or a copy is another file, so that nobody else's
/// journal is carried out.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
struct Origin(String);

impl Origin {
    /// Device and number of the journal, which a copy of it does not have.
    #[cfg(unix)]
    fn of(file: &File, _: &Config) -> Self {
        use std::os::unix::fs::MetadataExt;
        let metadata = file.metadata();
        Self(metadata.map_or_else(|_| String::new(), |file| format!("{}:{}", file.dev(), file.ino())))
    }

    /// The folder of the configuration, where files have no number.
    #[cfg(not(unix))]
    fn of(_: &File, config: &Config) -> Self {
        Self(config.directory.display().to_string())
    }
}

/// What is due. Paths are relative to the folder of the configuration where they lie in it.
#[derive(Debug, Serialize, Deserialize)]
struct Journal {
    /// The file that the journal was written to, which no copy of it is.
    origin: Origin,
    /// The staging folder.
    staging: String,
    moves: Vec<[String; 2]>,
    removals: Vec<String>,
}

impl FileChanges {
    /// Makes the changes. The caller has the lock under which scripts are written.
    ///
    /// # Errors
    /// [`FileChangeError`]. Nothing has then changed, or, where it happened after the journal was in place, the rest
    /// happens when the scripts are read next.
    pub fn carry_out(&self, config: &Config) -> Result<(), FileChangeError> {
        let Some(folder) = config.version_locations.first() else { return Ok(()) };
        fs::create_dir_all(folder).map_err(io_error(folder, "made"))?;
        remove_abandoned_staging(config, folder);
        let staging = new_staging(folder)?;
        let draft = self.stage(config, &staging).and_then(|journal| write_draft(&staging, config, journal));
        let staged = draft.and_then(|file| {
            sync_folder(&staging);
            rename(&staging.join(DRAFT), &folder.join(JOURNAL))?;
            sync_folder(folder);
            Ok(file)
        });
        match staged {
            // Whoever finds the journal waits for the lock that this file holds.
            Ok(_locked) => roll_forward(config, &folder.join(JOURNAL)),
            Err(error) => {
                discard(config, &staging);
                Err(error)
            }
        }
    }

    fn stage(&self, config: &Config, staging: &Path) -> Result<Journal, FileChangeError> {
        let told = |path: &Path| relative(config, path);
        let mut moves = Vec::new();
        for (from, to) in &self.moves {
            moves.push([told(from)?, told(to)?]);
        }
        for (index, (path, text)) in self.texts.iter().enumerate() {
            let staged = staging.join(index.to_string());
            drop(written(&staged, text.as_bytes(), fs::metadata(path).ok())?);
            moves.push([told(&staged)?, told(path)?]);
        }
        let changed = self.moves.iter().flat_map(|(from, to)| [from, to]);
        for path in changed.chain(self.texts.iter().map(|(path, _)| path)).chain(&self.removals) {
            place(config, path)?;
        }
        sync_files((0..self.texts.len()).map(|index| staging.join(index.to_string())).collect())?;
        for folder in self.moves.iter().map(|(_, to)| to).chain(self.texts.iter().map(|(path, _)| path)) {
            make_parent(folder)?;
        }
        let removals = self.removals.iter().map(|path| told(path)).collect::<Result<_, _>>()?;
        Ok(Journal { origin: Origin::default(), staging: told(staging)?, moves, removals })
    }
}

/// Carries out changes that a killed process has left due, and removes what one has left that was killed before its
/// changes were due. Costs a look for two files where there are none.
///
/// # Errors
/// [`FileChangeError`]; then scripts must not be read: they are neither what they were nor what they are to be.
pub fn finish_interrupted(config: &Config) -> Result<(), FileChangeError> {
    for folder in &config.version_locations {
        finish_in(config, folder)?;
    }
    if let Some(folder) = config.version_locations.first()
        && is_plain_folder(&folder.join(STAGING))
        && let Ok(file) = File::open(folder)
        // Whoever stages changes has this lock.
        && file.try_lock().is_ok()
    {
        remove_abandoned_staging(config, folder);
    }
    Ok(())
}

fn finish_in(config: &Config, folder: &Path) -> Result<(), FileChangeError> {
    let path = folder.join(JOURNAL);
    let unreadable =
        |error: io::Error| FileChangeError::Journal { path: path.clone(), reason: error.to_string() };
    while let Some(mut file) = open_plain_file(&path).map_err(unreadable)? {
        // Whoever made it may be alive. Where the system has no locks, changes that happen twice do no harm.
        let _ = file.lock();
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(unreadable)?;
        // Others may have carried it out meanwhile.
        if regular_file::read(&path).is_ok_and(|now| now == text.as_bytes()) {
            roll_forward(config, &path)?;
        }
    }
    Ok(())
}

fn roll_forward(config: &Config, path: &Path) -> Result<(), FileChangeError> {
    let unreadable = |reason: String| FileChangeError::Journal { path: path.to_owned(), reason };
    let file = open_plain_file(path).map_err(|error| unreadable(error.to_string()))?;
    let mut file = file.ok_or_else(|| unreadable("it is gone".to_owned()))?;
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(|error| unreadable(error.to_string()))?;
    let journal: Journal = serde_json::from_str(&text).map_err(|error| unreadable(error.to_string()))?;
    if journal.origin != Origin::of(&file, config) {
        return Err(FileChangeError::Foreign { path: path.to_owned() });
    }
    let absolute = |told: &String| config.directory.join(told);
    let staging = staging_of(&journal, config, path)?;
    for [from, to] in &journal.moves {
        let (from, to) = (absolute(from), place(config, &absolute(to))?);
        if from.parent() != Some(&staging) {
            place(config, &from)?;
        } else if exists(&from) && !fs::symlink_metadata(&from).is_ok_and(|found| found.is_file()) {
            return Err(FileChangeError::Elsewhere { path: from });
        }
        if !exists(&from) {
            if exists(&to) {
                continue;
            }
            return Err(FileChangeError::Gone { journal: path.to_owned(), from, to });
        }
        make_parent(&to)?;
        move_file(&from, &to)?;
    }
    for removal in &journal.removals {
        let path = absolute(removal);
        place(config, &path)?;
        if exists(&path) {
            fs::remove_file(&path).map_err(io_error(&path, "removed"))?;
        }
    }
    let touched = journal.moves.iter().flatten().chain(&journal.removals);
    let mut folders: Vec<PathBuf> =
        touched.filter_map(|path| Some(absolute(path).parent()?.to_owned())).collect();
    folders.sort();
    folders.dedup();
    folders.iter().for_each(|folder| sync_folder(folder));
    // What is left of it is nobody's.
    let _ = fs::remove_dir_all(staging);
    fs::remove_file(path).map_err(io_error(path, "removed"))?;
    if let Some(folder) = path.parent() {
        sync_folder(folder);
    }
    Ok(())
}

/// The staging folder of a journal, which stands beside it.
fn staging_of(journal: &Journal, config: &Config, path: &Path) -> Result<PathBuf, FileChangeError> {
    let staging = config.directory.join(&journal.staging);
    let is_staging = staging.parent() == path.parent() && staging.file_name() == Some(OsStr::new(STAGING));
    let is_real = is_plain_folder(&staging) || !exists(&staging);
    if is_staging && is_real { Ok(staging) } else { Err(FileChangeError::Elsewhere { path: staging }) }
}

fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// Renames, or copies where the two are on different file systems.
fn move_file(from: &Path, to: &Path) -> Result<(), FileChangeError> {
    match fs::rename(from, to) {
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
            let bytes = regular_file::read(from).map_err(io_error(from, "read"))?;
            let beside = to.with_extension("revgraph-moved");
            write_synced(&beside, &bytes, fs::metadata(from).ok())?;
            rename(&beside, to)?;
            fs::remove_file(from).map_err(io_error(from, "removed"))
        }
        // Another process may be carrying out the same changes.
        Err(error) if error.kind() == io::ErrorKind::NotFound && exists(to) => Ok(()),
        renamed => renamed.map_err(io_error(from, "moved")),
    }
}

fn rename(from: &Path, to: &Path) -> Result<(), FileChangeError> {
    fs::rename(from, to).map_err(io_error(to, "written"))
}

fn make_parent(path: &Path) -> Result<(), FileChangeError> {
    let Some(folder) = path.parent() else { return Ok(()) };
    fs::create_dir_all(folder).map_err(io_error(folder, "made"))
}

fn write_draft(staging: &Path, config: &Config, journal: Journal) -> Result<File, FileChangeError> {
    let path = staging.join(DRAFT);
    let failed = || io_error(&path, "written");
    let mut file = File::create_new(&path).map_err(failed())?;
    let journal = Journal { origin: Origin::of(&file, config), ..journal };
    let text = serde_json::to_vec_pretty(&journal).map_err(io::Error::from).map_err(failed())?;
    // Without locks on this system nobody waits for it either.
    let _ = file.lock();
    file.write_all(&text).map_err(failed())?;
    file.sync_all().map_err(failed())?;
    Ok(file)
}

fn write_synced(path: &Path, bytes: &[u8], like: Option<fs::Metadata>) -> Result<(), FileChangeError> {
    written(path, bytes, like)?.sync_all().map_err(io_error(path, "written"))
}

fn written(path: &Path, bytes: &[u8], like: Option<fs::Metadata>) -> Result<File, FileChangeError> {
    let failed = || io_error(path, "written");
    let mut file = File::create(path).map_err(failed())?;
    file.write_all(bytes).map_err(failed())?;
    if let Some(like) = like {
        file.set_permissions(like.permissions()).map_err(failed())?;
    }
    Ok(file)
}

/// Forces files to disk, many at once: a file system writes what several ask for in one go, and who asks for one after
/// the other waits as often as there are files.
fn sync_files(paths: Vec<PathBuf>) -> Result<(), FileChangeError> {
    const AT_ONCE: usize = 32;
    let sync =
        |path: &PathBuf| File::open(path).and_then(|file| file.sync_all()).map_err(io_error(path, "written"));
    let chunk = paths.len().div_ceil(AT_ONCE).max(1);
    thread::scope(|scope| {
        let chunks = paths.chunks(chunk).map(|chunk| scope.spawn(move || chunk.iter().try_for_each(sync)));
        let workers: Vec<_> = chunks.collect();
        let mut results = workers.into_iter().map(|worker| worker.join());
        results.try_for_each(|result| result.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })
}

/// A power failure must not keep a later change and lose an earlier one. Not every system can sync a folder.
fn sync_folder(folder: &Path) {
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
}

fn new_staging(folder: &Path) -> Result<PathBuf, FileChangeError> {
    let path = folder.join(STAGING);
    fs::create_dir(&path).map_err(io_error(&path, "made"))?;
    Ok(path)
}

/// Removes what a process has left that was killed before its journal counted. The caller has the lock under which
/// scripts are written.
fn remove_abandoned_staging(config: &Config, folder: &Path) {
    let staging = folder.join(STAGING);
    if is_plain_folder(&staging) && !exists(&folder.join(JOURNAL)) {
        discard(config, &staging);
    }
}

/// Removes what was staged, and the folder that was made for what was to be moved there; one that holds anything stays.
fn discard(config: &Config, staging: &Path) {
    let _ = fs::remove_dir(&config.backup_location);
    let _ = fs::remove_dir_all(staging);
}

fn relative(config: &Config, path: &Path) -> Result<String, FileChangeError> {
    let told = path.strip_prefix(&config.directory).unwrap_or(path);
    told.to_str().map(str::to_owned).ok_or_else(|| FileChangeError::NotUtf8 { path: path.to_owned() })
}

mod place;
#[cfg(test)]
mod tests;
