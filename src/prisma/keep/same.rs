//! What is one thing in two catalogs.

use crate::catalog::{Catalog, ObjectKind, ObjectName};

/// The name by which a catalog has an object; SQLite does not tell the case of letters.
pub(super) fn find(catalog: &Catalog, name: &ObjectName) -> Option<ObjectName> {
    if catalog.objects.contains_key(name) {
        return Some(name.clone());
    }
    let is_it = |other: &&ObjectName| {
        other.kind == name.kind
            && other.name.eq_ignore_ascii_case(&name.name)
            && other.relation.as_deref().map(str::to_ascii_lowercase)
                == name.relation.as_deref().map(str::to_ascii_lowercase)
    };
    catalog.dialect.ignores_case_of_names().then(|| catalog.objects.keys().find(is_it).cloned()).flatten()
}

/// The name of the table that a part belongs to; none where it belongs to none.
pub(super) fn table_of(part: &ObjectName) -> Option<ObjectName> {
    let relation = part.relation.as_deref()?;
    Some(ObjectName::new(ObjectKind::Table, part.schema.as_deref(), relation))
}
