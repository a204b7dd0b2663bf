//! The two ways to make a baseline.

use serde::Serialize;

/// What a baseline's scripts are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// The schema and the rows that the originals leave.
    Schema,
    /// The originals' scripts.
    Concat,
}
