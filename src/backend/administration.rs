//! A database as a whole: whether it is there, making it, dropping it.

#[cfg(feature = "postgres")]
use super::postgres;
#[cfg(feature = "sqlite")]
use super::sqlite;
use super::{BackendError, Control};
use crate::config::{Config, DatabaseUrl};

/// What becomes of the sessions that others have in a database that is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sessions {
    /// The database then stays.
    Respected,
    /// The server ends them. SQLite has nobody who could.
    Ended,
}

/// Makes the database of a URL, with the schemas that URL and configuration name; of SQLite an empty file, in folders
/// that are made where they are missing. Whether it was missing.
///
/// # Errors
/// [`BackendError::NotAllowed`], [`BackendError::NoDatabaseName`], [`BackendError::Unreachable`], and the database's.
pub fn create_database(config: &Config, url: &DatabaseUrl, control: &Control) -> Result<bool, BackendError> {
    match url {
        #[cfg(feature = "sqlite")]
        DatabaseUrl::Sqlite(url) => sqlite::create_file(url),
        #[cfg(feature = "postgres")]
        DatabaseUrl::Postgres(url) => {
            let schemas = config.version_table_schema.as_deref().into_iter().chain(url.search_path());
            postgres::create_database(url, schemas, control)
        }
        #[allow(unreachable_patterns, reason = "reached in builds with one database")]
        _ => Err(BackendError::NotBuiltIn { url: url.to_string() }),
    }
}

/// Drops the database of a URL; of SQLite the file, with those that SQLite and revgraph keep beside it. Whether it was
/// there. It asks nobody.
///
/// # Errors
/// [`BackendError::InUse`] where others are connected to it, [`BackendError::NotAllowed`],
/// [`BackendError::NotADatabase`], and those of [`create_database`].
pub fn drop_database(
    config: &Config,
    url: &DatabaseUrl,
    sessions: Sessions,
    control: &Control,
) -> Result<bool, BackendError> {
    match url {
        #[cfg(feature = "sqlite")]
        DatabaseUrl::Sqlite(url) => sqlite::drop_file(url, config.migration_lock_timeout, control),
        #[cfg(feature = "postgres")]
        DatabaseUrl::Postgres(url) => postgres::drop_database(url, sessions, control),
        #[allow(unreachable_patterns, reason = "reached in builds with one database")]
        _ => Err(BackendError::NotBuiltIn { url: url.to_string() }),
    }
}
