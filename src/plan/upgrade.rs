//! `upgrade`: what a target needs beyond what has been applied.

use petgraph::graph::NodeIndex;

use super::rows::RowTracker;
use super::{Plan, PlanError, nodes_of_rows};
use crate::graph::{
    Follow, NodeSet, Overwalk, Place, RevisionGraph, RevisionId, RevisionSpec, Symbol, TargetError,
};

/// Plans the way up to `target` from a database with these version rows.
///
/// # Errors
/// [`PlanError`] where the target leads nowhere or a row is unknown.
pub fn upgrade(graph: &RevisionGraph, rows: &[RevisionId], target: &RevisionSpec) -> Result<Plan, PlanError> {
    let rows = nodes_of_rows(graph, rows)?;
    let applied = graph.ancestors(rows.iter().copied(), Follow::ParentsAndDependencies);
    let targets = targets(graph, &rows, target, Overwalk::Refuse)?;
    let mut missing = required(graph, &targets, target)?;
    missing.subtract(&applied);
    let mut tracker = RowTracker::new(graph, &rows, &applied);
    for node in graph.sorted(&missing) {
        tracker.upgrade(node);
    }
    Ok(tracker.finish())
}

/// The targets and all that they need; one target must not need another (as Alembic's `check=True`).
///
/// # Errors
/// [`TargetError::Overlap`] where one does.
pub(super) fn required(
    graph: &RevisionGraph,
    targets: &[NodeIndex],
    spec: &RevisionSpec,
) -> Result<NodeSet, TargetError> {
    let tips = graph.effective(targets);
    let required = graph.ancestors(targets.iter().copied(), Follow::ParentsAndDependencies);
    match targets.iter().find(|target| !tips.contains(target)) {
        None => Ok(required),
        Some(lower) => {
            let above = graph.descendants([*lower], Follow::ParentsAndDependencies);
            let upper = tips.iter().copied().find(|tip| above.contains(*tip)).unwrap_or(*lower);
            Err(TargetError::Overlap {
                target: spec.to_string(),
                upper: graph.id(upper).clone(),
                lower: graph.id(*lower).clone(),
            })
        }
    }
}

/// The revisions that an upgrade's target stands for (as Alembic's `_parse_upgrade_target`). `rows` are where steps
/// without a symbol are counted from.
///
/// # Errors
/// [`TargetError::WrongDirection`] of steps that do not lead up, and what [`RevisionGraph::resolve`] has to say.
pub(super) fn targets(
    graph: &RevisionGraph,
    rows: &[NodeIndex],
    spec: &RevisionSpec,
    overwalk: Overwalk,
) -> Result<Vec<NodeIndex>, TargetError> {
    let Some(steps) = spec.steps else {
        return graph.resolve(spec);
    };
    let place = match (&spec.symbol, steps) {
        (None, 1..) => graph.walk_up(start(graph, rows, spec)?, steps.unsigned_abs(), spec, overwalk)?,
        (None, _) => {
            return Err(TargetError::WrongDirection { target: spec.to_string(), direction: "up" });
        }
        (Some(symbol), 1..) => {
            let start = place_of(graph, symbol, None, spec)?;
            graph.walk_up(start, steps.unsigned_abs(), spec, overwalk)?
        }
        (Some(symbol), _) => {
            let start = place_of(graph, symbol, spec.branch.as_deref(), spec)?;
            graph.walk_down(start, steps.unsigned_abs(), spec, overwalk)?
        }
    };
    match place {
        Place::At(node) => Ok(vec![node]),
        Place::Base if overwalk == Overwalk::Stop => Ok(Vec::new()),
        Place::Base => Err(TargetError::WrongDirection { target: spec.to_string(), direction: "up" }),
    }
}

/// The place that steps are counted from: the one revision, or the base, that `symbol` stands for on `branch`. The
/// branch of `spec` is checked even where it filters nothing.
///
/// # Errors
/// [`TargetError`] of a symbol or branch that stands for nothing, or for several revisions.
pub(super) fn place_of(
    graph: &RevisionGraph,
    symbol: &Symbol,
    branch: Option<&str>,
    spec: &RevisionSpec,
) -> Result<Place, TargetError> {
    if let Some(branch) = &spec.branch {
        graph.branch(branch)?;
    }
    graph.resolve_one(symbol, branch, spec)
}

/// Where `+N` and `LABEL@+N` count from: the one row (on the branch), else the tip of what has been applied
/// there, else the base.
fn start(graph: &RevisionGraph, rows: &[NodeIndex], spec: &RevisionSpec) -> Result<Place, TargetError> {
    let starts = match &spec.branch {
        None => rows.to_vec(),
        Some(branch) => {
            let on_branch = graph.on_branch(rows.to_vec(), branch)?;
            if on_branch.is_empty() { applied_tips(graph, rows, branch)? } else { on_branch }
        }
    };
    match starts.as_slice() {
        [] => Ok(Place::Base),
        [start] => Ok(Place::At(*start)),
        several => Err(TargetError::AmbiguousStart { target: spec.to_string(), rows: graph.ids(several) }),
    }
}

/// The tips of what has been applied on a branch that has no row of its own.
fn applied_tips(
    graph: &RevisionGraph,
    rows: &[NodeIndex],
    branch: &str,
) -> Result<Vec<NodeIndex>, TargetError> {
    let applied = graph.ancestors(rows.iter().copied(), Follow::ParentsAndDependencies);
    let active = graph.on_branch(applied.iter().collect(), branch)?;
    Ok(graph.tips(&NodeSet::of(graph.len(), active), Follow::ParentsAndDependencies))
}
