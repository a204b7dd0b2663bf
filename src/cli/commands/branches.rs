//! `revgraph branches`.

use clap::Args;

use super::super::context::Context;
use super::super::output::{print_document, print_text};
use crate::diagnostic::{Diagnostic, ExitStatus};
use crate::graph::{Follow, NodeIndex};
use crate::report::{BranchEntry, Describer, LineParts};
use crate::script::{ReadMode, ScriptDirectory};

/// Arguments of `branches`.
#[derive(Debug, Args)]
pub struct BranchesArgs {}

/// Prints the revisions that have several children.
pub fn run(context: &Context, _: &BranchesArgs) -> Result<ExitStatus, Diagnostic> {
    let scripts = context.scripts(ReadMode::Headers)?;
    let graph = scripts.graph();
    let points: Vec<NodeIndex> =
        graph.in_order().iter().rev().copied().filter(|node| graph.is_branch_point(*node)).collect();
    let describer = Describer::new(&scripts);
    if context.json {
        let branches: Vec<BranchEntry<'_>> = points
            .iter()
            .map(|point| BranchEntry {
                point: describer.json(*point, None),
                children: graph.ids(&graph.above(*point, Follow::Parents)),
            })
            .collect();
        print_document(&branches)?;
    } else {
        print_text(
            &points.iter().map(|point| text(context, &scripts, &describer, *point)).collect::<String>(),
        );
    }
    Ok(ExitStatus::Done)
}

fn text(context: &Context, scripts: &ScriptDirectory, describer: &Describer<'_>, point: NodeIndex) -> String {
    let graph = scripts.graph();
    let mut text = if context.verbose {
        describer.entry(point, false)
    } else {
        describer.line(point, &LineParts::for_branches(false))
    };
    text.push('\n');
    let indent = " ".repeat(graph.id(point).as_str().chars().count());
    for child in graph.above(point, Follow::Parents) {
        let line = describer.line(child, &LineParts::for_branches(context.verbose));
        text.push_str(&format!("{indent} -> {line}\n"));
    }
    text.push('\n');
    text
}
