//! The bookkeeping of steps as SQL.

use std::collections::BTreeSet;

use super::{Change, Entry, EventDuration, Sql, Tables, Value, comma_separated};
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

fn insert_entries<'e>(tables: &Tables, entries: impl Iterator<Item = &'e Entry>) -> Sql {
    let mut sql = Sql::new("INSERT INTO ")
        .table(tables.schema.as_deref(), tables.revision())
        .raw(" (revision, checksum, parents, depends_on, origin, message, up_script, down_script) VALUES ");
    for (index, entry) in entries.enumerate() {
        let values = [
            entry.revision.as_str().into(),
            entry.checksum.to_string().into(),
            comma_separated(&entry.parents).into(),
            comma_separated(&entry.depends_on).into(),
            entry.origin.name().into(),
            entry.message.clone().into(),
            entry.up_script.as_ref().into(),
            entry.down_script.as_deref().map_or(Value::Null, Value::from),
        ];
        sql = sql.raw(if index == 0 { "(" } else { ", (" }).values(values).raw(")");
    }
    sql
}

fn delete_entries<'r>(tables: &Tables, revisions: impl Iterator<Item = &'r RevisionId>) -> Sql {
    Sql::new("DELETE FROM ")
        .table(tables.schema.as_deref(), tables.revision())
        .raw(" WHERE revision IN (")
        .values(revisions.map(|id| id.as_str().into()))
        .raw(")")
}

fn insert_events(tables: &Tables) -> Sql {
    Sql::new("INSERT INTO ")
        .table(tables.schema.as_deref(), tables.event())
        .raw(" (revision, operation, outcome, duration_ms, actor, detail, version_rows_moved) VALUES ")
}

fn count(number: usize) -> Value {
    Value::Integer(i64::try_from(number).unwrap_or(i64::MAX))
}

fn duration(duration: EventDuration) -> Sql {
    match duration {
        EventDuration::OfTransaction => {
            Sql::new("(extract(epoch FROM clock_timestamp() - transaction_timestamp()) * 1000)::bigint")
        }
        EventDuration::Milliseconds(ms) => Sql::default().value(Value::Integer(ms)),
        EventDuration::None => Sql::default().value(Value::Null),
    }
}

/// The row of a change's event; the first of a transaction tells whether as many version rows have moved as expected,
/// which the ledger's check insists on.
fn event_row(change: &Change, expected: usize, changed: Sql) -> Sql {
    Sql::new("(")
        .values([change.revision.as_str().into(), change.operation.name().into(), "done".into()])
        .raw(", ")
        .then(duration(change.duration))
        .raw(", ")
        .values([change.actor.clone().into(), Value::Null])
        .raw(", ")
        .then(changed)
        .raw(" = ")
        .value(count(expected))
        .raw(")")
}

/// The entries that no later change takes out again: the parts of one statement do not see each other's effects.
fn recorded_for_good(changes: &[Change]) -> Vec<&Entry> {
    let mut forgotten_later = BTreeSet::new();
    let mut kept = Vec::new();
    for change in changes.iter().rev() {
        kept.extend(change.record.iter().rev().filter(|entry| !forgotten_later.contains(&entry.revision)));
        forgotten_later.extend(&change.forget);
    }
    kept.reverse();
    kept
}

/// The bookkeeping of some steps as one PostgreSQL statement: version rows, ledger and events. The ledger's check
/// makes it fail where a version row was not what the plan expects.
#[must_use]
pub fn bookkeeping_statement(tables: &Tables, rows: &RowChange, changes: &[Change]) -> Sql {
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
    let recorded_for_good = recorded_for_good(changes);
    if changes.iter().any(|change| !change.forget.is_empty()) {
        let forgotten = delete_entries(tables, changes.iter().flat_map(|change| &change.forget));
        sql = sql.raw(separator).raw("forgotten AS (").then(forgotten).raw(")");
        separator = ", ";
    }
    if !recorded_for_good.is_empty() {
        let recorded = insert_entries(tables, recorded_for_good.into_iter());
        sql = sql.raw(separator).raw("recorded AS (").then(recorded).raw(")");
        separator = ", ";
    }
    sql = sql.raw(if separator == "WITH " { "" } else { " " }).then(insert_events(tables));
    for (index, change) in changes.iter().enumerate() {
        let row = if index == 0 {
            event_row(change, expected, counted.clone())
        } else {
            event_row(change, 0, Sql::new("0"))
        };
        sql = sql.raw(if index == 0 { "" } else { ", " }).then(row);
    }
    sql
}

/// The bookkeeping of some steps as statements of their own, for SQLite's offline mode. The check on the first
/// event sees `changes()`, the count of the last change to the version rows, which comes right before it.
#[must_use]
pub fn bookkeeping_statements(tables: &Tables, rows: &RowChange, changes: &[Change]) -> Vec<Sql> {
    let moved = row_statements(tables, rows);
    let expected = moved.last().map_or(0, |(_, rows)| *rows);
    let counted = Sql::new(if moved.is_empty() { "0" } else { "changes()" });
    let mut statements: Vec<Sql> = moved.into_iter().map(|(sql, _)| sql).collect();
    statements.extend(ledger_statements(tables, changes, expected, counted));
    statements
}

/// The ledger's part alone: the events, then what enters and leaves the ledger. The first event carries the count
/// of the version rows, `changed` being an SQL expression for it.
#[must_use]
pub fn ledger_statements(tables: &Tables, changes: &[Change], expected: usize, changed: Sql) -> Vec<Sql> {
    let mut statements = Vec::new();
    for (index, change) in changes.iter().enumerate() {
        let row = if index == 0 {
            event_row(change, expected, changed.clone())
        } else {
            event_row(change, 0, Sql::new("0"))
        };
        statements.push(insert_events(tables).then(row));
    }
    for change in changes {
        if !change.forget.is_empty() {
            statements.push(delete_entries(tables, change.forget.iter()));
        }
        statements.extend(change.record.iter().map(|entry| insert_entries(tables, std::iter::once(entry))));
    }
    statements
}

/// An event that moves no version row, such as that of a step that failed and was rolled back.
#[must_use]
pub fn event(
    tables: &Tables,
    revision: &str,
    operation: &str,
    outcome: &str,
    actor: &str,
    detail: Option<String>,
) -> Sql {
    insert_events(tables)
        .raw("(")
        .values([revision.into(), operation.into(), outcome.into(), Value::Null, actor.into(), detail.into()])
        .raw(", TRUE)")
}

/// The statements that bring the ledger in line with version rows that another tool has moved.
#[must_use]
pub fn adopt(tables: &Tables, record: &[Entry], forget: &[RevisionId], actor: &str) -> Vec<Sql> {
    let mut statements = Vec::new();
    if !forget.is_empty() {
        statements.push(delete_entries(tables, forget.iter()));
        statements.extend(forget.iter().map(|id| event(tables, id.as_str(), "forget", "done", actor, None)));
    }
    for entry in record {
        statements.push(insert_entries(tables, std::iter::once(entry)));
        statements.push(event(tables, entry.revision.as_str(), "adopt", "done", actor, None));
    }
    statements
}
