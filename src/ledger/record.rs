//! Version rows and ledger changed with no script.

use super::journal::forget_journal;
use super::statements::{bookkeeping_statement, bookkeeping_statements};
use super::{Change, RowsBefore, Sql, Tables};
use crate::graph::RevisionId;
use crate::plan::RowChange;
use crate::sql::Dialect;

/// The statements that change the version rows and the ledger with no script, and forget the journals of the changed
/// revisions; with `purge` all version rows go first, and `rows` are what comes. There must be a change. One of them fails
/// where the version rows are no longer those of `before`; with `purge` there may also be none.
#[must_use]
pub fn record(
    dialect: Dialect,
    tables: &Tables,
    before: &[RevisionId],
    rows: &RowChange,
    changes: &[Change],
    purge: bool,
) -> Vec<Sql> {
    let mut before = RowsBefore::all_of(before);
    let mut statements = Vec::new();
    if purge {
        let delete = Sql::new("DELETE FROM ").table(tables.schema.as_deref(), &tables.version);
        // Others than those before stay, and are in the way of what follows.
        statements.push(delete.raw(" WHERE ").then(before.are_there(tables)));
        before = RowsBefore::default();
    }
    statements.extend(changes.iter().map(|change| forget_journal(tables, &change.revision)));
    match dialect {
        Dialect::Postgres => statements.push(bookkeeping_statement(tables, rows, changes, Some(&before))),
        Dialect::Sqlite => statements.extend(bookkeeping_statements(tables, rows, changes, Some(&before))),
    }
    statements
}
