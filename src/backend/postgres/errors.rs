//! What the server and libpq say, in revgraph's terms.

use super::super::error::{BackendError, DatabaseError, UnreachableKind};
use super::connect_error::ConnectError;
use super::server_error::{BatchError, ServerError};
use super::session::Session;
use crate::cancellation::Cancelled;
use crate::ledger::Tables;

const CHECK_VIOLATION: &str = "23514";
const UNIQUE_VIOLATION: &str = "23505";
/// `undefined_table`, `undefined_column`, `invalid_schema_name`.
const TABLE_IS_ANOTHER: [&str; 3] = ["42P01", "42703", "3F000"];

/// The constraint of the ledger that fails where a version row was not what the plan expects.
const VERSION_ROWS_CHECK: &str = "revgraph_version_rows";

impl From<&ServerError> for DatabaseError {
    fn from(error: &ServerError) -> Self {
        // 55P03: lock_not_available, what lock_timeout ends in.
        let lock_not_had = error.sqlstate.as_deref() == Some("55P03");
        Self {
            message: error.message.clone(),
            sqlstate: error.sqlstate.clone(),
            sqlite_code: None,
            detail: error.detail.clone(),
            hint: error.hint.clone(),
            context: error.context.clone(),
            connection_lost: error.connection_lost,
            lock_not_had,
        }
    }
}

impl From<BatchError> for DatabaseError {
    fn from(error: BatchError) -> Self {
        (&*error.error).into()
    }
}

impl From<BatchError> for BackendError {
    fn from(error: BatchError) -> Self {
        Self::Database(error.into())
    }
}

/// Whether an error of a statement of revgraph's own tells that the rows of its tables are not those that it was
/// written for: the ledger's check, a version row or a note of the journal that is there already.
pub(super) fn tells_of_other_rows(tables: &Tables, error: &ServerError) -> bool {
    let is_ours = || {
        let table = error.table.as_deref().unwrap_or_default();
        (table == tables.version || table == tables.statement())
            && error.schema.as_deref() == tables.schema.as_deref()
    };
    match error.sqlstate.as_deref() {
        Some(CHECK_VIOLATION) => error.constraint.as_deref() == Some(VERSION_ROWS_CHECK),
        Some(UNIQUE_VIOLATION) => is_ours(),
        _ => false,
    }
}

/// Whether it tells that a table is gone or has other columns, which was there when the run began.
pub(super) fn tells_of_other_tables(error: &ServerError) -> bool {
    error.sqlstate.as_deref().is_some_and(|state| TABLE_IS_ANOTHER.contains(&state))
}

/// The error of a Diesel operation on the session.
pub(super) fn failed(session: &Session, error: diesel::result::Error) -> BackendError {
    match session.server_error(&error) {
        Some(server) => BackendError::Database(server.into()),
        None => DatabaseError { message: error.to_string(), ..DatabaseError::default() }.into(),
    }
}

/// The SQLSTATE `insufficient_privilege`.
const INSUFFICIENT_PRIVILEGE: &str = "42501";

/// The error of a connection that was not made to a database, named for people.
pub(super) fn unreachable(description: &str, error: &ConnectError) -> BackendError {
    let Some(kind) = error.kind else { return Cancelled.into() };
    let hint = match kind {
        UnreachableKind::NoAnswer => "is the server running, and are host and port right?",
        UnreachableKind::UnknownHost => "is the name of the host right, and does it resolve here?",
        UnreachableKind::Timeout => "is the server behind a firewall, and are host and port right?",
        UnreachableKind::TooManyConnections => "end other connections, or try again a little later",
        UnreachableKind::Starting => "wait until it takes connections: revgraph database wait",
        UnreachableKind::Authentication => "check the user and the password",
        UnreachableKind::NoSuchRole => "check the user, or have it made: CREATE ROLE name LOGIN",
        UnreachableKind::NoSuchDatabase => "make it: revgraph database create",
        UnreachableKind::Tls => {
            "see sslmode and sslrootcert in the URL: sslmode=require encrypts without a check of the certificate"
        }
        UnreachableKind::Other if error.sqlstate.as_deref() == Some(INSUFFICIENT_PRIVILEGE) => {
            "let the role connect: GRANT CONNECT ON DATABASE name TO role"
        }
        UnreachableKind::Other => "check the URL",
    };
    BackendError::Unreachable {
        kind,
        sqlstate: error.sqlstate.clone(),
        database: description.to_owned(),
        message: error.to_string().trim().to_owned(),
        hint: Some(hint),
    }
}
