//! The journal: how far a revision that runs outside any transaction has come, statement by statement. A revision
//! has rows here from its first statement until its version row moves; what stays is unsettled.

use super::ddl::now;
use super::{Sql, Tables, TextRow, UnreadableRow, Value, event};
use crate::graph::RevisionId;
use crate::plan::Operation;
use crate::sql::Dialect;

/// How far the journal says that a statement has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum StatementState {
    /// It was sent. Where nothing came after, whether it has run is not known.
    Started,
    /// The statement has run.
    Done,
    /// The database refused it.
    Failed,
}

impl StatementState {
    /// The word that stands in the journal for the state.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    /// Reads the ledger's word. What is not known to have ended may have run.
    #[doc(hidden)]
    #[must_use]
    pub fn recorded(word: &str) -> Self {
        match word {
            "done" => Self::Done,
            "failed" => Self::Failed,
            _ => Self::Started,
        }
    }
}

/// What the journal is to say of the end of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatementOutcome {
    /// It is about to be sent.
    Started,
    /// The statement has run.
    Done,
    /// The database refused it, with these words.
    Failed(String),
}

impl StatementOutcome {
    fn state(&self) -> StatementState {
        match self {
            Self::Started => StatementState::Started,
            Self::Done => StatementState::Done,
            Self::Failed(_) => StatementState::Failed,
        }
    }

    fn error(&self) -> Option<String> {
        match self {
            Self::Failed(error) => Some(error.clone()),
            Self::Started | Self::Done => None,
        }
    }
}

/// A row of the journal: a statement of a revision without a transaction, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct JournaledStatement {
    /// The revision.
    pub revision: RevisionId,
    /// The name of the [`Operation`] that was under way.
    pub operation: String,
    /// The number of the statement in its script, from 1; of a script's own transaction, of its first statement.
    pub number: usize,
    /// The hash of the statement's text, in hexadecimal digits.
    pub hash: String,
    /// What is known of the statement: under way, done, or failed.
    pub state: StatementState,
    /// What the database said to refuse the statement.
    pub error: Option<String>,
}

/// A statement in the journal: whose it is, and which.
#[derive(Debug, Clone, Copy)]
pub struct JournalKey<'k> {
    /// The revision.
    pub revision: &'k RevisionId,
    /// What is being done to the revision.
    pub operation: Operation,
    /// The statement's number, from 1.
    pub number: usize,
}

/// Reads the journal in the order in which statements ran. The columns are those of [`JournaledStatement`].
#[must_use]
pub fn select_journal(tables: &Tables) -> Sql {
    Sql::new("SELECT revision, operation, statement, hash, state, error FROM ")
        .table(tables.schema.as_deref(), tables.statement())
        .raw(" ORDER BY revision, operation, statement")
}

impl JournaledStatement {
    /// Reads a row of [`select_journal`]: a statement and what is known of it.
    ///
    /// # Errors
    /// [`UnreadableRow`].
    #[doc(hidden)]
    pub fn read(row: &TextRow<'_>) -> Result<Self, UnreadableRow> {
        let number = row.number(2, "number of a statement")?;
        Ok(Self {
            revision: RevisionId::recorded(row.text(0, "revision")?),
            operation: row.text(1, "operation")?.to_owned(),
            number: number.ok_or(UnreadableRow::Value { column: "number of a statement" })?,
            hash: row.text(3, "hash")?.to_owned(),
            state: StatementState::recorded(row.text(4, "state")?),
            error: row.optional(5).map(str::to_owned),
        })
    }
}

/// Notes a statement. That takes the place of an earlier try that failed, and fails where the statement is known as
/// started or done: then somebody else is at work on the revision.
#[must_use]
pub fn note_statement(
    dialect: Dialect,
    tables: &Tables,
    key: JournalKey<'_>,
    hash: &str,
    outcome: StatementOutcome,
) -> [Sql; 2] {
    let schema = tables.schema.as_deref();
    let forget = Sql::new("DELETE FROM ")
        .table(schema, tables.statement())
        .then(where_key(key))
        .raw(" AND state = ")
        .value(StatementState::Failed.name());
    let ended_at = if outcome.state() == StatementState::Started { "NULL" } else { now(dialect) };
    let insert = Sql::new("INSERT INTO ")
        .table(schema, tables.statement())
        .raw(" (revision, operation, statement, hash, state, error, ended_at) VALUES (")
        .values([
            key.revision.as_str().into(),
            key.operation.name().into(),
            number(key.number),
            hash.into(),
            outcome.state().name().into(),
            outcome.error().into(),
        ])
        .raw(", ")
        .raw(ended_at)
        .raw(")");
    [forget, insert]
}

/// Notes how a statement ended that has been noted as started.
#[must_use]
pub fn end_statement(
    dialect: Dialect,
    tables: &Tables,
    key: JournalKey<'_>,
    outcome: StatementOutcome,
) -> Sql {
    Sql::new("UPDATE ")
        .table(tables.schema.as_deref(), tables.statement())
        .raw(" SET state = ")
        .value(outcome.state().name())
        .raw(", error = ")
        .value(outcome.error())
        .raw(", ended_at = ")
        .raw(now(dialect))
        .then(where_key(key))
}

/// Forgets one statement whose outcome turned out: it has not run.
#[must_use]
pub fn forget_statement(tables: &Tables, key: JournalKey<'_>) -> Sql {
    Sql::new("DELETE FROM ").table(tables.schema.as_deref(), tables.statement()).then(where_key(key))
}

/// Forgets all that the journal says of a revision, which is settled thereby.
#[must_use]
pub fn forget_journal(tables: &Tables, revision: &RevisionId) -> Sql {
    Sql::new("DELETE FROM ")
        .table(tables.schema.as_deref(), tables.statement())
        .raw(" WHERE revision = ")
        .value(revision.as_str())
}

/// Forgets the journal of a revision, and tells so in the events.
#[must_use]
pub fn settle_journal(tables: &Tables, revision: &RevisionId, actor: &str, detail: String) -> [Sql; 2] {
    [
        forget_journal(tables, revision),
        event(tables, revision.as_str(), "resolve", "done", actor, Some(detail)),
    ]
}

fn where_key(key: JournalKey<'_>) -> Sql {
    Sql::new(" WHERE revision = ")
        .value(key.revision.as_str())
        .raw(" AND operation = ")
        .value(key.operation.name())
        .raw(" AND statement = ")
        .value(number(key.number))
}

fn number(number: usize) -> Value {
    Value::Integer(i64::try_from(number).unwrap_or(i64::MAX))
}
