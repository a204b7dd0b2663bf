//! Bodies of routines that mention what is made after them.

use super::super::Statement;
use super::fate::Fates;
use super::sides::Sides;
use crate::catalog::sql::UNCHECKED_BODIES;
use crate::catalog::{Definition, ObjectKind, ObjectName, Routine};

/// Sets `check_function_bodies` off before all else, where the body of a routine that is made or replaced mentions
/// something that comes too: the server tells no order from the text of a body.
pub(super) fn add_setting(sides: &Sides<'_>, fates: &Fates, statements: &mut Vec<Statement>) {
    let coming: Vec<String> = fates
        .fates
        .keys()
        .filter(|name| fates.is_made(name) && can_be_mentioned(name.kind))
        .map(|name| name.name.to_lowercase())
        .collect();
    let mentions = |name: &&ObjectName| {
        let is_defined = fates.is_made(name) || fates.redefined.contains(*name);
        body(sides, name).filter(|_| is_defined).is_some_and(|routine| {
            let body = routine.body.to_lowercase();
            let own = name.name.to_lowercase();
            coming.iter().any(|other| *other != own && body.contains(other.as_str()))
        })
    };
    if let Some(first) = fates.fates.keys().find(mentions) {
        statements.insert(0, Statement::new(first, UNCHECKED_BODIES));
    }
}

/// A routine whose body is text.
fn body<'c>(sides: &Sides<'c>, name: &ObjectName) -> Option<&'c Routine> {
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
        ObjectKind::Constraint
            | ObjectKind::Index
            | ObjectKind::Trigger
            | ObjectKind::Rule
            | ObjectKind::Policy
    )
}
