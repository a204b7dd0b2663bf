//! Foreign tables, which hold no rows: what no statement alters of them is had by making them again.

use super::fate::Fates;
use super::foster;
use super::sides::{Sides, is_table, partitions_of};
use super::work::Work;
use crate::catalog::sql::qualified;
use crate::catalog::{Definition, ObjectKind, ObjectName, Table};

/// Whether a table is a foreign one on both sides, and nothing is in the way of making it again: it is nobody's parent, and
/// no column holds its rows.
pub(super) fn can_be_made_again(sides: &Sides<'_>, table: &ObjectName) -> bool {
    let is_foreign = |(left, right): (&Table, &Table)| left.foreign.is_some() && right.foreign.is_some();
    let own = qualified(super::POSTGRES, table);
    let is_child = |name: &ObjectName| {
        [sides.left, sides.right]
            .iter()
            .any(|one| one.table(name).is_some_and(|one| one.inherits.contains(&own)))
    };
    let holds =
        |name: &ObjectName| name.kind == ObjectKind::Column && !name.is_part_of(table) || is_child(name);
    let mut dependents = sides.dependents_of(table).chain(sides.right_dependents_of(table));
    sides.tables(table).is_some_and(is_foreign) && !dependents.any(holds)
}

/// The foreign tables of which something is to be altered for which there is no statement: the compression of columns, whether a
/// table declares a column that it has from a parent, and that they have no part in a new index of what they are
/// partitions of, which is valid only where it was made before they joined.
pub(super) fn to_be_made_again(sides: &Sides<'_>, fates: &Fates) -> Vec<ObjectName> {
    let is_unalterable = |(table, left, right): &(&ObjectName, &Table, &Table)| {
        let pairs = left
            .columns
            .iter()
            .filter_map(|old| Some((old, right.columns.iter().find(|new| new.name == old.name)?)));
        let mut pairs = pairs.filter(|(old, new)| {
            let name = table.part(ObjectKind::Column, &old.name);
            old.compression != new.compression || foster::is_handed_over(sides, &name, old, new)
        });
        pairs.next().is_some()
    };
    let unalterable = sides.common_tables().filter(is_unalterable).map(|(table, ..)| table);
    let indexes = sides.right.objects.iter().filter_map(|(name, object)| match &object.definition {
        Definition::Index(index) if index.is_valid && fates.is_made(name) => sides.right.relation_of(name),
        _ => None,
    });
    let partitions = indexes.flat_map(|(table, _)| partitions_of(sides.right, table));
    unalterable.chain(partitions).filter(|table| can_be_made_again(sides, table)).cloned().collect()
}

/// The foreign tables that have this column from its table: where values take `USING` to become others, the server alters the
/// type of no column that a foreign table has as well.
pub(super) fn children(sides: &Sides<'_>, fates: &Fates, column: &ObjectName) -> Vec<ObjectName> {
    let takes_using = || {
        let (left, right) = sides.columns(column)?;
        Some(Work::on(sides, fates, column)?.takes_using(left?, right?))
    };
    let Some((table, _)) = sides.right.relation_of(column).filter(|(one, _)| is_table(one.kind)) else {
        return Vec::new();
    };
    let own = qualified(super::POSTGRES, table);
    let is_child = |(_, left, right): &(&ObjectName, &Table, &Table)| {
        let has_parent = |table: &Table| {
            table.inherits.contains(&own) || table.partition_of.as_ref().is_some_and(|one| one.parent == own)
        };
        right.foreign.is_some() && has_parent(left) && has_parent(right)
    };
    let children = sides.common_tables().filter(is_child).map(|(child, ..)| child);
    let children: Vec<_> = children.filter(|child| can_be_made_again(sides, child)).cloned().collect();
    if children.is_empty() || takes_using() != Some(true) { Vec::new() } else { children }
}
