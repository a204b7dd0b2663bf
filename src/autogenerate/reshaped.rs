//! Types whose values are written otherwise afterwards, although their names stay.

use std::collections::BTreeSet;

use crate::catalog::sql::qualified;
use crate::catalog::{Catalog, Definition, Object, ObjectKind, ObjectName};

/// The types of the left schema whose values have other parts on the right, or are of another type beneath, and those that are
/// made of them, as SQL names them: composite types, tables whose rows are values, domains and ranges.
pub(super) fn reshaped(left: &Catalog, right: &Catalog) -> BTreeSet<String> {
    let has_other_parts = |name: &ObjectName, object: &Object| {
        let other = right.objects.get(name).map(|object| &object.definition);
        match (&object.definition, other) {
            (Definition::CompositeType(old), Some(Definition::CompositeType(new))) => old != new,
            (Definition::Table(old), Some(Definition::Table(new))) => old.columns != new.columns,
            (Definition::Domain(old), Some(Definition::Domain(new))) => old.data_type != new.data_type,
            (Definition::RangeType(old), Some(Definition::RangeType(new))) => old.subtype != new.subtype,
            _ => false,
        }
    };
    let types = left.objects.iter().filter(|(name, object)| has_other_parts(name, object));
    let mut found: BTreeSet<&ObjectName> = types.map(|(name, _)| name).collect();
    let is_type = |name: &ObjectName| {
        matches!(name.kind, ObjectKind::CompositeType | ObjectKind::Domain | ObjectKind::RangeType)
    };
    let made_of_others: Vec<_> = left.dependencies.iter().filter(|(name, _)| is_type(name)).collect();
    loop {
        let before = found.len();
        for (name, needed) in &made_of_others {
            if needed.iter().any(|one| found.contains(one)) {
                found.insert(name);
            }
        }
        if found.len() == before {
            return found.into_iter().map(|name| qualified(left.dialect, name)).collect();
        }
    }
}
