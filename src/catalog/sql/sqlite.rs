//! The statements of a SQLite schema.

use super::order::Step;
use super::{Statement, table};
use crate::catalog::{
    Catalog, Column, Constraint, ConstraintRule, Definition, ObjectKind, ObjectName, Table,
};
use crate::sql::Dialect;

/// The statements that make the objects of `steps`, in this order; constraints are in those of their tables.
pub(super) fn statements(catalog: &Catalog, steps: &[Step<'_>]) -> Vec<Statement> {
    let statements = steps
        .iter()
        .filter_map(|step| Some(Statement::of(step.object, sqlite_create(catalog, step.object)?)));
    statements.collect()
}

/// The statement that makes an object, without its semicolon; none for what is made with its table. SQLite adds no
/// constraint to a table, and needs no order among them.
#[must_use]
pub fn sqlite_create(catalog: &Catalog, name: &ObjectName) -> Option<String> {
    match &catalog.objects.get(name)?.definition {
        Definition::Table(_) => sqlite_create_table_as(catalog, name, &name.name),
        Definition::Verbatim(sql) => Some(sql.clone()),
        Definition::Index(index) => Some(index.definition.clone()),
        Definition::View(view) => Some(view.definition.clone()),
        Definition::Trigger(trigger) => Some(trigger.definition.clone()),
        _ => None,
    }
}

/// The statement that makes a table under another name; its references to itself keep its own.
#[must_use]
pub fn sqlite_create_table_as(catalog: &Catalog, name: &ObjectName, called: &str) -> Option<String> {
    let Definition::Table(table) = &catalog.objects.get(name)?.definition else { return None };
    let own = catalog.parts_of(name).filter(|(_, part)| matches!(part.definition, Definition::Constraint(_)));
    let constraints: Vec<_> = own.map(|(name, _)| name).collect();
    let called = ObjectName::new(ObjectKind::Table, None, called);
    Some(table::create(catalog, &called, table, &constraints))
}

/// A column with constraints of its own, as `ADD COLUMN` takes it.
#[must_use]
pub fn sqlite_column(
    table: &ObjectName,
    column: &Column,
    constraints: &[(&ObjectName, &Constraint)],
) -> String {
    let mut text = table::add_column(Dialect::Sqlite, table, &Table::default(), column);
    for (name, constraint) in constraints {
        let written = table::named_constraint(Dialect::Sqlite, name, constraint);
        text.push(' ');
        text.push_str(&match &constraint.rule {
            ConstraintRule::ForeignKey(key) => {
                written.replacen(&format!("FOREIGN KEY ({}) ", key.columns.join(", ")), "", 1)
            }
            _ => written,
        });
    }
    text
}
