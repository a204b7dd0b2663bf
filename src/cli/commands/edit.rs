//! `revgraph edit`.

use std::path::PathBuf;

use clap::Args;

use super::super::context::Context;
use super::super::{editor, selection};
use crate::diagnostic::{Diagnostic, ErrorKind, ExitStatus};
use crate::script::ReadMode;

/// Arguments of `edit`.
#[derive(Debug, Args)]
pub struct EditArgs {
    /// The revision: an id, head, current, …
    #[arg(value_name = "REV", allow_negative_numbers = true)]
    pub revision: String,
}

/// Opens the up script of a revision in the user's editor and waits for it.
pub fn run(context: &Context, args: &EditArgs) -> Result<ExitStatus, Diagnostic> {
    let scripts = context.scripts(ReadMode::Headers)?;
    let mut paths: Vec<PathBuf> = Vec::new();
    for node in selection::select(context, &scripts, &args.revision)? {
        let script = scripts.script(node);
        paths.push(script.up.clone());
        paths.extend(script.down.clone());
    }
    if paths.is_empty() {
        return Err(Diagnostic::new(
            ErrorKind::UnknownRevision,
            format!("`{}` stands for no revision", args.revision),
        ));
    }
    editor::open(&paths, context.control.cancellation())?;
    Ok(ExitStatus::Done)
}
