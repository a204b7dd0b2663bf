//! The graph of revisions as a picture for other programs: Graphviz, Mermaid, SVG. Newest on top; dependencies are
//! dashed.

use petgraph::dot::{Config, Dot};
use petgraph::graph::DiGraph;
use petgraph::visit::EdgeRef;

use super::Drawing;
use crate::graph::{Follow, NodeIndex, RevisionGraph};

/// The language of a drawing of the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureFormat {
    /// Graphviz's language.
    Dot,
    /// A flowchart of Mermaid, which GitHub and GitLab draw.
    Mermaid,
    /// A drawing.
    Svg,
}

/// Pixels from row to row, and from line to line.
const ROW: usize = 28;
const LANE: usize = 22;
/// Pixels of a character, roughly: nothing measures text here.
const CHARACTER: usize = 8;

/// A revision in a picture.
#[derive(Debug)]
struct Node {
    label: String,
    /// Whether the database stands there.
    is_current: bool,
    /// Whether it is not applied, where that is known; the drawing says it with its sign.
    is_hollow: bool,
}

/// Whether an edge leads to a dependency that is no parent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct IsDependency(bool);

type Picture = DiGraph<Node, IsDependency>;

/// Draws `nodes`, each of which must come before its parents and dependencies, and the edges between them.
#[must_use]
pub fn picture(
    graph: &RevisionGraph,
    nodes: &[NodeIndex],
    drawing: &impl Drawing,
    format: PictureFormat,
) -> String {
    let picture = of(graph, nodes, drawing);
    match format {
        PictureFormat::Dot => dot(&picture),
        PictureFormat::Mermaid => mermaid(&picture),
        PictureFormat::Svg => svg(&picture),
    }
}

fn of(graph: &RevisionGraph, nodes: &[NodeIndex], drawing: &impl Drawing) -> Picture {
    let mut picture = Picture::new();
    let mut places = vec![None; graph.len()];
    for node in nodes {
        let glyph = drawing.glyph(*node);
        let label = drawing.text(*node).lines().next().unwrap_or_default().to_owned();
        let added = picture.add_node(Node { label, is_current: glyph == "@", is_hollow: glyph == "○" });
        if let Some(place) = places.get_mut(node.index()) {
            *place = Some(added);
        }
    }
    let place = |node: NodeIndex| places.get(node.index()).copied().flatten();
    for node in nodes {
        let parents = graph.below(*node, Follow::Parents);
        for below in graph.below(*node, Follow::ParentsAndDependencies) {
            if let (Some(from), Some(to)) = (place(*node), place(below)) {
                picture.add_edge(from, to, IsDependency(!parents.contains(&below)));
            }
        }
    }
    picture
}

/// A label without what no language can hold.
fn plain(label: &str) -> impl Iterator<Item = char> {
    label.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c })
}

fn dot(picture: &Picture) -> String {
    let quoted = |label: &str| {
        let mut text = String::from("\"");
        for c in plain(label) {
            if matches!(c, '"' | '\\') {
                text.push('\\');
            }
            text.push(c);
        }
        text + "\""
    };
    let node = |_: &Picture, (_, node): (NodeIndex, &Node)| {
        let style = if node.is_current { ", style = bold" } else { "" };
        format!("shape = box, label = {}{style}", quoted(&node.label))
    };
    let edge = |_: &Picture, edge: petgraph::graph::EdgeReference<'_, IsDependency>| {
        if edge.weight().0 { "style = dashed".to_owned() } else { String::new() }
    };
    let config = [Config::NodeNoLabel, Config::EdgeNoLabel];
    format!("{:?}", Dot::with_attr_getters(picture, &config, &edge, &node))
}

