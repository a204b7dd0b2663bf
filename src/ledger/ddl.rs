//! The tables themselves.

use super::{Sql, Tables, VERSION_NUM_WIDTH};
use crate::sql::Dialect;

/// The version table exactly as Alembic 1.20 makes it, to the letter where the name needs no quotes; wider only
/// where an id is longer than 32 characters.
#[must_use]
pub fn create_version_table(dialect: Dialect, tables: &Tables, longest_id: usize) -> String {
    let name =
        |name: &str| if needs_no_quotes(name) { name.to_owned() } else { dialect.quote_identifier(name) };
    let table = match &tables.schema {
        Some(schema) => format!("{}.{}", dialect.quote_identifier(schema), name(&tables.version)),
        None => name(&tables.version),
    };
    let constraint = name(&format!("{}_pkc", tables.version));
    let width = longest_id.max(VERSION_NUM_WIDTH);
    format!(
        "CREATE TABLE {table} (\n\tversion_num VARCHAR({width}) NOT NULL, \n\tCONSTRAINT {constraint} PRIMARY KEY (version_num)\n)"
    )
}

/// Whether a name means itself without quotes. No keyword but `current_…`, `session_…`, `system_…` holds an
/// underscore.
fn needs_no_quotes(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
    name.contains('_')
        && name.bytes().all(is_plain)
        && !["current_", "session_", "system_"].iter().any(|prefix| name.starts_with(prefix))
}

/// Makes `version_num` wide enough; nothing where the dialect does not enforce widths.
#[must_use]
pub fn widen_version_table(dialect: Dialect, tables: &Tables, longest_id: usize) -> Option<String> {
    match dialect {
        Dialect::Sqlite => None,
        Dialect::Postgres => {
            let alter = Sql::new("ALTER TABLE ").table(tables.schema.as_deref(), &tables.version);
            Some(format!("{} ALTER COLUMN version_num TYPE VARCHAR({longest_id})", alter.literal(dialect)))
        }
    }
}

/// The time of the clock, not of the transaction's beginning.
pub(super) fn now(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Postgres => "pg_catalog.clock_timestamp()",
        Dialect::Sqlite => "(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))",
    }
}

/// The statements that make the ledger and its journal where they are missing.
///
/// The ledger is one table that only grows: on SQLite every page that a revision touches more is written twice before
/// its commit, and an entry of its own, with its index, made three of them.
#[must_use]
pub fn create_ledger(dialect: Dialect, tables: &Tables) -> [String; 2] {
    let (timestamp, row_id) = match dialect {
        Dialect::Postgres => ("timestamptz", "bigint GENERATED ALWAYS AS IDENTITY"),
        Dialect::Sqlite => ("TEXT", "INTEGER"),
    };
    let now = now(dialect);
    let schema = tables.schema.as_deref();
    // The check is what makes a step that did not find its version row fail inside its own transaction.
    let ledger = Sql::new("CREATE TABLE IF NOT EXISTS ")
        .table(schema, tables.ledger())
        .raw(" (\n    id ")
        .raw(row_id)
        .raw(" PRIMARY KEY,\n    happened_at ")
        .raw(timestamp)
        .raw(" NOT NULL DEFAULT ")
        .raw(now)
        .raw(",\n    revision text NOT NULL,\n    operation text NOT NULL,\n    outcome text,\n    duration_ms bigint,\n    actor text NOT NULL,\n    detail text,\n    version_rows_moved boolean NOT NULL,\n    entry text,\n    checksum text,\n    parents text,\n    depends_on text,\n    origin text,\n    message text,\n    up_script text,\n    down_script text,\n    CONSTRAINT revgraph_version_rows CHECK (version_rows_moved)\n)");
    let statement = Sql::new("CREATE TABLE IF NOT EXISTS ")
        .table(schema, tables.statement())
        .raw(" (\n    revision text NOT NULL,\n    operation text NOT NULL,\n    statement bigint NOT NULL,\n    hash text NOT NULL,\n    state text NOT NULL,\n    started_at ")
        .raw(timestamp)
        .raw(" NOT NULL DEFAULT ")
        .raw(now)
        .raw(",\n    ended_at ")
        .raw(timestamp)
        .raw(",\n    error text,\n    PRIMARY KEY (revision, operation, statement)\n)");
    [ledger.literal(dialect), statement.literal(dialect)]
}
