//! A database that is not what its scripts build, and the ways on.

use std::sync::Arc;

use super::super::diary::Diary;
use super::super::push::{Push, apply};
use super::basis::Day;
use super::companion::{Companion, DriftWay, News, Onlooker};
use super::error::{DayError, Drifted};
use super::revision::{Source, at_heads};
use crate::autogenerate::{self, Course, Ground, Planner, UnagreedLoss, stakes};
use crate::backend::Backend;
use crate::catalog::{Catalog, Difference};
use crate::execute::stamp;
use crate::graph::RevisionSpec;
use crate::script::ScriptDirectory;
use crate::verify::{Observer, drift};

/// What was done about a database that was not what its scripts build.
pub(super) enum Settled {
    /// There was nothing to do.
    AsItShouldBe,
    /// It is now.
    Undone,
    /// The scripts have it now.
    Written,
    /// It is to be erased.
    ToBeErased,
}

impl Day<'_> {
    /// Compares the database with what its scripts build at their heads; where it is another, the companion says what
    /// is to be done. Nothing is erased here.
    ///
    /// # Errors
    /// The companion's: where it answers nothing, and [`DayError`] of the comparison and of what it has asked for.
    pub(super) fn settle<C: Companion>(
        &self,
        scripts: &Arc<ScriptDirectory>,
        backend: &mut dyn Backend,
        companion: &mut C,
        diary: &mut Diary,
    ) -> Result<Settled, C::Error> {
        let heads = at_heads(scripts);
        let (here, found) = self.compared(&heads, scripts.graph().len(), backend, companion)?;
        if found.is_empty() {
            companion.tell(&News::AsBuilt);
            return Ok(Settled::AsItShouldBe);
        }
        diary.drift.clone_from(&found);
        match companion.way_out(&backend.describe(), Drifted { differences: found })? {
            DriftWay::Reset => Ok(Settled::ToBeErased),
            DriftWay::Write => {
                self.write_it(scripts, backend, here, companion, diary)?;
                Ok(Settled::Written)
            }
            DriftWay::Undo => {
                self.undo_it(&heads, backend, here, companion)?;
                Ok(Settled::Undone)
            }
        }
    }

    /// The database's schema, and what sets it apart from what the scripts build.
    fn compared(
        &self,
        heads: &Ground,
        revisions: usize,
        backend: &mut dyn Backend,
        onlooker: &mut dyn Onlooker,
    ) -> Result<(Catalog, Vec<Difference>), DayError> {
        let like = self.config.database_url()?;
        let mut observer = onlooker.rehearsal(revisions);
        let built = autogenerate::catalog(self.config, like, heads, observer.as_mut())?;
        let here = backend.catalog()?.within(&self.config.scope());
        let found = drift(&built, &here, self.config, like, observer.as_mut())?;
        Ok((here, found))
    }

    /// Writes the difference as a revision, and records it: the database has it already.
    fn write_it<C: Companion>(
        &self,
        scripts: &Arc<ScriptDirectory>,
        backend: &mut dyn Backend,
        here: Catalog,
        companion: &mut C,
        diary: &mut Diary,
    ) -> Result<(), C::Error> {
        let right = Ground::Described(Box::new(here));
        let drafts = self.write(scripts, (&right, Source::Database), companion, diary)?;
        let Some(drafts) = drafts else { return Ok(()) };
        let last = drafts.new.last().map(|new| RevisionSpec::of_id(&new.revision.id));
        let targets = last.as_slice();
        stamp(&drafts.scripts, backend, targets, false, self.options).map_err(DayError::from)?;
        companion.tell(&News::Recorded);
        Ok(())
    }

    /// Makes the database again what the scripts build.
    fn undo_it<C: Companion>(
        &self,
        heads: &Ground,
        backend: &mut dyn Backend,
        here: Catalog,
        companion: &mut C,
    ) -> Result<(), C::Error> {
        let like = self.config.database_url().map_err(DayError::from)?;
        let left = Ground::Described(Box::new(here));
        let mut observer = companion.rehearsal(0);
        let planner = Planner::begin(self.config, like, (&left, heads), false, observer.as_mut());
        let mut planner = planner.map_err(DayError::from)?;
        let mut counter = self.counter();
        let decisions = companion.decide(&planner, &mut counter)?;
        let course = planner.plan_in_one(&decisions, observer.as_mut()).map_err(DayError::from)?;
        let renamed = (planner.left(), decisions.hints.renames.as_slice());
        let stakes = stakes(course.statements(), renamed, &mut counter);
        companion.tell(&News::Planned { planner: &planner, course: &course, stakes: &stakes });
        if let Some(loss) = UnagreedLoss::of(&stakes) {
            companion.agree_to_loss(loss)?;
        }
        self.undo(backend, &planner, &course, observer.as_mut())?;
        drop(observer);
        companion.tell(&News::Undone);
        Ok(())
    }

    fn undo(
        &self,
        backend: &mut dyn Backend,
        planner: &Planner<'_>,
        course: &Course,
        observer: &mut dyn Observer,
    ) -> Result<(), DayError> {
        let (actor, detail) = (self.options.actor.as_str(), "undoes what no script has done");
        let push = Push { course, wanted: planner.right(), with_privileges: false, actor, detail };
        Ok(apply(self.config, backend, push, observer)?)
    }
}
