//! Why a backup was not taken, or nothing came of one.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use super::tool::Tool;
use crate::backend::BackendError;
use crate::cancellation::Cancelled;
use crate::config::ConfigError;
use crate::sql::Dialect;

/// SQLSTATE `insufficient_privilege`.
const INSUFFICIENT_PRIVILEGE: &str = "42501";

/// Why a backup was not taken, or nothing came of one. The configured database is then as it was.
#[derive(Debug, Error)]
pub enum BackupError {
    /// The database is in memory.
    #[error("a database in memory has no backup: it ends with its process")]
    InMemory,
    /// There is no database to back up.
    #[error("{database} does not exist, so there is nothing to back up")]
    Nothing {
        /// The database, without password.
        database: String,
    },
    /// A file is not overwritten.
    #[error("there is a {} already", .path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// A database is not overwritten.
    #[error("there is a database {name} already")]
    NameTaken {
        /// Its name.
        name: String,
    },
    /// A file or folder cannot be read or written.
    #[error("{} cannot be {}", .path.display(), .doing)]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What was to be done: `read`, `written`.
        doing: &'static str,
        /// The file system's reason.
        #[source]
        source: io::Error,
    },
    /// A program of PostgreSQL's is not installed, or too old.
    #[error("{program} of PostgreSQL {needed} or later is needed, and {}", .newest.as_ref().map_or_else(|| "there is none".to_owned(), |(path, major)| format!("the newest that was found, {}, is of PostgreSQL {major}", path.display())))]
    NoProgram {
        /// Which one.
        program: Tool,
        /// The lowest major version that would do.
        needed: u32,
        /// The newest that was found, with its major version.
        newest: Option<(PathBuf, u32)>,
    },
    /// A program of PostgreSQL's could not be run, or has failed.
    #[error("{program} failed{}", .said.lines().next().map(|line| format!(": {line}")).unwrap_or_default())]
    Program {
        /// Which one.
        program: Tool,
        /// What it said, or why it could not be run.
        said: String,
    },
    /// A secret of the connection can be given to the programs only where others would see it.
    #[error(
        "pg_dump and pg_restore can be given {keyword} only on their command line, where others would see it"
    )]
    Secret {
        /// libpq's keyword.
        keyword: String,
    },
    /// A file is no backup that revgraph has taken.
    #[error("{} is no backup of revgraph's: {reason}", .path.display())]
    NotABackup {
        /// The file.
        path: PathBuf,
        /// How it is known that the file is none.
        reason: String,
    },
    /// A backup of another kind of database.
    #[error("{} is a backup of a {found} database, and this is a {wanted} database", .path.display())]
    OtherDialect {
        /// The file.
        path: PathBuf,
        /// What it is of.
        found: Dialect,
        /// What it is to be for.
        wanted: Dialect,
    },
    /// A backup of another database.
    #[error("{} is a backup of the database {found}, not of {wanted}", .path.display())]
    OtherDatabase {
        /// The file.
        path: PathBuf,
        /// The name of the database that it is of.
        found: String,
        /// The name of the one that it is to be for.
        wanted: String,
    },
    /// The server is older than the one that the backup is of.
    #[error("{} is a backup of {backup}, and the server is {server}, which is older", .path.display())]
    OlderServer {
        /// The file.
        path: PathBuf,
        /// The version of the server that it is of.
        backup: String,
        /// The version of the server that it is to be for.
        server: String,
    },
    /// The file is not as it was written.
    #[error("{} is damaged: {reason}", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// How it is known that the file is damaged.
        reason: String,
    },
    /// What the backup makes is not what the database was.
    #[error("what {} makes is not what was backed up", .path.display())]
    Differs {
        /// The file.
        path: PathBuf,
        /// What differs, for people.
        differences: Vec<String>,
    },
    /// Roles that own something in the backup, or are granted something, are not on the server.
    #[error("the server lacks {} of the backup: {}", if .roles.len() == 1 { "a role" } else { "roles" }, .roles.join(", "))]
    Roles {
        /// The names of the roles.
        roles: Vec<String>,
    },
    /// The role may not make the new database, or change the names.
    #[error("the new database cannot be made: {0}")]
    NotAllowed(BackendError),
    /// The database is protected.
    #[error("the database is protected as `{name}`, and another is to take its place{}", .given.as_ref().map(|given| format!("; `{given}` is not its name")).unwrap_or_default())]
    Protected {
        /// The name under which it is.
        name: String,
        /// The name that was given.
        given: Option<String>,
    },
    /// Its environment is marked `production = true`.
    #[error("the environment is marked `production = true`, and another database is to take the place of `{name}`{}", .given.as_ref().map(|given| format!("; `{given}` is not its name")).unwrap_or_default())]
    Production {
        /// Its name.
        name: String,
        /// The name that was given.
        given: Option<String>,
    },
    /// The configuration is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The database could not be asked.
    #[error(transparent)]
    Backend(BackendError),
    /// The work was cancelled.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl From<BackendError> for BackupError {
    fn from(error: BackendError) -> Self {
        match error {
            BackendError::Database(database)
                if database.sqlstate.as_deref() == Some(INSUFFICIENT_PRIVILEGE) =>
            {
                Self::NotAllowed(database.into())
            }
            BackendError::Cancelled(cancelled) => Self::Cancelled(cancelled),
            other => Self::Backend(other),
        }
    }
}

#[cfg(feature = "sqlite")]
impl From<crate::backend::sqlite::ReplaceError> for BackupError {
    fn from(error: crate::backend::sqlite::ReplaceError) -> Self {
        use crate::backend::sqlite::ReplaceError;
        match error {
            ReplaceError::Backend(error) => error.into(),
            ReplaceError::Exists { path } => Self::Exists { path },
            ReplaceError::Io { path, source } => Self::Io { path, doing: "changed", source },
        }
    }
}

impl BackupError {
    /// Makes an error of what keeps a path from being read or written.
    pub(super) fn io(path: &std::path::Path, doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, doing, source }
    }
}
