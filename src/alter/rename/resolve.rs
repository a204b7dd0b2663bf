//! Objects by their names, as the database finds them.

use crate::catalog::{Catalog, Column, Definition, Object, ObjectKind, ObjectName};
use crate::sql::Dialect;

/// The object of this name; for the name of a column, the relation that has the column. SQLite does not tell case.
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
        (Some(one), Some(other)) => catalog.dialect.is_same_name(one, other),
        (one, other) => one == other,
    };
    let is_it = |other: &ObjectName| {
        other.kind == name.kind
            && catalog.dialect.is_same_name(&other.name, &name.name)
            && same(&other.relation, &name.relation)
    };
    catalog.objects.iter().filter(|_| catalog.dialect == Dialect::Sqlite).find(|(other, _)| is_it(other))
}

/// The column of that name of a table; none where the object is no table. SQLite does not tell case.
pub(super) fn column<'c>(catalog: &Catalog, object: &'c Object, name: &str) -> Option<&'c Column> {
    match &object.definition {
        Definition::Table(table) => {
            table.columns.iter().find(|column| catalog.dialect.is_same_name(&column.name, name))
        }
        _ => None,
    }
}
