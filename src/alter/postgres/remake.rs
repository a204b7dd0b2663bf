//! Partitioned tables that are made again around their partitions.
//!
//! The server alters the type of no column by which rows are distributed. But a partitioned table holds no rows: its
//! partitions leave it, are altered as any other table, and join a new one under its name.

use std::collections::BTreeSet;

use super::super::Refusal;
use super::POSTGRES;
use super::order::Stage;
use super::sides::{Sides, rule_of, table_of};
use super::steps::Steps;
use crate::catalog::sql::{identifier, qualified};
use crate::catalog::{Catalog, ConstraintRule, Definition, ObjectKind, ObjectName};

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
    let is_referred = |whole: &ObjectName| {
        let parts = with_parts(sides.left, whole);
        let mut readers = parts.iter().flat_map(|part| sides.dependents_of(part));
        !sides.remade().contains(whole) && readers.any(|one| is_reference(sides, one))
    };
    sides.dependents_of(table).any(|one| one.kind == ObjectKind::Column && !one.is_part_of(table))
        || wholes(sides, table).any(is_referred)
}

/// Whether a partition stays one of a table that is made again.
pub(super) fn has_remade_parent(sides: &Sides<'_>, table: &ObjectName) -> bool {
    parent(sides, table).is_some()
}

fn parent<'s>(sides: &'s Sides<'_>, table: &ObjectName) -> Option<&'s ObjectName> {
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

/// A partition leaves when no foreign key needs that its rows are in the whole, and is altered then; what checks or reads
/// the rows of the whole is made when it is back.
pub(super) fn connect(steps: &mut Steps<'_, '_>, partition: &ObjectName) {
    let (sides, fates) = (steps.sides(), steps.fates());
    let Some(parent) = parent(sides, partition) else { return };
    let place = |steps: &Steps<'_, '_>, name: &ObjectName, stage| steps.place(sides.right, name, stage);
    let leave = place(steps, partition, Stage::Release);
    let join = place(steps, partition, Stage::Join);
    steps.before(place(steps, parent, Stage::Create), join);
    if let Some((_, right)) = sides.tables(partition) {
        for column in &right.columns {
            let column = partition.part(ObjectKind::Column, &column.name);
            steps.before(leave, place(steps, &column, Stage::Alter));
        }
    }
    for whole in wholes(sides, partition) {
        let left = with_parts(sides.left, whole);
        for reader in left.iter().flat_map(|one| sides.dependents_of(one)) {
            if is_reference(sides, reader) {
                steps.before(steps.place(sides.left, reader, Stage::Drop), leave);
            }
        }
        let right = with_parts(sides.right, whole);
        for reader in right.iter().flat_map(|one| sides.right_dependents_of(one)) {
            if !fates.is_made(reader) {
                continue;
            }
            if reader.kind == ObjectKind::MaterializedView || is_reference(sides, reader) {
                steps.before(join, place(steps, reader, Stage::Create));
            }
        }
    }
}

/// What a table is a partition of on the right side, and what that is one of, and so on.
fn wholes<'c>(sides: &Sides<'c>, table: &ObjectName) -> impl Iterator<Item = &'c ObjectName> {
    let whole = |table: &ObjectName| {
        let partition = table_of(sides.right, table)?.partition_of.as_ref()?;
        sides.table_named(&partition.parent)
    };
    std::iter::successors(whole(table), move |table| whole(table))
}

/// A table with its parts and columns, of one side.
fn with_parts(catalog: &Catalog, table: &ObjectName) -> Vec<ObjectName> {
    let columns = table_of(catalog, table).into_iter().flat_map(|definition| &definition.columns);
    let columns = columns.map(|column| table.part(ObjectKind::Column, &column.name));
    let parts = catalog.parts_of(table).map(|(part, _)| part.clone());
    std::iter::once(table.clone()).chain(parts).chain(columns).collect()
}

/// Whether it is a foreign key of another table.
fn is_reference(sides: &Sides<'_>, name: &ObjectName) -> bool {
    let rule = rule_of(sides.left, name).or_else(|| rule_of(sides.right, name));
    matches!(rule, Some(ConstraintRule::ForeignKey(_)))
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
