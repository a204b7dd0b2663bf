//! Tables in which revgraph keeps what revisions have taken away.

use crate::catalog::{KeptMark, ObjectName};

/// Such a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptTable {
    /// Its name.
    pub name: ObjectName,
    /// What it says of itself.
    pub mark: KeptMark,
}
