//! The schema of a SQLite database: the text of its statements, which `catalog::sqlite` reads.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};

use super::super::BackendError;
use super::kept::is_kept;
use crate::catalog::sqlite::{FollowedRows, SchemaRow, catalog as catalog_of};
use crate::catalog::{Catalog, Changes};
use crate::ledger::Tables;

/// Left out are revgraph's own tables, those of another environment's version table included; what merely has such a name
/// is the user's.
///
/// A table that a virtual table keeps its data in is listed as `shadow`, and made with it. Only virtual tables have
/// no root page; listing all tables takes longer than reading all rows. The tables that other version tables have beside
/// them, and those, are left out too: a ledger is told by its check.
const QUERY: &str = "SELECT rowid, type, name, tbl_name, sql FROM sqlite_schema \
    WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
    AND tbl_name NOT IN (?1, ?2, ?3, ?4) \
    AND (tbl_name NOT LIKE 'revgraph\\_%' ESCAPE '\\' OR NOT EXISTS (SELECT 1 FROM (SELECT 'revgraph_ledger' AS stem \
    UNION ALL SELECT 'revgraph_statement' UNION ALL SELECT 'revgraph_protection') WHERE tbl_name = stem OR EXISTS \
    (SELECT 1 FROM sqlite_schema AS version WHERE version.type = 'table' AND tbl_name = stem || '_' || version.name))) \
    AND tbl_name NOT IN \
    (SELECT value FROM sqlite_schema l JOIN json_each(json_array(l.name, 'revgraph_statement' || substr(l.name, 16), \
    'revgraph_protection' || substr(l.name, 16), \
    CASE l.name WHEN 'revgraph_ledger' THEN 'alembic_version' ELSE substr(l.name, 17) END)) \
    WHERE l.type = 'table' AND l.name GLOB 'revgraph_ledger*' AND l.sql LIKE '%CONSTRAINT revgraph_version_rows%') \
    AND CASE WHEN EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND rootpage = 0) THEN tbl_name NOT IN \
    (SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'shadow') ELSE true END";

/// The rows that are read, in the order of their ids.
static ROWS: LazyLock<String> =
    LazyLock::new(|| format!("{QUERY} AND NOT ({}) ORDER BY rowid", is_kept("sqlite_schema.tbl_name")));

/// Describes the database in one query.
///
/// # Errors
/// The database's.
pub(super) fn catalog(connection: &Connection, tables: &Tables) -> Result<Catalog, BackendError> {
    let mut statement = connection.prepare(&ROWS)?;
    let rows = statement.query_map(tables.all(), schema_row)?;
    Ok(catalog_of(&rows.collect::<Result<Vec<_>, _>>()?))
}

/// What may have changed since `followed` was brought up to date last, in one query.
///
/// # Errors
/// The database's.
pub(super) fn changes(
    connection: &Connection,
    tables: &Tables,
    followed: &mut FollowedRows,
) -> Result<Changes, BackendError> {
    let mut statement = connection.prepare_cached(&ROWS)?;
    let mut rows = statement.query(tables.all())?;
    let (mut gone, mut altered) = (Vec::new(), BTreeMap::new());
    // Both come in the order of the ids.
    let mut before = followed.rows().peekable();
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        while let Some((other, _)) = before.next_if(|(other, _)| *other < id) {
            gone.push(other);
        }
        let then = before.next_if(|(other, _)| *other == id);
        if !is_as_before(row, then.map(|(_, row)| row))? {
            altered.insert(id, schema_row(row)?);
        }
    }
    gone.extend(before.map(|(id, _)| id));
    Ok(followed.update(&gone, altered))
}

fn schema_row(row: &Row<'_>) -> rusqlite::Result<SchemaRow> {
    Ok(SchemaRow { kind: row.get(1)?, name: row.get(2)?, table: row.get(3)?, sql: row.get(4)? })
}

/// Compares without copying: most rows are as before.
fn is_as_before(row: &Row<'_>, before: Option<&SchemaRow>) -> rusqlite::Result<bool> {
    let Some(before) = before else { return Ok(false) };
    for (column, text) in [(1, &before.kind), (2, &before.name), (3, &before.table), (4, &before.sql)] {
        if row.get_ref(column)? != ValueRef::Text(text.as_bytes()) {
            return Ok(false);
        }
    }
    Ok(true)
}
