//! How many rows tables hold.

use rusqlite::Connection;

use super::super::error::{BackendError, lacking, none_where_missing};
use crate::catalog::ObjectName;
use crate::ledger::Sql;
use crate::sql::Dialect;

/// The one number that `query` gives; none where it is NULL.
///
/// # Errors
/// The database's.
pub(super) fn number(connection: &Connection, query: &str) -> Result<Option<i64>, BackendError> {
    Ok(connection.query_row(query, [], |row| row.get(0))?)
}

/// The number of rows of each table, in the order of `tables`.
///
/// # Errors
/// The database's.
pub(super) fn count(connection: &Connection, tables: &[ObjectName]) -> Result<Vec<u64>, BackendError> {
    let count = |table: &ObjectName| {
        let select = Sql::new("SELECT count(*) FROM ").identifier(table.name.as_str());
        let rows: i64 = connection.query_row(&select.literal(Dialect::Sqlite), [], |row| row.get(0))?;
        u64::try_from(rows).map_err(|_| lacking(&format!("the number of rows of {table}")))
    };
    tables.iter().map(count).collect()
}

/// The number of rows of a table; none where there is no such table.
///
/// # Errors
/// The database's.
pub(super) fn count_all(connection: &Connection, table: &ObjectName) -> Result<Option<u64>, BackendError> {
    let counted = count(connection, std::slice::from_ref(table));
    let only = |counts: Vec<u64>| counts.first().copied().ok_or_else(|| lacking("a number of rows"));
    none_where_missing(counted.and_then(only))
}
