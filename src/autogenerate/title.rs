//! What a revision does, in a line. Pure.

use super::Named;
use crate::alter::Rename;
use crate::catalog::{
    Catalog, Change, CompareOptions, Definition, Difference, ObjectKind, ObjectName, compare,
};

/// How many changes a title names.
const NAMED: usize = 3;

/// A title for what leads from one schema to another.
#[must_use]
pub fn title(left: &Catalog, right: &Catalog, renames: &[Rename]) -> String {
    let mut changes: Vec<String> = renames.iter().map(renamed).collect();
    let is_renamed = |difference: &Difference| {
        renames.iter().any(|rename| rename.from == difference.object || rename.to == difference.object)
    };
    let options = CompareOptions { ignore_column_order: true, ..CompareOptions::default() };
    let differences = compare(left, right, &options);
    let (along, own): (Vec<&Difference>, Vec<&Difference>) =
        differences.iter().filter(|one| !is_renamed(one)).partition(|one| {
            is_sequence_of_column(&one.object, left, right)
                || is_called_after_column(one, &differences, renames)
        });
    changes.extend(own.into_iter().map(changed));
    if changes.is_empty() {
        changes.extend(along.into_iter().map(changed));
    }
    changes.dedup();
    let more = changes.len().saturating_sub(NAMED);
    changes.truncate(NAMED);
    if more > 0 {
        changes.push(format!("{more} more"));
    }
    match changes.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        _ => changes.concat(),
    }
}

/// Whether a sequence is that of a column, with which it comes and goes.
fn is_sequence_of_column(name: &ObjectName, left: &Catalog, right: &Catalog) -> bool {
    let is_owned = |catalog: &Catalog| {
        let definition = catalog.objects.get(name).map(|object| &object.definition);
        matches!(definition, Some(Definition::Sequence(sequence)) if sequence.owned_by.is_some())
    };
    is_owned(left) || is_owned(right)
}

/// Whether a key or index goes and comes under another name along with a column of its table. As many come as go.
fn is_called_after_column(one: &Difference, all: &[Difference], renames: &[Rename]) -> bool {
    let object = &one.object;
    let is_part = object.kind != ObjectKind::Column && object.relation.is_some();
    let has_renamed = |rename: &Rename| {
        rename.to.kind == ObjectKind::Column
            && (&rename.to.schema, &rename.to.relation) == (&object.schema, &object.relation)
    };
    if !is_part || !renames.iter().any(has_renamed) {
        return false;
    }
    let number = |change: &Change| {
        let of_table = |other: &&Difference| {
            (&other.object.kind, &other.object.schema, &other.object.relation)
                == (&object.kind, &object.schema, &object.relation)
        };
        all.iter().filter(of_table).filter(|other| other.change == *change).count()
    };
    matches!(one.change, Change::Added | Change::Removed)
        && number(&Change::Added) == number(&Change::Removed)
}

fn renamed(rename: &Rename) -> String {
    let (from, to) = match &rename.label {
        Some((old, new)) => (Named::of_label(&rename.from, old), Named::of_label(&rename.to, new)),
        None => (Named::of(&rename.from), Named::of(&rename.to)),
    };
    format!("rename {from} to {to}")
}

fn changed(difference: &Difference) -> String {
    let object = &difference.object;
    let named = Named::of(object);
    let what = match object.kind {
        ObjectKind::Table | ObjectKind::Column => named.to_string(),
        kind => format!("{} {named}", kind.name()),
    };
    match difference.change {
        Change::Added => format!("add {what}"),
        Change::Removed => format!("drop {what}"),
        Change::Altered { .. } => format!("change {what}"),
    }
}
