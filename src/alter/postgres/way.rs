//! What can be done about an object that both sides have.

use super::super::{Refusal, Statement};
use super::POSTGRES;
use crate::catalog::ObjectName;
use crate::catalog::sql::drop_one;

/// The way on that a refusal names where no hint helps.
pub(super) const BY_HAND: &str = "write the statements by hand, in a revision before this one";

/// What leads from the left object to the right one.
pub(super) enum Way {
    /// Nothing has to be done.
    Equal,
    /// Statements that alter it in place.
    Alter {
        /// The statements, in their order.
        statements: Vec<Statement>,
        /// Whether it then reads what it reads on the right side, and nothing else.
        redefines: bool,
    },
    /// Dropping it and making it again.
    Renew,
    /// A type: setting it aside, and turning everything of it to a new one.
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

/// The statement that drops an object, where one does.
pub(super) fn drop_statement(name: &ObjectName) -> Option<Statement> {
    Some(Statement::new(name, drop_one(POSTGRES, name)?))
}
