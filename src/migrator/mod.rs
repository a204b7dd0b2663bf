//! Migrations from within a program, with the guarantees of the `revgraph` command.
//!
//! A [`Migrator`] holds the scripts and how to go about them. It [connects](Migrator::connect) to a [`Database`], which
//! is asked and changed through the same code as by the command: the lock, the ledger, the checks and the retries are
//! the same ones, and a program and the command may work on one database in turns or at once.

mod database;
#[cfg(feature = "diesel")]
mod diesel;
#[cfg(feature = "diesel")]
mod diesel_error;
pub mod embed;
mod error;
mod unvouched;

use std::path::Path;
use std::time::Duration;

pub use database::Database;
#[cfg(feature = "diesel")]
pub use diesel::DieselMigrations;
#[cfg(feature = "diesel")]
pub use diesel_error::DieselError;
pub use error::MigratorError;

use crate::backend::{self, Access, Control};
use crate::config::{ChecksumPolicy, Config, DatabaseUrl, TransactionMode};
use crate::execute::Options;
use crate::graph::RevisionGraph;
use crate::script::{BACKUP, ReadMode, ScriptDirectory};

/// The longest timeout that PostgreSQL can keep: 24 days.
const LONGEST_TIMEOUT: Duration = Duration::from_millis(i32::MAX as u64);

/// Scripts, and how a program runs them.
///
/// ```
/// use revgraph::Migrator;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let url = format!("sqlite:{}", folder.path().join("app.db").display());
/// // At start-up. What `embedded_scripts!` makes in a real program stands here by hand.
/// let scripts = [(
///     "versions/ae1027a6acf1_create_account.up.sql",
///     "-- create account\n--\n-- revision: ae1027a6acf1\n\nCREATE TABLE account (id INTEGER PRIMARY KEY);\n",
/// )];
/// let report = Migrator::embedded(&scripts)?.connect(&url)?.upgrade("head")?;
/// assert_eq!(report.heads.iter().map(|id| id.as_str()).collect::<Vec<_>>(), ["ae1027a6acf1"]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Migrator {
    scripts: ScriptDirectory,
    config: Config,
    actor: String,
}

impl Migrator {
    /// Reads the scripts of a folder, which is relative to the current one. Nothing else is read: no `alembic.toml`, no
    /// variable.
    ///
    /// # Errors
    /// [`MigratorError::Folder`] where there is no such folder, and [`MigratorError::Scripts`] with all that is wrong
    /// with its scripts.
    ///
    /// ```
    /// use revgraph::{Migrator, MigratorError};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let folder = tempfile::tempdir()?;
    /// # let versions = folder.path().join("versions");
    /// # std::fs::create_dir(&versions)?;
    /// std::fs::write(versions.join("a1_users.up.sql"), "-- users\n-- revision: a1\n\nCREATE TABLE users (id INT);\n")?;
    /// let migrator = Migrator::from_directory(&versions)?;
    /// assert_eq!(migrator.graph().len(), 1);
    ///
    /// let error = Migrator::from_directory("no/such/folder").unwrap_err();
    /// assert!(matches!(error, MigratorError::Folder { .. }));
    /// # Ok(())
    /// # }
    /// ```
    pub fn from_directory(folder: impl AsRef<Path>) -> Result<Self, MigratorError> {
        let folder = folder.as_ref();
        let failed = |source| MigratorError::Folder { path: folder.to_owned(), source };
        let folder = std::path::absolute(folder).map_err(failed)?;
        std::fs::read_dir(&folder).map_err(failed)?;
        let mut config = Config::defaults(folder.parent().unwrap_or(&folder));
        config.backup_location = folder.join(BACKUP);
        config.version_locations = vec![folder];
        Self::from_config(config)
    }

