//! The tables of a SQLite database in which revgraph keeps what revisions have taken away.

use rusqlite::Connection;

use super::super::{BackendError, KeptTable};
use crate::catalog::{KEPT_MARK, KeptMark, ObjectKind, ObjectName, kept_glob};

/// Whether what belongs to the table `name`, a column with the table that it is of, belongs to one: a condition.
pub(super) fn is_kept(name: &str) -> String {
    format!(
        "{name} GLOB '{}' AND EXISTS (SELECT 1 FROM sqlite_schema AS k WHERE k.type = 'table' \
         AND k.name = {name} AND k.sql LIKE '%-- {KEPT_MARK}%')",
        kept_glob()
    )
}

/// The tables that keep what revisions would have lost, in the order of their names.
///
/// # Errors
/// The database's.
pub(super) fn tables(connection: &Connection) -> Result<Vec<KeptTable>, BackendError> {
    let mut statement = connection.prepare(&format!(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND {} ORDER BY name",
        is_kept("sqlite_schema.name")
    ))?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let rows: Vec<(String, String)> = rows.collect::<Result<_, _>>()?;
    let table = |(name, sql): (String, String)| {
        let name = ObjectName::new(ObjectKind::Table, None, &name);
        Some(KeptTable { name, mark: KeptMark::read(&sql)? })
    };
    Ok(rows.into_iter().filter_map(table).collect())
}
