//! One revision as a line or as an entry, as Alembic 1.20's `Script.cmd_format` and `log_entry`.

use crate::graph::{Follow, NodeIndex, RevisionGraph, joined};
use crate::script::ScriptDirectory;

/// Says of the revisions of one environment what lists, drawings and documents show; labels are looked up
/// once.
pub struct Describer<'s> {
    pub(super) scripts: &'s ScriptDirectory,
    labels: Vec<Vec<&'s str>>,
}

/// What of a revision goes into its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LineParts {
    /// `parent ->` before it.
    pub parents: bool,
    /// `(label)` behind it.
    pub labels: bool,
    /// `(branchpoint)`, `(mergepoint)` and `(baseline)`.
    pub junctions: bool,
    /// `(base)`, which Alembic never says.
    pub base: bool,
    /// `(current)`.
    pub current: bool,
    /// Its title.
    pub title: bool,
}

impl LineParts {
    /// The parts of a line as `current` prints it.
    #[must_use]
    pub fn for_current() -> Self {
        Self { junctions: true, ..Self::default() }
    }

    /// The parts of a line as `history` prints it.
    #[must_use]
    pub fn for_history(current: bool) -> Self {
        Self { parents: true, current, ..Self::for_branches(true) }
    }

    /// The parts of a line as `heads` prints it.
    #[must_use]
    pub fn for_heads() -> Self {
        Self { labels: true, ..Self::default() }
    }

    /// As `branches` prints branch points and, with their titles, what they branch into.
    #[must_use]
    pub fn for_branches(title: bool) -> Self {
        Self { labels: true, junctions: true, title, ..Self::default() }
    }

    /// Beside a node of the drawn graph, whose edges say what the parents are.
    #[must_use]
    pub fn for_graph(current: bool) -> Self {
        Self { base: true, current, ..Self::for_branches(true) }
    }
}

impl<'s> Describer<'s> {
    /// What describes the revisions of `scripts`.
    #[must_use]
    pub fn new(scripts: &'s ScriptDirectory) -> Self {
        Self { scripts, labels: scripts.graph().labels_by_node() }
    }

    fn graph(&self) -> &'s RevisionGraph {
        self.scripts.graph()
    }

    /// The branch labels that a revision carries, sorted.
    #[must_use]
    pub fn labels(&self, node: NodeIndex) -> &[&'s str] {
        self.labels.get(node.index()).map(Vec::as_slice).unwrap_or_default()
    }

    fn parents(&self, node: NodeIndex) -> String {
        match self.graph().revision(node).down_revisions.as_slice() {
            [] => "<base>".to_owned(),
            parents => joined(parents),
        }
    }

    /// A revision on one line, as `history` and `heads` list it: id, title, and of `parts` what is asked for.
    #[must_use]
    pub fn line(&self, node: NodeIndex, parts: &LineParts) -> String {
        let graph = self.graph();
        let revision = graph.revision(node);
        let mut text = revision.id.to_string();
        if parts.parents {
            let depends = match revision.depends_on.as_slice() {
                [] => String::new(),
                names => format!(" ({})", names.join(", ")),
            };
            text = format!("{}{depends} -> {text}", self.parents(node));
        }
        if parts.labels && !self.labels(node).is_empty() {
            text.push_str(&format!(" ({})", self.labels(node).join(", ")));
        }
        for mark in self.marks(node, parts) {
            text.push_str(&format!(" ({mark})"));
        }
        if parts.title {
            text.push_str(&format!(", {}", self.scripts.script(node).title()));
        }
        text
    }

    fn marks(&self, node: NodeIndex, parts: &LineParts) -> Vec<&'static str> {
        let graph = self.graph();
        let mut marks = Vec::new();
        if graph.is_effective_head(node) {
            marks.push("head");
        } else if graph.is_head(node) {
            marks.push("effective head");
        }
        if parts.current {
            marks.push("current");
        }
        if parts.base && graph.revision(node).is_base() {
            marks.push("base");
        }
        if parts.junctions {
            marks.extend(self.junctions(node));
        }
        marks
    }

    fn junctions(&self, node: NodeIndex) -> impl Iterator<Item = &'static str> {
        let graph = self.graph();
        let branch_point = graph.is_branch_point(node).then_some("branchpoint");
        let revision = graph.revision(node);
        let merge_point = revision.is_merge_point().then_some("mergepoint");
        branch_point.into_iter().chain(merge_point).chain(revision.is_baseline().then_some("baseline"))
    }

    /// All there is to say of a revision, on several lines, the last of them ended as well.
    #[must_use]
    pub fn entry(&self, node: NodeIndex, current: bool) -> String {
        let graph = self.graph();
        let revision = graph.revision(node);
        let script = self.scripts.script(node);
        let head = graph.is_head(node).then_some("head");
        let marks = head.into_iter().chain(self.junctions(node)).chain(current.then_some("current"));
        let marks: String = marks.map(|mark| format!(" ({mark})")).collect();
        let mut text = format!("Rev: {}{marks}\n", revision.id);
        let parents = self.parents(node);
        text.push_str(&format!(
            "{}: {parents}\n",
            if revision.is_merge_point() { "Merges" } else { "Parent" }
        ));
        if !revision.depends_on.is_empty() {
            text.push_str(&format!("Also depends on: {}\n", revision.depends_on.join(", ")));
        }
        if graph.is_branch_point(node) {
            let children = graph.ids(&graph.above(node, Follow::Parents));
            text.push_str(&format!("Branches into: {}\n", joined(&children)));
        }
        if !self.labels(node).is_empty() {
            text.push_str(&format!("Branch names: {}\n", self.labels(node).join(", ")));
        }
        if !revision.replaces.is_empty() {
            text.push_str(&format!("Replaces: {}\n", joined(&revision.replaces)));
        }
        if let Some(created) = script.created {
            text.push_str(&format!(
                "Created: {}\n",
                created.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
            ));
        }
        text.push_str(&format!("Path: {}\n\n", script.up.display()));
        for line in script.message.lines() {
            text.push_str(format!("    {line}").trim_end());
            text.push('\n');
        }
        text
    }
}
