//! What takes a schema away again.

use super::order::{Step, order};
use super::{identifier, qualified, relation_of};
use crate::catalog::{Catalog, Definition, Object, ObjectKind, ObjectName, Sequence};
use crate::sql::Dialect;

/// The statements that drop the objects of a catalog, each before those that it needs; the same text for the same
/// catalog. What goes with a table or view is not dropped by itself.
#[must_use]
pub fn drop(catalog: &Catalog) -> String {
    let steps = order(catalog);
    let statements = steps.iter().rev().filter_map(|step| statement(catalog, step));
    statements.map(|statement| format!("{statement};\n")).collect()
}

fn statement(catalog: &Catalog, step: &Step<'_>) -> Option<String> {
    let object = catalog.objects.get(step.object)?;
    let name = step.object;
    match name.kind {
        // Every PostgreSQL database has it.
        ObjectKind::Schema if name.name == "public" => None,
        ObjectKind::Constraint => constraint(catalog, name),
        ObjectKind::Index | ObjectKind::Trigger | ObjectKind::Rule | ObjectKind::Policy => {
            (!goes_with_relation(catalog, name)).then(|| part(catalog.dialect, name))
        }
        ObjectKind::Sequence if goes_with_column(catalog, object) => None,
        ObjectKind::VirtualTable => Some(format!("DROP TABLE {}", qualified(catalog.dialect, name))),
        ObjectKind::Aggregate => Some(format!(
            "DROP AGGREGATE {}({})",
            qualified(catalog.dialect, name),
            aggregate_arguments(name)
        )),
        ObjectKind::Column | ObjectKind::Unmodelled => None,
        kind => {
            let arguments = name.arguments.as_ref().map(|arguments| format!("({arguments})"));
            let kind = kind.name().to_uppercase();
            let name = qualified(catalog.dialect, name);
            Some(format!("DROP {kind} {name}{}", arguments.unwrap_or_default()))
        }
    }
}

fn aggregate_arguments(name: &ObjectName) -> &str {
    name.arguments.as_deref().filter(|arguments| !arguments.is_empty()).unwrap_or("*")
}

/// A constraint that is a step of its own was made after its table, because what it refers to may refer back.
fn constraint(catalog: &Catalog, name: &ObjectName) -> Option<String> {
    let definition = catalog.objects.get(name).map(|object| &object.definition);
    let is_inherited = matches!(definition, Some(Definition::Constraint(one)) if one.is_inherited);
    let drops = catalog.dialect == Dialect::Postgres && !is_inherited;
    drops.then(|| {
        let constraint = identifier(catalog.dialect, &name.name);
        format!("ALTER TABLE {} DROP CONSTRAINT {constraint}", relation_of(catalog.dialect, name))
    })
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

fn goes_with_relation(catalog: &Catalog, part: &ObjectName) -> bool {
    let relation = part.relation.as_deref().unwrap_or_default();
    ObjectKind::RELATIONS
        .into_iter()
        .any(|kind| catalog.objects.contains_key(&ObjectName::new(kind, part.schema.as_deref(), relation)))
}

fn goes_with_column(catalog: &Catalog, sequence: &Object) -> bool {
    let Definition::Sequence(Sequence { owned_by: Some(column), .. }) = &sequence.definition else {
        return false;
    };
    catalog.objects.iter().any(|(name, object)| match &object.definition {
        Definition::Table(table) => {
            table.columns.iter().any(|one| super::qualified_column(name, &one.name) == *column)
        }
        _ => false,
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
        assert_eq!(drop(&schema), "DROP VIEW v;\nDROP INDEX o;\nDROP TABLE b;\nDROP TABLE a;\n");
    }
}
