//! Making and dropping the file of a database.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::super::{BackendError, Control};
use super::errors::cannot_open;
use super::holder::beside;
use super::lock_file::LockFile;
use super::{file, holder};
use crate::config::{SqliteLocation, SqliteUrl};

/// What SQLite keeps beside a database.
const COMPANIONS: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Makes the file of a database, with its folder, where it is missing. Returns whether it was missing; a database in
/// memory never is.
///
/// # Errors
/// [`BackendError`] where the folder or file cannot be made, or something else than a file is there.
pub(in crate::backend) fn create_file(url: &SqliteUrl) -> Result<bool, BackendError> {
    let SqliteLocation::File(path) = url.location() else { return Ok(false) };
    let failed = |error: io::Error| cannot_open(&url.to_string(), error.to_string());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_file() => Ok(false),
        Err(error) => Err(failed(error)),
    }
}

/// Removes the file of a database with what belongs to it, once its migration lock has been had within `patience`.
/// Returns whether it was there. What is no database stays.
///
/// # Errors
/// [`BackendError`] of a lock that is not had, of a file that is in use or no database, and of the file system.
pub(in crate::backend) fn drop_file(
    url: &SqliteUrl,
    patience: Duration,
    control: &Control,
) -> Result<bool, BackendError> {
    let SqliteLocation::File(path) = url.location() else { return Ok(false) };
    if !path.exists() {
        return Ok(false);
    }
    let _lock = LockFile::acquire(path, patience, control)?;
    refuse_where_in_use(url, path)?;
    let failed = |error: io::Error| cannot_open(&url.to_string(), error.to_string());
    // A journal that outlives its database would be played into the next one of that name.
    for companion in companions(path) {
        match fs::remove_file(companion) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
    }
    fs::remove_file(path).map_err(failed)?;
    Ok(true)
}

/// The files that SQLite keeps beside a database; not all of them need be there.
fn companions(path: &Path) -> impl Iterator<Item = PathBuf> + '_ {
    COMPANIONS.into_iter().map(|suffix| beside(path, suffix))
}

/// Refuses a file that is no database, and one that others have open, as far as locks and the system tell.
fn refuse_where_in_use(url: &SqliteUrl, path: &Path) -> Result<(), BackendError> {
    file::refuse_what_is_no_file(path)?;
    let description = url.to_string();
    let in_use = |by: Vec<String>| BackendError::InUse { database: description.clone(), by };
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    let locked = connection.execute_batch("PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE; ROLLBACK");
    let refusal = match locked {
        Ok(()) => None,
        Err(error) => match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => return Err(file::told_of(path, error)),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                Some(in_use(holder::of_database(path).into_iter().collect()))
            }
            _ => return Err(error.into()),
        },
    };
    drop(connection);
    let open = holder::users_of(path);
    match refusal {
        _ if !open.is_empty() => Err(in_use(open)),
        Some(refusal) => Err(refusal),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::DatabaseUrl;

    fn url(folder: &Path) -> SqliteUrl {
        let DatabaseUrl::Sqlite(url) = DatabaseUrl::parse("sqlite:deep/er/a.db", folder).expect("a URL")
        else {
            panic!("it is SQLite's");
        };
        url
    }

    fn drop(url: &SqliteUrl) -> Result<bool, BackendError> {
        drop_file(url, Duration::from_millis(20), &Control::default())
    }

    #[test]
    fn a_file_is_made_once_and_dropped_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let url = url(folder.path());
        assert!(create_file(&url).expect("it can be made"));
        assert!(!create_file(&url).expect("it is there"));
        let path = folder.path().join("deep/er/a.db");
        for companion in companions(&path) {
            fs::write(companion, "").expect("it can be written");
        }
        assert!(drop(&url).expect("it can be dropped"));
        assert!(!drop(&url).expect("it is gone"));
        assert_eq!(fs::read_dir(folder.path().join("deep/er")).expect("it is there").count(), 0);
    }

    #[test]
    fn what_is_no_database_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let url = url(folder.path());
        let path = folder.path().join("deep/er/a.db");
        fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
        fs::write(&path, "a letter, and no database at all".repeat(100)).expect("it can be written");
        assert!(matches!(drop(&url), Err(BackendError::NotADatabase { .. })));
        assert!(path.exists());
    }
}
