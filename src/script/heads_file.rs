//! `versions/heads`: the head ids, one a line. It exists so that git conflicts where two branches add a revision.

use std::path::PathBuf;

use super::ScriptDirectory;
use super::names::HEADS;
use crate::graph::RevisionGraph;

/// Where the heads of an environment are written down: in its first folder.
#[must_use]
pub fn heads_path(scripts: &ScriptDirectory) -> Option<PathBuf> {
    scripts.locations().first().map(|folder| folder.join(HEADS))
}

/// The text that the heads file is to hold for a graph: the ids of its heads, a line each.
#[must_use]
pub fn heads_text(graph: &RevisionGraph) -> String {
    graph.ids(&graph.heads()).iter().map(|id| format!("{id}\n")).collect()
}

/// Whether the file's text names just the heads; line endings do not matter.
#[must_use]
pub fn names_heads(text: &str, graph: &RevisionGraph) -> bool {
    text.lines().map(str::trim_end).eq(heads_text(graph).lines())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{Revision, RevisionId};

    #[test]
    fn line_endings_do_not_make_it_stale() {
        let base = |id| Revision::base(RevisionId::recorded(id), "");
        let graph = RevisionGraph::new(vec![base("b"), base("a")]).expect("a graph");
        assert_eq!(heads_text(&graph), "a\nb\n");
        assert!(names_heads("a\r\nb\r\n", &graph) && names_heads("a\nb", &graph));
        for stale in ["", "a\n", "b\na\n", "a\nb\nc\n", "<<<<<<< HEAD\na\nb\n"] {
            assert!(!names_heads(stale, &graph), "{stale:?}");
        }
    }
}
