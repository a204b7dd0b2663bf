//! `downgrade`: what stands above a target and has been applied.

use petgraph::graph::NodeIndex;

use super::rows::RowTracker;
use super::upgrade::place_of;
use super::{Plan, PlanError, nodes_of_rows};
use crate::graph::{
    Follow, NodeSet, Overwalk, Place, RevisionGraph, RevisionId, RevisionSpec, Symbol, TargetError,
};

/// Plans the way down to `target` from a database with these version rows. The target itself stays applied.
///
/// # Errors
/// [`PlanError`] where the target leads nowhere, has not been applied, or a row is unknown.
pub fn downgrade(
    graph: &RevisionGraph,
    rows: &[RevisionId],
    target: &RevisionSpec,
) -> Result<Plan, PlanError> {
    let rows = nodes_of_rows(graph, rows)?;
    let applied = graph.ancestors(rows.iter().copied(), Follow::ParentsAndDependencies);
    let undone = undone(graph, &rows, &applied, target)?;
    let mut tracker = RowTracker::new(graph, &rows, &applied);
    for node in graph.sorted(&undone).into_iter().rev() {
        tracker.downgrade(node);
    }
    Ok(tracker.finish())
}

fn undone(
    graph: &RevisionGraph,
    rows: &[NodeIndex],
    applied: &NodeSet,
    spec: &RevisionSpec,
) -> Result<NodeSet, TargetError> {
    let Destination { place, branch } = destination(graph, rows, applied, spec)?;
    let roots = match place {
        Place::Base => graph.bases(),
        Place::At(node) => graph.above(node, Follow::Parents),
    };
    let roots = match branch {
        Some(branch) if roots.len() > 1 => towards(graph, roots, branch, spec)?,
        _ => roots,
    };
    let mut undone = graph.descendants(roots, Follow::ParentsAndDependencies);
    undone.intersect_with(applied);
    match place {
        Place::At(node) if undone.is_empty() && !rows.contains(&node) => {
            Err(TargetError::NotBelow { target: spec.to_string(), rows: graph.ids(rows) })
        }
        _ => Ok(undone),
    }
}

/// Those of the children of a target (or of the bases) through which a branch's revision is reached.
fn towards(
    graph: &RevisionGraph,
    mut roots: Vec<NodeIndex>,
    branch: NodeIndex,
    spec: &RevisionSpec,
) -> Result<Vec<NodeIndex>, TargetError> {
    let below_branch = graph.ancestors([branch], Follow::Parents);
    roots.retain(|root| below_branch.contains(*root));
    if roots.is_empty() {
        return Err(TargetError::NothingOnBranch {
            target: spec.to_string(),
            branch: graph.id(branch).to_string(),
        });
    }
    Ok(roots)
}

struct Destination {
    place: Place,
    /// The revision that stands for the branch to be taken down.
    branch: Option<NodeIndex>,
}

/// What a downgrade's target stands for (as Alembic's `_parse_downgrade_target`).
fn destination(
    graph: &RevisionGraph,
    rows: &[NodeIndex],
    applied: &NodeSet,
    spec: &RevisionSpec,
) -> Result<Destination, TargetError> {
    let branch = spec.branch.as_deref().map(|branch| graph.branch(branch)).transpose()?;
    let named_branch = spec.branch.as_deref();
    match (&spec.symbol, spec.steps) {
        // `LABEL@head` looks at all heads, as in Alembic: what is undone is not on one branch alone.
        (Some(symbol @ (Symbol::Head | Symbol::Heads)), None) => {
            Ok(Destination { place: place_of(graph, symbol, None, spec)?, branch })
        }
        (Some(symbol), None) => {
            Ok(Destination { place: place_of(graph, symbol, named_branch, spec)?, branch })
        }
        (Some(symbol), Some(steps @ 0..)) => {
            let start = place_of(graph, symbol, None, spec)?;
            let place = graph.walk_up(start, steps.unsigned_abs(), spec, Overwalk::Refuse)?;
            Ok(Destination { place, branch })
        }
        (Some(symbol), Some(steps)) => {
            let start = place_of(graph, symbol, named_branch, spec)?;
            let place = graph.walk_down(start, steps.unsigned_abs(), spec, Overwalk::Refuse)?;
            Ok(Destination { place, branch })
        }
        (None, Some(steps @ ..0)) => {
            let start = start(graph, rows, applied, spec)?;
            let place = graph.walk_down(Place::At(start), steps.unsigned_abs(), spec, Overwalk::Refuse)?;
            Ok(Destination { place, branch: branch.or(Some(start)) })
        }
        (None, _) => Err(TargetError::WrongDirection { target: spec.to_string(), direction: "down" }),
    }
}

/// Where `-N` and `LABEL@-N` count from: the one row (on the branch), else the one tip of what has been applied
/// there.
fn start(
    graph: &RevisionGraph,
    rows: &[NodeIndex],
    applied: &NodeSet,
    spec: &RevisionSpec,
) -> Result<NodeIndex, TargetError> {
    let starts = match &spec.branch {
        None => rows.to_vec(),
        Some(branch) => {
            let on_branch = graph.on_branch(rows.to_vec(), branch)?;
            if on_branch.is_empty() {
                graph.on_branch(graph.tips(applied, Follow::Parents), branch)?
            } else {
                on_branch
            }
        }
    };
    match starts.as_slice() {
        [start] => Ok(*start),
        [] => Err(TargetError::NothingApplied { target: spec.to_string() }),
        several => Err(TargetError::AmbiguousStart { target: spec.to_string(), rows: graph.ids(several) }),
    }
}
