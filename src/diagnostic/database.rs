//! What a database, or the way to it, has refused.

use super::{Diagnostic, ErrorKind};
use crate::backend::{BackendError, DatabaseError, Instead, UnreachableKind};
use crate::sql::Dialect;

/// SQLite's primary result code of a damaged file.
const SQLITE_CORRUPT: i32 = 11;

/// PostgreSQL's SQLSTATE `read_only_sql_transaction`: a standby, or `default_transaction_read_only`.
pub(super) const READ_ONLY_TRANSACTION: &str = "25006";
const CONNECT_TO_THE_PRIMARY: &str = "connect to the primary, or where default_transaction_read_only is set, as a role or to a database that may write";
/// PostgreSQL's SQLSTATE `insufficient_privilege`: the role may not do it.
pub(super) const INSUFFICIENT_PRIVILEGE: &str = "42501";

impl From<BackendError> for Diagnostic {
    fn from(error: BackendError) -> Self {
        let message = error.to_string();
        match error {
            BackendError::Unreachable { hint, kind, sqlstate, .. } => {
                let kind = match kind {
                    UnreachableKind::NoAnswer | UnreachableKind::Other => ErrorKind::DatabaseUnreachable,
                    UnreachableKind::UnknownHost => ErrorKind::UnknownHost,
                    UnreachableKind::Timeout => ErrorKind::ConnectTimeout,
                    UnreachableKind::TooManyConnections => ErrorKind::TooManyConnections,
                    UnreachableKind::Starting => ErrorKind::ServerStarting,
                    UnreachableKind::Authentication => ErrorKind::AuthenticationFailed,
                    UnreachableKind::NoSuchRole => ErrorKind::NoSuchRole,
                    UnreachableKind::NoSuchDatabase => ErrorKind::NoSuchDatabase,
                    UnreachableKind::Tls => ErrorKind::Tls,
                };
                let mut told = Self::new(kind, message);
                if let Some(sqlstate) = sqlstate {
                    told = told.field("sqlstate", sqlstate);
                }
                told.hints.extend(hint.map(str::to_owned));
                told
            }
            BackendError::OtherDatabase { .. } => Self::new(ErrorKind::OtherDatabaseReached, message)
                .cause("nothing has run there")
                .hint("the server, or a pooler before it, gives one database whatever name is asked for; connect to a server with databases of its own")
                .hint("or name an empty database elsewhere that may be filled and emptied: scratch_url in alembic.toml"),
            BackendError::NotBuiltIn { .. } => {
                Self::usage(message).hint("build it with the feature postgres or sqlite")
            }
            BackendError::NotADatabase { instead: Instead::Content, .. } => {
                Self::new(ErrorKind::NotADatabase, message)
                    .hint("is it the right file? One that SQLCipher or its like has encrypted cannot be read")
            }
            BackendError::NotADatabase { .. } => {
                Self::new(ErrorKind::NotADatabase, message).hint("name the file of the database in the URL")
            }
            BackendError::Damaged { .. } => of_damage(Self::new(ErrorKind::DamagedDatabase, message)),
            BackendError::NotALockFile { .. } => Self::new(ErrorKind::NotALockFile, message)
                .hint("remove it: a link there could lead to any file, so that none is followed"),
            BackendError::ForeignVersionTable { .. } => {
                Self::new(ErrorKind::ForeignVersionTable, message)
                    .hint("set version_table in alembic.toml to another name")
            }
            BackendError::VersionTableElsewhere { schemas, .. } => {
                let first = schemas.first().map(String::as_str).unwrap_or_default();
                Self::new(ErrorKind::VersionTableElsewhere, message)
                    .cause("with a second version table everything would run again")
                    .hint(format!("if that is this environment's: version_table_schema = \"{first}\" in alembic.toml"))
                    .hint("if this is to be another environment, name its schema in version_table_schema, or as ?schema= in the URL")
            }
            BackendError::NameTooLong { .. } => Self::usage(message).hint("choose a shorter version_table or schema"),
            BackendError::OtherServer { make } => Self::new(ErrorKind::OtherServer, message)
                .cause("nothing has been asked of it")
                .cause(format!("it speaks PostgreSQL's protocol, but {make} has other catalogs, and locks that lock nothing"))
                .hint("name a PostgreSQL server in the URL"),
            BackendError::ServerTooOld { .. } => Self::new(ErrorKind::ServerTooOld, message)
                .cause("nothing has been asked of it")
                .hint("upgrade the server, or name another one in the URL"),
            BackendError::ReadOnly { .. } => Self::new(ErrorKind::ReadOnly, message)
                .cause("nothing has been written")
                .hint(CONNECT_TO_THE_PRIMARY)
                .field("sqlstate", READ_ONLY_TRANSACTION),
            BackendError::NoSchema => {
                Self::new(ErrorKind::NoSchema, message).hint("create the schema, or set version_table_schema")
            }
            BackendError::LockNotHad { .. } => Self::new(ErrorKind::Lock, message)
                .hint("wait for it and run the command again, or set migration_lock_timeout higher"),
            BackendError::PoolTooSmall { .. } => {
                Self::new(ErrorKind::PoolTooSmall, message)
                    .hint("give its pool at least two connections (PgBouncer: default_pool_size), or connect to the server itself")
            }
            BackendError::InUse { .. } => Self::new(ErrorKind::InUse, message)
                .hint("end what is connected, or where they may be disconnected: --disconnect (PostgreSQL)"),
            BackendError::NotAllowed { action, .. } => {
                let told = Self::new(ErrorKind::NotAllowed, message).cause("nothing has changed");
                match action {
                    "made" => told
                        .hint("let the role make databases: ALTER ROLE name CREATEDB")
                        .hint("or have somebody make it who may: CREATE DATABASE name OWNER role"),
                    _ => told.hint("only its owner may drop it; revgraph reset empties it object by object"),
                }
            }
            BackendError::NoDatabaseName { .. } => {
                Self::usage(message).hint("add it to the URL: postgres://HOST/NAME")
            }
            BackendError::InTransaction { .. } => Self::new(ErrorKind::InTransaction, message),
            BackendError::Cancelled(cancelled) => cancelled.into(),
            BackendError::RowsMoved => {
                Self::new(ErrorKind::VersionRowsMoved, message).hint("run the command again")
            }
            BackendError::Database(error) => error.into(),
        }
    }
}

