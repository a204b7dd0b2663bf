//! A scratch database on which revisions are tried, and the schema that it has.

use super::observer::Observer;
use super::settle::settle_beside;
use crate::catalog::{Catalog, CompareOptions, Difference, Past, Respelling, compare};
use crate::config::{Config, DatabaseUrl};
use crate::execute::{ExecuteError, Options};
use crate::graph::{NodeIndex, RevisionId};
use crate::scratch::{ScratchDatabase, ScratchError, Snapshot, Walker};
use crate::script::ScriptDirectory;

/// What a rehearsal takes its scripts from, and on what kind of database it runs.
#[derive(Clone, Copy)]
pub(super) struct Place<'v> {
    pub(super) scripts: &'v ScriptDirectory,
    pub(super) config: &'v Config,
    /// The configured database, whose kind and settings the scratch databases have.
    pub(super) like: &'v DatabaseUrl,
    pub(super) options: &'v Options,
    pub(super) describing: Describing,
}

/// How the schema is read after each step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Describing {
    /// Only what has changed since the last look is read.
    Changes,
    /// The whole schema is read each time.
    Everything,
}

impl<'v> Place<'v> {
    /// A new scratch database with bookkeeping tables, on which nothing has been applied.
    ///
    /// # Errors
    /// [`ScratchError`] where it cannot be made.
    pub(super) fn stage(&self, observer: &dyn Observer) -> Result<Stage<'v>, ScratchError> {
        self.set(ScratchDatabase::create(self.config, self.like, observer.control())?, &[])
    }

    /// A new scratch database that begins with `snapshot`, what the revisions `applied` have left on another.
    ///
    /// # Errors
    /// [`ScratchError`] where it cannot be made.
    pub(super) fn stage_of(
        &self,
        snapshot: &Snapshot,
        applied: &[NodeIndex],
        observer: &dyn Observer,
    ) -> Result<Stage<'v>, ScratchError> {
        let database = ScratchDatabase::of_snapshot(snapshot, self.config, self.like, observer.control())?;
        self.set(database, applied)
    }

    fn set(&self, mut database: ScratchDatabase, applied: &[NodeIndex]) -> Result<Stage<'v>, ScratchError> {
        let mut walker = Walker::after(self.scripts, self.options, applied);
        walker.begin(database.backend())?;
        let schema = Catalog::empty(database.backend().dialect());
        Ok(Stage { place: *self, database, walker, schema })
    }
}

/// A scratch database and what has been applied to it.
pub(super) struct Stage<'v> {
    pub(super) database: ScratchDatabase,
    walker: Walker<'v>,
    /// As it was when [`Stage::look`] looked last; without dependencies.
    schema: Catalog,
    place: Place<'v>,
}

impl Stage<'_> {
    /// Applies a revision whose parents and dependencies have been applied.
    ///
    /// # Errors
    /// As [`Walker::up`].
    pub(super) fn up(&mut self, node: NodeIndex) -> Result<(), ExecuteError> {
        self.walker.up(self.database.backend(), node)
    }

    /// Undoes a revision on which nothing applied stands.
    ///
    /// # Errors
    /// As [`Walker::down`].
    pub(super) fn down(&mut self, node: NodeIndex) -> Result<(), ExecuteError> {
        self.walker.down(self.database.backend(), node)
    }

    /// The version rows after the last step, sorted.
    pub(super) fn rows(&self) -> &[RevisionId] {
        self.walker.rows()
    }

    /// The schema as [`Stage::look`] saw it last, without dependencies.
    pub(super) fn schema(&self) -> &Catalog {
        &self.schema
    }

    /// Reads the schema that the database has now; each of `pasts` notes what has changed since the last look.
    ///
    /// # Errors
    /// The database's.
    pub(super) fn look(&mut self, pasts: &mut [&mut Past]) -> Result<(), ScratchError> {
        let changes = match self.place.describing {
            Describing::Changes => self.database.backend().catalog_changes()?,
            Describing::Everything => self.schema.changes_to(&self.database.catalog()?),
        };
        self.schema.apply(changes, pasts);
        Ok(())
    }

    /// What sets the schema that was seen last apart from an earlier one, without what is to be ignored. A type that
    /// was changed and changed back leaves expressions that are spelled otherwise: these are brought to one spelling
    /// before.
    ///
    /// # Errors
    /// [`ScratchError`] of the database, and of bringing the two to one spelling.
    pub(super) fn differences_since(
        &mut self,
        past: &Past,
        observer: &mut dyn Observer,
    ) -> Result<Vec<Difference>, ScratchError> {
        let [left, mut right] = past.sides(&self.schema);
        let options =
            CompareOptions { with_privileges: true, of_database: true, ..CompareOptions::default() };
        let mut found = compare(&left, &right, &options);
        if !Respelling::between(&left, &right).pending().is_empty() {
            let Place { config, like, .. } = self.place;
            let whole = self.database.catalog()?;
            let settled = settle_beside(&mut self.database, &left, &whole, config, like, observer)?;
            for (name, object) in &mut right.objects {
                if let Some(respelled) = settled.right.objects.get(name) {
                    object.clone_from(respelled);
                }
            }
            found = compare(&left, &right, &options);
        }
        found.retain(|difference| !self.place.config.ignore.covers(&difference.object));
        Ok(found)
    }

    /// Whether the schema that was put together from changes is the one that the database has; with
    /// [`Describing::Everything`] it always is.
    ///
    /// # Errors
    /// The database's.
    pub(super) fn is_exact(&mut self) -> Result<bool, ScratchError> {
        self.look(&mut [])?;
        Ok(self.place.describing == Describing::Everything
            || self.database.catalog()?.objects == self.schema.objects)
    }
}
