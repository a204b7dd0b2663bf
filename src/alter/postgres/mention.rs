//! What the bodies of routines mention: the server knows of no dependency there.

use std::collections::{BTreeMap, BTreeSet};

use super::super::Statement;
use super::fate::Fates;
use super::sides::Sides;
use crate::catalog::sql::UNCHECKED_BODIES;
use crate::catalog::{Definition, ObjectKind, ObjectName, Routine};

/// What comes, by name in lower case.
type Coming<'n> = BTreeMap<String, Vec<&'n ObjectName>>;

/// Sets `check_function_bodies` off before all else, where the body of a routine mentions something that is made after
/// it.
pub(super) fn add_setting(sides: &Sides<'_>, fates: &Fates, statements: &mut Vec<Statement>) {
    let mut later = Coming::new();
    let mut first = None;
    for statement in statements.iter().rev() {
        let name = &statement.object;
        if let Some(routine) = defined(sides, fates, name)
            && mentioned(routine, &later).any(|other| other != name)
        {
            first = Some(name.clone());
        }
        if fates.is_made(name) && can_be_mentioned(name.kind) {
            later.entry(name.name.to_lowercase()).or_default().push(name);
        }
    }
    if let Some(first) = first {
        statements.insert(0, Statement::new(&first, UNCHECKED_BODIES));
    }
}

/// Each routine that is defined, with everything that comes and that its body mentions.
pub(super) fn mentions<'n>(sides: &Sides<'_>, fates: &'n Fates) -> Vec<(&'n ObjectName, &'n ObjectName)> {
    let mut coming = Coming::new();
    for name in fates.fates.keys().filter(|name| fates.is_made(name) && can_be_mentioned(name.kind)) {
        coming.entry(name.name.to_lowercase()).or_default().push(name);
    }
    let routines = fates.fates.keys().filter_map(|name| Some((name, defined(sides, fates, name)?)));
    routines
        .flat_map(|(name, routine)| {
            let others: Vec<_> = mentioned(routine, &coming).filter(|other| *other != name).collect();
            others.into_iter().map(move |other| (name, other))
        })
        .collect()
}

fn mentioned<'n>(routine: &Routine, coming: &Coming<'n>) -> impl Iterator<Item = &'n ObjectName> {
    let body = routine.body.to_lowercase();
    let is_outside = |character: char| !(character.is_alphanumeric() || character == '_');
    let words: BTreeSet<&str> = body.split(is_outside).collect();
    let found = coming.iter().filter(|(name, _)| match name.contains(is_outside) {
        true => body.contains(name.as_str()),
        false => words.contains(name.as_str()),
    });
    found.flat_map(|(_, names)| names.clone()).collect::<Vec<_>>().into_iter()
}

/// A routine with a body of text that is made or replaced.
fn defined<'c>(sides: &Sides<'c>, fates: &Fates, name: &ObjectName) -> Option<&'c Routine> {
    if !fates.is_made(name) && !fates.redefined.contains(name) {
        return None;
    }
    match &sides.right.objects.get(name)?.definition {
        Definition::Routine(routine) if !matches!(routine.language.as_str(), "c" | "internal") => {
            Some(routine)
        }
        _ => None,
    }
}

fn can_be_mentioned(kind: ObjectKind) -> bool {
    !matches!(
        kind,
        ObjectKind::Schema
            | ObjectKind::Constraint
            | ObjectKind::Index
            | ObjectKind::Trigger
            | ObjectKind::Rule
            | ObjectKind::Policy
    )
}
