//! Where backups are kept, what they are called, and which of them go.

use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use super::{BackupError, Format, Info};
use crate::config::Config;

/// The folder in `backup_location`: what squash keeps there belongs into version control, databases do not.
const FOLDER: &str = "databases";
/// The file that keeps it out of git.
const IGNORE: &str = ".gitignore";

/// A backup on disk with what the file beside it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The file or folder.
    pub path: PathBuf,
    /// What that file says: of which database the backup is, and what it holds.
    pub info: Info,
}

/// The folder that backups go to where no file is named.
#[must_use]
pub fn folder(config: &Config) -> PathBuf {
    config.backup_location.join(FOLDER)
}

/// Makes the folder where it is missing, with a `.gitignore` that keeps all of it out of git.
///
/// # Errors
/// [`BackupError`] where the folder or that file cannot be written.
pub(super) fn make(folder: &Path) -> Result<(), BackupError> {
    if folder.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(folder).map_err(BackupError::io(folder, "written"))?;
    let ignore = folder.join(IGNORE);
    fs::write(&ignore, "*\n").map_err(BackupError::io(&ignore, "written"))
}

/// A name for a backup that is not taken yet: the database's, the time, and what tells the format.
pub(super) fn free_path(folder: &Path, database: &str, format: Format, now: DateTime<Utc>) -> PathBuf {
    let safe = |c: char| if c.is_alphanumeric() || "._-".contains(c) { c } else { '_' };
    let database: String = database.chars().map(safe).collect();
    let database = database.trim_start_matches('.');
    let ending = match format {
        Format::Custom => ".dump",
        Format::Directory => ".dir",
        Format::Sqlite => ".sqlite",
    };
    let stem = format!("{database}_{}", now.format("%Y%m%dT%H%M%SZ"));
    let numbered = (2..).map(|number| format!("{stem}_{number}"));
    let names = std::iter::once(stem.clone()).chain(numbered);
    let mut paths = names.map(|name| folder.join(format!("{name}{ending}")));
    paths.find(|path| fs::symlink_metadata(path).is_err()).unwrap_or_else(|| folder.join(stem))
}

/// The backups in a folder, the newest first. One that does not exist holds none.
///
/// # Errors
/// [`BackupError::Io`].
pub fn list(folder: &Path) -> Result<Vec<Found>, BackupError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(BackupError::io(folder, "read")(error)),
    };
    let mut found: Vec<Found> = entries
        .flatten()
        .filter_map(|entry| {
            let path = entry.path();
            Info::of(&path).ok().map(|info| Found { path, info })
        })
        .collect();
    found.sort_by(|one, other| (&other.info.taken_at, &other.path).cmp(&(&one.info.taken_at, &one.path)));
    Ok(found)
}

/// Removes the oldest backups of the database that `newest` is of, so that no more than `keep` stay in the folder; their
/// paths, the newest first.
///
/// # Errors
/// [`BackupError::Io`].
pub fn remove_oldest(folder: &Path, newest: &Info, keep: NonZeroUsize) -> Result<Vec<PathBuf>, BackupError> {
    let of_it = |found: &Found| found.info.database == newest.database;
    let of_it = list(folder)?.into_iter().filter(of_it);
    let mut removed = Vec::new();
    for Found { path, .. } in of_it.skip(keep.get()) {
        let gone = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        gone.map_err(BackupError::io(&path, "removed"))?;
        let info = Info::path(&path);
        fs::remove_file(&info).map_err(BackupError::io(&info, "removed"))?;
        removed.push(path);
    }
    Ok(removed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_free_and_holds_no_path() {
        let folder = tempfile::tempdir().expect("a folder");
        let now = DateTime::from_timestamp(0, 0).expect("a time");
        let path = || free_path(folder.path(), "../a b", Format::Custom, now);
        assert_eq!(path().file_name().and_then(|name| name.to_str()), Some("_a_b_19700101T000000Z.dump"));
        fs::write(path(), "").expect("a file");
        assert_eq!(path().file_name().and_then(|name| name.to_str()), Some("_a_b_19700101T000000Z_2.dump"));
    }
}
