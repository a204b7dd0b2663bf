//! Another file in the place of a database's. The old one stays, under another name.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use thiserror::Error;

use super::super::{BackendError, Control, DatabaseError};
use super::holder;
use super::lock_file::LockFile;

/// How long SQLite waits for somebody who is just writing.
const PATIENCE: Duration = Duration::from_secs(5);
/// What may lie beside a database, and means something to that database alone.
const COMPANIONS: [&str; 3] = ["-wal", "-journal", "-shm"];

/// Why a file could not be put in the place of a database's; nothing has changed.
#[derive(Debug, Error)]
pub enum ReplaceError {
    /// The database is in use, or could not be had.
    #[error(transparent)]
    Backend(#[from] BackendError),
    /// There is a file under the name that the old database is to have.
    #[error("there is a {} already", .path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// A file could not be named, moved or removed.
    #[error("{} cannot be changed", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The file system's reason.
        #[source]
        source: io::Error,
    },
}

/// Puts `new`, the file of a database that nobody has open, in the place of the database at `path`, which stays as
/// `kept`. At each moment one of the two, whole, is at `path`. All three are in one folder.
///
/// A write-ahead log would be taken for the new database's. So the old database is locked for this process alone, its
/// log is taken in, and what lies beside it is removed, before the names change. As far as the system tells, nobody
/// else has the file open: they would go on writing to the old one.
///
/// # Errors
/// [`ReplaceError`]; [`BackendError::InUse`] where others have the database open.
pub fn replace(path: &Path, new: &Path, kept: &Path, control: &Control) -> Result<(), ReplaceError> {
    if fs::symlink_metadata(kept).is_ok() {
        return Err(ReplaceError::Exists { path: kept.to_owned() });
    }
    let _lock = LockFile::acquire(path, PATIENCE, control)?;
    let old = lock_alone(path)?;
    let users = holder::users_of(path);
    if !users.is_empty() {
        return Err(in_use(path, users).into());
    }
    for companion in COMPANIONS {
        let beside = holder::beside(path, companion);
        match fs::remove_file(&beside) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(&beside)(error)),
            _ => {}
        }
    }
    // With a second name for the old file there is a moment with both, and none without.
    if fs::hard_link(path, kept).is_err() {
        // Some file systems have no second names.
        fs::rename(path, kept).map_err(failed(path))?;
    }
    if let Err(error) = fs::rename(new, path) {
        let _ = fs::rename(kept, path);
        return Err(failed(path)(error));
    }
    // The names are as they are to be; that they reach the disk at once is wished for, not needed.
    let _ = path
        .parent()
        .map(fs::File::open)
        .transpose()
        .and_then(|folder| folder.map(|f| f.sync_all()).transpose());
    drop(old);
    Ok(())
}

/// The second names of a database's file in its folder, of those that begin with `prefix`: a process that was killed
/// between the two steps of [`replace`] has left them. Both names lead to one file, so removing one loses nothing.
#[must_use]
pub fn left_by_killed(path: &Path, prefix: &str) -> Vec<PathBuf> {
    let Some(entries) = path.parent().and_then(|folder| fs::read_dir(folder).ok()) else { return Vec::new() };
    let begins = |name: &std::ffi::OsStr| name.to_str().is_some_and(|name| name.starts_with(prefix));
    let mut left: Vec<PathBuf> = entries
        .flatten()
        .filter(|entry| begins(&entry.file_name()) && is_same_file(&entry.path(), path))
        .map(|entry| entry.path())
        .collect();
    left.sort();
    left
}

#[cfg(unix)]
fn is_same_file(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let identity = |path: &Path| fs::symlink_metadata(path).ok().map(|found| (found.dev(), found.ino()));
    identity(one).is_some_and(|found| Some(found) == identity(other))
}

#[cfg(not(unix))]
fn is_same_file(_: &Path, _: &Path) -> bool {
    false
}

/// A connection that has the database for itself for as long as it lives, and whose log is empty. Closing it leaves
/// what then lies beside the database alone.
fn lock_alone(path: &Path) -> Result<Connection, ReplaceError> {
    let busy = |error: rusqlite::Error| {
        let error = DatabaseError::from(error);
        if error.lock_not_had {
            let who = holder::of_database(path).unwrap_or_else(|| "another process".to_owned());
            return in_use(path, vec![who]);
        }
        BackendError::Database(error)
    };
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(BackendError::from)?;
    let lock = || -> rusqlite::Result<()> {
        connection.busy_timeout(PATIENCE)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        connection.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT")?;
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
    };
    lock().map_err(busy)?;
    Ok(connection)
}

fn in_use(path: &Path, by: Vec<String>) -> BackendError {
    BackendError::InUse { database: path.display().to_string(), by }
}

fn failed(path: &Path) -> impl Fn(io::Error) -> ReplaceError {
    let path = path.to_owned();
    move |source| ReplaceError::Io { path: path.clone(), source }
}
