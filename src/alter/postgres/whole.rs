//! What a partition is one of, and the foreign keys that refer to it: those miss the rows of a partition that is away.

use super::sides::{Sides, rule_of};
use crate::catalog::{Catalog, ConstraintRule, ObjectKind, ObjectName};

/// What a table is a partition of on the right side, and what that is one of, and so on.
pub(super) fn wholes<'c>(sides: &Sides<'c>, table: &ObjectName) -> impl Iterator<Item = &'c ObjectName> {
    let whole = |table: &ObjectName| {
        let partition = sides.right.table(table)?.partition_of.as_ref()?;
        sides.table_named(&partition.parent)
    };
    std::iter::successors(whole(table), move |table| whole(table))
}

/// What a table of the left side is a partition of, the nearest first.
pub(super) fn left_wholes<'c>(sides: &Sides<'c>, table: &ObjectName) -> impl Iterator<Item = &'c ObjectName> {
    let whole = |table: &ObjectName| {
        let partition = sides.left.table(table)?.partition_of.as_ref()?;
        sides.left_table_named(&partition.parent)
    };
    std::iter::successors(whole(table), move |table| whole(table))
}

/// The foreign keys of the left side that refer to a table.
pub(super) fn references<'s, 'c>(
    sides: &'s Sides<'c>,
    table: &ObjectName,
) -> impl Iterator<Item = &'c ObjectName> + use<'s, 'c> {
    let parts = with_parts(sides.left, table).into_iter();
    let readers = parts.flat_map(|part| sides.dependents_of(&part).collect::<Vec<_>>());
    readers.filter(|one| is_reference(sides, one))
}

/// The names of a table, of its parts and of its columns, as `catalog` has them.
pub(super) fn with_parts(catalog: &Catalog, table: &ObjectName) -> Vec<ObjectName> {
    let columns = catalog.table(table).into_iter().flat_map(|definition| &definition.columns);
    let columns = columns.map(|column| table.part(ObjectKind::Column, &column.name));
    let parts = catalog.parts_of(table).map(|(part, _)| part.clone());
    std::iter::once(table.clone()).chain(parts).chain(columns).collect()
}

/// Whether the object is a foreign key on either side.
pub(super) fn is_reference(sides: &Sides<'_>, name: &ObjectName) -> bool {
    let rule = rule_of(sides.left, name).or_else(|| rule_of(sides.right, name));
    matches!(rule, Some(ConstraintRule::ForeignKey(_)))
}
