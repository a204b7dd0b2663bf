//! What a backup of a database is checked against, read in one transaction.

use std::collections::BTreeMap;

use rusqlite::Connection;

use super::super::{Backend, BackendError, Describe, Inventory, SequencePosition};
use super::{Sqlite, row_counts};
use crate::catalog::{ObjectKind, ObjectName};

/// The tables that have rows of their own; a virtual table has them in its shadow tables, or elsewhere.
const TABLES: &str = "SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage <> 0 \
    AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name";

/// Reads what the database holds, in one transaction, which is rolled back.
///
/// # Errors
/// The database's.
pub(super) fn read(database: &mut Sqlite<'_>) -> Result<Inventory, BackendError> {
    database.connection.execute_batch("BEGIN")?;
    let read = read_in_transaction(database);
    database.roll_back();
    read
}

fn read_in_transaction(database: &mut Sqlite<'_>) -> Result<Inventory, BackendError> {
    let version_rows = database.state()?.rows;
    let recorded = (database as &mut dyn Backend).recorded()?;
    let scripts = recorded.into_iter().map(|entry| (entry.revision.to_string(), entry.checksum)).collect();
    let objects = database.catalog()?.objects.keys().map(ToString::to_string).collect();
    let connection = &database.connection;
    let mut statement = connection.prepare(TABLES)?;
    let names = statement.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
    let tables: Vec<_> = names.iter().map(|name| ObjectName::new(ObjectKind::Table, None, name)).collect();
    let rows = row_counts::count(connection, &tables)?;
    Ok(Inventory {
        version_rows,
        scripts,
        tables: names.into_iter().zip(rows).collect(),
        sequences: sequences(connection)?,
        objects,
        ..Inventory::default()
    })
}

/// Where the tables with `AUTOINCREMENT` stand. Whoever writes there by hand may write anything; what is no number is left out.
fn sequences(connection: &Connection) -> Result<BTreeMap<String, Option<SequencePosition>>, BackendError> {
    let is_there = "SELECT count(*) FROM sqlite_schema WHERE name = 'sqlite_sequence'";
    if connection.query_row(is_there, [], |row| row.get::<_, i64>(0))? == 0 {
        return Ok(BTreeMap::new());
    }
    let numbers =
        "SELECT name, seq FROM sqlite_sequence WHERE typeof(seq) = 'integer' AND typeof(name) = 'text'";
    let mut statement = connection.prepare(numbers)?;
    let positions = statement.query_map([], |row| {
        Ok((row.get(0)?, Some(SequencePosition { last_value: row.get(1)?, is_called: true })))
    })?;
    Ok(positions.collect::<Result<_, _>>()?)
}
