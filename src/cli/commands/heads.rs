//! `revgraph heads`.

use clap::Args;

use super::super::context::Context;
use super::super::output::{print_document, print_text};
use crate::diagnostic::{Diagnostic, ExitStatus};
use crate::report::{Describer, LineParts, RevisionEntry};
use crate::script::ReadMode;

/// Arguments of `heads`.
#[derive(Debug, Args)]
pub struct HeadsArgs {
    /// Leave out heads that other revisions depend on
    #[arg(long)]
    pub resolve_dependencies: bool,
}

/// Prints the head revisions of the scripts, on standard output; always [`ExitStatus::Done`].
pub fn run(context: &Context, args: &HeadsArgs) -> Result<ExitStatus, Diagnostic> {
    let scripts = context.scripts(ReadMode::Headers)?;
    let graph = scripts.graph();
    let heads = if args.resolve_dependencies { graph.effective_heads() } else { graph.heads() };
    let describer = Describer::new(&scripts);
    if context.json {
        let entries: Vec<RevisionEntry<'_>> = heads.iter().map(|head| describer.json(*head, None)).collect();
        print_document(&entries)?;
        return Ok(ExitStatus::Done);
    }
    let text = heads.iter().map(|head| {
        let described = if context.verbose {
            describer.entry(*head, false)
        } else {
            describer.line(*head, &LineParts::for_heads())
        };
        format!("{described}\n")
    });
    print_text(&text.collect::<String>());
    Ok(ExitStatus::Done)
}
