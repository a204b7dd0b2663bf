//! From a target and the version rows to a [`Plan`]: data that can be printed, serialised, tested and applied.
//!
//! What is run and what stands in the version table afterwards are Alembic 1.20's
//! (`_collect_upgrade_revisions`, `_collect_downgrade_revisions`, `_stamp_revs`).

mod downgrade;
mod range;
mod rows;
mod selection;
mod single;
mod stamp;
mod upgrade;
mod walk;

use thiserror::Error;

use crate::graph::{Follow, NodeIndex, NodeSet, RevisionGraph, RevisionId, TargetError, joined};

pub use downgrade::downgrade;
pub use range::{history, implied_by, up_to_range};
pub use rows::RowChange;
pub use selection::{MergeError, NotOneError, one_or_base, select, select_all, to_merge};
pub use single::single;
pub use stamp::stamp;
pub use upgrade::upgrade;
pub use walk::Walk;

/// What is done to a revision, or to the database beside its revisions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Operation {
    /// Its up script runs.
    Upgrade,
    /// Its down script runs.
    Downgrade,
    /// It is recorded, and nothing runs.
    Stamp,
    /// A baseline is recorded in the place of its originals, and nothing runs.
    #[serde(rename = "stamp")]
    Fold,
    /// The originals are recorded in the place of their baseline, and nothing runs.
    #[serde(rename = "stamp")]
    Unfold,
    /// A file of rows runs.
    Seed,
    /// Everything goes, version rows included.
    Reset,
    /// The schema is made another one, by no revision.
    Push,
}

impl Operation {
    /// Whether the operation only changes what is recorded, and runs no script.
    #[doc(hidden)]
    #[must_use]
    pub fn runs_nothing(self) -> bool {
        matches!(self, Self::Stamp | Self::Fold | Self::Unfold)
    }

    /// The word for the operation, as the ledger's events and JSON have it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Upgrade => "upgrade",
            Self::Downgrade => "downgrade",
            Self::Stamp => "stamp",
            Self::Fold => "fold",
            Self::Unfold => "unfold",
            Self::Seed => "seed",
            Self::Reset => "reset",
            Self::Push => "push",
        }
    }
}

/// One revision's turn, with what it does to the version rows.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Step {
    /// The revision.
    pub revision: RevisionId,
    /// What is done to the revision.
    pub operation: Operation,
    /// How the version rows follow.
    #[doc(hidden)]
    pub rows: RowChange,
}

/// Steps in the order in which they are to be taken.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Plan {
    /// The version rows that the plan starts from, sorted.
    pub before: Vec<RevisionId>,
    /// The steps.
    pub steps: Vec<Step>,
    /// The version rows that the plan ends with, sorted.
    pub after: Vec<RevisionId>,
}

/// Why version rows and target do not make a plan.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PlanError {
    /// The target leads nowhere.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// The version table names revisions that no script has.
    #[error("the version table names {}, which no script has", joined(.revisions))]
    UnknownRows {
        /// The unknown rows.
        revisions: Vec<RevisionId>,
    },
}

/// The nodes that version rows name, sorted and without repetition.
///
/// # Errors
/// [`PlanError::UnknownRows`] lists those that no script has.
pub fn nodes_of_rows(graph: &RevisionGraph, rows: &[RevisionId]) -> Result<Vec<NodeIndex>, PlanError> {
    let mut nodes = Vec::with_capacity(rows.len());
    let mut unknown = Vec::new();
    for row in rows {
        match graph.find(row.as_str()) {
            Some(node) => nodes.push(node),
            None => unknown.push(row.clone()),
        }
    }
    if !unknown.is_empty() {
        return Err(PlanError::UnknownRows { revisions: unknown });
    }
    nodes.sort_unstable();
    nodes.dedup();
    Ok(nodes)
}

/// Everything that version rows say has been applied: themselves, their ancestors and dependencies.
///
/// # Errors
/// [`PlanError::UnknownRows`] as [`nodes_of_rows`].
pub fn applied(graph: &RevisionGraph, rows: &[RevisionId]) -> Result<NodeSet, PlanError> {
    Ok(graph.ancestors(nodes_of_rows(graph, rows)?, Follow::ParentsAndDependencies))
}

#[cfg(test)]
mod tests;
