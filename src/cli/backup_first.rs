//! A backup before a run changes the database.

use std::error::Error;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::context::Context;
use super::progress::Progress;
use crate::backend::Watch;
use crate::backup::{self, BackupError, Taken, Taking};
use crate::config::BackupPolicy;
use crate::diagnostic::from_here;
use crate::plan::Step;

/// Whether to back up before.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct BackupArgs {
    /// Back the database up before, where there is anything to do
    #[arg(long, conflicts_with_all = ["sql", "dry_run"])]
    pub backup: bool,
    /// Do not, whatever `backup` in the configuration says
    #[arg(long, conflicts_with = "backup")]
    pub no_backup: bool,
}

impl BackupArgs {
    /// What they and the configuration come to.
    pub fn is_wanted(self, context: &Context) -> bool {
        self.backup || (!self.no_backup && context.config.backup == BackupPolicy::Before)
    }
}

/// Shows how a run goes on, and backs the database up when it begins.
pub struct BackingUp<'c> {
    context: &'c Context,
    progress: Progress,
    is_wanted: bool,
    /// The backup, once it has been taken.
    pub taken: Option<PathBuf>,
}

impl<'c> BackingUp<'c> {
    /// Follows a run that has yet to be planned; the database is backed up before, where that `is_wanted`.
    pub fn new(context: &'c Context, is_wanted: bool) -> Self {
        Self { context, progress: context.progress(), is_wanted, taken: None }
    }

    fn back_up(&mut self) -> Result<(), BackupError> {
        let url = self.context.config.database_url().map_err(BackupError::Config)?;
        let taken = backup::take(&self.context.config, url, &Taking::default(), &self.context.control);
        match taken {
            Ok(taken) => {
                tell_of(self.context, &taken);
                self.taken = Some(taken.path);
                Ok(())
            }
            Err(BackupError::Nothing { .. }) => {
                self.context.say("backup: the database is new, so there is nothing to back up");
                Ok(())
            }
            Err(error) => Err(error),
        }
    }
}

/// Says where a backup is, and what went for it.
pub fn tell_of(context: &Context, taken: &Taken) {
    context.say(&format!("backup: {}", from_here(&taken.path)));
    for path in &taken.removed {
        context.say(&format!("removed the older {} (backup_keep)", from_here(path)));
    }
}

impl Watch for BackingUp<'_> {
    fn planned(&mut self, steps: usize) {
        self.progress.planned(steps);
    }

    fn begins(&mut self) -> Result<(), Box<dyn Error + Send + Sync>> {
        if self.is_wanted { Ok(self.back_up()?) } else { Ok(()) }
    }

    fn started(&mut self, step: &Step) {
        self.progress.started(step);
    }

    fn finished(&mut self, step: &Step, took: Duration) {
        self.progress.finished(step, took);
    }

    fn notice(&mut self, severity: &str, message: &str) {
        self.progress.notice(severity, message);
    }
}
