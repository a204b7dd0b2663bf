//! What a revision does, in a line. Pure.

use super::Named;
use crate::alter::Rename;
use crate::catalog::{Catalog, Change, CompareOptions, Difference, ObjectKind, compare};

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
    changes.extend(differences.iter().filter(|one| !is_renamed(one)).map(changed));
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
