//! A day's work on a database of one's own: it is brought to the heads, told apart from what its scripts build, given what the
//! desired schema asks for, and seeded where it is new. Each step works on what the one before has left, and what was proved at
//! the end is remembered.

mod basis;
mod companion;
mod drift;
mod error;
mod revision;
mod trial;

use std::sync::Arc;

pub use basis::{Day, Wishes};
pub use companion::{Companion, DriftWay, News, Onlooker};
pub use error::{DayError, Drifted, PendingBroken, Unmanaged};

use super::diary::Diary;
use super::guard::Guard;
use super::heads::to_heads;
use super::memory::{Seen, remember};
use super::reset::empty;
use super::seed::{SeedOutcome, Seeding, seed};
use super::unmanaged::first_unmanaged;
use crate::autogenerate::Ground;
use crate::backend::Backend;
use crate::scratch::Unwatched;
use crate::script::ScriptDirectory;
use drift::Settled;
use revision::Source;

/// Whether a day goes on after a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum After {
    GoOn,
    Stop,
}

impl Day<'_> {
    /// Does the work on a database as it was `seen`. The scripts must be locked, and have been read with their checksums.
    ///
    /// # Errors
    /// [`DayError`], and what the companion answers.
    pub fn run<C: Companion>(
        &self,
        scripts: Arc<ScriptDirectory>,
        backend: &mut dyn Backend,
        seen: &Seen,
        companion: &mut C,
    ) -> Result<Diary, C::Error> {
        let mut diary = Diary::new(backend.describe());
        self.steps(scripts, backend, seen, companion, &mut diary)?;
        diary.heads = backend.heads().map_err(DayError::from)?;
        Ok(diary)
    }

    fn steps<C: Companion>(
        &self,
        scripts: Arc<ScriptDirectory>,
        backend: &mut dyn Backend,
        seen: &Seen,
        companion: &mut C,
        diary: &mut Diary,
    ) -> Result<(), C::Error> {
        let was_new = seen.reading.state.rows.is_empty();
        self.check_managed(&scripts, backend, seen)?;
        self.try_pending(&scripts, backend, &seen.reading, companion)?;
        self.upgrade(&scripts, backend, companion, diary)?;
        if self.settle_drift(&scripts, backend, companion, diary)? == After::Stop {
            return Ok(());
        }
        let scripts = match self.write_desired(&scripts, companion, diary)? {
            true if self.wishes.create_only => {
                companion.tell(&News::NotApplied);
                return Ok(());
            }
            true => self.scripts_of_now()?,
            false => scripts,
        };
        self.upgrade(&scripts, backend, companion, diary)?;
        self.seed(backend, was_new, companion, diary)?;
        Ok(self.remember(&scripts, backend)?)
    }

    /// Refuses a database that has tables and no version rows, where there are scripts.
    fn check_managed(
        &self,
        scripts: &ScriptDirectory,
        backend: &mut dyn Backend,
        seen: &Seen,
    ) -> Result<(), DayError> {
        if !seen.reading.state.rows.is_empty() || scripts.graph().is_empty() {
            return Ok(());
        }
        match first_unmanaged(self.config, backend)? {
            Some(first) => Err(Unmanaged { first }.into()),
            None => Ok(()),
        }
    }

    fn upgrade(
        &self,
        scripts: &ScriptDirectory,
        backend: &mut dyn Backend,
        onlooker: &mut dyn Onlooker,
        diary: &mut Diary,
    ) -> Result<(), DayError> {
        let report = to_heads(scripts, backend, self.options, onlooker.run().as_mut())?;
        if !report.steps.is_empty() {
            onlooker.tell(&News::Upgraded { steps: report.steps.len() });
        }
        diary.steps.extend(report.steps);
        Ok(())
    }

    /// Brings database and scripts in line, where they are not.
    fn settle_drift<C: Companion>(
        &self,
        scripts: &Arc<ScriptDirectory>,
        backend: &mut dyn Backend,
        companion: &mut C,
        diary: &mut Diary,
    ) -> Result<After, C::Error> {
        match self.settle(scripts, backend, companion, diary)? {
            Settled::AsItShouldBe | Settled::Undone => Ok(After::GoOn),
            Settled::Written => {
                // A desired schema that lacks it would have it dropped at once.
                if self.desired.is_some() {
                    companion.tell(&News::DesiredLacksIt);
                }
                Ok(After::Stop)
            }
            Settled::ToBeErased => {
                self.reset(scripts, backend, companion, diary)?;
                Ok(After::GoOn)
            }
        }
    }

    /// Erases what the database holds, where the companion agrees, and brings it to the heads again.
    fn reset<C: Companion>(
        &self,
        scripts: &ScriptDirectory,
        backend: &mut dyn Backend,
        companion: &mut C,
        diary: &mut Diary,
    ) -> Result<(), C::Error> {
        let guard = Guard::of(self.config, backend).map_err(DayError::from)?;
        let name = companion.agree_to_erase(&guard)?;
        empty(self.config, backend, name.as_deref(), &self.options.actor, &mut Unwatched)
            .map_err(DayError::from)?;
        self.upgrade(scripts, backend, companion, diary)?;
        Ok(self.seed(backend, true, companion, diary)?)
    }

    /// Writes what leads to the desired schema; whether there was anything to write.
    fn write_desired<C: Companion>(
        &self,
        scripts: &Arc<ScriptDirectory>,
        companion: &mut C,
        diary: &mut Diary,
    ) -> Result<bool, C::Error> {
        let Some(desired) = &self.desired else { return Ok(false) };
        let right = Ground::Texts(desired.clone());
        let written = self.write(scripts, (&right, Source::Desired), companion, diary)?;
        if written.is_none() {
            companion.tell(&News::DesiredIsBuilt);
        }
        Ok(written.is_some())
    }

    /// Seeds a database that was new; of another it is told what it has not been seeded with.
    fn seed(
        &self,
        backend: &mut dyn Backend,
        is_new: bool,
        onlooker: &mut dyn Onlooker,
        diary: &mut Diary,
    ) -> Result<(), DayError> {
        if !is_new {
            let noted = backend.noted_seeds()?;
            for seed in self.seeds.iter().filter(|seed| !noted.contains_key(&seed.name)) {
                onlooker.tell(&News::NotSeeded { name: &seed.name });
            }
            return Ok(());
        }
        if self.seeds.is_empty() {
            return Ok(());
        }
        let seeding = Seeding { again: false, actor: &self.options.actor };
        let seeded = seed(self.config, backend, &self.seeds, seeding, onlooker.run().as_mut())?;
        for one in &seeded {
            if let SeedOutcome::KnownSince(time) = &one.outcome {
                onlooker.tell(&News::SeedKnown { name: &one.name, since: time });
            }
        }
        diary.seeded.extend(seeded);
        Ok(())
    }

    /// Notes in the ledger that the database's schema has been proved to be what its scripts build, unless
    /// that stands there.
    fn remember(&self, scripts: &ScriptDirectory, backend: &mut dyn Backend) -> Result<(), DayError> {
        let seen = Seen::of(backend)?;
        let proof = self.proof(scripts, &seen);
        if !seen.is_proved(&proof) || seen.has_other_mark(&proof) {
            remember(backend, &proof, &self.options.actor)?;
        }
        Ok(())
    }
}
