//! What a day's work goes by.

use std::sync::Arc;

use super::super::memory::{Proved, Seen, remember};
use super::super::seed::{Seed, seeds};
use super::error::DayError;
use crate::autogenerate::{Counter, NamedSql, SideReader, desired_texts};
use crate::backend::{Backend, Control};
use crate::config::Config;
use crate::execute::Options;
use crate::script::{ReadMode, ScriptDirectory, load_environment};

/// What a day's work goes by: configuration, options of its runs, desired schema and seeds.
pub struct Day<'d> {
    pub(super) config: &'d Config,
    pub(super) control: &'d Control,
    pub(super) options: &'d Options,
    pub(super) wishes: Wishes,
    pub(super) desired: Option<Vec<NamedSql>>,
    pub(super) seeds: Vec<Seed>,
}

/// What the user has said beforehand of the revision that is written.
#[derive(Debug, Clone, Default)]
pub struct Wishes {
    /// The message of the revision; where there is none, it is made up from what changes.
    pub message: Option<String>,
    /// Whether the revision is written and not applied.
    pub create_only: bool,
}

impl<'d> Day<'d> {
    /// Reads the seeds and the desired schema. `options` are those of its runs.
    ///
    /// # Errors
    /// [`DayError::Production`] where the database is not one's own, and what cannot be read.
    pub fn of(
        config: &'d Config,
        control: &'d Control,
        options: &'d Options,
        wishes: Wishes,
    ) -> Result<Self, DayError> {
        if config.production {
            return Err(DayError::Production);
        }
        let dialect = config.database_url()?.dialect();
        let seeds = seeds(config, dialect)?;
        let desired = match config.desired_schema()? {
            Some(schema) => {
                let (directory, version) = (&config.directory, config.prisma_version);
                Some(desired_texts(schema, dialect, directory, version, control.cancellation())?)
            }
            None => None,
        };
        Ok(Self { config, control, options, wishes, desired, seeds })
    }

    /// Whether nothing is to be done: scripts, desired schema and database are as they were proved last. What proves that
    /// faster the next time is remembered.
    ///
    /// # Errors
    /// The database's.
    pub fn is_done(
        &self,
        scripts: &ScriptDirectory,
        backend: &mut dyn Backend,
        seen: &Seen,
    ) -> Result<bool, DayError> {
        let proof = self.proof(scripts, seen);
        if !seen.is_proved(&proof) {
            return Ok(false);
        }
        if seen.has_other_mark(&proof) {
            remember(backend, &proof, &self.options.actor)?;
        }
        Ok(true)
    }

    /// All that decides whether the database that was `seen` is as its project wants it: [`Seen::proof`] for this day's
    /// configuration and desired schema.
    pub(super) fn proof(&self, scripts: &ScriptDirectory, seen: &Seen) -> Proved {
        seen.proof(self.config, scripts, self.desired.as_deref())
    }

    /// Reads the scripts as they are on disk now, with their checksums.
    ///
    /// # Errors
    /// [`DayError`] of scripts that cannot be read.
    pub(super) fn scripts_of_now(&self) -> Result<Arc<ScriptDirectory>, DayError> {
        Ok(Arc::new(load_environment(self.config, ReadMode::Checksums)?))
    }

    /// What counts the rows and values at stake in the configured database.
    pub(super) fn counter(&self) -> Counter<'d> {
        Counter::new(SideReader { config: self.config, control: self.control })
    }
}
