//! The schema of a SQLite database: the text of its statements, which `catalog::sqlite` reads.

use rusqlite::Connection;

use super::super::BackendError;
use crate::catalog::Catalog;
use crate::catalog::sqlite::{SchemaRow, catalog as catalog_of};
use crate::ledger::Tables;

/// A table that a virtual table keeps its data in is listed as `shadow`, and made with it.
const QUERY: &str = "SELECT s.type, s.name, s.tbl_name, s.sql FROM sqlite_schema s \
    LEFT JOIN pragma_table_list l ON l.schema = 'main' AND l.name = s.tbl_name \
    WHERE s.sql IS NOT NULL AND s.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
    AND s.tbl_name NOT LIKE 'revgraph\\_%' ESCAPE '\\' AND s.tbl_name <> ?1 AND l.type IS NOT 'shadow' ORDER BY s.rowid";

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
