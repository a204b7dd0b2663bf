//! What models can name without having it: functions of `dbgenerated`, types of `Unsupported`.

use std::collections::BTreeMap;

use super::model::Schema;
use crate::catalog::{Catalog, Definition, ObjectKind, ObjectName, sql};

/// The SQL that makes what of `now` the models may need and do not have: extensions, types, functions and sequences
/// that need no table. Empty where there is none.
#[must_use]
pub fn prelude(schema: &Schema, now: &Catalog) -> String {
    if !now.dialect.has_own_types() {
        return String::new();
    }
    let mut known: BTreeMap<&ObjectName, bool> = BTreeMap::new();
    let names: Vec<&ObjectName> = now.objects.keys().collect();
    for name in &names {
        stands_alone(schema, now, name, &mut known, 0);
    }
    let statements = sql::create(now, &|name| known.get(name).copied().unwrap_or_default());
    if statements.is_empty() {
        return String::new();
    }
    // The body of a function may name tables that are not there yet.
    format!("SET check_function_bodies = off;\n{}", sql::text(&statements))
}

/// Chains of needs are short; one that is not is not looked through.
const DEEPEST: usize = 64;

fn stands_alone<'c>(
    schema: &Schema,
    now: &'c Catalog,
    name: &'c ObjectName,
    known: &mut BTreeMap<&'c ObjectName, bool>,
    depth: usize,
) -> bool {
    if let Some(known) = known.get(name) {
        return *known;
    }
    // A circle is of what stands alone, unless something else says no.
    known.insert(name, depth < DEEPEST && is_beside(schema, now, name));
    if known.get(name) != Some(&true) {
        return false;
    }
    let needs = now.dependencies.get(name).into_iter().flatten();
    let is_alone = needs.into_iter().all(|need| stands_alone(schema, now, need, known, depth + 1));
    known.insert(name, is_alone);
    is_alone
}

/// Whether an object is of a kind that models name and do not have.
fn is_beside(schema: &Schema, now: &Catalog, name: &ObjectName) -> bool {
    match name.kind {
        ObjectKind::Enum => !schema.enums.iter().any(|one| one.type_name == name.name),
        ObjectKind::Sequence => match now.objects.get(name).map(|object| &object.definition) {
            Some(Definition::Sequence(sequence)) => sequence.owned_by.is_none(),
            _ => false,
        },
        ObjectKind::Schema
        | ObjectKind::Extension
        | ObjectKind::Collation
        | ObjectKind::Domain
        | ObjectKind::CompositeType
        | ObjectKind::RangeType
        | ObjectKind::Function
        | ObjectKind::Procedure
        | ObjectKind::Aggregate
        | ObjectKind::Operator
        | ObjectKind::TextSearchDictionary
        | ObjectKind::TextSearchConfiguration => true,
        _ => false,
    }
}
