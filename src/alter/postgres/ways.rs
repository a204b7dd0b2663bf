//! The way of each kind of object, with what every object has: comment, owner and privileges.

use super::super::Statement;
use super::sides::Sides;
use super::way::Way;
use super::{constraint, grants, index, program, routine, table, types, view};
use crate::catalog::sql::comment;
use crate::catalog::{Definition, Object, ObjectKind, ObjectName};

/// The way from `left` to `right`, with comment, owner and grants.
pub(super) fn way(sides: &Sides<'_>, name: &ObjectName, left: &Object, right: &Object) -> Way {
    let way = if left.definition == right.definition {
        Way::Equal
    } else {
        of_definition(sides, name, left, right)
    };
    let mut further = Vec::new();
    if left.comment != right.comment {
        further.push(Statement::new(name, comment(name, right.comment.as_deref())));
    }
    further.extend(grants::changes(sides, name, left, right));
    match way {
        Way::Equal if further.is_empty() => Way::Equal,
        Way::Equal => Way::settings(further),
        Way::Alter { mut statements, redefines } => {
            statements.extend(further);
            if let (Definition::Sequence(old), Definition::Sequence(new)) =
                (&left.definition, &right.definition)
            {
                types::hand_over(name, old, new, &mut statements);
            }
            if statements.is_empty() { Way::Equal } else { Way::Alter { statements, redefines } }
        }
        other => other,
    }
}

fn of_definition(sides: &Sides<'_>, name: &ObjectName, left: &Object, right: &Object) -> Way {
    match (&left.definition, &right.definition) {
        (Definition::Table(left), Definition::Table(right)) => table::way(sides, name, left, right),
        (Definition::Constraint(left), Definition::Constraint(right)) => {
            constraint::way(sides, name, left, right)
        }
        (Definition::Index(left), Definition::Index(right)) => index::way(sides, name, left, right),
        (Definition::View(left), Definition::View(right)) => view::way(name, left, right),
        (Definition::Routine(left), Definition::Routine(right)) => routine::way(name, left, right),
        (Definition::Trigger(left), Definition::Trigger(right)) => program::trigger(name, left, right),
        (Definition::Rule(left), Definition::Rule(right)) => program::rule(name, left, right),
        (Definition::Policy(left), Definition::Policy(right)) => program::policy(name, left, right),
        (left, right) if is_of_types(name.kind) => types::way(sides, name, left, right),
        _ => Way::Renew,
    }
}

/// Whether [`types`] knows the kind.
fn is_of_types(kind: ObjectKind) -> bool {
    !ObjectKind::RELATIONS.contains(&kind)
        && !matches!(
            kind,
            ObjectKind::Aggregate
                | ObjectKind::Function
                | ObjectKind::Procedure
                | ObjectKind::Constraint
                | ObjectKind::Index
                | ObjectKind::Trigger
                | ObjectKind::Rule
                | ObjectKind::Policy
        )
}
