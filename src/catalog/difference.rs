//! One thing that sets two catalogs apart.

use serde::Serialize;

use super::attribute::Attribute;
use super::name::ObjectName;

/// One thing in which the right side differs from the left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The object that only one side has, or that is another on the right side.
    pub object: ObjectName,
    /// How the object differs.
    #[serde(flatten)]
    pub change: Change,
    /// What is lost on the way from one side to the other.
    pub loses_data: DataLoss,
}

/// What becomes of an object from the left catalog to the right one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// Only the right side has it.
    Added,
    /// Only the left side has it.
    Removed,
    /// Both have it.
    Altered {
        /// What differs, with its values.
        attribute: Attribute,
        /// Its value on the left side as it is shown; none where it is absent.
        left: Option<String>,
        /// Its value on the right side as it is shown; none where it is absent.
        right: Option<String>,
    },
}

/// Whether rows or values can be lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct DataLoss {
    /// When the left side is made like the right one.
    pub making: bool,
    /// When the right side is made like the left one.
    pub undoing: bool,
}
