//! What is known of a baseline.

use serde::Serialize;

use crate::catalog::ObjectName;
use crate::sql::Dialect;

/// What is known of a baseline on one kind of database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Proof {
    /// The kind of database.
    pub dialect: Dialect,
    /// Whether it was proved.
    pub outcome: Outcome,
    /// The columns with values that differ from replay to replay.
    pub volatile: Vec<VolatileColumn>,
    /// What its down script leaves behind, as those of the originals do.
    pub left_behind: Vec<String>,
}

/// What has come of proving a baseline on one kind of database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// It leaves what the originals leave.
    Proved {
        /// What the database calls itself.
        version: String,
    },
    /// Nobody asked for it.
    NotAsked,
    /// There is no such database at hand. The originals' scripts stand one after the other.
    NotAtHand,
}

/// A column with values that differ from replay to replay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VolatileColumn {
    /// The table.
    pub table: ObjectName,
    /// The column.
    pub column: String,
    /// What becomes of the values.
    pub treatment: Treatment,
}

/// What a baseline does with values that differ from replay to replay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Treatment {
    /// They are left to the column's default.
    LeftToDefault,
    /// They are written as they were in the replay.
    Written,
    /// They are computed anew, by the originals' statements.
    ComputedAnew,
}
