//! What no statement alters, so that only making the table again leads to it.

use std::collections::BTreeMap;

use super::super::Refusal;
use super::fate::Fates;
use super::foreign;
use super::foster;
use super::heritage::{changes, has_leaving_table, is_tied};
use super::remake::mentions;
use super::sides::{POSTGRES, Sides};
use super::typed;
use super::work::Work;
use crate::catalog::sql::{identifier, named, qualified};
use crate::catalog::{Column, ConstraintRule, Definition, ObjectKind, ObjectName, Table};

/// The tables of which something cannot be altered, and that may be made anew: those that are named, and foreign ones.
pub(super) fn to_be_rebuilt(sides: &Sides<'_>, fates: &Fates) -> Vec<ObjectName> {
    let columns = refusals(sides, fates).into_iter().map(|refusal| refusal.object);
    let tables = columns.filter_map(|column| Some(sides.right.relation_of(&column)?.0.clone()));
    tables
        .filter(|table| sides.hints.rebuilds.contains(table) || foreign::can_be_made_again(sides, table))
        .collect()
}

/// What no statement alters: whether a column that a parent has is declared by the table too, and the type of a column
/// by which rows are distributed.
pub(super) fn refusals(sides: &Sides<'_>, fates: &Fates) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    for (table, left, right) in sides.common_tables() {
        if fates.is_away(table) {
            continue;
        }
        refusals.extend(typed::misplaced(sides, fates, table, (left, right)));
        for column in &left.columns {
            let name = table.part(ObjectKind::Column, &column.name);
            let other = right.columns.iter().find(|other| other.name == column.name);
            let is_fixed = |other| {
                let work = Work::on(sides, fates, &name).filter(|_| !changes(sides, table, left, right));
                work.is_some_and(|work| work.has_fixed_not_null(column, other))
            };
            let reason = other.and_then(|other| {
                let fixed = "the name of a NOT NULL constraint that a parent has as well cannot be altered";
                let reason = obstacle(sides, fates, table, (left, column), (right, other));
                reason.or_else(|| is_fixed(other).then_some(fixed))
            });
            refusals.extend(reason.map(|reason| Refusal {
                object: name.clone(),
                reason: reason.to_owned(),
                ways_on: vec![format!("--rebuild {}", named(table))],
            }));
        }
    }
    refusals.extend(inseparable_indexes(sides, fates));
    refusals
}

/// The indexes that are to go while the index of a partition's constraint is a part of them: the server drops neither
/// of the two without the other.
fn inseparable_indexes(sides: &Sides<'_>, fates: &Fates) -> Vec<Refusal> {
    let constraints = sides.left.objects.iter().filter_map(|(name, object)| match &object.definition {
        Definition::Constraint(constraint) => match &constraint.rule {
            ConstraintRule::PrimaryKey(key) | ConstraintRule::Unique(key) => {
                Some((name, key.attached_to.as_deref()?))
            }
            _ => None,
        },
        _ => None,
    });
    let indexes: BTreeMap<String, &ObjectName> = sides
        .left
        .objects
        .keys()
        .filter(|name| name.kind == ObjectKind::Index && fates.is_away(name))
        .map(|name| (qualified(POSTGRES, name), name))
        .collect();
    let goes =
        |part: &ObjectName| sides.left.relation_of(part).is_some_and(|(relation, _)| fates.is_away(relation));
    let inseparable = constraints.filter_map(|(constraint, index)| {
        let index = *indexes.get(index)?;
        (!goes(constraint) && !goes(index) && !has_leaving_table(sides, constraint)).then(|| Refusal {
            object: index.clone(),
            reason: format!(
                "the index of {constraint} is a part of it, and the server drops neither without the other"
            ),
            ways_on: vec![
                "write the statements by hand, in a revision before this one: detach the partition, \
                           drop both, attach it again"
                    .to_owned(),
            ],
        })
    });
    inseparable.collect()
}

fn obstacle(
    sides: &Sides<'_>,
    fates: &Fates,
    table: &ObjectName,
    (left_table, left): (&Table, &Column),
    (right_table, right): (&Table, &Column),
) -> Option<&'static str> {
    let name = &table.part(ObjectKind::Column, &left.name);
    let is_made_local = left.is_inherited && !right_table.inherits.is_empty();
    let parents_stay = || {
        left_table.inherits == right_table.inherits
            && left_table.partition_of == right_table.partition_of
            && !is_tied(sides, table)
    };
    if left.is_inherited != right.is_inherited && !is_made_local && !fates.is_away(name) && parents_stay() {
        return Some(
            "a column of this kind, or of a table with children, that the table declares cannot be left to its parents",
        );
    }
    if has_tied_not_null(sides, table, left, (right_table, right)) {
        return Some(
            "whether a table with parents declares the NOT NULL constraint of a column itself cannot be altered",
        );
    }
    let is_key = |table: &Table| {
        table.partition_key.as_ref().is_some_and(|key| mentions(key, &identifier(POSTGRES, &name.name)))
    };
    let is_changed = fates.retyped.contains(name) || fates.is_away(name);
    (is_changed && is_key(left_table) && is_key(right_table))
        .then_some("the type of a column by which the table is partitioned cannot be altered")
}

/// PostgreSQL 18 and later: whether a column is NOT NULL by a constraint of its own name, of which it would no longer be
/// true, or come to be true, that only parents declare it. While the table has left these, the constraint becomes its own.
fn has_tied_not_null(
    sides: &Sides<'_>,
    table: &ObjectName,
    left: &Column,
    (right_table, right): (&Table, &Column),
) -> bool {
    let is_handed_down = right.is_inherited && foster::of(sides, table).is_some();
    (left.not_null.is_some() || right.not_null.is_some())
        && !right_table.inherits.is_empty()
        && (left.is_inherited != right.is_inherited || is_handed_down)
}
