//! Ranges of `history` and of offline mode, and what `current` shows.

use petgraph::graph::NodeIndex;

use super::upgrade::{required, targets};
use super::{PlanError, nodes_of_rows};
use crate::graph::{
    Follow, NodeSet, Overwalk, Place, RevisionGraph, RevisionId, RevisionRange, RevisionSpec, Symbol,
    TargetError,
};

fn heads() -> RevisionSpec {
    RevisionSpec::of(Symbol::Heads)
}

fn is_current(spec: &RevisionSpec) -> bool {
    spec.symbol == Some(Symbol::Current) && spec.steps.is_none() && spec.branch.is_none()
}

/// The revisions of a range, newest first (as Alembic's `walk_revisions`): those that the end needs, that are
/// descended from the start and not below it, and the start itself.
///
/// `rows` are the version rows where a database was asked; `current` stands for them.
///
/// # Errors
/// [`PlanError`] where an end leads nowhere or the start is not below the end.
pub fn history(
    graph: &RevisionGraph,
    range: &RevisionRange,
    rows: Option<&[RevisionId]>,
) -> Result<Vec<NodeIndex>, PlanError> {
    let upper_spec = range.end.clone().unwrap_or_else(heads);
    let lower = match &range.start {
        None => Vec::new(),
        Some(spec) => lower_end(graph, spec, &upper_spec, rows)?,
    };
    let mut upper = upper_end(graph, &upper_spec, &lower, rows)?;
    if let Some(branch) = range.start.as_ref().and_then(|start| start.branch.as_deref()) {
        let carriers = graph.labelled(labelling(graph, branch, &upper_spec)?);
        upper.retain(|node| carriers.contains(*node));
    }
    if let Some(start) = &range.start {
        required(graph, &lower, start)?;
    }
    let needed = required(graph, &graph.effective(&upper), &upper_spec)?;
    if lower.iter().any(|node| !needed.contains(*node)) {
        return Err(TargetError::NotARangeOfAncestors {
            start: range.start.as_ref().map_or_else(|| "base".to_owned(), ToString::to_string),
            end: upper_spec.to_string(),
        }
        .into());
    }
    let mut revisions = graph.sorted(&above_start(graph, needed, &lower));
    revisions.reverse();
    Ok(revisions)
}

/// The revision that declares the label of a branch; a branch named by an id is the one label that it carries.
fn labelling(graph: &RevisionGraph, branch: &str, spec: &RevisionSpec) -> Result<NodeIndex, TargetError> {
    let named = graph.branch(branch)?;
    if graph.find_label(branch).is_some() {
        return Ok(named);
    }
    let carried = graph.labels_by_node();
    let labels: &[&str] = carried.get(named.index()).map(Vec::as_slice).unwrap_or_default();
    match labels {
        [label] => graph.branch(label),
        _ => Err(TargetError::NothingOnBranch { target: spec.to_string(), branch: branch.to_owned() }),
    }
}

fn above_start(graph: &RevisionGraph, needed: NodeSet, lower: &[NodeIndex]) -> NodeSet {
    if lower.is_empty() {
        return needed;
    }
    let mut range = needed;
    range.subtract(&graph.ancestors(lower.iter().copied(), Follow::ParentsAndDependencies));
    range.intersect_with(&graph.descendants(lower.iter().copied(), Follow::Parents));
    for node in lower {
        range.insert(*node);
    }
    range
}

fn current(
    graph: &RevisionGraph,
    spec: &RevisionSpec,
    rows: Option<&[RevisionId]>,
) -> Result<Vec<NodeIndex>, PlanError> {
    match rows {
        Some(rows) => nodes_of_rows(graph, rows),
        None => Err(TargetError::CurrentUnavailable { target: spec.to_string() }.into()),
    }
}

fn upper_end(
    graph: &RevisionGraph,
    spec: &RevisionSpec,
    lower: &[NodeIndex],
    rows: Option<&[RevisionId]>,
) -> Result<Vec<NodeIndex>, PlanError> {
    if is_current(spec) {
        return current(graph, spec, rows);
    }
    Ok(targets(graph, lower, spec, Overwalk::Stop)?)
}

