//! One revgraph at a time on a SQLite file: a lock of the operating system's on a file beside it, which ends with the
//! process that holds it. SQLite's own lock ends with each transaction, and some statements run outside any.

use std::fs::{self, File, TryLockError};
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::super::control::waiting_for_lock;
use super::super::{BackendError, Control};
use crate::regular_file::without_following_links;

/// How long a waiter sleeps between two tries: at first, and at the most.
const FIRST_PAUSE: Duration = Duration::from_millis(1);
const LONGEST_PAUSE: Duration = Duration::from_millis(100);
/// What the name of the lock's file ends with.
const SUFFIX: &str = "-revgraph-lock";

/// The lock, until it is dropped; its file goes with it.
#[derive(Debug)]
pub(super) struct LockFile {
    path: PathBuf,
    /// Open for as long as the lock is to be held.
    _file: File,
}

impl LockFile {
    /// Waits for the lock of a database for as long as `patience`, or without limit where that is zero. Where no file
    /// can be made beside the database, or the file system has no locks, there is none: SQLite's own then keep
    /// transactions apart, and the journal the rest.
    ///
    /// # Errors
    /// [`BackendError::LockNotHad`], with the holder as it has written itself into the file;
    /// [`BackendError::NotALockFile`] where a link or something else is in its place, which is not followed or written
    /// to; [`BackendError::Cancelled`].
    pub(super) fn acquire(
        database: &Path,
        patience: Duration,
        control: &Control,
    ) -> Result<Option<Self>, BackendError> {
        let path = path_beside(database);
        let mut wait = control.wait();
        let mut pause = FIRST_PAUSE;
        loop {
            if fs::symlink_metadata(&path).is_ok_and(|found| !found.is_file()) {
                return Err(BackendError::NotALockFile { path });
            }
            match try_lock(&path) {
                Ok(Some(file)) => return Ok(Some(Self { path, _file: file })),
                Ok(None) => {}
                Err(_) => return Ok(None),
            }
            if wait.is_over(patience) {
                let holder = Self::holder(database);
                return Err(BackendError::LockNotHad { waited: wait.elapsed(), holder });
            }
            wait.pause(pause, || waiting_for_lock(Self::holder(database)))?;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Who holds the lock of a database, as they have written themselves into the file. A file that nobody has
    /// locked is what a dead process has left.
    pub(super) fn holder(database: &Path) -> Option<String> {
        let path = path_beside(database);
        fs::symlink_metadata(&path).ok().filter(fs::Metadata::is_file)?;
        let file = without_following_links().read(true).open(path).ok()?;
        match file.try_lock_shared() {
            Err(TryLockError::WouldBlock) => {}
            Ok(()) | Err(TryLockError::Error(_)) => return None,
        }
        let holder = io::read_to_string(file).ok().filter(|holder| !holder.is_empty());
        Some(holder.unwrap_or_else(|| "another process".to_owned()))
    }
}

impl Drop for LockFile {
    fn drop(&mut self) {
        // It is removed while the lock is held. A file that stays is no lock, and does no harm.
        let _ = fs::remove_file(&self.path);
    }
}

/// Links to a database share one lock, and links to its folder also before there is a database.
fn path_beside(database: &Path) -> PathBuf {
    let in_folder = || Some(fs::canonicalize(database.parent()?).ok()?.join(database.file_name()?));
    let found = fs::canonicalize(database).ok().or_else(in_folder);
    let mut name = found.unwrap_or_else(|| database.to_owned()).into_os_string();
    name.push(SUFFIX);
    name.into()
}

/// The locked file, unless somebody else holds it.
fn try_lock(path: &Path) -> io::Result<Option<File>> {
    // The place of the lock is known to everybody, and a link there could lead to any file.
    let mut file =
        without_following_links().read(true).write(true).create(true).truncate(false).open(path)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(None),
        Err(TryLockError::Error(error)) => return Err(error),
    }
    if !is_still_there(&file, path)? {
        return Ok(None);
    }
    write_holder(&mut file)?;
    Ok(Some(file))
}

/// Whether the file is the one at its path: the holder before may have removed it between opening and locking.
#[cfg(unix)]
fn is_still_there(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let opened = file.metadata()?;
    match fs::metadata(path) {
        Ok(found) => Ok((found.dev(), found.ino()) == (opened.dev(), opened.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(not(unix))]
fn is_still_there(_file: &File, path: &Path) -> io::Result<bool> {
    Ok(path.exists())
}

fn write_holder(file: &mut File) -> io::Result<()> {
    let now = chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now());
    let now = now.format("%Y-%m-%d %H:%M:%S UTC");
    file.set_len(0)?;
    file.rewind()?;
    write!(file, "process {} (revgraph), since {now}", std::process::id())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_waits_in_vain_and_is_told_of_the_first() {
        let folder = tempfile::tempdir().expect("a folder");
        let database = folder.path().join("a.db");
        let patience = Duration::from_millis(20);
        let control = Control::default();
        let acquire = || LockFile::acquire(&database, patience, &control);
        let first = acquire().expect("it is free").expect("a lock");
        let error = acquire().expect_err("it is held");
        let BackendError::LockNotHad { waited, holder: Some(holder) } = error else { panic!("{error:?}") };
        assert!(waited >= patience, "{waited:?}");
        assert!(
            holder.starts_with(&format!("process {} (revgraph), since ", std::process::id())),
            "{holder}"
        );
        drop(first);
        assert!(!path_beside(&database).exists());
        assert!(acquire().expect("it is free").is_some());
    }

    #[cfg(unix)]
    #[test]
    fn the_lock_is_the_same_before_and_after_the_database_is_made() {
        let folder = tempfile::tempdir().expect("a folder");
        let real = folder.path().join("real");
        fs::create_dir(&real).expect("it is new");
        std::os::unix::fs::symlink(&real, folder.path().join("link")).expect("it is new");
        let linked = folder.path().join("link/a.db");
        let before = path_beside(&linked);
        fs::write(&linked, "").expect("it can be written");
        assert_eq!(before, path_beside(&linked));
        assert_eq!(before, path_beside(&real.join("a.db")));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_in_its_place_is_not_followed() {
        let folder = tempfile::tempdir().expect("a folder");
        let (database, other) = (folder.path().join("a.db"), folder.path().join("mine"));
        for target in [&other, &folder.path().join("missing")] {
            fs::write(&other, "mine").expect("it can be written");
            std::os::unix::fs::symlink(target, path_beside(&database)).expect("it is new");
            let refused = LockFile::acquire(&database, Duration::from_millis(20), &Control::default());
            assert!(matches!(refused, Err(BackendError::NotALockFile { .. })), "{refused:?}");
            assert_eq!(LockFile::holder(&database), None);
            assert_eq!(fs::read_to_string(&other).expect("it is there"), "mine");
            assert!(!folder.path().join("missing").exists());
            fs::remove_file(path_beside(&database)).expect("it is there");
        }
    }

    #[test]
    fn never_do_two_hold_it() {
        use std::sync::atomic::{AtomicUsize, Ordering};
        let folder = tempfile::tempdir().expect("a folder");
        let database = folder.path().join("a.db");
        let inside = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        let lock = LockFile::acquire(&database, Duration::from_secs(30), &Control::default());
                        let lock = lock.expect("in time");
                        assert!(lock.is_some());
                        assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                        inside.fetch_sub(1, Ordering::SeqCst);
                    }
                });
            }
        });
    }
}
