//! Tables that another tool keeps.

use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

use super::super::{BackendError, ForeignColumn, ForeignRows, ForeignTable};
use crate::hex;
use crate::ledger::Sql;
use crate::sql::Dialect;

/// What a table of another tool's holds; `database` is the path of the database, none where it is in memory. A table
/// that is in a file of its own is looked for beside that.
///
/// # Errors
/// The database's.
pub(super) fn rows(
    connection: &Connection,
    database: Option<&Path>,
    table: &ForeignTable,
) -> Result<ForeignRows, BackendError> {
    let Some(file) = table.file else { return rows_of(connection, table) };
    match database.map(|database| database.with_file_name(file)).filter(|path| path.is_file()) {
        Some(path) => {
            let other = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
            rows_of(&other, table)
        }
        None => Ok(ForeignRows::NoTable),
    }
}

fn rows_of(connection: &Connection, table: &ForeignTable) -> Result<ForeignRows, BackendError> {
    let mut info = connection.prepare("SELECT name FROM pragma_table_info(?1)")?;
    let columns = info.query_map([&table.name], |row| row.get(0))?.collect::<Result<Vec<String>, _>>()?;
    if columns.is_empty() {
        return Ok(ForeignRows::NoTable);
    }
    if !table.fits(&columns) {
        return Ok(ForeignRows::OtherColumns(columns));
    }
    let mut statement = connection.prepare(&select(table).literal(Dialect::Sqlite))?;
    let rows = statement.query_map([], |row| {
        let cell = |(index, column): (usize, &ForeignColumn)| Ok(text(row.get_ref(index)?, *column));
        table.columns.iter().enumerate().map(cell).collect::<Result<Vec<_>, _>>()
    })?;
    Ok(ForeignRows::Rows(rows.collect::<Result<_, _>>()?))
}

fn select(table: &ForeignTable) -> Sql {
    let mut sql = Sql::new("SELECT ");
    for (index, column) in table.columns.iter().enumerate() {
        sql = sql.raw(if index == 0 { "" } else { ", " }).identifier(column.name());
    }
    sql = sql.raw(" FROM ").identifier(table.name.as_str());
    for (index, name) in table.order_by.iter().enumerate() {
        sql = sql.raw(if index == 0 { " ORDER BY " } else { ", " }).identifier(*name);
    }
    sql
}

/// A value of whatever type: SQLite keeps to none.
fn text(value: ValueRef<'_>, column: ForeignColumn) -> Option<String> {
    match (value, column) {
        (ValueRef::Null, _) => None,
        (ValueRef::Integer(number), _) => Some(number.to_string()),
        (ValueRef::Real(number), _) => Some(number.to_string()),
        (ValueRef::Text(bytes) | ValueRef::Blob(bytes), ForeignColumn::Text(_)) => {
            Some(String::from_utf8_lossy(bytes).into_owned())
        }
        (ValueRef::Text(bytes) | ValueRef::Blob(bytes), ForeignColumn::Bytes(_)) => Some(hex::encode(bytes)),
    }
}
