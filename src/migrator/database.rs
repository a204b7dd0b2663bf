//! A database that a [`Migrator`] is connected to.

use super::unvouched::Unvouched;
use super::{Migrator, MigratorError};
use crate::backend::{Backend, Watch};
use crate::cancellation::Cancellation;
use crate::execute::{Direction, KnownHistory, Reading, Report, Standing, migrate, standing};
use crate::graph::{RevisionId, RevisionSpec};
use crate::scratch::Unwatched;

/// A database that a [`Migrator`] is connected to. A run ends the connection, and with it the lock; a program that
/// wants another one [connects](Migrator::connect) again.
///
/// It blocks the thread: in an asynchronous program it belongs into `spawn_blocking` or its like. It is [`Send`].
pub struct Database<'m> {
    migrator: &'m Migrator,
    backend: Box<dyn Backend + 'm>,
    watch: Box<dyn Watch + Send + 'm>,
}

impl<'m> Database<'m> {
    /// The database behind `backend`, whose runs nobody watches yet.
    pub(super) fn new(migrator: &'m Migrator, backend: Box<dyn Backend + 'm>) -> Self {
        Self { migrator, backend, watch: Box::new(Unwatched) }
    }

    /// Has `watch` told of every step as it begins and once it is committed, and of what the database says.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use revgraph::Migrator;
    /// use revgraph::{Step, Watch};
    ///
    /// #[derive(Default)]
    /// struct Log(Vec<String>);
    ///
    /// impl Watch for Log {
    ///     fn started(&mut self, step: &Step) {
    ///         self.0.push(format!("{} of {}", step.operation.name(), step.revision));
    ///     }
    ///     fn finished(&mut self, step: &Step, took: Duration) {
    ///         self.0.push(format!("{} is done", step.revision));
    ///     }
    ///     fn notice(&mut self, severity: &str, message: &str) {
    ///         self.0.push(format!("{severity}: {message}"));
    ///     }
    /// }
    ///
    /// # fn main() -> Result<(), revgraph::MigratorError> {
    /// let migrator = Migrator::embedded(&[("a1.up.sql", "-- one\n-- revision: a1\n\nCREATE TABLE one (id INT);\n")])?;
    /// let mut log = Log::default();
    /// migrator.connect("sqlite::memory:")?.watched_by(&mut log).upgrade("head")?;
    /// assert_eq!(log.0, ["upgrade of a1", "a1 is done"]);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn watched_by(mut self, watch: impl Watch + Send + 'm) -> Self {
        self.watch = Box::new(watch);
        self
    }

    /// Has `cancellation` end what the database is asked or changed from here on: between two steps, in every wait, and
    /// in the midst of a statement. What was committed stays, and the ledger notes that the run was interrupted. A server
    /// with several runs keeps one for each.
    ///
    /// ```
    /// use revgraph::Cancellation;
    ///
    /// # fn main() -> Result<(), revgraph::MigratorError> {
    /// # let endless = "-- one\n-- revision: a1\n\nWITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT max(x) FROM c;\n";
    /// # let migrator = revgraph::Migrator::embedded(&[("a1.up.sql", endless)])?;
    /// let cancellation = Cancellation::default();
    /// let given_to_somebody_else = cancellation.clone();
    /// # std::thread::spawn(move || { std::thread::sleep(std::time::Duration::from_millis(50)); given_to_somebody_else.cancel(); });
    /// let ended = migrator.connect("sqlite::memory:")?.cancelled_by(&cancellation).upgrade("head");
    /// assert!(ended.unwrap_err().is_cancelled());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn cancelled_by(mut self, cancellation: &Cancellation) -> Self {
        let control = self.backend.control().clone();
        self.backend.set_control(control.cancelled_by(cancellation.clone()));
        self
    }

    /// The version rows, sorted: the last revisions that have been applied.
    ///
    /// # Errors
    /// [`MigratorError::Database`].
    ///
    /// ```
    /// # fn main() -> Result<(), revgraph::MigratorError> {
    /// let migrator = revgraph::Migrator::embedded(&[("a1.up.sql", "-- one\n-- revision: a1\n")])?;
    /// assert!(migrator.connect("sqlite::memory:")?.current()?.is_empty());
    /// # Ok(())
    /// # }
    /// ```
    pub fn current(&mut self) -> Result<Vec<RevisionId>, MigratorError> {
        Ok(self.backend.state()?.rows)
    }

    /// The revisions that have not been applied, in the order in which they can be. There are none where the database
    /// is ahead of the scripts, as it is for a program that is older than the database.
    ///
    /// # Errors
    /// [`MigratorError::Run`] where a version row is known neither to the scripts nor to the ledger, since then nobody
    /// can tell; [`MigratorError::Database`].
    ///
    /// ```
    /// # fn main() -> Result<(), revgraph::MigratorError> {
    /// let migrator = revgraph::Migrator::embedded(&[("a1.up.sql", "-- one\n-- revision: a1\n")])?;
    /// let pending = migrator.connect("sqlite::memory:")?.pending()?;
    /// assert_eq!(pending.iter().map(|id| id.as_str()).collect::<Vec<_>>(), ["a1"]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn pending(&mut self) -> Result<Vec<RevisionId>, MigratorError> {
        let scripts = &self.migrator.scripts;
        let rows = self.backend.heads()?;
        let known = KnownHistory::of(scripts, &mut *self.backend, &rows)?;
        known.refuse_unknown()?;
        Ok(known.scripts().graph().ids(&known.pending()))
    }

    /// Where the database stands against the scripts, also where the two do not go together: what is pending, what
    /// has been edited, what was left halfway.
    ///
    /// # Errors
    /// [`MigratorError::Database`].
    ///
    /// ```
    /// use revgraph::State;
    ///
    /// # fn main() -> Result<(), revgraph::MigratorError> {
    /// let migrator = revgraph::Migrator::embedded(&[("a1.up.sql", "-- one\n-- revision: a1\n")])?;
    /// assert_eq!(migrator.connect("sqlite::memory:")?.standing()?.state, State::Empty);
    /// # Ok(())
    /// # }
    /// ```
    pub fn standing(&mut self) -> Result<Standing, MigratorError> {
        let reading = Reading::of(&mut *self.backend)?;
        Ok(standing(&self.migrator.scripts, &mut *self.backend, &reading)?)
    }

    /// Brings the database up to `target`: `head`, `heads`, an id or another of `revgraph upgrade`'s. Any number of
    /// processes may do so at once; each revision is applied once, and whoever waited does the rest, or nothing.
    ///
    /// # Errors
    /// [`MigratorError::Target`] and [`MigratorError::Run`]; [`ExecuteError::Step`](crate::execute::ExecuteError::Step)
    /// in it tells what had been done before. A program that starts while the database is ahead of it meets
    /// [`ExecuteError::Ahead`](crate::execute::ExecuteError::Ahead):
    ///
    /// ```
    /// use revgraph::errors::ExecuteError;
    /// use revgraph::{Migrator, MigratorError};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let one = ("a1.up.sql", "-- one\n-- revision: a1\n\nCREATE TABLE one (id INTEGER);\n");
    /// let two = ("b2.up.sql", "-- two\n-- revision: b2\n-- down_revision: a1\n\nCREATE TABLE two (id INTEGER);\n");
    /// let (older, newer) = (Migrator::embedded(&[one])?, Migrator::embedded(&[one, two])?);
    ///
    /// let mut connection = rusqlite::Connection::open_in_memory()?;
    /// newer.rusqlite(&mut connection)?.upgrade("head")?;
    /// match older.rusqlite(&mut connection)?.upgrade("head") {
    ///     Err(MigratorError::Run(error)) if matches!(*error, ExecuteError::Ahead { .. }) => {
    ///         // A newer release has been here: go on, or end, as its releases allow.
    ///     }
    ///     other => panic!("{other:?}"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn upgrade(self, target: &str) -> Result<Report, MigratorError> {
        self.run(Direction::Up, target)
    }

    /// Takes the database down to `target`: `base`, `-1`, an id or another of `revgraph downgrade`'s. What the scripts
    /// lack is undone with the down scripts that the ledger has kept. Nobody is asked; only a database that
    /// `revgraph protect` protects is not erased whole.
    ///
    /// # Errors
    /// As [`Database::upgrade`].
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let up = "-- one\n-- revision: a1\n\nCREATE TABLE one (id INTEGER);\n";
    /// let migrator = revgraph::Migrator::embedded(&[("a1.up.sql", up), ("a1.down.sql", "DROP TABLE one;\n")])?;
    /// # let mut connection = rusqlite::Connection::open_in_memory()?;
    /// migrator.rusqlite(&mut connection)?.upgrade("head")?;
    /// let report = migrator.rusqlite(&mut connection)?.downgrade("base")?;
    /// assert_eq!((report.steps.len(), report.heads.len()), (1, 0));
    /// # Ok(())
    /// # }
    /// ```
    pub fn downgrade(self, target: &str) -> Result<Report, MigratorError> {
        self.run(Direction::Down, target)
    }

    fn run(mut self, direction: Direction, target: &str) -> Result<Report, MigratorError> {
        let target: RevisionSpec = target.parse().map_err(MigratorError::Target)?;
        let Migrator { scripts, .. } = self.migrator;
        let options = self.migrator.options();
        let reading = Reading::of(&mut *self.backend)?;
        let mut watch = Unvouched::new(&mut *self.watch, &reading);
        Ok(migrate(scripts, &mut *self.backend, &reading, direction, &target, &options, &mut watch)?)
    }
}

impl std::fmt::Debug for Database<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Database({})", self.backend.describe())
    }
}
