//! Scratch databases as the user meets them: a bar while revisions are tried, and Ctrl-C that ends the work and
//! removes the database.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::interrupt;
use super::output::tell;
use crate::graph::RevisionId;
use crate::verify::{Observer, Verified};

/// Shows how far it is. It has to outlive the scratch database: from its making to its removal, a signal only stops
/// the work.
pub struct ScratchProgress {
    bar: Option<ProgressBar>,
    guard: Option<interrupt::Guard>,
}

impl ScratchProgress {
    /// For this many revisions; silent where `quiet`, or nobody looks.
    pub fn new(quiet: bool, revisions: usize) -> Self {
        let show_bar = !quiet && revisions > 1 && std::io::stderr().is_terminal();
        let bar = show_bar.then(|| {
            let target = ProgressDrawTarget::stderr();
            let bar = ProgressBar::with_draw_target(u64::try_from(revisions).ok(), target);
            let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {wide_msg}");
            bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        Self { bar, guard: Some(interrupt::cancelling(Box::new(|| {}))) }
    }

    /// A line above the bar.
    pub fn line(&self, line: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| tell(line)),
            None => tell(line),
        }
    }
}

impl Observer for ScratchProgress {
    fn connected(&mut self, interrupt: Box<dyn Fn() + Send>) {
        // The old guard's end would take away what the new one has set.
        self.guard = None;
        self.guard = Some(interrupt::cancelling(interrupt));
    }

    fn started(&mut self, revision: &RevisionId) {
        if let Some(bar) = &self.bar {
            bar.set_message(revision.to_string());
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
            bar.inc(1);
        }
    }

    fn is_stopped(&self) -> bool {
        interrupt::happened()
    }
}

impl Drop for ScratchProgress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
