//! The events, as they are read.

use super::{Event, Sql, Tables, TextRow, UnreadableRow, Value};
use crate::sql::Dialect;

/// The query for the events, the last first; for no more than `limit` of them where one is given. The columns are those of
/// [`Event`].
#[must_use]
pub fn select_events(dialect: Dialect, tables: &Tables, limit: Option<usize>) -> Sql {
    let select = Sql::new("SELECT id, ")
        .raw(happened_at(dialect))
        .raw(", revision, operation, outcome, duration_ms, actor, detail FROM ")
        .table(tables.schema.as_deref(), tables.ledger())
        .raw(" WHERE outcome IS NOT NULL ORDER BY id DESC");
    match limit {
        Some(limit) => select.raw(" LIMIT ").value(Value::Integer(i64::try_from(limit).unwrap_or(i64::MAX))),
        None => select,
    }
}

/// The column of the time, as RFC 3339 in UTC.
pub(super) fn happened_at(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Postgres => {
            "to_char(happened_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"') AS happened_at"
        }
        Dialect::Sqlite => "happened_at",
    }
}

impl Event {
    /// Reads a row of [`select_events`]: an event of the ledger.
    ///
    /// # Errors
    /// [`UnreadableRow`].
    pub fn read(row: &TextRow<'_>) -> Result<Self, UnreadableRow> {
        let text = |place, column| row.text(place, column).map(str::to_owned);
        Ok(Self {
            id: row.number(0, "number")?.ok_or(UnreadableRow::Value { column: "number" })?,
            happened_at: text(1, "time")?,
            revision: text(2, "revision")?,
            operation: text(3, "operation")?,
            outcome: text(4, "outcome")?,
            duration_ms: row.number(5, "duration")?,
            actor: text(6, "actor")?,
            detail: row.optional(7).map(str::to_owned),
        })
    }
}
