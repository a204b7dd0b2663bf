//! What a table is to have from new parents alone, without declaring it.
//!
//! A table that joins a parent must have its columns and checks already, and what it has before is declared by itself. Only
//! what a parent hands down is not. So an empty table becomes its parent first, gets them and hands them down; once the new
//! parents are there, it leaves again. The rows stay where they are.

use super::super::Statement;
use super::POSTGRES;
use super::heritage::kept;
use super::sides::Sides;
use super::types::free_name;
use crate::catalog::sql::{identifier, qualified};
use crate::catalog::{Column, Constraint, ConstraintRule, ObjectKind, ObjectName};

/// The empty table that hands down what a table is to have from new parents alone; none where there is nothing of that
/// kind.
pub(super) fn of(sides: &Sides<'_>, table: &ObjectName) -> Option<ObjectName> {
    let (left, right) = sides.tables(table)?;
    let joins = right.inherits.len() > kept(left, right);
    let comes =
        |column: &&Column| column.is_inherited && !left.columns.iter().any(|other| other.name == column.name);
    (joins && right.columns.iter().any(|column| comes(&column))).then(|| free_name(sides, table))
}

/// The statements that make it a parent, before its columns come.
pub(super) fn begin(sides: &Sides<'_>, table: &ObjectName) -> Vec<Statement> {
    statements(sides, table, |own, foster| {
        [format!("CREATE TABLE {foster} ()"), format!("ALTER TABLE {own} INHERIT {foster}")]
    })
}

/// The statements that take it away, once the table has its new parents.
pub(super) fn end(sides: &Sides<'_>, table: &ObjectName) -> Vec<Statement> {
    statements(sides, table, |own, foster| {
        [format!("ALTER TABLE {own} NO INHERIT {foster}"), format!("DROP TABLE {foster}")]
    })
}

/// Statements about a table and the empty one, both as SQL names them; none where there is no empty one.
fn statements(
    sides: &Sides<'_>,
    table: &ObjectName,
    written: impl Fn(String, String) -> [String; 2],
) -> Vec<Statement> {
    let Some(foster) = of(sides, table) else { return Vec::new() };
    let written = written(qualified(POSTGRES, table), qualified(POSTGRES, &foster));
    written.into_iter().map(|sql| Statement::new(table, sql)).collect()
}

/// The statement that makes a check which a table is to have from new parents. It is handed down where all that it reads
/// is.
pub(super) fn check(sides: &Sides<'_>, name: &ObjectName, constraint: &Constraint) -> Option<Statement> {
    if !constraint.is_inherited || !matches!(constraint.rule, ConstraintRule::Check { .. }) {
        return None;
    }
    let (table, _) = sides.right.relation_of(name)?;
    let (left, _) = sides.tables(table)?;
    let read = sides.right.dependencies.get(name).into_iter().flatten();
    let is_handed_down = read
        .filter(|needed| needed.kind == ObjectKind::Column && needed.is_part_of(table))
        .all(|column| !left.columns.iter().any(|one| one.name == column.name));
    let holder = of(sides, table).filter(|_| is_handed_down).unwrap_or_else(|| table.clone());
    let own = identifier(POSTGRES, &name.name);
    let sql = format!(
        "ALTER TABLE {} ADD CONSTRAINT {own} {}",
        qualified(POSTGRES, &holder),
        constraint.definition
    );
    Some(Statement::new(name, sql))
}
