//! Scratch databases as the user meets them: a bar while revisions are tried, and Ctrl-C that ends the work and
//! removes the database.

use std::io::IsTerminal;

use super::bar::Bar;
use super::context::Context;
use super::output::{logs_json, readable, tell};
use crate::backend::Control;
use crate::graph::RevisionId;
use crate::report::aside_sentence;
use crate::verify::{Aside, Observer, Verified};

/// Shows on standard error how far work on scratch databases is.
pub struct ScratchProgress {
    bar: Option<Bar>,
    control: Control,
    is_quiet: bool,
    /// Whether it has been told that the database's file is not there: it is connected to several times.
    has_told_of_file: bool,
}

impl ScratchProgress {
    /// Progress over this many revisions; silent where the user asks for it, or nobody looks.
    pub fn new(context: &Context, revisions: usize) -> Self {
        let show_bar = !context.quiet && revisions > 1 && std::io::stderr().is_terminal() && !logs_json();
        let bar = show_bar.then(|| Bar::show(revisions));
        Self { bar, control: context.control.clone(), is_quiet: context.quiet, has_told_of_file: false }
    }

    /// Tells a line above the bar.
    pub fn line(&self, line: &str) {
        tell(line);
    }
}

impl Observer for ScratchProgress {
    fn control(&self) -> &Control {
        &self.control
    }

    fn started(&mut self, revision: &RevisionId) {
        if let Some(bar) = &self.bar {
            bar.set_message(readable(revision.as_str()).into_owned());
        }
    }

    fn finished(&mut self, verified: &Verified) {
        if verified.is_broken() && self.bar.is_some() {
            self.line(&format!("broken: {}", verified.revision));
        }
        self.passed();
    }

    fn passed(&mut self) {
        if let Some(bar) = &self.bar {
            bar.advance();
        }
    }

    fn noticed(&mut self, aside: &Aside<'_>) {
        if matches!(aside, Aside::MissingFile { .. }) && std::mem::replace(&mut self.has_told_of_file, true) {
            return;
        }
        // What a comparison passes over is told in any case.
        let is_of_result = matches!(aside, Aside::Unsettled { .. } | Aside::Volatile { .. });
        if is_of_result || !self.is_quiet {
            self.line(&aside_sentence(aside));
        }
    }
}
