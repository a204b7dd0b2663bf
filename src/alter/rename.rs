//! Renames: which ones could be meant, and the statements of those that are.

use super::{Hints, Refusal, Statement};
use crate::catalog::{Catalog, ObjectName};

/// Something that goes while something like it comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// What would go.
    pub from: ObjectName,
    /// What could be it under another name, likeliest first.
    pub to: Vec<ObjectName>,
    /// For the label of an enum type: the label that would go and those that come.
    pub label: Option<(String, Vec<String>)>,
    /// Whether values are lost where it is no rename.
    pub holds_values: bool,
}

/// What could be renames, other than those that the hints decide already.
#[must_use]
pub fn candidates(_left: &Catalog, _right: &Catalog, _hints: &Hints) -> Vec<Candidate> {
    Vec::new()
}

pub(super) fn statements(
    _left: &Catalog,
    _right: &Catalog,
    _hints: &Hints,
) -> Result<Vec<Statement>, Vec<Refusal>> {
    Ok(Vec::new())
}
