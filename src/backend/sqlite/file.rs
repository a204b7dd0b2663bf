//! What is at the path of a database, looked at before and after SQLite does.

use std::fs::{self, File};
use std::path::Path;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::super::error::{BackendError, DatabaseError, Instead};
use super::errors::cannot_open;

/// Opens a file that is there. SQLite would wait for somebody to write to a pipe, and tells nothing of why a file cannot
/// be opened.
pub(super) fn open(path: &Path, flags: OpenFlags, description: &str) -> Result<Connection, BackendError> {
    refuse_what_is_no_file(path)?;
    Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX).map_err(|error| {
        let reason = match File::open(path) {
            Err(reason) => reason.to_string(),
            Ok(_) => DatabaseError::from(error).message,
        };
        cannot_open(description, reason)
    })
}

/// Refuses a path that leads to a folder, a pipe or a device, at which opening it would fail or wait.
pub(super) fn refuse_what_is_no_file(path: &Path) -> Result<(), BackendError> {
    let instead = match fs::metadata(path) {
        Ok(found) if found.is_dir() => Instead::Folder,
        Ok(found) if !found.is_file() => Instead::Special,
        _ => return Ok(()),
    };
    Err(BackendError::NotADatabase { path: path.to_owned(), instead })
}

/// What a first look into the file has ended with, in terms of the file.
pub(super) fn told_of(path: &Path, error: rusqlite::Error) -> BackendError {
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => {
            BackendError::NotADatabase { path: path.to_owned(), instead: Instead::Content }
        }
        Some(ErrorCode::DatabaseCorrupt) => {
            BackendError::Damaged { path: path.to_owned(), message: DatabaseError::from(error).message }
        }
        _ => error.into(),
    }
}
