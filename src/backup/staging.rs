//! A folder in which something grows until it is whole. It is locked by its process, so that one that was left behind
//! can be told and removed.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::BackupError;

/// What the names of these folders begin with.
const PREFIX: &str = ".revgraph-staging-";
/// The file in them that is locked.
const LOCK: &str = "lock";
/// How often another process may remove the folder before it is locked.
const TRIES: u32 = 3;

/// The folder; it goes when this is dropped.
#[derive(Debug)]
pub(super) struct Staging {
    folder: TempDir,
    /// Open for as long as the folder is in use.
    _lock: File,
}

impl Staging {
    /// Makes a staging folder in `folder`, on whose file system the whole will be. What killed processes have left
    /// there is removed first.
    ///
    /// # Errors
    /// [`BackupError`] where no folder can be made or locked after several tries.
    pub(super) fn in_folder(folder: &Path) -> Result<Self, BackupError> {
        remove_abandoned(folder);
        let mut failure = None;
        for _ in 0..TRIES {
            match Self::make(folder) {
                Ok(made) => return Ok(made),
                Err(error) => failure = Some(error),
            }
        }
        let failure = failure.unwrap_or_else(|| std::io::ErrorKind::Other.into());
        Err(BackupError::io(folder, "written")(failure))
    }

    fn make(folder: &Path) -> std::io::Result<Self> {
        let made = tempfile::Builder::new().prefix(PREFIX).tempdir_in(folder)?;
        let lock = File::create_new(made.path().join(LOCK))?;
        lock.try_lock().map_err(std::io::Error::from)?;
        // Whoever has seen it without a lock may have removed it.
        fs::metadata(made.path().join(LOCK))?;
        Ok(Self { folder: made, _lock: lock })
    }

    /// Where the file `name` lies in the staging folder.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// Removes the folders that nobody has locked.
fn remove_abandoned(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_staging = entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX));
        if !is_staging || !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            continue;
        }
        match File::open(entry.path().join(LOCK)) {
            Ok(lock) if lock.try_lock().is_ok() => drop(fs::remove_dir_all(entry.path())),
            Ok(_) => {}
            // It was left before it had a lock, and is empty.
            Err(_) => drop(fs::remove_dir(entry.path())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_use_stays_and_what_was_left_goes() {
        let folder = tempfile::tempdir().expect("a folder");
        let used = Staging::in_folder(folder.path()).expect("it is made");
        let left = folder.path().join(format!("{PREFIX}left"));
        fs::create_dir(&left).expect("it is new");
        fs::write(left.join(LOCK), "").expect("a file");
        fs::write(left.join("data"), "half").expect("a file");
        fs::create_dir(folder.path().join(format!("{PREFIX}empty"))).expect("it is new");
        let other = Staging::in_folder(folder.path()).expect("it is made");
        let names = || fs::read_dir(folder.path()).expect("it is there").count();
        assert_eq!(names(), 2);
        assert!(used.path(LOCK).exists() && other.path(LOCK).exists());
        drop((used, other));
        assert_eq!(names(), 0);
    }
}
