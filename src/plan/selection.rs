//! The revisions that a target names by itself, without a database.

use thiserror::Error;

use super::PlanError;
use super::range::up_to_range;
use crate::graph::{NodeIndex, RevisionGraph, RevisionId, RevisionSpec, Symbol, joined};

/// The revisions that a target names without asking a database. `-N` counts down from the head, as in Alembic.
///
/// # Errors
/// [`PlanError::Target`].
pub fn select(graph: &RevisionGraph, spec: &RevisionSpec) -> Result<Vec<NodeIndex>, PlanError> {
    let from_head = match (&spec.symbol, spec.steps) {
        (Some(_), None) => return Ok(graph.resolve(spec)?),
        (None, Some(..0)) => RevisionSpec { symbol: Some(Symbol::Head), ..spec.clone() },
        _ => spec.clone(),
    };
    let ids = up_to_range(graph, &from_head, None)?;
    Ok(ids.iter().filter_map(|id| graph.find(id.as_str())).collect())
}

/// The revisions that several targets name, as [`select`] finds them, in the order of the targets.
///
/// # Errors
/// [`PlanError::Target`].
pub fn select_all(graph: &RevisionGraph, specs: &[RevisionSpec]) -> Result<Vec<NodeIndex>, PlanError> {
    let mut selected = Vec::new();
    for spec in specs {
        selected.extend(select(graph, spec)?);
    }
    Ok(selected)
}

/// Why a target is not one revision.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NotOneError {
    /// It leads nowhere.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// It stands for several revisions.
    #[error("`{target}` is several revisions: {}", joined(.revisions))]
    Several {
        /// The target.
        target: RevisionSpec,
        /// The revisions.
        revisions: Vec<RevisionId>,
    },
}

/// The one revision of a target that counts no steps; none for the base.
///
/// # Errors
/// [`NotOneError`].
pub fn one_or_base(graph: &RevisionGraph, target: &RevisionSpec) -> Result<Option<NodeIndex>, NotOneError> {
    match graph.resolve(target).map_err(PlanError::from)?.as_slice() {
        [] => Ok(None),
        [node] => Ok(Some(*node)),
        several => Err(NotOneError::Several { target: target.clone(), revisions: graph.ids(several) }),
    }
}

/// Why targets do not name revisions that can be merged.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MergeError {
    /// A target leads nowhere.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The targets do not stand for several revisions.
    #[error("a merge joins two revisions or more, and this names {}", .named.as_ref().map_or_else(|| "none".to_owned(), |named| format!("only {named}")))]
    TooFew {
        /// The one that they stand for, where there is one.
        named: Option<RevisionId>,
        /// All heads, those that others depend on among them.
        heads: Vec<RevisionId>,
    },
}

/// The revisions that a merge joins: those that the targets name, of which there must be several.
///
/// # Errors
/// [`MergeError`].
pub fn to_merge(graph: &RevisionGraph, targets: &[RevisionSpec]) -> Result<Vec<NodeIndex>, MergeError> {
    let parents = select_all(graph, targets)?;
    if parents.iter().skip(1).any(|parent| Some(parent) != parents.first()) {
        return Ok(parents);
    }
    let named = parents.first().map(|parent| graph.id(*parent).clone());
    Err(MergeError::TooFew { named, heads: graph.ids(&graph.heads()) })
}
