//! What SQLite says, in revgraph's terms.

use std::ffi::c_int;

use rusqlite::{ErrorCode, ffi};

use super::super::error::{BackendError, DatabaseError, UnreachableKind};
use super::memory;

/// The constraint of the ledger that fails where the version rows are not what the plan expects.
const VERSION_ROWS_CHECK: &str = "revgraph_version_rows";
impl From<rusqlite::Error> for DatabaseError {
    fn from(error: rusqlite::Error) -> Self {
        let code = match &error {
            rusqlite::Error::SqlInputError { error, .. } => Some(error.extended_code),
            other => other.sqlite_error().map(|error| error.extended_code),
        };
        let lock_not_had =
            matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked));
        let message = match &error {
            _ if error.sqlite_error_code() == Some(ErrorCode::AuthorizationForStatementDenied) => {
                memory::REFUSAL.to_owned()
            }
            rusqlite::Error::SqliteFailure(_, Some(message)) => message.clone(),
            rusqlite::Error::SqlInputError { msg, .. } => msg.clone(),
            other => other.to_string(),
        };
        Self { message, sqlite_code: code, lock_not_had, ..Self::default() }
    }
}

impl From<rusqlite::Error> for BackendError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error.into())
    }
}

/// Whether a row of revgraph's own tables is there already, which the statement was to add. A constraint or trigger that
/// somebody else has put on the table does not tell that.
pub(super) fn is_there_already(error: &rusqlite::Error) -> bool {
    const CODES: [c_int; 2] = [ffi::SQLITE_CONSTRAINT_PRIMARYKEY, ffi::SQLITE_CONSTRAINT_UNIQUE];
    error.sqlite_error().is_some_and(|error| CODES.contains(&error.extended_code))
}

/// The error of a statement that was to change revgraph's own tables, where they have the rows that it was written for.
pub(super) fn of_own_statement(error: rusqlite::Error) -> BackendError {
    if is_there_already(&error) {
        return BackendError::RowsMoved;
    }
    match DatabaseError::from(error) {
        error if error.message.contains(VERSION_ROWS_CHECK) => BackendError::RowsMoved,
        error => error.into(),
    }
}

/// The error of a database file that cannot be opened; `description` names the database, `message` says why.
pub(super) fn cannot_open(description: &str, message: String) -> BackendError {
    BackendError::Unreachable {
        kind: UnreachableKind::Other,
        sqlstate: None,
        database: description.to_owned(),
        message,
        hint: Some("does its folder exist, and may both be read and written to?"),
    }
}
