//! What takes a schema away again.

use std::collections::BTreeSet;

use super::order::order;
use super::{Statement, identifier, qualified, relation_of};
use crate::catalog::{Catalog, Definition, Object, ObjectKind, ObjectName, Sequence};
use crate::sql::Dialect;

/// The statements that drop those objects of a catalog that are wanted, each before those that it needs; the same ones
/// for the same catalog. What goes with a table or view that is dropped has none of its own.
#[must_use]
pub fn drop(catalog: &Catalog, is_wanted: &dyn Fn(&ObjectName) -> bool) -> Vec<Statement> {
    let steps = order(catalog, is_wanted);
    let drops = steps.iter().rev().filter(|step| !goes_with_another(catalog, is_wanted, step.object));
    let written = |name: &ObjectName| match name.kind {
        ObjectKind::Unmodelled => undo_of(catalog.objects.get(name)).map(str::to_owned),
        _ => drop_one(catalog.dialect, name),
    };
    drops.filter_map(|step| Some(Statement::of(step.object, written(step.object)?))).collect()
}

/// The statement that an object says itself takes it away; none where its name tells.
#[must_use]
pub fn undo_of(object: Option<&Object>) -> Option<&str> {
    match &object?.definition {
        Definition::Other(other) => other.undo.as_deref(),
        _ => None,
    }
}

/// The statement that drops one object; none where none does, as for a column of SQLite's or the schema `public`,
/// which every PostgreSQL database has.
#[must_use]
pub fn drop_one(dialect: Dialect, name: &ObjectName) -> Option<String> {
    match name.kind {
        ObjectKind::Schema if name.name == "public" => None,
        ObjectKind::Constraint if !dialect.alters_constraints() => None,
        ObjectKind::Constraint | ObjectKind::Column => {
            let kind = name.kind.name().to_uppercase();
            let own = identifier(dialect, &name.name);
            Some(format!("ALTER TABLE {} DROP {kind} {own}", relation_of(dialect, name)))
        }
        ObjectKind::Index | ObjectKind::Trigger | ObjectKind::Rule | ObjectKind::Policy => {
            Some(part(dialect, name))
        }
        ObjectKind::VirtualTable => Some(format!("DROP TABLE {}", qualified(dialect, name))),
        ObjectKind::Aggregate => {
            Some(format!("DROP AGGREGATE {}({})", qualified(dialect, name), aggregate_arguments(name)))
        }
        // A detail goes with what it belongs to.
        ObjectKind::Unmodelled | ObjectKind::Detail => None,
        kind => {
            let arguments = name.arguments.as_ref().map(|arguments| format!("({arguments})"));
            let kind = kind.name().to_uppercase();
            Some(format!("DROP {kind} {}{}", qualified(dialect, name), arguments.unwrap_or_default()))
        }
    }
}

/// Whether an object goes with a table, view or column that is dropped. A constraint that is a step of its own was made after
/// its table, because what it refers to may refer back.
fn goes_with_another(catalog: &Catalog, is_wanted: &dyn Fn(&ObjectName) -> bool, name: &ObjectName) -> bool {
    match catalog.objects.get(name).map(|object| &object.definition) {
        Some(Definition::Constraint(constraint)) => constraint.is_inherited,
        Some(Definition::Sequence(sequence)) => goes_with_column(catalog, is_wanted, sequence),
        _ => catalog
            .relation_of(name)
            .is_some_and(|(relation, _)| is_wanted(relation) && !is_in_the_way(catalog, name, relation)),
    }
}

/// Whether a part has to go before its table, because it needs something that needs the table: a function of its row type
/// in an index.
fn is_in_the_way(catalog: &Catalog, part: &ObjectName, relation: &ObjectName) -> bool {
    let mut seen = BTreeSet::new();
    let needed = catalog.dependencies.get(part).into_iter().flatten();
    let mut next: Vec<&ObjectName> =
        needed.filter(|one| *one != relation && !one.is_part_of(relation)).collect();
    while let Some(name) = next.pop() {
        if name == relation {
            return true;
        }
        if seen.insert(name) {
            next.extend(catalog.dependencies.get(name).into_iter().flatten());
        }
    }
    false
}

/// The types of an aggregate's arguments as its statements name them.
pub(super) fn aggregate_arguments(name: &ObjectName) -> &str {
    name.arguments.as_deref().filter(|arguments| !arguments.is_empty()).unwrap_or("*")
}

fn part(dialect: Dialect, name: &ObjectName) -> String {
    let kind = name.kind.name().to_uppercase();
    let own = identifier(dialect, &name.name);
    match (dialect, name.kind) {
        (Dialect::Sqlite, _) => format!("DROP {kind} {own}"),
        (Dialect::Postgres, ObjectKind::Index) => format!("DROP INDEX {}", qualified(dialect, name)),
        (Dialect::Postgres, _) => format!("DROP {kind} {own} ON {}", relation_of(dialect, name)),
    }
}

fn goes_with_column(catalog: &Catalog, is_wanted: &dyn Fn(&ObjectName) -> bool, sequence: &Sequence) -> bool {
    let Some(column) = &sequence.owned_by else { return false };
    catalog.objects.iter().filter(|(name, _)| is_wanted(name)).any(|(name, object)| {
        match &object.definition {
            Definition::Table(table) => {
                table.columns.iter().any(|one| super::qualified_column(name, &one.name) == *column)
            }
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::sqlite::{SchemaRow, catalog};

    #[test]
    fn what_goes_with_a_table_is_not_dropped_by_itself() {
        let row = |kind: &str, name: &str, table: &str, sql: &str| SchemaRow {
            kind: kind.to_owned(),
            name: name.to_owned(),
            table: table.to_owned(),
            sql: sql.to_owned(),
        };
        let schema = catalog(&[
            row("table", "a", "a", "CREATE TABLE a (id INTEGER PRIMARY KEY)"),
            row("table", "b", "b", "CREATE TABLE b (a REFERENCES a)"),
            row("index", "i", "b", "CREATE INDEX i ON b (a)"),
            row("index", "o", "older", "CREATE INDEX o ON older (a)"),
            row("view", "v", "v", "CREATE VIEW v AS SELECT * FROM b"),
        ]);
        let drops = |is_wanted: &dyn Fn(&ObjectName) -> bool| super::super::text(&drop(&schema, is_wanted));
        assert_eq!(drops(&|_| true), "DROP VIEW v;\nDROP INDEX o;\nDROP TABLE b;\nDROP TABLE a;\n");
        assert_eq!(drops(&|name| name.kind == ObjectKind::Index), "DROP INDEX o;\nDROP INDEX i;\n");
    }
}
