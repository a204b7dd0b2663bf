//! Tables in which revgraph keeps what revisions have taken away.

use crate::catalog::{KeptMark, ObjectName};

/// A table that keeps what a revision made with `--keep` would have lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptTable {
    /// Its name.
    pub name: ObjectName,
    /// What it says of itself.
    pub mark: KeptMark,
}
