//! `revgraph show`.

use clap::Args;

use super::super::context::Context;
use super::super::error::CliError;
use super::super::exit::ExitStatus;
use super::super::output::{print_document, print_text};
use super::super::selection;
use crate::report::{Describer, RevisionEntry};
use crate::script::ReadMode;

/// Arguments of `show`.
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// The revision: an id, head, heads, current, LABEL@head, …
    #[arg(value_name = "REV", allow_negative_numbers = true)]
    pub revision: String,
}

/// Prints the header and the scripts of a revision.
pub fn run(context: &Context, args: &ShowArgs) -> Result<ExitStatus, CliError> {
    let scripts = context.scripts(ReadMode::Headers)?;
    let (scripts, nodes) = selection::select_with_originals(context, &scripts, &args.revision)?;
    let describer = Describer::new(&scripts);
    if context.json {
        let entries: Vec<RevisionEntry<'_>> = nodes.iter().map(|node| describer.json(*node, None)).collect();
        print_document(&entries)?;
    } else {
        print_text(
            &nodes.iter().map(|node| format!("{}\n", describer.entry(*node, false))).collect::<String>(),
        );
    }
    Ok(ExitStatus::Done)
}
