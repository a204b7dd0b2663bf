//! Tests of the layer as a whole: scripts as people and tools write them, and properties.

mod lexing;
mod pg_dump;
mod properties;
mod splitting;

use super::{Dialect, Statement, StatementKind, split};

/// The only piece of `sql`; an empty statement where there is none.
pub(in crate::sql) fn statement(dialect: Dialect, sql: &str) -> Statement<'_> {
    let mut statements = split(dialect, sql).expect(sql);
    assert!(statements.len() <= 1, "more than one statement: {sql}");
    statements.pop().unwrap_or(Statement {
        dialect,
        script: sql,
        kind: StatementKind::Blank,
        piece: 0..0,
        body: 0..0,
        copy_data: None,
    })
}

/// The texts of the statements to run in `script`.
fn bodies(dialect: Dialect, script: &str) -> Vec<&str> {
    split(dialect, script)
        .expect(script)
        .iter()
        .filter(|statement| statement.is_runnable())
        .map(Statement::sql)
        .collect()
}
