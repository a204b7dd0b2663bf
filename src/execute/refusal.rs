//! Statements that cannot run as their scripts ask.

use thiserror::Error;

use crate::excerpt::Excerpt;
use crate::graph::RevisionId;
use crate::sql::TransactionControl;

/// A statement that cannot run as its script asks.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{}: {reason}", .excerpt.position())]
#[non_exhaustive]
pub struct Refusal {
    /// The revision.
    pub revision: RevisionId,
    /// Why the statement cannot run.
    pub reason: RefusalReason,
    /// The place of the statement in its script.
    pub excerpt: Excerpt,
}

/// Why a statement cannot run.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RefusalReason {
    /// It would end or begin the transaction that keeps the version row true.
    #[error("the script runs in a transaction of its own, and this statement would {}", what(.0))]
    TransactionControl(TransactionControl),
    /// The database does not run it inside a transaction.
    #[error("{0} cannot run inside a transaction")]
    CannotRunInTransaction(&'static str),
    /// PostgreSQL lets nobody use an enum value before the transaction that adds it has been committed.
    #[error("{}", uncommitted(.type_name, .label, .added_by.as_ref()))]
    UncommittedEnumValue {
        /// The enum, as the adding statement writes it.
        type_name: String,
        /// The value.
        label: String,
        /// The revision that adds it, where it is another one.
        added_by: Option<RevisionId>,
    },
    /// It would change a table that revgraph keeps, which the run is checked by.
    #[error("the table {0} is kept by revgraph, and no script may change it")]
    Bookkeeping(String),
    /// A string of it would be read otherwise, after the script has switched `standard_conforming_strings` off.
    #[error(
        "the script switches standard_conforming_strings off, and a backslash in this statement's strings would then mean something else"
    )]
    Strings,
    /// It has characters beyond ASCII, after the script has switched `client_encoding` to another than UTF-8.
    #[error(
        "the script switches client_encoding, and this statement's characters, which are UTF-8, would then be read as others"
    )]
    Encoding,
    /// The script cannot be cut into statements.
    #[error("{0}")]
    Unreadable(String),
}

fn what(control: &TransactionControl) -> &'static str {
    match control {
        TransactionControl::Begin => "begin another",
        TransactionControl::Commit | TransactionControl::CommitPrepared => "commit it halfway",
        TransactionControl::Rollback | TransactionControl::RollbackPrepared => "roll it back halfway",
        TransactionControl::Prepare => "detach it",
    }
}

fn uncommitted(type_name: &str, label: &str, added_by: Option<&RevisionId>) -> String {
    let by = added_by.map(|revision| format!(", by revision {revision}")).unwrap_or_default();
    format!("the value '{label}' is added to the enum {type_name} in the same transaction{by}")
}
