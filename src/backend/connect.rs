//! Connections of the kind that a URL asks for.

use super::control::Control;
use super::database::{Access, Backend, Timeouts};
use super::error::BackendError;
#[cfg(feature = "postgres")]
use super::postgres;
#[cfg(feature = "sqlite")]
use super::sqlite;
use crate::config::{Config, DatabaseUrl};
use crate::ledger::Tables;

/// Connects to the database of an environment. `control` holds for connecting, and for the connection.
///
/// # Errors
/// [`BackendError::Unreachable`], [`BackendError::Cancelled`] and, in a build without the database's feature,
/// [`BackendError::NotBuiltIn`].
pub fn connect(
    config: &Config,
    url: &DatabaseUrl,
    access: Access,
    control: &Control,
) -> Result<Box<dyn Backend>, BackendError> {
    let timeouts = timeouts(config);
    match url {
        #[cfg(feature = "sqlite")]
        DatabaseUrl::Sqlite(sqlite) => {
            Ok(Box::new(sqlite::Sqlite::open(sqlite, tables(config, None), timeouts, access, control)?))
        }
        #[cfg(feature = "postgres")]
        DatabaseUrl::Postgres(postgres) => {
            let tables = tables(config, config.version_table_schema.clone());
            Ok(Box::new(postgres::Postgres::connect(postgres, tables, timeouts, access, control)?))
        }
        #[allow(unreachable_patterns, reason = "reached in builds with one database")]
        _ => Err(BackendError::NotBuiltIn { url: url.to_string() }),
    }
}

/// Connects to the scratch database of this identity at `url`.
///
/// # Errors
/// [`BackendError::Unreachable`]; [`BackendError::OtherDatabase`] where the connection leads elsewhere, and nothing has
/// then run on it.
#[cfg(feature = "postgres")]
pub fn connect_to_scratch(
    config: &Config,
    url: &crate::config::PostgresUrl,
    identity: &postgres::Identity,
    control: &Control,
) -> Result<Box<dyn Backend>, BackendError> {
    let tables = tables(config, config.version_table_schema.clone());
    Ok(Box::new(postgres::Postgres::connect_to_scratch(url, identity, tables, timeouts(config), control)?))
}

/// Works on a connection that a program has opened.
///
/// # Errors
/// [`BackendError::InTransaction`].
#[cfg(feature = "sqlite")]
pub fn of_rusqlite<'c>(
    config: &Config,
    connection: &'c mut rusqlite::Connection,
) -> Result<Box<dyn Backend + 'c>, BackendError> {
    Ok(Box::new(sqlite::Sqlite::on(connection, tables(config, None), timeouts(config))?))
}

fn timeouts(config: &Config) -> Timeouts {
    Timeouts {
        lock: config.lock_timeout,
        migration_lock: config.migration_lock_timeout,
        statement: config.statement_timeout,
    }
}

fn tables(config: &Config, schema: Option<String>) -> Tables {
    Tables { schema, version: config.version_table.clone() }
}
