//! Databases in memory: what runs in one reaches no file, since it may run to be tried and not to be done.

use rusqlite::Connection;
use rusqlite::ffi::SQLITE_ATTACH;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};

/// What a statement is told that would read or write a file.
pub(super) const REFUSAL: &str = "a database in memory attaches no file: what it holds would be changed, and a scratch run must change nothing";

/// An empty database in memory, in which no statement can attach a file or write one (`VACUUM INTO`).
///
/// # Errors
/// SQLite's.
pub(super) fn open() -> rusqlite::Result<Connection> {
    let mut connection = Connection::open_in_memory()?;
    connection.authorizer(Some(|context: AuthContext<'_>| judge(&context.action)))?;
    Ok(connection)
}

/// `VACUUM` attaches a temporary database, whose name is empty. A name that is not a literal is not told.
fn judge(action: &AuthAction<'_>) -> Authorization {
    match action {
        AuthAction::Attach { filename: "" | ":memory:" } => Authorization::Allow,
        AuthAction::Attach { .. } | AuthAction::Unknown { code: SQLITE_ATTACH, .. } => Authorization::Deny,
        _ => Authorization::Allow,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_file_is_reached_and_what_stays_in_memory_runs() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.db");
        let connection = open().expect("it is in memory");
        for sql in ["ATTACH '%' AS a", "ATTACH '' || '%' AS a", "VACUUM INTO '%'"] {
            let sql = sql.replace('%', &path.display().to_string());
            assert!(connection.execute_batch(&sql).is_err(), "{sql}");
        }
        assert!(!path.exists());
        connection.execute_batch("VACUUM; ATTACH ':memory:' AS b; DETACH b").expect("it reaches no file");
    }
}
