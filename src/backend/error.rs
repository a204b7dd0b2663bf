//! What a database can answer instead of doing as asked.

use std::path::PathBuf;
use std::time::Duration;

use thiserror::Error;

use super::Control;
use crate::cancellation::Cancelled;
use crate::duration;
use crate::ledger::UnreadableRow;

/// An error of the database, in terms that all dialects share.
#[derive(Debug, Clone, PartialEq, Eq, Default, Error)]
#[error("{message}")]
#[non_exhaustive]
pub struct DatabaseError {
    /// What the database says.
    pub message: String,
    /// PostgreSQL's SQLSTATE.
    pub sqlstate: Option<String>,
    /// SQLite's extended result code.
    pub sqlite_code: Option<i32>,
    /// What the database says beyond that.
    pub detail: Option<String>,
    /// What the database advises.
    pub hint: Option<String>,
    /// The functions that the statement was in.
    pub context: Option<String>,
    /// Whether the connection is gone, and with it the knowledge of what was committed last.
    pub connection_lost: bool,
    /// Whether waiting for a lock took too long.
    pub lock_not_had: bool,
}

/// What PostgreSQL answers where another session was in the way: no lock in time, a serialization failure, a deadlock.
const TRANSIENT: [&str; 3] = ["55P03", "40001", "40P01"];

/// Classes of PostgreSQL's SQLSTATEs that say nothing of the statement: of connections, transactions, resources, limits,
/// what others hold, operators, the system, the configuration, and of itself.
const OF_SERVER: [&str; 10] = ["08", "40", "53", "54", "55006", "55P03", "57", "58", "F0", "XX"];

/// PostgreSQL's `query_canceled`.
const QUERY_CANCELED: &str = "57014";
/// SQLite's primary result code of an interrupted statement.
const SQLITE_INTERRUPT: i32 = 9;

impl From<UnreadableRow> for BackendError {
    fn from(error: UnreadableRow) -> Self {
        Self::Database(DatabaseError { message: error.to_string(), ..DatabaseError::default() })
    }
}

impl DatabaseError {
    /// Whether a table that a statement names is not there, or its schema.
    #[doc(hidden)]
    #[must_use]
    pub fn is_missing_table(&self) -> bool {
        match self.sqlstate.as_deref() {
            Some(sqlstate) => ["42P01", "3F000"].contains(&sqlstate),
            // SQLite has no code of its own for it.
            None => self.message.starts_with("no such table"),
        }
    }

    /// Whether the same command may succeed when it is given again: the connection was lost, or a lock was not had in time.
    #[must_use]
    pub fn is_worth_retrying(&self) -> bool {
        self.connection_lost || self.lock_not_had
    }

    /// Whether the same transaction, rolled back whole, may succeed when it is tried again.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        let told = self.sqlstate.as_deref().is_some_and(|state| TRANSIENT.contains(&state));
        (told || self.lock_not_had) && !self.connection_lost
    }

    /// Whether this error is what a cancelled statement ends with: PostgreSQL's `query_canceled` (which a timeout gives too),
    /// SQLite's `SQLITE_INTERRUPT`, or a lock that was waited for no longer.
    #[doc(hidden)]
    #[must_use]
    pub fn is_interruption(&self) -> bool {
        self.sqlstate.as_deref() == Some(QUERY_CANCELED)
            || self.sqlite_code.is_some_and(|code| code & 0xff == SQLITE_INTERRUPT)
            || self.lock_not_had
    }
}

/// The error of an answer in which something is not there that was asked for. What is compared or counted must not go on
/// with a part.
pub(super) fn lacking(what: &str) -> BackendError {
    let message = format!("the database's answer lacks {what}");
    BackendError::Database(DatabaseError { message, ..DatabaseError::default() })
}

/// What was read; none where the table is missing. Any other error stays as it is.
pub(super) fn none_where_missing<T>(read: Result<T, BackendError>) -> Result<Option<T>, BackendError> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(BackendError::Database(error)) if error.is_missing_table() => Ok(None),
        Err(error) => Err(error),
    }
}

/// Rows of a table whose foreign key points to no row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct ForeignKeyViolation {
    /// The table that holds the key.
    pub table: String,
    /// The table that it points to.
    pub parent: String,
    /// The number of the key, in the table's definition.
    pub key: i64,
    /// How many rows.
    pub rows: usize,
}

