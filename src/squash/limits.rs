//! What no baseline can do: change what was there before its range, and make what no statement makes. Pure.

use std::collections::BTreeSet;

use super::RowDifference;
use super::compare::{Differences, Snapshot, sequences};
use crate::catalog::{
    Attribute, Change, CompareOptions, Definition, Difference, ObjectKind, ObjectName, compare,
};
use crate::sql::Dialect;

/// What `after` has otherwise of what `before` had.
pub(super) fn changes_to_older(before: &Snapshot, after: &Snapshot) -> Differences {
    let dialect = after.catalog.dialect;
    let options = CompareOptions {
        ignore_column_order: false,
        with_privileges: true,
        of_database: true,
        of_scripts: true,
    };
    let mut schema = compare(&before.catalog, &after.catalog, &options);
    schema.retain(|difference| !can_be_added(dialect, difference));
    let (old, new) = (&before.contents, &after.contents);
    let rows = old.tables.iter().filter_map(|(name, rows)| {
        RowDifference::between(name, rows, new.tables.get(name)?, &BTreeSet::new())
    });
    let mut moved = sequences(&old.sequences, &new.sequences);
    moved.retain(|one| one.left.is_some());
    Differences {
        schema,
        rows: rows.collect(),
        sequences: moved,
        only_left: only_before(before, after),
        only_right: Vec::new(),
    }
}

/// What no schema holds of what was there before, and is so no more.
fn only_before(before: &Snapshot, after: &Snapshot) -> Vec<String> {
    let (old, new) = (&before.contents, &after.contents);
    let refreshed = old.unpopulated.difference(&new.unpopulated).map(|view| format!("{view} without data"));
    let emptied = new.unpopulated.difference(&old.unpopulated);
    let emptied = emptied.filter(|view| before.catalog.objects.contains_key(*view));
    let emptied = emptied.map(|view| format!("{view} with data"));
    old.unmodelled.difference(&new.unmodelled).cloned().chain(refreshed).chain(emptied).collect()
}

/// Whether a statement can add just that.
fn can_be_added(dialect: Dialect, difference: &Difference) -> bool {
    let is_change_of_public = is_public(&difference.object)
        && matches!(
            difference.change,
            Change::Altered { attribute: Attribute::Comment(_) | Attribute::Grants(_), .. }
        );
    let is_addition = difference.change == Change::Added
        && match difference.object.kind {
            ObjectKind::Column => false,
            ObjectKind::Constraint => dialect.alters_constraints(),
            _ => true,
        };
    is_change_of_public || is_addition
}

/// Whether it is the schema that every PostgreSQL database has.
fn is_public(name: &ObjectName) -> bool {
    name.kind == ObjectKind::Schema && name.name == "public"
}

/// What there is now that no statement of the baseline's can make.
pub(super) fn unmodelled(before: &Snapshot, after: &Snapshot) -> Vec<String> {
    let mut found = BTreeSet::new();
    if after.catalog.dialect == Dialect::Postgres {
        found.extend(after.contents.unmodelled.difference(&before.contents.unmodelled).cloned());
    }
    let new = after.catalog.objects.iter().filter(|(name, _)| !before.catalog.objects.contains_key(*name));
    for (name, object) in new {
        let rows = after.contents.tables.get(name).filter(|rows| !rows.rows.is_empty());
        match &object.definition {
            Definition::Other(other) if other.statements.is_empty() && !name.is_members_of_extension() => {
                found.insert(name.to_string());
            }
            _ if name.kind == ObjectKind::VirtualTable && rows.is_some() => {
                found.insert(format!("the rows of {name}"));
            }
            _ => {}
        }
    }
    found.into_iter().collect()
}

#[cfg(test)]
mod tests;
