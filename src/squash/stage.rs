//! Revisions on scratch databases, and what they leave there.

use super::compare::Snapshot;
use super::{Mode, Range};
use crate::catalog::Scope;
use crate::config::Config;
use crate::execute::{ExecuteError, Options};
use crate::graph::NodeIndex;
use crate::scratch::{ScratchDatabase, ScratchError, Walker};
use crate::script::ScriptDirectory;
use crate::sql::Dialect;
use crate::verify::Observer;

/// On which kind of database, and with which settings, a replay runs.
#[derive(Clone, Copy)]
pub(super) struct Place<'s> {
    pub(super) config: &'s Config,
    pub(super) dialect: Dialect,
    pub(super) options: &'s Options,
    /// What the baseline is made of.
    pub(super) mode: Mode,
}

/// What a replay of a range has left: before it, and after it.
pub(super) struct Replay {
    pub(super) before: Snapshot,
    pub(super) after: Snapshot,
    /// What the database calls itself.
    pub(super) version: String,
}

impl<'s> Place<'s> {
    /// A new scratch database for this dialect, with bookkeeping tables and nothing applied; none where there is no
    /// server for it.
    ///
    /// # Errors
    /// [`ScratchError`] where it cannot be made.
    pub(super) fn stage(
        &self,
        scripts: &'s ScriptDirectory,
        observer: &mut dyn Observer,
    ) -> Result<Option<Stage<'s>>, ScratchError> {
        let database = ScratchDatabase::of_dialect(self.config, self.dialect, observer.control())?;
        let Some(mut database) = database else { return Ok(None) };
        let mut walker = Walker::new(scripts, self.options);
        walker.begin(database.backend())?;
        let scope = Scope { schema: None, ignore: self.config.ignore.clone() };
        Ok(Some(Stage { scripts, database, walker, scope }))
    }

    /// Replays on a new scratch database what is below a range, and the range, with a snapshot of what each leaves;
    /// none where there is no server for it.
    ///
    /// # Errors
    /// [`ScratchError`] of a database that cannot be had and of the first revision that fails.
    pub(super) fn replay(
        &self,
        scripts: &'s ScriptDirectory,
        range: &Range,
        observer: &mut dyn Observer,
    ) -> Result<Option<Replay>, ScratchError> {
        let Some(mut stage) = self.stage(scripts, observer)? else { return Ok(None) };
        stage.up_all(&range.below, observer)?;
        let before = stage.snapshot()?;
        stage.up_all(&range.originals, observer)?;
        let after = stage.snapshot()?;
        let version = stage.database.backend().version();
        Ok(Some(Replay { before, after, version }))
    }

    /// Replays what is below a range, and the range, on a new scratch database, with a snapshot of the end alone: for
    /// comparison with [`Self::replay`]. None where there is no server for it.
    ///
    /// # Errors
    /// As [`Self::replay`].
    pub(super) fn replay_again(
        &self,
        scripts: &'s ScriptDirectory,
        range: &Range,
        observer: &mut dyn Observer,
    ) -> Result<Option<Snapshot>, ScratchError> {
        let Some(mut stage) = self.stage(scripts, observer)? else { return Ok(None) };
        stage.up_all(&range.below, observer)?;
        stage.up_all(&range.originals, observer)?;
        stage.snapshot().map(Some)
    }
}

/// A scratch database and what has been applied to it.
pub(super) struct Stage<'s> {
    scripts: &'s ScriptDirectory,
    database: ScratchDatabase,
    walker: Walker<'s>,
    /// What of it counts: all that the revisions build, in whatever schema, but what is to be ignored.
    scope: Scope,
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

    /// Applies revisions in this order, and tells the observer of each.
    ///
    /// # Errors
    /// [`ScratchError`] of the first that fails, and where the observer's control has been cancelled.
    pub(super) fn up_all(
        &mut self,
        nodes: &[NodeIndex],
        observer: &mut dyn Observer,
    ) -> Result<(), ScratchError> {
        for node in nodes {
            observer.control().check()?;
            observer.started(self.scripts.graph().id(*node));
            let applied = self.up(*node);
            observer.control().check()?;
            applied?;
            observer.passed();
        }
        Ok(())
    }

    /// Describes the schema of the scratch database, without what the configuration ignores, and reads the contents of
    /// its tables.
    ///
    /// # Errors
    /// The database's.
    pub(super) fn snapshot(&mut self) -> Result<Snapshot, ScratchError> {
        let catalog = self.database.catalog()?.within(&self.scope);
        let contents = self.database.backend().contents(&catalog)?;
        Ok(Snapshot { catalog, contents })
    }
}
