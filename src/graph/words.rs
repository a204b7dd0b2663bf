//! Revisions in words.

use super::id::RevisionId;
use super::problem::GraphProblem;

/// Ids in their order with `, ` between them; empty where there are none.
#[must_use]
pub fn joined(ids: &[RevisionId]) -> String {
    ids.iter().map(RevisionId::as_str).collect::<Vec<_>>().join(", ")
}

/// Ids with commas between them, `base` where there are none: version rows, and parents.
#[must_use]
pub fn joined_or_base(ids: &[RevisionId]) -> String {
    if ids.is_empty() { "base".to_owned() } else { joined(ids) }
}

/// Ids with commas between them and `and` before the last: `a, b and c`.
#[must_use]
pub fn and_joined(ids: &[RevisionId]) -> String {
    match ids.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} and {last}", joined(others)),
        _ => joined(ids),
    }
}

/// The messages of a graph's problems with `; ` between them, as one line.
#[must_use]
pub fn problems_joined(problems: &[GraphProblem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
