//! Version rows as a document.

use serde::Serialize;

use crate::graph::{RevisionGraph, RevisionId};

/// What `current` says, as the contract has it.
#[derive(Debug, Serialize)]
pub struct CurrentDocument<'s> {
    /// The version rows.
    pub heads: Vec<CurrentEntry<'s>>,
    /// Heads that the version rows imply without naming them.
    pub implied: Vec<CurrentEntry<'s>>,
}

/// A version row, and what the scripts say of its revision.
#[derive(Debug, Serialize)]
pub struct CurrentEntry<'s> {
    /// The revision that stands in the version row.
    pub revision: &'s RevisionId,
    /// Whether no script names the revision as parent.
    pub is_head: bool,
    /// Whether, besides, no script depends on the revision.
    pub is_effective_head: bool,
    /// Whether the scripts have it, or what has taken its place.
    pub known: bool,
    /// The baseline that has taken the revision's place.
    pub replaced_by: Option<&'s RevisionId>,
}

impl<'s> CurrentDocument<'s> {
    /// Of version rows, and of what they imply, beside the graph of the scripts.
    #[must_use]
    pub fn new(graph: &'s RevisionGraph, rows: &'s [RevisionId], implied: &'s [RevisionId]) -> Self {
        let entry = |id: &'s RevisionId| {
            let node = graph.find(id.as_str());
            let replaced_by = graph.baseline_replacing(id.as_str()).map(|baseline| &baseline.id);
            CurrentEntry {
                revision: id,
                is_head: node.is_some_and(|node| graph.is_head(node)),
                is_effective_head: node.is_some_and(|node| graph.is_effective_head(node)),
                known: node.is_some() || replaced_by.is_some(),
                replaced_by,
            }
        };
        Self { heads: rows.iter().map(entry).collect(), implied: implied.iter().map(entry).collect() }
    }
}
