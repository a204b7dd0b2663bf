//! A baseline that is asked for.

use chrono::{DateTime, FixedOffset};

use super::{Mode, Range};
use crate::graph::RevisionId;
use crate::sql::Dialect;

/// Which revisions a baseline is to stand for, and what its script is to say of itself.
#[derive(Debug, Clone)]
pub struct Request {
    /// What it stands for.
    pub range: Range,
    /// Its id.
    pub revision: RevisionId,
    /// What it is for.
    pub message: String,
    /// When it is created.
    pub created: DateTime<FixedOffset>,
    /// What its scripts are made of.
    pub mode: Mode,
    /// The databases that it is for; none leaves that to the originals and the configuration.
    pub dialects: Option<Vec<Dialect>>,
    /// Whether it is proved to do what the originals do.
    pub verify: bool,
}
