//! A program's first run on a database whose version rows nobody but their writer vouches for.

use std::error::Error;
use std::time::Duration;

use crate::backend::Watch;
use crate::execute::Reading;
use crate::plan::Step;

/// Tells, before a run changes such a database, that its schema has not been compared with what its version rows say. The
/// command compares them on a scratch database; a program that starts is not to make databases on its server.
pub(super) struct Unvouched<'w> {
    watch: &'w mut dyn Watch,
    warning: Option<String>,
}

impl<'w> Unvouched<'w> {
    /// Follows a run for `watch`. Where the database has version rows and no ledger entry, `watch` is warned of it when
    /// the run begins.
    pub(super) fn new(watch: &'w mut dyn Watch, reading: &Reading) -> Self {
        let rows: Vec<&str> = reading.state.rows.iter().map(|row| row.as_str()).collect();
        let warning = (!reading.vouches_for_rows()).then(|| {
            format!(
                "the version rows say {}, no ledger vouches for them, and whether the database has that schema \
                 was not looked at; the command does: revgraph stamp --detect",
                rows.join(", ")
            )
        });
        Self { watch, warning }
    }
}

impl Watch for Unvouched<'_> {
    fn planned(&mut self, steps: usize) {
        self.watch.planned(steps);
    }

    fn begins(&mut self) -> Result<(), Box<dyn Error + Send + Sync>> {
        if let Some(warning) = self.warning.take() {
            self.watch.notice("warning", &warning);
        }
        self.watch.begins()
    }

    fn started(&mut self, step: &Step) {
        self.watch.started(step);
    }

    fn finished(&mut self, step: &Step, took: Duration) {
        self.watch.finished(step, took);
    }

    fn notice(&mut self, severity: &str, message: &str) {
        self.watch.notice(severity, message);
    }
}