/// The start of a range. `-N` counts down from the heads, or, where that goes past the end, from the range's
/// end; both as Alembic.
fn lower_end(
    graph: &RevisionGraph,
    spec: &RevisionSpec,
    upper: &RevisionSpec,
    rows: Option<&[RevisionId]>,
) -> Result<Vec<NodeIndex>, PlanError> {
    match (&spec.symbol, spec.steps) {
        _ if is_current(spec) => current(graph, spec, rows),
        (None, Some(steps @ ..0)) => {
            let steps = steps.unsigned_abs();
            match below_heads(graph, spec, steps)? {
                Some(starts) => Ok(starts),
                None => below_end(graph, spec, steps, upper, rows),
            }
        }
        _ => Ok(targets(graph, &[], spec, Overwalk::Refuse)?),
    }
}

/// `N` steps below each head; none where a walk goes past the end.
fn below_heads(
    graph: &RevisionGraph,
    spec: &RevisionSpec,
    steps: u64,
) -> Result<Option<Vec<NodeIndex>>, TargetError> {
    let mut heads = graph.effective_heads();
    if let Some(branch) = &spec.branch {
        let carriers = graph.labelled(graph.branch(branch)?);
        heads.retain(|head| carriers.contains(*head));
    }
    let mut starts = Vec::new();
    for head in &heads {
        match graph.walk_down(Place::At(*head), steps, spec, Overwalk::Refuse) {
            Ok(Place::At(node)) => starts.push(node),
            Ok(Place::Base) => {
                let (target, possible) = (spec.to_string(), steps.saturating_sub(1));
                return Err(TargetError::PastTheEnd { target, wanted: steps, possible });
            }
            Err(TargetError::PastTheEnd { .. }) => return Ok(None),
            Err(error) => return Err(error),
        }
    }
    Ok(Some(starts))
}

/// `N` steps below the one revision at the end of the range, or the base where there are fewer.
fn below_end(
    graph: &RevisionGraph,
    spec: &RevisionSpec,
    steps: u64,
    upper: &RevisionSpec,
    rows: Option<&[RevisionId]>,
) -> Result<Vec<NodeIndex>, PlanError> {
    let ends = upper_end(graph, upper, &[], rows)?;
    let [end] = ends.as_slice() else {
        return Err(TargetError::AmbiguousStart { target: spec.to_string(), rows: graph.ids(&ends) }.into());
    };
    match graph.walk_down(Place::At(*end), steps, spec, Overwalk::Stop)? {
        Place::At(node) => Ok(vec![node]),
        Place::Base => Ok(Vec::new()),
    }
}

/// The version rows that the start of an offline range stands for: the effective heads of what it names.
///
/// # Errors
/// [`PlanError`] where it leads nowhere, or is `current` without `rows`.
pub fn up_to_range(
    graph: &RevisionGraph,
    start: &RevisionSpec,
    rows: Option<&[RevisionId]>,
) -> Result<Vec<RevisionId>, PlanError> {
    let nodes = if is_current(start) {
        current(graph, start, rows)?
    } else if start.symbol.is_none() {
        return Err(TargetError::CurrentUnavailable { target: start.to_string() }.into());
    } else {
        targets(graph, &[], start, Overwalk::Refuse)?
    };
    Ok(graph.ids(&graph.effective(&nodes)))
}

/// What `current` shows beside the version rows: tips of branches that have been applied only because a row
/// depends on them (as Alembic's `_get_all_current`).
///
/// # Errors
/// [`PlanError::UnknownRows`].
pub fn implied_by(graph: &RevisionGraph, rows: &[RevisionId]) -> Result<Vec<NodeIndex>, PlanError> {
    let rows = nodes_of_rows(graph, rows)?;
    let applied = graph.ancestors(rows.iter().copied(), Follow::ParentsAndDependencies);
    let mut tips = graph.tips(&applied, Follow::Parents);
    tips.retain(|tip| !rows.contains(tip));
    Ok(tips)
}
