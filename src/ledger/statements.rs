//! The bookkeeping of steps as SQL.

use super::row::{Effect, Row, insert_rows};
use super::{Change, Entry, RowsBefore, Sql, Tables, Value};
use crate::graph::RevisionId;
use crate::plan::RowChange;

/// The statements that move the version rows. The last one alone tells by the number of rows it touched whether
/// all were as expected: inserts come before it and fail by themselves where a row is there already.
#[must_use]
pub fn row_statements(tables: &Tables, rows: &RowChange) -> Vec<(Sql, usize)> {
    let table = || (tables.schema.as_deref(), tables.version.clone());
    let mut statements = Vec::new();
    let update = rows.update.as_ref();
    let plain_update = update.filter(|_| rows.delete.is_empty() && rows.insert.is_empty());
    if let Some((from, to)) = plain_update {
        let (schema, name) = table();
        let sql = Sql::new("UPDATE ").table(schema, name).raw(" SET version_num = ").value(to.as_str());
        return vec![(sql.raw(" WHERE version_num = ").value(from.as_str()), 1)];
    }
    let added: Vec<&RevisionId> = rows.insert.iter().chain(update.map(|(_, to)| to)).collect();
    let removed: Vec<&RevisionId> = rows.delete.iter().chain(update.map(|(from, _)| from)).collect();
    if !added.is_empty() {
        let (schema, name) = table();
        let mut sql = Sql::new("INSERT INTO ").table(schema, name).raw(" (version_num) VALUES ");
        for (index, id) in added.iter().enumerate() {
            sql = sql.raw(if index == 0 { "(" } else { ", (" }).value(id.as_str()).raw(")");
        }
        statements.push((sql, added.len()));
    }
    if !removed.is_empty() {
        let (schema, name) = table();
        let sql = Sql::new("DELETE FROM ").table(schema, name).raw(" WHERE version_num IN (");
        let values = removed.iter().map(|id| Value::from(id.as_str()));
        statements.push((sql.values(values).raw(")"), removed.len()));
    }
    statements
}

/// One row; nothing of it hangs on version rows.
fn insert_row(tables: &Tables, row: &Row<'_>) -> Sql {
    insert_rows(tables).then(row.values(Sql::new("TRUE")))
}

/// The condition that as many version rows have `changed` as expected.
fn as_many(changed: Sql, expected: usize) -> Sql {
    changed.raw(" = ").value(Value::Integer(i64::try_from(expected).unwrap_or(i64::MAX)))
}

/// The rows of some changes. The first holds what the ledger's check insists on.
fn rows_of(changes: &[Change], check: Sql) -> Vec<Sql> {
    let mut moved = Some(check);
    let rows = changes.iter().flat_map(Row::all_of);
    rows.map(|row| row.values(moved.take().unwrap_or_else(|| Sql::new("TRUE")))).collect()
}

/// The bookkeeping of some steps as one PostgreSQL statement: version rows and ledger. The ledger's check
/// makes it fail where a version row was not what the plan expects, or where the rows `before` are no longer there:
/// the counts of a statement are from before its own changes.
#[must_use]
pub fn bookkeeping_statement(
    tables: &Tables,
    rows: &RowChange,
    changes: &[Change],
    before: Option<&RowsBefore>,
) -> Sql {
    const ROWS: [&str; 2] = ["moved_1", "moved_2"];
    let mut sql = Sql::default();
    let mut separator = "WITH ";
    let statements = row_statements(tables, rows);
    let expected = statements.iter().map(|(_, rows)| rows).sum();
    let mut counted = Sql::new("0");
    for ((statement, _), name) in statements.into_iter().zip(ROWS) {
        sql = sql.raw(separator).raw(name).raw(" AS (").then(statement).raw(" RETURNING 1)");
        counted = counted.raw(" + (SELECT count(*) FROM ").raw(name).raw(")");
        separator = ", ";
    }
    sql = sql.raw(if separator == "WITH " { "" } else { " " }).then(insert_rows(tables));
    let mut check = as_many(counted, expected);
    if let Some(before) = before {
        check = check.raw(" AND ").then(before.are_there_before(tables, rows));
    }
    for (index, row) in rows_of(changes, check).into_iter().enumerate() {
        sql = sql.raw(if index == 0 { "" } else { ", " }).then(row);
    }
    sql
}

/// The bookkeeping of some steps as statements of their own, for SQLite's offline mode. The check on the first
/// row sees `changes()`, the count of the last change to the version rows, which comes right before it, and looks for
/// the rows that were there `before` and the change leaves alone.
#[must_use]
pub fn bookkeeping_statements(
    tables: &Tables,
    rows: &RowChange,
    changes: &[Change],
    before: Option<&RowsBefore>,
) -> Vec<Sql> {
    let moved = row_statements(tables, rows);
    let expected = moved.last().map_or(0, |(_, rows)| *rows);
    let counted = Sql::new(if moved.is_empty() { "0" } else { "changes()" });
    let mut statements: Vec<Sql> = moved.into_iter().map(|(sql, _)| sql).collect();
    let mut check = as_many(counted, expected);
    if let Some(before) = before {
        check = check.raw(" AND ").then(before.are_there_after(tables, rows));
    }
    statements.extend(ledger_statements(tables, changes, check));
    statements
}

/// The ledger's part alone, a row each. The first carries `check`, an SQL condition that must hold.
#[must_use]
pub fn ledger_statements(tables: &Tables, changes: &[Change], check: Sql) -> Vec<Sql> {
    rows_of(changes, check).into_iter().map(|row| insert_rows(tables).then(row)).collect()
}

/// An event that changes neither version rows nor what is recorded, such as that of a step that failed and was rolled
/// back.
#[must_use]
pub fn event(
    tables: &Tables,
    revision: &str,
    operation: &str,
    outcome: &'static str,
    actor: &str,
    detail: Option<String>,
) -> Sql {
    let row = Row::event(revision, operation, actor, Effect::None);
    insert_row(tables, &Row { outcome: Some(outcome), detail, ..row })
}

/// The statements that bring the ledger in line with version rows that another tool has moved. The first fails where
/// the rows are no longer `rows`.
#[must_use]
pub fn adopt(
    tables: &Tables,
    rows: &[RevisionId],
    record: &[Entry],
    forget: &[RevisionId],
    actor: &str,
) -> Vec<Sql> {
    let forgotten = forget.iter().map(|id| Row::event(id.as_str(), "forget", actor, Effect::Forgotten));
    let recorded = record
        .iter()
        .map(|entry| Row::event(entry.revision.as_str(), "adopt", actor, Effect::Recorded(entry)));
    let mut check = Some(RowsBefore::all_of(rows).are_there(tables));
    let insert =
        |row: Row<'_>| insert_rows(tables).then(row.values(check.take().unwrap_or_else(|| Sql::new("TRUE"))));
    forgotten.chain(recorded).map(insert).collect()
}

/// The statement that puts `entry` in the place of what the ledger has of its revision, with an event.
#[must_use]
pub fn accept(tables: &Tables, entry: &Entry, actor: &str, detail: Option<String>) -> Sql {
    let row = Row::event(entry.revision.as_str(), "accept", actor, Effect::Recorded(entry));
    insert_row(tables, &Row { detail, ..row })
}
