//! The account of a run's steps.

use std::time::Duration;

use super::StepReport;
use crate::backend::Watch;
use crate::plan::Step;

/// Keeps account of the steps, which are told and counted only once they are committed.
pub(super) struct Recorder<'w> {
    /// Who follows the run.
    pub(super) watch: &'w mut dyn Watch,
    /// Taken, and not committed yet.
    pub(super) pending: Vec<(Step, Duration)>,
    /// Committed, in order.
    pub(super) done: Vec<StepReport>,
}

impl<'w> Recorder<'w> {
    /// Begins an account without steps, told to `watch`.
    pub(super) fn new(watch: &'w mut dyn Watch) -> Self {
        Self { watch, pending: Vec::new(), done: Vec::new() }
    }

    /// Tells whoever watches of the pending steps, which have been committed, and counts them as done.
    pub(super) fn commit(&mut self) {
        for (step, took) in self.pending.drain(..) {
            self.watch.finished(&step, took);
            self.done.push(StepReport { revision: step.revision, operation: step.operation, took });
        }
    }
}

impl Watch for Recorder<'_> {
    fn begins(&mut self) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        self.watch.begins()
    }

    fn started(&mut self, step: &Step) {
        self.watch.started(step);
    }

    fn finished(&mut self, step: &Step, took: Duration) {
        self.pending.push((step.clone(), took));
    }

    fn notice(&mut self, severity: &str, message: &str) {
        self.watch.notice(severity, message);
    }
}
