//! SQL as documents.

use serde::Serialize;

use crate::alter::Statement;
use crate::autogenerate::{Course, Stake};
use crate::catalog::ObjectName;

/// SQL that is printed and not run, as `upgrade --sql` does.
#[derive(Debug, Serialize)]
pub struct SqlDocument<'s> {
    /// The kind of database that it is for, where one is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dialect: Option<&'static str>,
    /// The statements.
    pub sql: &'s str,
}

/// What `diff --sql --json` prints.
#[derive(Serialize)]
pub struct StatementsDocument<'s> {
    /// The statements as one script.
    pub sql: &'s str,
    /// Each statement by itself.
    pub statements: Vec<&'s str>,
    /// What loses values.
    pub losses: Vec<&'s Stake<'s>>,
    /// What is told beside the statements: that owners and grants are not compared.
    pub notes: Vec<String>,
}

impl<'s> StatementsDocument<'s> {
    /// Of a course that is written as `sql`, what is at stake in it, and what is told beside.
    #[must_use]
    pub fn new(sql: &'s str, course: &'s Course, stakes: &'s [Stake<'s>], notes: Vec<String>) -> Self {
        Self {
            sql,
            statements: course.statements().map(|one| one.sql.as_str()).collect(),
            losses: stakes.iter().filter(|one| one.is_loss()).collect(),
            notes,
        }
    }
}

/// A statement, and what it is about.
#[derive(Debug, Serialize)]
pub struct SqlEntry<'s> {
    /// What it makes, changes or drops.
    pub object: &'s ObjectName,
    /// Its text.
    pub sql: &'s str,
}

impl<'s> SqlEntry<'s> {
    /// The entry of a statement.
    #[must_use]
    pub fn new(statement: &'s Statement) -> Self {
        Self { object: &statement.object, sql: &statement.sql }
    }
}

/// What `push --json` prints.
#[derive(Serialize)]
pub struct PushDocument<'p> {
    /// The database, without password.
    pub database: &'p str,
    /// Whether anything had to be done.
    pub changed: bool,
    /// The statements that have run.
    pub statements: Vec<SqlEntry<'p>>,
    /// What has lost values.
    pub losses: Vec<&'p Stake<'p>>,
    /// What is told beside the statements: that owners and grants are not compared.
    pub notes: Vec<String>,
}

impl<'p> PushDocument<'p> {
    /// Of a course that has run on a database, what was at stake in it, and `notes`, what is told beside.
    #[must_use]
    pub fn new(database: &'p str, course: &'p Course, stakes: &'p [Stake<'p>], notes: Vec<String>) -> Self {
        let statements = course.statements().map(SqlEntry::new).collect::<Vec<_>>();
        Self {
            database,
            changed: !statements.is_empty(),
            statements,
            losses: stakes.iter().filter(|one| one.is_loss()).collect(),
            notes,
        }
    }
}