impl std::fmt::Display for ForeignKeyViolation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { table, parent, rows, .. } = self;
        let noun = if *rows == 1 { "row" } else { "rows" };
        write!(f, "{rows} {noun} of {table} without their {parent}")
    }
}

fn elsewhere(asked: &str, reached: &str) -> String {
    if asked == reached { "another one of the same name".to_owned() } else { reached.to_owned() }
}

fn among(by: &[String]) -> String {
    if by.is_empty() { String::new() } else { format!(": {}", by.join(", ")) }
}

/// What kept a connection from being made; what to do depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnreachableKind {
    /// No server answers, or what answers takes no connection now.
    NoAnswer,
    /// The name of the host leads nowhere.
    UnknownHost,
    /// Nothing has answered in time.
    Timeout,
    /// The server has as many connections as it takes.
    TooManyConnections,
    /// The server is starting, recovering or stopping.
    Starting,
    /// User, password or other credentials are refused or missing.
    Authentication,
    /// The server has no role of that name.
    NoSuchRole,
    /// The server has no database of that name.
    NoSuchDatabase,
    /// Server and client do not agree on an encrypted connection, or a certificate is not trusted.
    Tls,
    /// A file cannot be opened, or a parameter makes no sense.
    Other,
}

impl UnreachableKind {
    /// Whether the same connection may be had a moment later, where nobody does anything about it.
    #[doc(hidden)]
    #[must_use]
    pub fn may_pass(self) -> bool {
        matches!(
            self,
            Self::NoAnswer | Self::UnknownHost | Self::Timeout | Self::TooManyConnections | Self::Starting
        )
    }
}

/// What is where a SQLite database should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Instead {
    /// A folder.
    Folder,
    /// A pipe, a socket or a device.
    Special,
    /// A file with other content, or an encrypted database.
    Content,
}

impl std::fmt::Display for Instead {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Folder => "a folder, and no SQLite database",
            Self::Special => "no plain file, and no SQLite database",
            Self::Content => "not a SQLite database",
        })
    }
}