impl From<DatabaseError> for Diagnostic {
    fn from(error: DatabaseError) -> Self {
        let told = Self::new(ErrorKind::Database, error.message.clone()).retryable_after(Some(&error));
        let told = match error.sqlstate.as_deref() {
            Some(READ_ONLY_TRANSACTION) => told.with_kind(ErrorKind::ReadOnly),
            _ if error.sqlite_code.is_some_and(|code| code & 0xff == SQLITE_CORRUPT) => {
                of_damage(told.with_kind(ErrorKind::DamagedDatabase))
            }
            _ => told,
        };
        with_database_details(told, &error)
    }
}

/// What to do about a damaged SQLite file.
fn of_damage(told: Diagnostic) -> Diagnostic {
    told.hint("put a backup in its place: revgraph backup --list, revgraph restore FILE")
        .hint("or save what can be read of it: sqlite3 FILE .recover")
}

pub(super) fn with_database_details(mut told: Diagnostic, error: &DatabaseError) -> Diagnostic {
    if error.sqlstate.as_deref() == Some(READ_ONLY_TRANSACTION) {
        told = told.hint(CONNECT_TO_THE_PRIMARY);
    }
    told.hints.extend(missing_right(error));
    told.causes.extend(error.detail.iter().map(|detail| format!("detail: {detail}")));
    told.causes.extend(error.context.iter().map(|context| format!("context: {context}")));
    told.hints.extend(error.hint.iter().map(|hint| format!("the database advises: {hint}")));
    if let Some(sqlstate) = &error.sqlstate {
        told = told.field("sqlstate", sqlstate.clone());
    }
    if let Some(code) = error.sqlite_code {
        told = told.field("sqlite_code", code);
    }
    told
}

/// The right that a role lacks, as the statement that gives it.
pub fn missing_right(error: &DatabaseError) -> Option<String> {
    if error.sqlstate.as_deref() != Some(INSUFFICIENT_PRIVILEGE) {
        return None;
    }
    Some(match error.message.strip_prefix("permission denied for schema ") {
        Some(schema) => {
            let schema = Dialect::Postgres.quote_identifier(schema);
            format!(
                "give the role the right to make something there: GRANT USAGE, CREATE ON SCHEMA {schema} TO role"
            )
        }
        None => "give the role the right to do so, or connect as the owner".to_owned(),
    })
}
