//! A baseline that is asked for.

use chrono::{DateTime, FixedOffset};

use super::{Mode, Range};
use crate::graph::RevisionId;
use crate::sql::Dialect;

/// Which revisions a baseline is to stand for, and what its script is to say of itself.
#[derive(Debug, Clone)]
pub struct Request {
    /// The revisions that the baseline is to stand for.
    pub range: Range,
    /// The baseline's id.
    pub revision: RevisionId,
    /// The message of the baseline's header.
    pub message: String,
    /// The time of creation that the baseline's header gets.
    pub created: DateTime<FixedOffset>,
    /// What the baseline's scripts are made of.
    pub mode: Mode,
    /// The databases that it is for; none leaves that to the originals and the configuration.
    pub dialects: Option<Vec<Dialect>>,
    /// Whether it is proved to do what the originals do.
    pub verify: bool,
}
