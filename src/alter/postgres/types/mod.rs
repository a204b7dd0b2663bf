//! Types, sequences, and the objects that the server itself writes down.

use super::super::Refusal;
use super::sides::Sides;
use super::steps::Steps;
use super::way::Way;
use crate::catalog::{Catalog, Definition, ObjectKind, ObjectName, Sequence};

/// The way between two objects of a kind that is neither a relation, nor a part of one, nor a routine.
pub(super) fn way(_sides: &Sides<'_>, name: &ObjectName, left: &Definition, right: &Definition) -> Way {
    match (left, right) {
        (Definition::Other(_), Definition::Other(_)) if name.kind != ObjectKind::Unmodelled => Way::Renew,
        _ => Way::Refuse(Refusal {
            object: name.clone(),
            reason: "revgraph does not alter objects of this kind yet".to_owned(),
            ways_on: Vec::new(),
        }),
    }
}

/// Adds the steps of types that are swapped.
pub(super) fn add_swaps(_steps: &mut Steps<'_, '_>) {}

/// The type that a type, as the server writes it, is made of: what is beneath a domain, else the type itself.
pub(super) fn beneath(catalog: &Catalog, data_type: &str) -> String {
    let mut name = data_type.to_owned();
    // A circle of domains is impossible.
    while let Some(beneath) = catalog.objects.iter().find_map(|(object, found)| match &found.definition {
        Definition::Domain(domain) if crate::catalog::sql::qualified(super::POSTGRES, object) == name => {
            Some(domain.data_type.clone())
        }
        _ => None,
    }) {
        name = beneath;
    }
    name
}

/// The options, as of `ALTER SEQUENCE`, that lead from one sequence to another.
pub(super) fn sequence_changes(left: &Sequence, right: &Sequence) -> Vec<String> {
    let mut options = Vec::new();
    if left.data_type != right.data_type {
        options.push(format!("AS {}", right.data_type));
    }
    for (clause, old, new) in [
        ("INCREMENT BY", left.increment, right.increment),
        ("MINVALUE", left.minimum, right.minimum),
        ("MAXVALUE", left.maximum, right.maximum),
        ("START WITH", left.start, right.start),
        ("CACHE", left.cache, right.cache),
    ] {
        if old != new {
            options.push(format!("{clause} {new}"));
        }
    }
    if left.cycles != right.cycles {
        options.push(if right.cycles { "CYCLE" } else { "NO CYCLE" }.to_owned());
    }
    options
}

/// A qualified name in its two parts, as SQL.
pub(super) fn split_name(qualified: &str) -> (&str, &str) {
    let mut is_quoted = false;
    let dot = qualified.char_indices().find(|(_, character)| {
        is_quoted ^= *character == '"';
        *character == '.' && !is_quoted
    });
    dot.map_or(("", qualified), |(place, _)| (&qualified[..place], &qualified[place + 1..]))
}
