//! Progress of a run on standard error: a line for each revision, and on a terminal a bar below them.

use std::io::IsTerminal;
use std::time::Duration;

use super::bar::Bar;
use super::output::{log, logs_json, readable, tell};
use crate::backend::Watch;
use crate::duration;
use crate::plan::{Operation, Step};
use crate::report::StepMessage;

/// Shows the steps of a run on standard error: a line for each, and on a terminal a bar below them.
pub struct Progress {
    quiet: bool,
    verbose: bool,
    bar: Option<Bar>,
}

impl Progress {
    /// Follows a run that has yet to be planned: silently with `quiet`, and with `verbose` with all that the server says.
    pub fn new(quiet: bool, verbose: bool) -> Self {
        Self { quiet, verbose, bar: None }
    }

    fn line(&self, line: &str) {
        if !self.quiet {
            tell(line);
        }
    }
}

fn verb(operation: Operation) -> &'static str {
    match operation {
        Operation::Upgrade => "upgraded to",
        Operation::Downgrade => "downgraded",
        Operation::Stamp => "stamped",
        Operation::Fold => "folded into",
        Operation::Unfold => "unfolded",
        Operation::Seed => "seeded",
        Operation::Reset => "emptied",
        Operation::Push => "pushed",
    }
}

impl Watch for Progress {
    fn planned(&mut self, steps: usize) {
        match &self.bar {
            Some(bar) => bar.set_steps(steps),
            None if !self.quiet && steps > 1 && std::io::stderr().is_terminal() && !logs_json() => {
                self.bar = Some(Bar::show(steps));
            }
            None => {}
        }
    }

    fn started(&mut self, step: &Step) {
        if let Some(bar) = &self.bar {
            bar.set_message(readable(step.revision.as_str()).into_owned());
        }
    }

    fn finished(&mut self, step: &Step, took: Duration) {
        let line = format!("{} {} ({})", verb(step.operation), step.revision, duration::readable(took));
        match logs_json() {
            true if self.quiet => {}
            true => log(&StepMessage::new(step, took, &line)),
            false => self.line(&line),
        }
        if let Some(bar) = &self.bar {
            bar.advance();
        }
    }

    fn notice(&mut self, severity: &str, message: &str) {
        let worth_telling = self.verbose || matches!(severity, "warning" | "notice");
        if worth_telling {
            self.line(&format!("{severity}: {message}"));
        }
    }
}
