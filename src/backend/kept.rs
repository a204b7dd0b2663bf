//! Tables in which revgraph keeps what revisions have taken away.

use crate::catalog::{KeptMark, ObjectName};

/// A table that keeps what a revision made with `--keep` would have lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptTable {
    /// The table's name.
    pub name: ObjectName,
    /// What the table says of itself: what it keeps, and of which revision.
    pub mark: KeptMark,
}
