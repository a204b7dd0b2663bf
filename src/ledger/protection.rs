//! The mark that keeps a database from being erased whole, as SQL.

use super::statements::event;
use super::{Sql, Tables};
use crate::sql::Dialect;

/// The statement that makes the table of the mark where it is missing. Only a database that has once been protected
/// has it.
#[must_use]
pub fn create_protection(dialect: Dialect, tables: &Tables) -> Sql {
    let (timestamp, now) = match dialect {
        Dialect::Postgres => ("timestamptz", "pg_catalog.clock_timestamp()"),
        Dialect::Sqlite => ("TEXT", "(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))"),
    };
    Sql::new("CREATE TABLE IF NOT EXISTS ")
        .table(tables.schema.as_deref(), tables.protection())
        .raw(" (\n    name text NOT NULL PRIMARY KEY,\n    protected_at ")
        .raw(timestamp)
        .raw(" NOT NULL DEFAULT ")
        .raw(now)
        .raw(",\n    actor text NOT NULL\n)")
}

/// The name under which the database is protected; no row where it is not.
#[must_use]
pub fn select_protection(tables: &Tables) -> Sql {
    Sql::new("SELECT name FROM ")
        .table(tables.schema.as_deref(), tables.protection())
        .raw(" ORDER BY name LIMIT 1")
}

/// The statements that protect a database under `name`, or with none no longer, and note it down as an event.
#[must_use]
pub fn set_protection(dialect: Dialect, tables: &Tables, name: Option<&str>, actor: &str) -> Vec<Sql> {
    let table = |text| Sql::new(text).table(tables.schema.as_deref(), tables.protection());
    let mut statements = vec![create_protection(dialect, tables), table("DELETE FROM ")];
    if let Some(name) = name {
        let insert = table("INSERT INTO ").raw(" (name, actor) VALUES (").value(name).raw(", ").value(actor);
        statements.push(insert.raw(")"));
    }
    let operation = if name.is_some() { "protect" } else { "unprotect" };
    statements.push(event(tables, "", operation, "done", actor, name.map(str::to_owned)));
    statements
}
