//! The two ways to make a baseline.

use serde::Serialize;

/// What a baseline's scripts are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Statements written anew: the schema that the originals leave, and the rows that they add.
    Schema,
    /// The originals' scripts, one after the other.
    Concat,
}
