//! Checks that parents hand down to their children.
//!
//! A child may declare the check of its parent as well. No statement turns one form into the other: the parent's check goes,
//! which leaves the child nothing or what it has declared, and comes again, when the child has declared its own or
//! has none.

use std::collections::BTreeSet;

use super::fate::Fates;
use super::heritage::{self, common_parents};
use super::order::Stage;
use super::sides::{Sides, constraint_of};
use super::steps::Steps;
use crate::catalog::{Constraint, ConstraintRule, ObjectKind, ObjectName};

/// The checks that are to be made again: those that only the one side inherits alone, with those of the parents; and those of the
/// parents of one that the left side alone has validated.
pub(super) fn to_be_renewed(sides: &Sides<'_>, fates: &Fates) -> BTreeSet<ObjectName> {
    let mut renewed = BTreeSet::new();
    for (table, _, _) in sides.common_tables() {
        if fates.is_away(table) || heritage::joins_or_leaves(sides, table) {
            continue;
        }
        for (check, _) in sides.right.parts_of(table) {
            let (left, right) = (check_of(sides.left, check), check_of(sides.right, check));
            let is_other =
                left.zip(right).is_some_and(|(left, right)| left.is_inherited != right.is_inherited);
            if is_other {
                renewed.insert(check.clone());
            }
            // No statement takes back that a check has been found to hold.
            let is_validated_no_more = left.zip(right).is_some_and(|(left, right)| {
                left.is_inherited && right.is_inherited && left.is_validated && !right.is_validated
            });
            if is_other || is_validated_no_more {
                renewed.extend(ancestors(sides, check));
            }
        }
    }
    renewed
}

/// The checks of a parent, of its parent, and so on, that both sides have.
fn ancestors(sides: &Sides<'_>, check: &ObjectName) -> BTreeSet<ObjectName> {
    let mut found = BTreeSet::new();
    let mut queue = vec![check.clone()];
    while let Some(check) = queue.pop() {
        for parent in parents(sides, &check) {
            let is_common =
                check_of(sides.left, &parent).is_some() && check_of(sides.right, &parent).is_some();
            if is_common && found.insert(parent.clone()) {
                queue.push(parent);
            }
        }
    }
    found
}

/// A check goes from its parent before it goes from the child that has declared it, and comes to the parent when
/// the child has its own or none.
pub(super) fn connect(steps: &mut Steps<'_, '_>) {
    let sides = steps.sides();
    for (table, _, _) in sides.common_tables() {
        let parts = sides.left.parts_of(table).chain(sides.right.parts_of(table));
        let checks: BTreeSet<&ObjectName> = parts.map(|(part, _)| part).collect();
        for check in checks {
            for parent in parents(sides, check) {
                let parent_drop = steps.place(sides.left, &parent, Stage::Drop);
                let parent_create = steps.place(sides.right, &parent, Stage::Create);
                let drop = steps.place(sides.left, check, Stage::Drop);
                // It is the new one that is validated.
                steps.before(parent_create, steps.place(sides.right, check, Stage::Alter));
                if check_of(sides.left, check).is_some_and(|check| !check.is_inherited) {
                    steps.before(parent_drop, drop);
                    steps.before(drop, parent_create);
                }
                if check_of(sides.right, check).is_some_and(|check| !check.is_inherited) {
                    steps.before(steps.place(sides.right, check, Stage::Create), parent_create);
                }
            }
        }
    }
}

/// The checks of the same name of the parents that the table of a check has on both sides.
fn parents(sides: &Sides<'_>, check: &ObjectName) -> Vec<ObjectName> {
    if check.kind != ObjectKind::Constraint {
        return Vec::new();
    }
    let Some((table, _)) = sides.right.relation_of(check) else { return Vec::new() };
    let Some(tables) = sides.tables(table) else { return Vec::new() };
    let parents = common_parents(sides, table, tables).filter_map(|parent| sides.table_named(parent));
    parents.map(|parent| parent.part(ObjectKind::Constraint, &check.name)).collect()
}

fn check_of<'c>(catalog: &'c crate::catalog::Catalog, name: &ObjectName) -> Option<&'c Constraint> {
    constraint_of(catalog, name).filter(|one| matches!(one.rule, ConstraintRule::Check { .. }))
}
