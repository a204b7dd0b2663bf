//! New columns that are written as `serial`, with the sequences that come with them.

use std::collections::{BTreeMap, BTreeSet};

use super::POSTGRES;
use super::fate::{Fate, Fates};
use super::row_type;
use super::sides::{Sides, table_of_part};
use crate::catalog::sql::{SERIAL_TYPES, qualified};
use crate::catalog::{Column, Definition, Object, ObjectName, Sequence, Table};

/// The longest name that PostgreSQL keeps, in bytes: a longer one it would shorten in a way of its own.
const LONGEST_NAME: usize = 63;

/// The first version that makes the sequence of an unlogged table unlogged.
const UNLOGGED_SEQUENCES: u32 = 15;

/// The new columns that a `serial` makes just as they are to be, with their sequences. No other object may have such a
/// sequence's name before: the server would take another.
pub(super) fn columns(sides: &Sides<'_>, fates: &Fates) -> BTreeMap<ObjectName, ObjectName> {
    let taken: BTreeSet<(Option<&str>, &str)> =
        sides.left.objects.keys().map(|name| (name.schema.as_deref(), name.name.as_str())).collect();
    let is_free = |name: &ObjectName| !taken.contains(&(name.schema.as_deref(), name.name.as_str()));
    let coming = sides.right.objects.iter().filter(|(name, _)| fates.get(name) == Some(&Fate::Comes));
    let pairs = coming.filter_map(|(name, object)| match &object.definition {
        Definition::Sequence(sequence) if is_free(name) => {
            Some((column_of(sides, fates, (name, object), sequence)?, name.clone()))
        }
        _ => None,
    });
    pairs.collect()
}

fn column_of(
    sides: &Sides<'_>,
    fates: &Fates,
    (name, object): (&ObjectName, &Object),
    sequence: &Sequence,
) -> Option<ObjectName> {
    let column = sides.right_column_named(sequence.owned_by.as_ref()?)?;
    let (table_name, table) = table_of_part(sides.right, &column)?;
    let definition = table.columns.iter().find(|one| one.name == column.name)?;
    let comes = match sides.left.table(table_name) {
        Some(_) if !fates.is_away(table_name) => fates.get(&column) == Some(&Fate::Comes),
        _ => fates.is_made(table_name),
    };
    let is_filled = sides.hints.fills.contains_key(&column) || row_type::is_held(sides, fates, table_name);
    let has_owner_of_table =
        sides.right.objects.get(table_name).is_some_and(|table| table.owner == object.owner);
    (comes
        && !is_filled
        && has_owner_of_table
        && is_serial(table, definition, name)
        && has_usual_name(name, &column)
        && is_usual(sides, sequence, definition, table)
        && is_needed_by_column_alone(sides, name, &column, table_name))
    .then_some(column)
}

/// Whether a column is what `serial` makes of it.
fn is_serial(table: &Table, column: &Column, sequence: &ObjectName) -> bool {
    let next = format!("nextval({}::regclass)", POSTGRES.quote_literal(&qualified(POSTGRES, sequence)));
    let has_plain_not_null = !column.is_nullable
        && column.not_null.as_ref().is_none_or(|one| one.unusual().is_none() && table.inherits.is_empty());
    has_plain_not_null
        && !column.is_inherited
        && column.default.as_ref() == Some(&next)
        && column.generated.is_none()
        && column.identity.is_none()
        && table.of_type.is_none()
        && table.partition_of.is_none()
        && table.foreign.is_none()
}

/// Whether a sequence is called as the server would call it.
fn has_usual_name(sequence: &ObjectName, column: &ObjectName) -> bool {
    let table = column.relation.as_deref().unwrap_or_default();
    let usual = format!("{table}_{}_seq", column.name);
    sequence.name == usual && usual.len() <= LONGEST_NAME && sequence.schema == column.schema
}

/// Whether a sequence is as `serial` makes it.
fn is_usual(sides: &Sides<'_>, sequence: &Sequence, column: &Column, table: &Table) -> bool {
    let maximum = match sequence.data_type.as_str() {
        "smallint" => i64::from(i16::MAX),
        "integer" => i64::from(i32::MAX),
        _ => i64::MAX,
    };
    SERIAL_TYPES.iter().any(|(plain, _)| *plain == column.data_type)
        && *sequence
            == Sequence {
                data_type: column.data_type.clone(),
                start: 1,
                increment: 1,
                minimum: 1,
                maximum,
                cache: 1,
                cycles: false,
                is_unlogged: table.is_unlogged && sides.server() >= UNLOGGED_SEQUENCES,
                owned_by: sequence.owned_by.clone(),
            }
}

/// What else needs it would have to wait for the table.
fn is_needed_by_column_alone(
    sides: &Sides<'_>,
    sequence: &ObjectName,
    column: &ObjectName,
    table: &ObjectName,
) -> bool {
    sides.right_dependents_of(sequence).all(|one| one == column || one == table)
}
