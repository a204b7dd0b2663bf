//! Revisions in words.

use super::id::RevisionId;

/// Ids with commas between them; empty where there are none.
#[must_use]
pub fn joined(ids: &[RevisionId]) -> String {
    ids.iter().map(RevisionId::as_str).collect::<Vec<_>>().join(", ")
}

/// The same, `base` where there are none: version rows, and parents.
#[must_use]
pub fn joined_or_base(ids: &[RevisionId]) -> String {
    if ids.is_empty() { "base".to_owned() } else { joined(ids) }
}
