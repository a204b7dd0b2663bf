//! Tables that stay and get other parents: the steps in which they leave and join.

use std::collections::BTreeSet;

use super::heritage::{changes, common_parents, is_tied, join, leave, tied_indexes};
use super::order::Stage;
use super::sides::Sides;
use super::steps::Steps;
use super::{absence, foster, misfit, remake};
use crate::catalog::{ObjectKind, ObjectName, Table};

/// A column that a child declares too goes from its parent first, since what is inherited cannot be dropped, and comes to the
/// child first, which would inherit it else.
pub(super) fn connect(steps: &mut Steps<'_, '_>) {
    let sides = steps.sides();
    for (name, left, right) in sides.common_tables() {
        for parent in common_parents(sides, name, (left, right)) {
            let Some(parent) = sides.table_named(parent) else { continue };
            for column in left.columns.iter().filter(|column| !column.is_inherited) {
                let drop = |table: &ObjectName| {
                    steps.place(sides.left, &table.part(ObjectKind::Column, &column.name), Stage::Drop)
                };
                let (first, second) = (drop(parent), drop(name));
                steps.before(first, second);
            }
            for column in right.columns.iter().filter(|column| !column.is_inherited) {
                let create = |table: &ObjectName| {
                    steps.place(sides.right, &table.part(ObjectKind::Column, &column.name), Stage::Create)
                };
                let (first, second) = (create(name), create(parent));
                steps.before(first, second);
            }
        }
    }
}

/// Adds the steps of tables that stay and get other parents.
pub(super) fn add(steps: &mut Steps<'_, '_>) {
    let (sides, fates) = (steps.sides(), steps.fates());
    for (name, left, right) in sides.common_tables() {
        if fates.is_away(name) || !changes(sides, name, left, right) {
            continue;
        }
        let is_tied = is_tied(sides, name);
        let mut leaves = foster::begin(sides, fates, name);
        leaves.extend(leave(name, left, right, is_tied));
        let mut joins = join(name, left, right, is_tied);
        if (left.partition_of != right.partition_of || remake::has_remade_parent(sides, name))
            && let (Some(attach), Some(partition)) = (joins.first_mut(), &right.partition_of)
        {
            attach.remarks.push(misfit::beyond_bound(sides, name, partition));
        }
        if left.partition_of != right.partition_of
            && let Some(attach) = joins.first_mut()
        {
            attach.remarks.extend(misfit::taken_by_default(sides, name, right));
        }
        joins.extend(foster::end(sides, name));
        let left_parents = sides.left.dependencies.get(name).into_iter().flatten();
        let left_parents = left_parents.chain(tied_indexes(sides, name).into_iter().map(|(_, whole)| whole));
        if !leaves.is_empty() {
            let place = Some(steps.push(name, Stage::Release, leaves));
            // Of a partition its parts cannot be dropped.
            let parts = sides.left.parts_of(name).map(|(part, _)| part);
            for dropped in left_parents.chain(parts) {
                steps.before(place, steps.place(sides.left, dropped, Stage::Drop));
            }
            // What a parent lets go of goes from its children too, unless they have left.
            for ancestor in ancestors(sides, left) {
                for (part, _) in sides.left.parts_of(ancestor) {
                    if part.kind == ObjectKind::Constraint {
                        steps.before(place, steps.place(sides.left, part, Stage::Drop));
                    }
                }
            }
            for column in left.columns.iter().chain(&right.columns) {
                let column = name.part(ObjectKind::Column, &column.name);
                for stage in [Stage::Drop, Stage::Alter, Stage::Create] {
                    steps.before(place, steps.place(sides.right, &column, stage));
                }
            }
        }
        if !joins.is_empty() {
            steps.push(name, Stage::Join, joins);
        }
        absence::connect(steps, name);
    }
}

/// The tables that a child inherits from on the left side, and those that these do.
fn ancestors<'c>(sides: &Sides<'c>, table: &Table) -> BTreeSet<&'c ObjectName> {
    let mut found = BTreeSet::new();
    let mut queue = vec![table];
    while let Some(table) = queue.pop() {
        for parent in table.inherits.iter().filter_map(|parent| sides.left_table_named(parent)) {
            if found.insert(parent) {
                queue.extend(sides.left.table(parent));
            }
        }
    }
    found
}
