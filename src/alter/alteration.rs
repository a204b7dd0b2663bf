//! What an alteration is made of: statements with what is to be said of them, and refusals.

use crate::catalog::{self, ObjectName};

/// What makes the left schema into the right one, as the revisions that it takes: one, or several where statements
/// cannot share a transaction.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Alteration {
    /// The parts, in their order; none where the schemas are equal.
    pub parts: Vec<Part>,
}

impl Alteration {
    /// Whether no part has a statement, so that both schemas are the same.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parts.iter().all(|part| part.statements.is_empty())
    }

    /// The statements of all parts, in the order in which they run.
    pub fn statements(&self) -> impl Iterator<Item = &Statement> {
        self.parts.iter().flat_map(|part| &part.statements)
    }
}

/// Statements that run in one transaction, or, each on its own, in none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Part {
    /// What it is for, where there are several: `validate the foreign keys`.
    pub title: Option<String>,
    /// Whether the script must be `no-transaction`.
    pub no_transaction: bool,
    /// The statements, in their order.
    pub statements: Vec<Statement>,
}

/// A statement of an alteration, and what is to be said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The object that the statement creates, alters or drops.
    pub object: ObjectName,
    /// Its text, without the semicolon at the end.
    pub sql: String,
    /// What its reader should know, one comment each.
    pub remarks: Vec<Remark>,
}

impl Statement {
    /// A statement about `object` without remarks; `sql` has no semicolon at its end.
    #[must_use]
    pub fn new(object: &ObjectName, sql: impl Into<String>) -> Self {
        Self { object: object.clone(), sql: sql.into(), remarks: Vec::new() }
    }

    /// Adds a remark behind those that the statement has.
    #[must_use]
    pub fn remark(mut self, remark: Remark) -> Self {
        self.remarks.push(remark);
        self
    }
}

impl From<catalog::sql::Statement> for Statement {
    fn from(catalog::sql::Statement { object, sql }: catalog::sql::Statement) -> Self {
        Self { object, sql, remarks: Vec::new() }
    }
}

/// What a statement does to rows, or asks of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remark {
    /// Values go.
    Loses {
        /// The table, column, enum label or sequence whose values they are.
        object: ObjectName,
        /// In words, as `the values of users.name`.
        what: String,
        /// A query whose one number says how many, on the left's database.
        count: Option<String>,
    },
    /// It fails where rows do not fit.
    MayFail {
        /// The object that the rows belong to.
        object: ObjectName,
        /// In words, as `users.email: rows with NULL`.
        what: String,
        /// A query whose one number says how many rows are in the way, on the left's database.
        count: Option<String>,
    },
    /// The locks that it takes, as `SHARE UPDATE EXCLUSIVE on public.users`.
    Locks(String),
    /// Anything else, as a sentence without the stop.
    Note(String),
}

/// What cannot be altered, or only with a hint that is missing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{object}: {reason}")]
pub struct Refusal {
    /// The object.
    pub object: ObjectName,
    /// Why the object cannot be altered, as a sentence without the stop.
    pub reason: String,
    /// What the user can do, as `--rebuild public.events`.
    pub ways_on: Vec<String>,
}
