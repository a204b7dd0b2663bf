//! The mark that protects a SQLite database.

use rusqlite::OptionalExtension;

use super::super::BackendError;
use super::Sqlite;
use crate::ledger::{create_protection, select_protection, set_protection};
use crate::sql::Dialect;

/// The name under which the database is protected.
pub(super) fn read(database: &Sqlite) -> Result<Option<String>, BackendError> {
    if database.columns_of(&database.tables.protection())?.is_empty() {
        return Ok(None);
    }
    let select = select_protection(&database.tables).literal(Dialect::Sqlite);
    Ok(database.connection.query_row(&select, [], |row| row.get(0)).optional()?)
}

/// Protects the database, or no longer.
pub(super) fn set(database: &Sqlite, name: Option<&str>, actor: &str) -> Result<(), BackendError> {
    database.in_transaction(|database| {
        database.connection.execute_batch(&create_protection(Dialect::Sqlite, &database.tables))?;
        for sql in set_protection(&database.tables, name, actor) {
            database.execute(&sql)?;
        }
        Ok(())
    })
}