    /// Reads the scripts of an environment, such as one with an `alembic.toml`, whose settings hold.
    ///
    /// # Errors
    /// [`MigratorError::Scripts`].
    ///
    /// ```
    /// use revgraph::Migrator;
    /// use revgraph::{Config, Sources};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let folder = tempfile::tempdir()?;
    /// # std::fs::write(folder.path().join("alembic.toml"), "url = \"sqlite:app.db\"\nlock_timeout = \"5s\"\n")?;
    /// let config = Config::load(&Sources {
    ///     current_directory: folder.path().to_owned(),
    ///     environment: std::env::vars().collect(),
    ///     ..Sources::default()
    /// })?;
    /// Migrator::from_config(config)?.connect_configured()?.upgrade("head")?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn from_config(config: Config) -> Result<Self, MigratorError> {
        let scripts = ScriptDirectory::load(&config, ReadMode::Checksums).map_err(MigratorError::Scripts)?;
        Ok(Self { scripts, config, actor: program_name() })
    }

    /// Takes scripts that have been compiled in: the path of each, for its name and for messages, and its text.
    /// Those in a folder `backup` are what squashes have replaced. [`embed`] and
    /// [`embedded_scripts!`](crate::embedded_scripts) make the list.
    ///
    /// # Errors
    /// [`MigratorError::Scripts`].
    ///
    /// ```
    /// use revgraph::{Migrator, MigratorError};
    ///
    /// # fn main() -> Result<(), MigratorError> {
    /// let up = "-- users\n-- revision: a1\n\nCREATE TABLE users (id INTEGER);\n";
    /// let migrator = Migrator::embedded(&[
    ///     ("versions/a1_users.up.sql", up),
    ///     ("versions/a1_users.down.sql", "DROP TABLE users;\n"),
    /// ])?;
    /// assert_eq!(migrator.graph().heads().len(), 1);
    ///
    /// let error = Migrator::embedded(&[("a1.up.sql", "SELECT 1;")]).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "the scripts cannot be used: a1.up.sql:1:1: the script has no header: it must begin with comment lines, \
    ///      one of them `-- revision: ID`"
    /// );
    /// # Ok(())
    /// # }
    /// ```
    pub fn embedded(scripts: &[(&str, &str)]) -> Result<Self, MigratorError> {
        let scripts = ScriptDirectory::of_texts(scripts.iter().copied()).map_err(MigratorError::Scripts)?;
        Ok(Self { scripts, config: Config::defaults(Path::new("")), actor: program_name() })
    }

    /// The longest wait for a database lock within a revision; 10 seconds unless set, zero for no limit. On SQLite a
    /// revision waits as long as [`Migrator::migration_lock_timeout`].
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use revgraph::Migrator;
    /// use revgraph::{ChecksumPolicy, TransactionMode};
    ///
    /// # fn main() -> Result<(), revgraph::MigratorError> {
    /// # let scripts = [];
    /// let migrator = Migrator::embedded(&scripts)?
    ///     .lock_timeout(Duration::from_secs(3))
    ///     .migration_lock_timeout(Duration::from_secs(120))
    ///     .statement_timeout(Duration::from_secs(600))
    ///     .transaction(TransactionMode::All)
    ///     .checksums(ChecksumPolicy::Warn)
    ///     .version_table("shop_version")
    ///     .version_table_schema("bookkeeping")
    ///     .actor("shop-server 1.4.2");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn lock_timeout(mut self, timeout: Duration) -> Self {
        self.config.lock_timeout = timeout.min(LONGEST_TIMEOUT);
        self
    }

    /// The longest wait for another process that migrates the database; 60 seconds unless set, zero for no limit.
    /// See [`Migrator::lock_timeout`].
    #[must_use]
    pub fn migration_lock_timeout(mut self, timeout: Duration) -> Self {
        self.config.migration_lock_timeout = timeout.min(LONGEST_TIMEOUT);
        self
    }

    /// The longest run of one statement on PostgreSQL; the server's own setting unless set, zero for no limit.
    /// See [`Migrator::lock_timeout`].
    #[must_use]
    pub fn statement_timeout(mut self, timeout: Duration) -> Self {
        self.config.statement_timeout = Some(timeout.min(LONGEST_TIMEOUT));
        self
    }

    /// How revisions share transactions; each has its own unless set. See [`Migrator::lock_timeout`].
    #[must_use]
    pub fn transaction(mut self, mode: TransactionMode) -> Self {
        self.config.transaction = mode;
        self
    }

    /// What a script that has changed since it was applied does to an upgrade; it is refused unless set.
    /// See [`Migrator::lock_timeout`].
    #[must_use]
    pub fn checksums(mut self, policy: ChecksumPolicy) -> Self {
        self.config.checksums = policy;
        self
    }

    /// The name of the version table; `alembic_version` unless set. See [`Migrator::lock_timeout`].
    #[must_use]
    pub fn version_table(mut self, name: impl Into<String>) -> Self {
        self.config.version_table = name.into();
        self
    }

    /// The PostgreSQL schema of version table and ledger; the first of the search path unless set.
    /// See [`Migrator::lock_timeout`].
    #[must_use]
    pub fn version_table_schema(mut self, name: impl Into<String>) -> Self {
        self.config.version_table_schema = Some(name.into());
        self
    }

    /// Who changes the database, as the ledger notes it; the name of the program unless set.
    /// See [`Migrator::lock_timeout`].
    #[must_use]
    pub fn actor(mut self, actor: impl Into<String>) -> Self {
        self.actor = actor.into();
        self
    }

    /// The graph of the revisions.
    ///
    /// ```
    /// # fn main() -> Result<(), revgraph::MigratorError> {
    /// let migrator = revgraph::Migrator::embedded(&[("a1.up.sql", "-- users\n-- revision: a1\n")])?;
    /// assert!(migrator.graph().find("a1").is_some());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn graph(&self) -> &RevisionGraph {
        self.scripts.graph()
    }

    /// Connects to a database: `postgres://…` or `sqlite:…`, see [`DatabaseUrl::parse`]. The path of a SQLite file is
    /// relative to the current folder; the file is made by the first upgrade.
    ///
    /// # Errors
    /// [`MigratorError::Url`] and [`MigratorError::Database`]. Neither shows a password.
    ///
    /// ```
    /// # fn main() -> Result<(), revgraph::MigratorError> {
    /// let migrator = revgraph::Migrator::embedded(&[("a1.up.sql", "-- users\n-- revision: a1\n")])?;
    /// assert!(migrator.connect("sqlite::memory:")?.current()?.is_empty());
    ///
    /// let error = migrator.connect("mysql://root:secret@localhost/shop").unwrap_err();
    /// assert!(!error.to_string().contains("secret"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn connect(&self, url: &str) -> Result<Database<'_>, MigratorError> {
        let here = std::env::current_dir()
            .map_err(|source| MigratorError::Folder { path: Path::new(".").to_owned(), source })?;
        self.connect_to(&DatabaseUrl::parse(url, &here)?)
    }

    /// Connects to the database that the configuration names: see [`Migrator::from_config`].
    ///
    /// # Errors
    /// [`MigratorError::Config`] where it names none, and [`MigratorError::Database`].
    pub fn connect_configured(&self) -> Result<Database<'_>, MigratorError> {
        self.connect_to(self.config.database_url()?)
    }

    fn connect_to(&self, url: &DatabaseUrl) -> Result<Database<'_>, MigratorError> {
        Ok(Database::new(self, backend::connect(&self.config, url, Access::Write, &Control::default())?))
    }

    /// Works on a connection of rusqlite's that the program has opened: the way to a database in memory. The
    /// connection keeps its own busy handler and settings, and no transaction may be open on it.
    ///
    /// # Errors
    /// [`MigratorError::Database`] in a transaction.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let up = "-- users\n-- revision: a1\n\nCREATE TABLE users (id INTEGER);\n";
    /// let migrator = revgraph::Migrator::embedded(&[("a1.up.sql", up)])?;
    ///
    /// let mut connection = rusqlite::Connection::open_in_memory()?;
    /// migrator.rusqlite(&mut connection)?.upgrade("head")?;
    /// connection.execute("INSERT INTO users VALUES (1)", [])?;
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "sqlite")]
    pub fn rusqlite<'c>(
        &'c self,
        connection: &'c mut rusqlite::Connection,
    ) -> Result<Database<'c>, MigratorError> {
        Ok(Database::new(self, backend::of_rusqlite(&self.config, connection)?))
    }

    fn options(&self) -> Options {
        Options {
            checksums: self.config.checksums,
            transaction: self.config.transaction,
            actor: self.actor.clone(),
            confirmed: None,
            accepted_recorded: Vec::new(),
        }
    }
}

/// The name of the program that runs, as far as the system tells.
fn program_name() -> String {
    let program = std::env::current_exe().ok();
    let name = program.as_deref().and_then(Path::file_stem);
    name.map_or_else(|| "unknown".to_owned(), |name| name.to_string_lossy().into_owned())
}