fn mermaid(picture: &Picture) -> String {
    // Whatever is no letter could be of the language, so it goes by its number.
    let quoted = |label: &str| {
        let mut text = String::new();
        for c in plain(label) {
            if c.is_alphanumeric() || " .,-_:()/=+!?'".contains(c) {
                text.push(c);
            } else {
                text.push_str(&format!("#{};", u32::from(c)));
            }
        }
        text
    };
    let mut text = String::from("flowchart TD\n");
    for index in picture.node_indices() {
        let Some(node) = picture.node_weight(index) else { continue };
        let class = if node.is_current { ":::current" } else { "" };
        text.push_str(&format!("    r{}[\"{}\"]{class}\n", index.index(), quoted(&node.label)));
    }
    for edge in picture.edge_references() {
        let line = if edge.weight().0 { "-.->" } else { "-->" };
        text.push_str(&format!("    r{} {line} r{}\n", edge.source().index(), edge.target().index()));
    }
    text.push_str("    classDef current stroke-width:3px\n");
    text
}

/// Where the lines of a drawing run: each revision has a row and a lane, and each edge a lane between two rows.
struct Layout {
    lanes: Vec<usize>,
    edges: Vec<(usize, usize, usize, bool)>,
    width: usize,
}

impl Layout {
    /// Rows in order; a line keeps the lane in which it waits for the revision below.
    fn of(picture: &Picture) -> Self {
        let mut waiting: Vec<Option<NodeIndex>> = Vec::new();
        let mut layout = Self { lanes: Vec::new(), edges: Vec::new(), width: 0 };
        for node in picture.node_indices() {
            let own = waiting.iter().position(|waits| *waits == Some(node));
            let own = own.unwrap_or_else(|| free_lane(&mut waiting));
            for lane in waiting.iter_mut().filter(|waits| **waits == Some(node)) {
                *lane = None;
            }
            if let Some(slot) = waiting.get_mut(own) {
                *slot = None;
            }
            layout.lanes.push(own);
            let mut edges: Vec<_> = picture.edges(node).collect();
            // The last edge that was added comes first.
            edges.reverse();
            let mut is_first = true;
            for edge in edges {
                let target = edge.target();
                let lane = match waiting.iter().position(|waits| *waits == Some(target)) {
                    Some(lane) => lane,
                    None if is_first => own,
                    None => free_lane(&mut waiting),
                };
                is_first = false;
                if let Some(slot) = waiting.get_mut(lane) {
                    *slot = Some(target);
                }
                layout.edges.push((node.index(), target.index(), lane, edge.weight().0));
            }
            layout.width = layout.width.max(waiting.len());
        }
        layout
    }
}

/// The first lane that nothing waits in; it waits for nothing yet.
fn free_lane(waiting: &mut Vec<Option<NodeIndex>>) -> usize {
    match waiting.iter().position(Option::is_none) {
        Some(lane) => lane,
        None => {
            waiting.push(None);
            waiting.len() - 1
        }
    }
}

fn svg(picture: &Picture) -> String {
    let layout = Layout::of(picture);
    let x = |lane: usize| lane * LANE + LANE;
    let y = |row: usize| row * ROW + ROW;
    let texts = x(layout.width);
    let longest = picture.node_weights().map(|node| node.label.chars().count()).max().unwrap_or_default();
    let (width, height) = (texts + longest * CHARACTER + LANE, y(picture.node_count()));
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" font-family=\"monospace\" font-size=\"13\">\n"
    );
    for (from, to, lane, is_dependency) in &layout.edges {
        let lane_of = |row: &usize| layout.lanes.get(*row).copied().unwrap_or_default();
        let (start, end, middle) = (x(lane_of(from)), x(lane_of(to)), x(*lane));
        let dashes = if *is_dependency { " stroke-dasharray=\"4 3\"" } else { "" };
        let (first, last) = (y(*from), y(*to));
        let (below, above) = (first + ROW / 2, last - ROW / 2);
        text.push_str(&format!(
            "  <path d=\"M{start} {first} L{middle} {below} L{middle} {above} L{end} {last}\" fill=\"none\" \
             stroke=\"#888\"{dashes}/>\n"
        ));
    }
    for index in picture.node_indices() {
        let Some(node) = picture.node_weight(index) else { continue };
        let row = index.index();
        let lane = x(layout.lanes.get(row).copied().unwrap_or_default());
        let fill = if node.is_hollow { "#fff" } else { "#333" };
        let radius = if node.is_current { 7 } else { 5 };
        let (middle, line) = (y(row), y(row) + 4);
        text.push_str(&format!(
            "  <circle cx=\"{lane}\" cy=\"{middle}\" r=\"{radius}\" fill=\"{fill}\" stroke=\"#333\"/>\n  \
             <text x=\"{texts}\" y=\"{line}\">{}</text>\n",
            in_xml(&node.label)
        ));
    }
    text + "</svg>\n"
}

