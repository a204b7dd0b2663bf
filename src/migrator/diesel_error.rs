//! Why scripts cannot be served to Diesel.

use thiserror::Error;

use crate::excerpt::Excerpt;
use crate::graph::RevisionId;
use crate::plan::Operation;
use crate::script::Irreversible;

/// Why scripts cannot be served to Diesel.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DieselError {
    /// Diesel has no way to send the rows of a `COPY … FROM stdin`.
    #[error("{}: Diesel cannot run a COPY with its data in the script", .0.position())]
    CopyData(Box<Excerpt>),
    /// The version would be longer than Diesel's table takes.
    #[error("the id {0} is too long for Diesel, whose versions have 50 characters at most")]
    IdTooLong(RevisionId),
    /// Diesel's table cannot tell that a baseline stands for others that it has run, and the scripts of these are gone.
    #[error("{0} has replaced revisions that Diesel may have run, and their scripts are not in the backup")]
    OriginalsGone(RevisionId),
    /// A statement failed.
    #[error("{} of {revision} failed at {place}", .operation.name())]
    Statement {
        /// The revision.
        revision: RevisionId,
        /// What was being done.
        operation: Operation,
        /// The file, the line and the column, both from 1.
        place: String,
        /// What Diesel says.
        #[source]
        source: diesel::result::Error,
    },
    /// The revision cannot be undone.
    #[error("revision {revision} cannot be undone: {reason}")]
    Irreversible {
        /// The revision.
        revision: RevisionId,
        /// Why the revision cannot be undone.
        reason: Irreversible,
    },
}
