//! `revgraph` without a command: where the database stands, and what is likely to be typed next.

use super::super::context::Context;
use super::super::output::print_line;
use super::status;
use crate::diagnostic::{Diagnostic, ExitStatus};
use crate::report::likely_commands;

/// Prints what `status` does, and below it the commands that are likely to be typed next; the exit status is that of `status`.
pub fn run(context: &Context) -> Result<ExitStatus, Diagnostic> {
    let (shown, standing) =
        status::show(context).map_err(|error| error.hint("all commands: revgraph --help"))?;
    if !context.json {
        print_line("");
        for (line, what) in likely_commands(&standing) {
            print_line(&format!("{:10}{line:38}{what}", ""));
        }
    }
    Ok(shown)
}
