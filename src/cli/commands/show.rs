//! `revgraph show`.

use clap::Args;

use super::super::context::Context;
use super::super::output::{print_document, print_json, print_line, print_text};
use super::super::selection;
use crate::backend::Access;
use crate::diagnostic::{Diagnostic, ExitStatus};
use crate::execute::{BroughtBack, bring_back};
use crate::report::{BroughtBackDocument, Describer, RevisionEntry};
use crate::script::{ReadMode, lock_scripts};

/// Arguments of `show`.
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// The revision: an id, head, heads, current, LABEL@head, …
    #[arg(value_name = "REV", allow_negative_numbers = true)]
    pub revision: String,
    /// Write its scripts, which only the database's ledger has, to where scripts are
    #[arg(long)]
    pub restore: bool,
}

/// Prints the header and the scripts of a revision.
pub fn run(context: &Context, args: &ShowArgs) -> Result<ExitStatus, Diagnostic> {
    if args.restore {
        return restore(context, &args.revision);
    }
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

/// Writes what only the ledger has.
fn restore(context: &Context, revision: &str) -> Result<ExitStatus, Diagnostic> {
    let mut backend = context.connect(Access::Read)?;
    let _lock = lock_scripts(&context.config)?;
    let now = context.config.timezone.now();
    let brought_back = bring_back(&context.config, backend.as_mut(), revision, now)?;
    if context.json {
        print_json(&BroughtBackDocument::new(&brought_back));
        return Ok(ExitStatus::Done);
    }
    let BroughtBack { revision, up, down } = &brought_back;
    for path in std::iter::once(up).chain(down) {
        print_line(&path.display().to_string());
    }
    context.say(&format!("the scripts of {revision} are as the database has recorded them"));
    Ok(ExitStatus::Done)
}