/// Why a database could not be asked or changed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BackendError {
    /// There is no connection.
    #[error("{database} cannot be reached: {message}")]
    Unreachable {
        /// What kind of reason it is.
        kind: UnreachableKind,
        /// PostgreSQL's SQLSTATE, where a server has answered.
        sqlstate: Option<String>,
        /// The database, without password.
        database: String,
        /// The reason.
        message: String,
        /// What may help.
        hint: Option<&'static str>,
    },
    /// A connection to a scratch database has arrived in another one, which must not be touched.
    #[error("a connection to the scratch database {asked} arrived in {}", elsewhere(.asked, .reached))]
    OtherDatabase {
        /// The database that was asked for.
        asked: String,
        /// The one that answered.
        reached: String,
    },
    /// This build does not speak to that database.
    #[error("this revgraph was built without support for {url}")]
    NotBuiltIn {
        /// The URL, without password.
        url: String,
    },
    /// What is at the path of a SQLite database is none.
    #[error("{path} is {instead}")]
    NotADatabase {
        /// The path.
        path: PathBuf,
        /// What is there instead.
        instead: Instead,
    },
    /// A SQLite file is damaged.
    #[error("{path} is damaged: {message}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        message: String,
    },
    /// Something that is no plain file is where the file of a SQLite database's lock goes.
    #[error("{path} is to be revgraph's lock on the database, and is no plain file")]
    NotALockFile {
        /// The path.
        path: PathBuf,
    },
    /// The version table belongs to something else.
    #[error("the table {table} is not Alembic's: it has the columns {}", .columns.join(", "))]
    ForeignVersionTable {
        /// The table.
        table: String,
        /// Its columns.
        columns: Vec<String>,
    },
    /// There is no version table where one is looked for, and one elsewhere.
    #[error("no version table {table} is on the search path, and there is one in {}", .schemas.join(", "))]
    VersionTableElsewhere {
        /// The name of the table.
        table: String,
        /// The schemas that have one, sorted.
        schemas: Vec<String>,
    },
    /// The server would cut a name.
    #[error("PostgreSQL cuts names at 63 bytes, and this one is too long: {name}")]
    NameTooLong {
        /// The name.
        name: String,
    },
    /// The server speaks PostgreSQL's protocol and is another make.
    #[error("the server is {make}; revgraph works with PostgreSQL 13 or later, and with SQLite")]
    OtherServer {
        /// The name of the make.
        make: &'static str,
    },
    /// The server is older than those that revgraph works with.
    #[error("the server is PostgreSQL {version}; revgraph works with PostgreSQL 13 or later")]
    ServerTooOld {
        /// Its version.
        version: String,
    },
    /// Nothing can be written to the database; nothing has been.
    #[error("{database} only reads: {}", if *.standby { "it is a standby" } else { "its transactions are read-only by default" })]
    ReadOnly {
        /// The database, without password.
        database: String,
        /// Whether the server is a standby.
        standby: bool,
    },
    /// There is no schema for the bookkeeping tables.
    #[error("no schema of the search path exists, so the version table has no place")]
    NoSchema,
    /// Another process holds the database.
    #[error("another process has held the database for {}{}", duration::readable(*.waited), .holder.as_ref().map(|holder| format!(": {holder}")).unwrap_or_default())]
    LockNotHad {
        /// How long was waited.
        waited: Duration,
        /// Who holds the database, for people, where that is known.
        holder: Option<String>,
    },
    /// A connection pooler gives the process no second connection while the first one holds the lock.
    #[error(
        "the connection pooler has no second connection to the server, beside the one that holds the lock: {message}"
    )]
    PoolTooSmall {
        /// What the pooler says.
        message: String,
    },
    /// The role may not make or drop a database.
    #[error("{database} cannot be {action}: {message}")]
    NotAllowed {
        /// `made` or `dropped`.
        action: &'static str,
        /// The database, without password.
        database: String,
        /// What the server says.
        message: String,
    },
    /// The URL names a server, and no database on it.
    #[error("{url} names no database")]
    NoDatabaseName {
        /// The URL, without password.
        url: String,
    },
    /// A version row was not what the plan expects.
    #[error("the version rows have changed since they were read")]
    RowsMoved,
    /// A program has lent a connection on which it has begun a transaction.
    #[error("the connection to {database} is in a transaction")]
    InTransaction {
        /// The database.
        database: String,
    },
    /// Others are connected to a database that is to be dropped, or given another name.
    #[error("others are connected to {database}{}", among(.by))]
    InUse {
        /// The database.
        database: String,
        /// They, for people, as far as it is known.
        by: Vec<String>,
    },
    /// The work was cancelled.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// Anything else that the database says.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl BackendError {
    /// Whether the database has read a statement and does not take it as it is, which tells something about the statement; else
    /// the server, the connection or others were in the way.
    #[doc(hidden)]
    #[must_use]
    pub fn is_refusal_of_statement(&self) -> bool {
        let Self::Database(error) = self else { return false };
        let state = error.sqlstate.as_deref();
        let is_of_server = state.is_some_and(|state| OF_SERVER.iter().any(|class| state.starts_with(class)));
        !error.connection_lost && !error.is_interruption() && !is_of_server
    }

    /// This error, or [`BackendError::Cancelled`] where the work of the connection has been cancelled: a statement that was
    /// interrupted, or that did not wait any longer, is no failure then.
    #[doc(hidden)]
    #[must_use]
    pub fn unless_cancelled(self, control: &Control) -> Self {
        match self {
            Self::Database(error) if control.is_cancelled() && error.is_interruption() => {
                Self::Cancelled(Cancelled)
            }
            Self::LockNotHad { .. } if control.is_cancelled() => Self::Cancelled(Cancelled),
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_said_of_a_statement_is_a_refusal_of_it() {
        let answer = |sqlstate: &str| DatabaseError {
            sqlstate: Some(sqlstate.to_owned()),
            ..DatabaseError::default()
        };
        let is_refusal = |error: DatabaseError| BackendError::from(error).is_refusal_of_statement();
        for state in ["42804", "42P01", "22P02", "0A000", "2BP01", "23514", "55000"] {
            assert!(is_refusal(answer(state)), "{state}");
        }
        for state in ["53200", "55P03", "40P01", "57014", "57P01", "08006", "XX000", "58030"] {
            assert!(!is_refusal(answer(state)), "{state}");
        }
        assert!(!is_refusal(DatabaseError { connection_lost: true, ..answer("42804") }));
        assert!(!is_refusal(DatabaseError { lock_not_had: true, ..DatabaseError::default() }));
        assert!(!BackendError::RowsMoved.is_refusal_of_statement());
    }
}
