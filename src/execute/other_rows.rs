//! Rows from which a script was not computed.

use thiserror::Error;

use crate::graph::RevisionId;
use crate::script::RecordedRows;

/// A table that does not have the rows from which a pending script was computed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{recorded} holds {found} rows, and {revision} was recorded with {}", .recorded.rows)]
#[non_exhaustive]
pub struct OtherRows {
    /// The revision.
    pub revision: RevisionId,
    /// The table, with the number of rows that it had when the script was recorded.
    pub recorded: RecordedRows,
    /// How many rows the table has now.
    pub found: u64,
}
