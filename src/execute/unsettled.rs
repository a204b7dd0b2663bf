//! Revisions that were left halfway.

use thiserror::Error;

use crate::backend::UnsettledReason;
use crate::graph::RevisionId;
use crate::ledger::JournaledStatement;

/// A revision that was left halfway, by the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LeftHalfway {
    /// The revision.
    pub revision: RevisionId,
    /// The name of the operation that was under way.
    pub operation: String,
    /// What the journal holds of it, in the order of the statements.
    pub statements: Vec<JournaledStatement>,
}

/// A revision that was left halfway, and cannot go on by itself.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the {} of {} was left halfway: {reason}", .left.operation, .left.revision)]
#[non_exhaustive]
pub struct Unsettled {
    /// The revision, and how far it came.
    pub left: LeftHalfway,
    /// Why the revision cannot go on by itself.
    pub reason: UnsettledReason,
}