fn in_xml(label: &str) -> String {
    let mut text = String::new();
    for c in plain(label) {
        match c {
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '&' => text.push_str("&amp;"),
            '"' => text.push_str("&quot;"),
            '\'' => text.push_str("&#39;"),
            // XML has no character for these.
            '\u{fffe}' | '\u{ffff}' => text.push('\u{fffd}'),
            c => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{Revision, RevisionId};

    struct Titled;

    const TITLE: &str = "a \"b\" <c> & \\d #e `f`\u{1b}";

    impl Drawing for Titled {
        fn glyph(&self, node: NodeIndex) -> &'static str {
            if node.index() == 3 { "@" } else { "●" }
        }

        fn text(&self, node: NodeIndex) -> String {
            format!("{} {TITLE}", node.index())
        }
    }

    /// A fork, a merge and a dependency.
    fn drawn(format: PictureFormat) -> String {
        let revision = |id: &str, parents: &[&str], depends_on: &[&str]| Revision {
            depends_on: depends_on.iter().map(|id| (*id).to_owned()).collect(),
            down_revisions: parents.iter().map(|id| RevisionId::recorded(id)).collect(),
            ..Revision::base(RevisionId::recorded(id), "")
        };
        let revisions = vec![
            revision("a", &[], &[]),
            revision("b", &["a"], &[]),
            revision("c", &["a"], &["b"]),
            revision("d", &["b", "c"], &[]),
        ];
        let graph = RevisionGraph::new(revisions).expect("it is sound");
        let nodes: Vec<NodeIndex> = (0..graph.len()).map(NodeIndex::new).collect();
        picture(&graph, &super::super::lines_together(&graph, &nodes), &Titled, format)
    }

    #[test]
    fn every_edge_is_drawn_once_and_dependencies_are_dashed() {
        let dot = drawn(PictureFormat::Dot);
        assert_eq!((dot.matches("->").count(), dot.matches("dashed").count()), (5, 1), "{dot}");
        let mermaid = drawn(PictureFormat::Mermaid);
        assert_eq!((mermaid.matches("->").count(), mermaid.matches("-.->").count()), (5, 1), "{mermaid}");
        let svg = drawn(PictureFormat::Svg);
        assert_eq!((svg.matches("<path").count(), svg.matches("dasharray").count()), (5, 1), "{svg}");
        assert_eq!(svg.matches("<circle").count(), 4);
    }

    #[test]
    fn no_title_can_be_taken_for_the_language() {
        let dot = drawn(PictureFormat::Dot);
        assert!(dot.contains("a \\\"b\\\" <c> & \\\\d #e `f`\u{fffd}"), "{dot}");
        let mermaid = drawn(PictureFormat::Mermaid);
        assert!(mermaid.contains("a #34;b#34; #60;c#62; #38; #92;d #35;e #96;f#96;#65533;"), "{mermaid}");
        let svg = drawn(PictureFormat::Svg);
        assert!(svg.contains("a &quot;b&quot; &lt;c&gt; &amp; \\d #e `f`\u{fffd}"), "{svg}");
    }
}
