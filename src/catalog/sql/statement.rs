//! A statement and its object.

use crate::catalog::ObjectName;

/// A statement of SQL, and what it makes, alters or drops.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The object that the statement makes, alters or drops.
    pub object: ObjectName,
    /// The text of the statement, without the semicolon at its end.
    pub sql: String,
}

impl Statement {
    /// A statement that makes, alters or drops `object`, without semicolon.
    #[must_use]
    pub fn of(object: &ObjectName, sql: impl Into<String>) -> Self {
        Self { object: object.clone(), sql: sql.into() }
    }
}
