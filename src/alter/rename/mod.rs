//! Renames: which ones could be meant, and the statements of those that are confirmed.

mod candidates;
mod mapping;
mod order;
mod parts;
mod resolve;
mod statements;

use crate::catalog::ObjectName;

pub use candidates::candidates;
pub use mapping::Mapping;

pub(super) use statements::statements;

/// Something that goes while something like it comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The object that would go.
    pub from: ObjectName,
    /// What could be it under another name, likeliest first.
    pub to: Vec<ObjectName>,
    /// For the label of an enum type: the label that would go and those that come.
    pub label: Option<(String, Vec<String>)>,
    /// Whether values are lost where it is no rename.
    pub holds_values: bool,
}
