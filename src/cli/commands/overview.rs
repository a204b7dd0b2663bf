//! `revgraph` without a command: where the database stands, and what is likely to be typed next.

use super::super::context::Context;
use super::super::output::print_line;
use super::status;
use crate::diagnostic::{Diagnostic, ExitStatus};
use crate::execute::State;

/// Prints what `status` does, and below it the commands that are likely to be typed next; the exit status is that of `status`.
pub fn run(context: &Context) -> Result<ExitStatus, Diagnostic> {
    let (shown, standing) =
        status::show(context).map_err(|error| error.hint("all commands: revgraph --help"))?;
    if !context.json {
        print_line("");
        for (line, what) in likely(standing.state, standing.pending.is_empty()) {
            print_line(&format!("{:10}{line:38}{what}", ""));
        }
    }
    Ok(shown)
}

/// The three commands that come next as a rule.
fn likely(state: State, nothing_is_pending: bool) -> [(&'static str, &'static str); 3] {
    const REVISION: (&str, &str) = ("revgraph revision -m \"what it does\"", "write the next revision");
    const HISTORY: (&str, &str) = ("revgraph history --graph -i", "the revisions, and what is applied");
    const HELP: (&str, &str) = ("revgraph --help", "all commands");
    match state {
        State::Empty if nothing_is_pending => {
            [REVISION, ("revgraph import --help", "or take another tool's history over"), HELP]
        }
        State::Empty | State::Pending => [
            ("revgraph upgrade", "apply what is pending"),
            ("revgraph upgrade --dry-run", "only show what would run"),
            HISTORY,
        ],
        State::UpToDate => [REVISION, HISTORY, HELP],
        State::Unmanaged => [
            ("revgraph stamp --detect", "find the revision whose schema it has"),
            ("revgraph schema database", "what is in it"),
            HELP,
        ],
        State::Ahead | State::Diverged => [
            ("revgraph log", "what was done to the database, and by whom"),
            ("revgraph show --restore REV", "write the scripts that only it has"),
            HISTORY,
        ],
        State::Failed => [
            ("revgraph log", "what has failed, and how"),
            ("revgraph upgrade", "go on, once it is mended"),
            ("revgraph resolve --help", "or settle it by hand"),
        ],
    }
}
