//! The schema of a SQLite database: the text of its statements, which `catalog::sqlite` reads.

use rusqlite::Connection;

use super::super::BackendError;
use crate::catalog::Catalog;
use crate::catalog::sqlite::{SchemaRow, catalog as catalog_of};
use crate::ledger::Tables;

/// A table that a virtual table keeps its data in is listed as `shadow`, and made with it.
const QUERY: &str = "SELECT type, name, tbl_name, sql FROM sqlite_schema \
    WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
    AND tbl_name NOT LIKE 'revgraph\\_%' ESCAPE '\\' AND tbl_name <> ?1 \
    AND tbl_name NOT IN (SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'shadow') ORDER BY rowid";

/// Describes the database in one query.
///
/// # Errors
/// The database's.
pub(super) fn catalog(connection: &Connection, tables: &Tables) -> Result<Catalog, BackendError> {
    let mut statement = connection.prepare(QUERY)?;
    let rows = statement.query_map([&tables.version], |row| {
        Ok(SchemaRow { kind: row.get(0)?, name: row.get(1)?, table: row.get(2)?, sql: row.get(3)? })
    })?;
    Ok(catalog_of(&rows.collect::<Result<Vec<_>, _>>()?))
}
