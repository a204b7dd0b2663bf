//! `revgraph history`.

use clap::{Args, ValueEnum};

use super::super::context::Context;
use super::super::output::{print_document, print_text};
use super::super::paint::{self, print_painted};
use crate::backend::Access;
use crate::diagnostic::{Diagnostic, ExitStatus};
use crate::execute::{KnownHistory, unfolded_for};
use crate::graph::{NodeIndex, NodeSet, RevisionId, RevisionRange};
use crate::plan::{self, nodes_of_rows};
use crate::report::{self, Describer, Drawing, LineParts, PictureFormat, RevisionEntry};
use crate::script::{ReadMode, ScriptDirectory};

/// Arguments of `history`.
#[derive(Debug, Args)]
pub struct HistoryArgs {
    /// From and to, both included and either left out: A:B, A:, :B, -3:current, …
    #[arg(short, long, value_name = "A:B", allow_hyphen_values = true)]
    pub rev_range: Option<String>,
    /// Ask the database, and mark where it stands
    #[arg(short, long)]
    pub indicate_current: bool,
    /// Draw the graph: dependencies are dotted; with -i, @ is current, ● applied, ○ not applied
    #[arg(long)]
    pub graph: bool,
    /// Draw the graph for Graphviz, for Mermaid (GitHub, GitLab), or as SVG
    #[arg(long, value_name = "FORMAT", default_value = "text", conflicts_with = "graph")]
    pub format: Format,
}

/// What the history is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Lines, or with --graph a drawing of characters.
    Text,
    /// Graphviz's language.
    Dot,
    /// A flowchart of Mermaid.
    Mermaid,
    /// A drawing.
    Svg,
}

impl Format {
    fn picture(self) -> Option<PictureFormat> {
        match self {
            Self::Text => None,
            Self::Dot => Some(PictureFormat::Dot),
            Self::Mermaid => Some(PictureFormat::Mermaid),
            Self::Svg => Some(PictureFormat::Svg),
        }
    }
}

/// Prints the revisions of a range, newest first, as a list, a graph or JSON.
pub fn run(context: &Context, args: &HistoryArgs) -> Result<ExitStatus, Diagnostic> {
    let range = match &args.rev_range {
        Some(text) => text.trim().parse()?,
        None => RevisionRange { start: None, end: None },
    };
    let scripts = context.scripts(ReadMode::Headers)?;
    let asks_database = args.indicate_current || range.names_current();
    let rows = if asks_database { Some(rows(context, &scripts)?) } else { None };
    let scripts = unfolded_for(&scripts, &[], &range.ends())?;
    let nodes = plan::history(scripts.graph(), &range, rows.as_deref())?;
    let draws = args.graph || args.format != Format::Text;
    let view = View::new(&scripts, rows.as_deref(), args.indicate_current || draws, context.verbose)?;
    if context.json {
        let entries: Vec<RevisionEntry<'_>> = nodes.iter().map(|node| view.json(*node)).collect();
        print_document(&entries)?;
    } else if let Some(format) = args.format.picture() {
        let nodes = report::lines_together(scripts.graph(), &nodes);
        print_text(&report::picture(scripts.graph(), &nodes, &view, format));
    } else if args.graph {
        let nodes = report::lines_together(scripts.graph(), &nodes);
        print_painted(&report::draw(scripts.graph(), &nodes, &view), paint::of_revision);
    } else {
        print_painted(&view.list(&nodes), paint::of_revision);
    }
    Ok(ExitStatus::Done)
}

/// Where the database stands, in revisions of the scripts; rows that they lack are told.
fn rows(context: &Context, scripts: &ScriptDirectory) -> Result<Vec<RevisionId>, Diagnostic> {
    let mut backend = context.connect(Access::Read)?;
    let rows = backend.heads()?;
    let known = KnownHistory::of(scripts, backend.as_mut(), &rows)?;
    known.refuse_unknown()?;
    for row in rows.iter().filter(|row| scripts.graph().find(row.as_str()).is_none()) {
        context.say(&match scripts.graph().baseline_replacing(row.as_str()) {
            Some(baseline) => format!("the database stands at {row}, which {} replaces", baseline.id),
            None => format!("the database stands at {row}, not in the scripts"),
        });
    }
    Ok(known.rows_of(scripts))
}

/// How the revisions are shown.
struct View<'s> {
    describer: Describer<'s>,
    /// What has been applied, where a database was asked.
    applied: Option<NodeSet>,
    /// What is marked as current.
    current: Vec<NodeIndex>,
    verbose: bool,
}

impl<'s> View<'s> {
    fn new(
        scripts: &'s ScriptDirectory,
        rows: Option<&[RevisionId]>,
        marks_current: bool,
        verbose: bool,
    ) -> Result<Self, Diagnostic> {
        let graph = scripts.graph();
        let applied = rows.map(|rows| plan::applied(graph, rows)).transpose()?;
        let current = match rows {
            Some(rows) if marks_current => nodes_of_rows(graph, rows)?,
            _ => Vec::new(),
        };
        Ok(Self { describer: Describer::new(scripts), applied, current, verbose })
    }

    fn is_current(&self, node: NodeIndex) -> bool {
        self.current.binary_search(&node).is_ok()
    }

    fn list(&self, nodes: &[NodeIndex]) -> String {
        let mut text = String::new();
        for node in nodes {
            let current = self.is_current(*node);
            if self.verbose {
                text.push_str(&self.describer.entry(*node, current));
            } else {
                text.push_str(&self.describer.line(*node, &LineParts::for_history(current)));
            }
            text.push('\n');
        }
        text
    }

    fn json(&'s self, node: NodeIndex) -> RevisionEntry<'s> {
        let applied = self.applied.as_ref().map(|applied| applied.contains(node));
        self.describer.json(node, applied)
    }
}

impl Drawing for View<'_> {
    fn glyph(&self, node: NodeIndex) -> &'static str {
        if self.is_current(node) {
            "@"
        } else if self.applied.as_ref().is_some_and(|applied| applied.contains(node)) {
            "●"
        } else {
            "○"
        }
    }

    fn text(&self, node: NodeIndex) -> String {
        let current = self.is_current(node);
        if self.verbose {
            self.describer.entry(node, current)
        } else {
            self.describer.line(node, &LineParts::for_graph(current))
        }
    }
}
