//! Partitioned tables that are made again around their partitions.
//!
//! The server alters the type of no column by which rows are distributed. But a partitioned table holds no rows: its
//! partitions leave it, are altered as any other table, and join a new one under its name.

use std::collections::BTreeSet;

use super::super::Refusal;
use super::POSTGRES;
use super::sides::Sides;
use super::whole::{references, wholes};
use crate::catalog::sql::{identifier, qualified};
use crate::catalog::{Catalog, Definition, ObjectKind, ObjectName};

/// The tables of the refused columns that are altered when their tables are made again: they are partitioned by these, on
/// both sides alike.
pub(super) fn candidates(sides: &Sides<'_>, refusals: &[Refusal]) -> BTreeSet<ObjectName> {
    let columns = refusals.iter().map(|refusal| &refusal.object);
    let tables = columns.filter(|one| one.kind == ObjectKind::Column).filter_map(|column| {
        let (table, _) = sides.right.relation_of(column)?;
        let (left, right) = sides.tables(table)?;
        let key = left.partition_key.as_ref().filter(|key| right.partition_key.as_ref() == Some(key))?;
        let is_key = mentions(key, &identifier(POSTGRES, &column.name));
        (is_key && !sides.remade().contains(table) && !is_held_elsewhere(sides, table)).then_some(table)
    });
    tables.cloned().collect()
}

/// Whether a column of another table holds rows of it, or a foreign key refers to what it is a partition of: that one would
/// miss the rows while the partitions are away.
fn is_held_elsewhere(sides: &Sides<'_>, table: &ObjectName) -> bool {
    let is_referred =
        |whole: &ObjectName| !sides.remade().contains(whole) && references(sides, whole).next().is_some();
    sides.dependents_of(table).any(|one| one.kind == ObjectKind::Column && !one.is_part_of(table))
        || wholes(sides, table).any(is_referred)
}

/// Whether a partition stays one of a table that is made again.
pub(super) fn has_remade_parent(sides: &Sides<'_>, table: &ObjectName) -> bool {
    parent(sides, table).is_some()
}

/// The table that a partition stays one of, and that is made again.
pub(super) fn parent<'s>(sides: &'s Sides<'_>, table: &ObjectName) -> Option<&'s ObjectName> {
    if sides.remade().is_empty() {
        return None;
    }
    let (left, right) = sides.tables(table)?;
    let (left, right) = (left.partition_of.as_ref()?, right.partition_of.as_ref()?);
    let is_parent =
        |one: &&ObjectName| left.parent == right.parent && qualified(POSTGRES, one) == right.parent;
    sides.remade().iter().find(is_parent)
}

/// The right side with the names of the NOT NULL constraints of a table that is made again, all of them said: as long as its
/// partitions have the usual ones, the server (from version 18 on) would give it others.
pub(super) fn with_names(sides: &Sides<'_>, table: &ObjectName) -> Option<Catalog> {
    let mut named = sides.remade().contains(table).then(|| sides.right.clone())?;
    if let Definition::Table(table) = &mut named.objects.get_mut(table)?.definition {
        for constraint in table.columns.iter_mut().filter_map(|column| column.not_null.as_mut()) {
            constraint.has_usual_name = false;
        }
    }
    Some(named)
}

/// Whether a partition key, as `RANGE (day)`, mentions a column.
pub(super) fn mentions(key: &str, column: &str) -> bool {
    let is_part_of_word =
        |character: char| character.is_alphanumeric() || character == '_' || character == '"';
    key.match_indices(column).any(|(place, _)| {
        let before = key.get(..place).and_then(|text| text.chars().next_back());
        let after = key.get(place + column.len()..).and_then(|text| text.chars().next());
        !before.is_some_and(is_part_of_word) && !after.is_some_and(is_part_of_word)
    })
}

#[cfg(test)]
mod tests {
    use super::mentions;

    #[test]
    fn a_key_mentions_whole_names() {
        assert!(mentions("RANGE (day)", "day"));
        assert!(mentions("RANGE (id, date_trunc('x', day))", "day"));
        assert!(!mentions("RANGE (holiday)", "day"));
    }
}
