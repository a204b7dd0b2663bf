//! Objects by their names, as the database finds them.

use crate::catalog::{Catalog, Column, Definition, Object, ObjectKind, ObjectName};
use crate::sql::Dialect;

/// Whether two names are the same to the database.
pub(super) fn is_same(dialect: Dialect, one: &str, other: &str) -> bool {
    match dialect {
        Dialect::Postgres => one == other,
        Dialect::Sqlite => one.eq_ignore_ascii_case(other),
    }
}

/// An object; for a column, its table.
pub(super) fn find<'c>(catalog: &'c Catalog, name: &ObjectName) -> Option<(&'c ObjectName, &'c Object)> {
    if name.kind == ObjectKind::Column {
        let relation = name.relation.as_deref()?;
        let mut kinds = ObjectKind::RELATIONS.into_iter();
        return kinds.find_map(|kind| {
            let (table, object) = find(catalog, &ObjectName::new(kind, name.schema.as_deref(), relation))?;
            column(catalog, object, &name.name).map(|_| (table, object))
        });
    }
    if let Some(found) = catalog.objects.get_key_value(name) {
        return Some(found);
    }
    let same = |one: &Option<String>, other: &Option<String>| match (one, other) {
        (Some(one), Some(other)) => is_same(catalog.dialect, one, other),
        (one, other) => one == other,
    };
    let is_it = |other: &ObjectName| {
        other.kind == name.kind
            && is_same(catalog.dialect, &other.name, &name.name)
            && same(&other.relation, &name.relation)
    };
    catalog.objects.iter().filter(|_| catalog.dialect == Dialect::Sqlite).find(|(other, _)| is_it(other))
}

/// A column of a table.
pub(super) fn column<'c>(catalog: &Catalog, object: &'c Object, name: &str) -> Option<&'c Column> {
    match &object.definition {
        Definition::Table(table) => {
            table.columns.iter().find(|column| is_same(catalog.dialect, &column.name, name))
        }
        _ => None,
    }
}
