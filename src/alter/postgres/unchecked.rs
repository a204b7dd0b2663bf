//! Bodies of routines that mention what is made after them.

use std::collections::BTreeSet;

use super::super::Statement;
use super::fate::Fates;
use super::sides::Sides;
use crate::catalog::sql::UNCHECKED_BODIES;
use crate::catalog::{Definition, ObjectKind, ObjectName, Routine};

/// Sets `check_function_bodies` off before all else, where the body of a routine mentions something that is made after
/// it: the server tells no order from the text of a body.
pub(super) fn add_setting(sides: &Sides<'_>, fates: &Fates, statements: &mut Vec<Statement>) {
    let mut later = BTreeSet::new();
    let mut first = None;
    for statement in statements.iter().rev() {
        let name = &statement.object;
        let is_defined = fates.is_made(name) || fates.redefined.contains(name);
        if let Some(routine) = body(sides, name).filter(|_| is_defined) {
            let body = routine.body.to_lowercase();
            let own = name.name.to_lowercase();
            if later.iter().any(|other: &String| *other != own && body.contains(other.as_str())) {
                first = Some(name.clone());
            }
        }
        if fates.is_made(name) && can_be_mentioned(name.kind) {
            later.insert(name.name.to_lowercase());
        }
    }
    if let Some(first) = first {
        statements.insert(0, Statement::new(&first, UNCHECKED_BODIES));
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
