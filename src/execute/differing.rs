//! What has changed since it was applied.

use crate::graph::RevisionId;

/// An applied revision whose script is another now than the ledger recorded, or whose edges are.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Differing {
    /// The revision.
    pub revision: RevisionId,
    /// Its script's file.
    pub path: std::path::PathBuf,
    /// What was recorded: a checksum, or parents and dependencies.
    pub recorded: String,
    /// What the script has now.
    pub found: String,
    /// From the ledger's copy of the script to the script, as a unified diff; none where only the edges differ.
    pub diff: Option<String>,
}
