//! Rows, positions and pragmas of the file.

use rusqlite::Connection;
use rusqlite::types::ValueRef;

use super::super::{BackendError, Contents, SequencePosition, TableRows};
use crate::catalog::sql::{blob_literal, text_literal};
use crate::catalog::{Catalog, ObjectKind, ObjectName};
use crate::ledger::Sql;
use crate::sql::Dialect;

/// What is kept in the file's header for whoever wants it.
const PRAGMAS: [&str; 2] = ["application_id", "user_version"];

/// Reads the rows of a catalog's tables, where their sequences stand, and what of the header is not 0.
///
/// # Errors
/// The database's.
pub(super) fn read(connection: &Connection, catalog: &Catalog) -> Result<Contents, BackendError> {
    let mut contents = Contents::default();
    for name in catalog.objects.keys() {
        if matches!(name.kind, ObjectKind::Table | ObjectKind::VirtualTable) {
            contents.tables.insert(name.clone(), rows(connection, &name.name)?);
        }
    }
    for (table, last_value) in positions(connection)? {
        if catalog.objects.contains_key(&ObjectName::new(ObjectKind::Table, None, &table)) {
            contents.sequences.insert(table, SequencePosition { last_value, is_called: true });
        }
    }
    for pragma in PRAGMAS {
        let value: i64 = connection.query_row(&format!("PRAGMA {pragma}"), [], |row| row.get(0))?;
        if value != 0 {
            contents.unmodelled.insert(format!("{pragma} {value}"));
        }
    }
    Ok(contents)
}

fn rows(connection: &Connection, table: &str) -> Result<TableRows, BackendError> {
    let columns = columns(connection, table)?;
    let mut select = Sql::new("SELECT ");
    for (index, column) in columns.iter().enumerate() {
        select = if index > 0 { select.raw(", ") } else { select }.identifier(column.as_str());
    }
    // A table has a column at least, but all may be generated.
    let select = if columns.is_empty() { select.raw("NULL") } else { select };
    let mut statement =
        connection.prepare(&select.raw(" FROM ").identifier(table).literal(Dialect::Sqlite))?;
    let mut found = statement.query([])?;
    let mut rows = Vec::new();
    while let Some(row) = found.next()? {
        let values = (0..columns.len()).map(|index| Ok(literal(row.get_ref(index)?)));
        rows.push(values.collect::<rusqlite::Result<_>>()?);
    }
    Ok(TableRows { columns, rows })
}

/// The columns that can be written: neither generated nor a virtual table's hidden ones.
fn columns(connection: &Connection, table: &str) -> Result<Vec<String>, BackendError> {
    let mut statement =
        connection.prepare("SELECT name FROM pragma_table_xinfo(?1) WHERE hidden = 0 ORDER BY cid")?;
    let names = statement.query_map([table], |row| row.get(0))?;
    Ok(names.collect::<Result<_, _>>()?)
}

fn literal(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "NULL".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) if number.is_infinite() => {
            if number > 0.0 { "9e999" } else { "-9e999" }.to_owned()
        }
        ValueRef::Real(number) => format!("{number:?}"),
        ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => text_literal(Dialect::Sqlite, text),
            Err(_) => format!("CAST({} AS TEXT)", blob_literal(Dialect::Sqlite, bytes)),
        },
        ValueRef::Blob(bytes) => blob_literal(Dialect::Sqlite, bytes),
    }
}

fn positions(connection: &Connection) -> Result<Vec<(String, i64)>, BackendError> {
    let exists: bool = connection.query_row(
        "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence')",
        [],
        |row| row.get(0),
    )?;
    if !exists {
        return Ok(Vec::new());
    }
    let mut statement = connection.prepare("SELECT name, seq FROM sqlite_sequence")?;
    let positions = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(positions.collect::<Result<_, _>>()?)
}
