//! What a part keeps, as statements for its scripts.

use std::collections::BTreeMap;

use crate::alter::Statement;
use crate::catalog::{KeptMark, ObjectName};

/// What stands in the scripts of a part that keeps what it loses.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Keep {
    /// The tables that keep what is lost, with what each keeps.
    pub tables: Vec<(ObjectName, KeptMark)>,
    /// The up script begins with these, on the schema before.
    pub before: Vec<Statement>,
    /// The up script ends with these.
    pub behind: Vec<Statement>,
    /// The down script begins with these.
    pub back_before: Vec<Statement>,
    /// What the columns that come back are filled with, by the column.
    pub fills: BTreeMap<ObjectName, String>,
    /// What fills the tables that come back, each right behind the statement that makes the table.
    pub back_into: Vec<(ObjectName, Statement)>,
    /// The down script ends with these.
    pub back_behind: Vec<Statement>,
}
