//! Which range is squashed, as it is typed. Pure.

use thiserror::Error;

use super::range::{Range, RangeError, lines, range};
use crate::graph::{NodeIndex, RevisionGraph, RevisionId, RevisionSpec, SpecError, Symbol, joined};
use crate::plan::{self, PlanError};

/// Why what was typed is no range that can be squashed.
#[derive(Debug, Error)]
pub enum SelectionError {
    /// An end is no target.
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// An end leads nowhere.
    #[error("{error}")]
    Plan {
        /// Why the end leads nowhere.
        error: PlanError,
        /// What can be squashed one after the other, where the target is the head and there are several.
        lines: Vec<Line>,
    },
    /// An end stands for no revision, as the base does.
    #[error("`{0}` is not a revision")]
    NoRevision(String),
    /// There are no revisions.
    #[error("there is no revision to squash")]
    Nothing,
    /// An end stands for several revisions.
    #[error("`{text}` is several revisions: {}", joined(.revisions))]
    Several {
        /// The end, as it was typed.
        text: String,
        /// The revisions.
        revisions: Vec<RevisionId>,
        /// What can be squashed one after the other.
        lines: Vec<Line>,
    },
    /// These revisions cannot be replaced by one.
    #[error(transparent)]
    Range(#[from] RangeError),
}

/// The ends of a range that can be squashed by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The lower end; none where it begins at the base.
    pub from: Option<RevisionId>,
    /// The upper end.
    pub to: RevisionId,
}

impl std::fmt::Display for Line {
    /// As it is typed: `FROM:TO` or `TO`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.from {
            Some(from) => write!(f, "{from}:{}", self.to),
            None => write!(f, "{}", self.to),
        }
    }
}

/// The range that `[FROM:]TO` names: without FROM from the base, without TO up to the head.
///
/// # Errors
/// [`SelectionError`].
pub fn selected(graph: &RevisionGraph, text: &str) -> Result<Range, SelectionError> {
    let (from, to) = text.split_once(':').unwrap_or(("", text));
    let to = if to.is_empty() { "head" } else { to };
    let end = revision(graph, to)?;
    let start = if from.is_empty() { None } else { revision_or_base(graph, from)? };
    Ok(range(graph, start, end)?)
}

/// The one revision that a target names; the base is none.
fn revision(graph: &RevisionGraph, text: &str) -> Result<NodeIndex, SelectionError> {
    revision_or_base(graph, text)?.ok_or_else(|| SelectionError::NoRevision(text.to_owned()))
}

/// The baselines that these targets name, else all, in the order of the targets or of the ids.
///
/// # Errors
/// [`SelectionError`] of a target that is not one revision.
pub fn baselines(graph: &RevisionGraph, targets: &[String]) -> Result<Vec<NodeIndex>, SelectionError> {
    if targets.is_empty() {
        return Ok(graph.nodes().filter(|node| !graph.revision(*node).replaces.is_empty()).collect());
    }
    targets.iter().map(|target| revision(graph, target)).collect()
}

/// The one revision of a target; none for the base.
fn revision_or_base(graph: &RevisionGraph, text: &str) -> Result<Option<NodeIndex>, SelectionError> {
    let spec: RevisionSpec = text.parse()?;
    if spec.symbol == Some(Symbol::Base) && spec.steps.is_none() {
        return Ok(None);
    }
    let found = plan::select(graph, &spec).map_err(|error| {
        let heads = graph.heads();
        let are_meant = spec.symbol == Some(Symbol::Head) && heads.len() > 1;
        SelectionError::Plan {
            error,
            lines: if are_meant { line_by_line(graph, &heads) } else { Vec::new() },
        }
    })?;
    match found.as_slice() {
        [node] => Ok(Some(*node)),
        [] => Err(SelectionError::Nothing),
        several => Err(SelectionError::Several {
            text: text.to_owned(),
            revisions: graph.ids(several),
            lines: line_by_line(graph, several),
        }),
    }
}

fn line_by_line(graph: &RevisionGraph, tops: &[NodeIndex]) -> Vec<Line> {
    let id = |node: NodeIndex| graph.id(node).clone();
    lines(graph, tops).into_iter().map(|range| Line { from: range.from.map(id), to: id(range.to) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::tests::graph;

    #[test]
    fn open_ends_are_the_base_and_the_head() {
        let graph = graph(&["a", "b: a", "c: b"]);
        let ends = |text: &str| {
            let range = selected(&graph, text).expect("it is a range");
            let id = |node: NodeIndex| graph.id(node).to_string();
            (range.from.map(id), id(range.to))
        };
        for text in ["head", "", ":", ":head", "base:", "base:c"] {
            assert_eq!(ends(text), (None, "c".to_owned()), "{text}");
        }
        assert_eq!(ends("b:c"), (Some("b".to_owned()), "c".to_owned()));
        assert!(matches!(selected(&graph, "base"), Err(SelectionError::NoRevision(text)) if text == "base"));
    }

    #[test]
    fn of_several_heads_each_line_is_named() {
        let graph = graph(&["a", "b: a", "c: b", "d: b", "e: d", "f: c"]);
        let Err(SelectionError::Plan { lines, .. }) = selected(&graph, "head") else { panic!("it is one") };
        let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
        assert_eq!(lines, ["b", "d:e", "c:f"]);
        let Err(SelectionError::Several { revisions, .. }) = selected(&graph, "heads") else {
            panic!("it is one")
        };
        assert_eq!(joined(&revisions), "e, f");
    }
}
