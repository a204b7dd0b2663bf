//! What can be done about an object that both sides have.

use super::super::{Refusal, Statement};
use super::sides::Sides;
use super::{constraint, grants, index, program, routine, table, types, view};
use crate::catalog::sql::{comment, drop_one};
use crate::catalog::{Definition, Object, ObjectKind, ObjectName};

/// The way on where no hint helps.
pub(super) const BY_HAND: &str = "write the statements by hand, in a revision before this one";

/// What leads from the left object to the right one.
pub(super) enum Way {
    /// Nothing has to be done.
    Equal,
    /// Statements that alter it in place.
    Alter {
        /// Those.
        statements: Vec<Statement>,
        /// Whether it then reads what it reads on the right side, and nothing else.
        redefines: bool,
    },
    /// Dropping it and making it again.
    Renew,
    /// A type: setting it aside, and turning everything of it to a new one.
    #[allow(dead_code, reason = "the types that are swapped come with `types`")]
    Swap,
    /// No statement does.
    Refuse(Refusal),
}

impl Way {
    /// What these statements do, which leave what the object reads as it is.
    pub(super) fn settings(statements: Vec<Statement>) -> Self {
        Self::Alter { statements, redefines: false }
    }

    /// What one statement does that defines the object anew.
    pub(super) fn replace(name: &ObjectName, sql: impl Into<String>) -> Self {
        Self::Alter { statements: vec![Statement::new(name, sql)], redefines: true }
    }
}

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

/// The statement that drops an object, where one does.
pub(super) fn drop_statement(name: &ObjectName) -> Option<Statement> {
    Some(Statement::new(name, drop_one(super::POSTGRES, name)?))
}
