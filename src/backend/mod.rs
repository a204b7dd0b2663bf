//! All database I/O. A [`Backend`] reads where a database stands and applies steps to it; what differs between
//! dialects stays behind it.

#[cfg_attr(
    not(all(feature = "postgres", feature = "sqlite")),
    allow(dead_code, unused_imports, unused_variables)
)]
mod administration;
mod contents;
mod control;
mod error;
mod foreign;
mod inventory;
mod journal;
mod kept;
mod step;

#[cfg(feature = "postgres")]
pub mod postgres;
#[cfg(feature = "sqlite")]
pub mod sqlite;

use std::path::Path;
use std::time::Duration;

use crate::catalog::{Catalog, Changes, ObjectName};
use crate::config::{Config, DatabaseUrl};
use crate::graph::RevisionId;
use crate::ledger::{Change, Entry, Event, JournaledStatement, Recorded, RecordedScripts, Tables};
use crate::plan::RowChange;
use crate::sql::Dialect;

pub use administration::{Sessions, create_database, drop_database};
pub use contents::{Contents, SequencePosition, TableRows};
pub use control::{Control, Wait};
pub use error::{BackendError, DatabaseError, ForeignKeyViolation, UnreachableKind};
use error::{lacking, none_where_missing};
pub use foreign::{ForeignColumn, ForeignRows, ForeignTable};
pub use inventory::Inventory;
pub use journal::{Resume, UnsettledReason, resume_point};
pub use kept::KeptTable;
pub use step::{FailureCause, PreparedStep, StepFailure, Watch};

/// What a command may do to the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Look at it; a SQLite file that does not exist is not made.
    Read,
    /// Change it.
    Write,
}

/// Limits on waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For a lock inside a revision; zero waits for ever.
    pub lock: Duration,
    /// For another revgraph to finish; zero waits for ever.
    pub migration_lock: Duration,
    /// For one statement.
    pub statement: Option<Duration>,
}

/// Where a database stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DatabaseState {
    /// The version rows, sorted; none where there is no version table.
    pub rows: Vec<RevisionId>,
    /// Whether there is a version table.
    pub has_version_table: bool,
    /// How many characters `version_num` takes, where the database limits it.
    pub version_width: Option<usize>,
    /// Whether the ledger's tables are there.
    pub has_ledger: bool,
    /// Whether the journal is there, which the ledgers of the first versions lack.
    pub has_journal: bool,
}

/// A connection to one database. Everything that changes it happens under [`Backend::lock`].
pub trait Backend: Send {
    /// The SQL it speaks.
    fn dialect(&self) -> Dialect;

    /// The tables that revgraph keeps in it. Their schema is settled once the database has been asked for its state.
    fn tables(&self) -> &Tables;

    /// The database for people, without password.
    fn describe(&self) -> String;

    /// The name by which people call the database: the one on its server, or that of its file.
    ///
    /// # Errors
    /// The database's.
    fn name(&mut self) -> Result<String, BackendError>;

    /// Whether the database is on this machine, by the address of the connection. A tunnel that ends here looks so too.
    ///
    /// # Errors
    /// The database's.
    fn is_on_this_machine(&mut self) -> Result<bool, BackendError>;

    /// Whether a transaction may use the values that it adds to an enum of its own making.
    fn can_use_new_values_of_new_enums(&self) -> bool {
        true
    }

    /// Whether a process that ends has to close it first, for the sake of what is on disk or of a server.
    fn must_be_closed(&self) -> bool {
        true
    }

    /// What may cancel its work, and who is told that it waits.
    fn control(&self) -> &Control;

    /// Has `control` hold from now on; what held before. What is running is interrupted once for each cancellation, so
    /// that what cleans up behind it runs to its end.
    fn set_control(&mut self, control: Control) -> Control;

    /// Where the database stands.
    ///
    /// # Errors
    /// [`BackendError::ForeignVersionTable`] where the version table is not Alembic's.
    fn state(&mut self) -> Result<DatabaseState, BackendError>;

    /// The version rows alone, sorted; none where there is no version table. It takes less than [`Backend::state`].
    ///
    /// # Errors
    /// As [`Backend::state`].
    fn heads(&mut self) -> Result<Vec<RevisionId>, BackendError> {
        Ok(self.state()?.rows)
    }

    /// What the ledger says has been applied, sorted by id; nothing where there is no ledger.
    ///
    /// # Errors
    /// The database's.
    fn recorded(&mut self) -> Result<Vec<Recorded>, BackendError>;

    /// The ledger's copies of the scripts of these revisions, sorted by id; nothing of those it does not have.
    ///
    /// # Errors
    /// The database's.
    fn recorded_scripts(&mut self, revisions: &[RevisionId]) -> Result<Vec<RecordedScripts>, BackendError>;

    /// The events of the ledger, oldest first; the last `limit` of them where one is given.
    ///
    /// # Errors
    /// The database's.
    fn events(&mut self, limit: Option<usize>) -> Result<Vec<Event>, BackendError>;

    /// Whether there are tables beside the bookkeeping.
    ///
    /// # Errors
    /// The database's.
    fn has_user_tables(&mut self) -> Result<bool, BackendError>;

    /// The schema, without revgraph's own tables and what extensions own.
    ///
    /// # Errors
    /// The database's.
    fn catalog(&mut self) -> Result<Catalog, BackendError>;

    /// The schema as it is after statements that run in a transaction, which is then rolled back. For a database of
    /// one's own only: it is locked meanwhile.
    ///
    /// # Errors
    /// The database's, also those of the statements.
    fn catalog_after(&mut self, statements: &str) -> Result<Catalog, BackendError>;

    /// The objects of the schema that may have changed since this was asked on this connection last; the first time,
    /// all. What nobody has changed is not read again. [`Catalog::dependencies`] cannot be told from it.
    ///
    /// # Errors
    /// The database's. The next answer then is all objects, without those that are gone.
    fn catalog_changes(&mut self) -> Result<Changes, BackendError>;

    /// A copy in memory of all that the database holds; none where this kind of database cannot be in memory.
    ///
    /// # Errors
    /// The database's.
    fn copy_to_memory(&self) -> Result<Option<Box<dyn Backend>>, BackendError> {
        Ok(None)
    }

    /// Copies all that the database holds into a new file, while others may write; whether this kind of database can
    /// be a file.
    ///
    /// # Errors
    /// The database's, also where the file cannot be written.
    fn copy_to_file(&self, _path: &Path) -> Result<bool, BackendError> {
        Ok(false)
    }

    /// Holds on to how the database is now, for as long as the connection lasts; the name by which others can look at
    /// the same, where it has one.
    ///
    /// # Errors
    /// The database's.
    fn export_snapshot(&mut self) -> Result<Option<String>, BackendError> {
        Ok(None)
    }

    /// What a backup is checked against: of how the database is now, or of what [`Backend::export_snapshot`] holds on to.
    ///
    /// # Errors
    /// The database's.
    fn inventory(&mut self) -> Result<Inventory, BackendError>;

    /// How many rows each of these tables holds, in their order.
    ///
    /// # Errors
    /// The database's, also where a table is not there.
    fn row_counts(&mut self, tables: &[ObjectName]) -> Result<Vec<u64>, BackendError>;

    /// The one number that a query of revgraph's own making gives; none where it is NULL.
    ///
    /// # Errors
    /// The database's.
    fn number(&mut self, query: &str) -> Result<Option<i64>, BackendError>;

    /// The role that runs statements and owns what they make, as a catalog names it; none where there are no roles.
    ///
    /// # Errors
    /// The database's.
    fn role(&mut self) -> Result<Option<String>, BackendError> {
        Ok(None)
    }

    /// The tables that keep what revisions have taken away, in the order of their names.
    ///
    /// # Errors
    /// The database's.
    fn kept_tables(&mut self) -> Result<Vec<KeptTable>, BackendError>;

    /// Drops some of those, in one transaction.
    ///
    /// # Errors
    /// The database's; nothing has then changed.
    fn drop_kept(&mut self, tables: &[ObjectName]) -> Result<(), BackendError>;

    /// How many rows a table holds, partitions and children included; none where there is no such table.
    ///
    /// # Errors
    /// The database's.
    fn rows_in(&mut self, table: &ObjectName) -> Result<Option<u64>, BackendError>;

    /// What the tables and sequences of the catalog hold, and what it has no place for.
    ///
    /// # Errors
    /// The database's, also where something of the catalog is not there.
    fn contents(&mut self, catalog: &Catalog) -> Result<Contents, BackendError>;

    /// What the database calls itself, for people: `PostgreSQL 15.18`, `SQLite 3.51.0`.
    fn version(&self) -> String;

    /// Its version as a number: PostgreSQL's `server_version_num` (150018), or that of the SQLite library (3050004).
    fn version_number(&self) -> u32;

    /// What a table of another tool's holds.
    ///
    /// # Errors
    /// The database's.
    fn foreign_rows(&mut self, table: &ForeignTable) -> Result<ForeignRows, BackendError>;

    /// Waits for the right to change the database. It ends with the connection, however that ends.
    ///
    /// # Errors
    /// [`BackendError::LockNotHad`] after [`Timeouts::migration_lock`], and [`BackendError::Cancelled`].
    fn lock(&mut self) -> Result<(), BackendError>;

    /// Who has the lock now, for people; none where nobody has it.
    ///
    /// # Errors
    /// The database's.
    fn lock_holder(&mut self) -> Result<Option<String>, BackendError>;

    /// Makes the version table and the ledger where they are missing, wide enough for ids of `longest_id`
    /// characters.
    ///
    /// # Errors
    /// The database's.
    fn ensure_tables(&mut self, state: &DatabaseState, longest_id: usize) -> Result<(), BackendError>;

    /// Runs steps and their bookkeeping in one transaction.
    ///
    /// # Errors
    /// At the first step that fails; all of the transaction has then been rolled back.
    fn run_in_transaction(
        &mut self,
        steps: &mut dyn Iterator<Item = PreparedStep>,
        watch: &mut dyn Watch,
    ) -> Result<(), StepFailure>;

    /// Runs a step statement by statement from where `resume` says, each noted in the journal before and after,
    /// then its bookkeeping in a transaction of its own.
    ///
    /// # Errors
    /// At the first statement that fails; what ran before it stays.
    fn run_without_transaction(
        &mut self,
        step: PreparedStep,
        resume: Resume,
        watch: &mut dyn Watch,
    ) -> Result<(), StepFailure>;

    /// What the journal holds, sorted by revision, operation and number. There must be one:
    /// [`DatabaseState::has_journal`].
    ///
    /// # Errors
    /// The database's.
    fn journal(&mut self) -> Result<Vec<JournaledStatement>, BackendError>;

    /// Forgets what the journal holds of a revision, and adds an event with `detail`.
    ///
    /// # Errors
    /// The database's; nothing has then changed.
    fn settle_journal(
        &mut self,
        revision: &RevisionId,
        actor: &str,
        detail: String,
    ) -> Result<(), BackendError>;

    /// Who may stand in the way of a step that did not get a lock, for people; as far as the database tells.
    fn blockers(&mut self, failure: &StepFailure) -> Vec<String>;

    /// The limits on waiting that it was given.
    fn timeouts(&self) -> Timeouts;

    /// Changes version rows and ledger in one transaction, with no script, and forgets the journals of the changed
    /// revisions. With `purge` all version rows go first.
    ///
    /// # Errors
    /// The database's; nothing has then changed.
    fn record(&mut self, rows: &RowChange, changes: &[Change], purge: bool) -> Result<(), BackendError>;

    /// Brings the ledger in line with version rows that another tool has moved, in one transaction. `rows` are those
    /// that it was compared with.
    ///
    /// # Errors
    /// [`BackendError::RowsMoved`] where the version rows are no longer `rows`, and the database's; nothing has then
    /// changed.
    fn adopt(
        &mut self,
        rows: &[RevisionId],
        record: &[Entry],
        forget: &[RevisionId],
        actor: &str,
    ) -> Result<(), BackendError>;

    /// Takes the scripts of an entry into the ledger in the place of what it has of the revision, with an event, in
    /// one transaction.
    ///
    /// # Errors
    /// The database's; nothing has then changed.
    fn accept(&mut self, entry: &Entry, actor: &str, detail: Option<String>) -> Result<(), BackendError>;

    /// Adds an event to the ledger.
    ///
    /// # Errors
    /// The database's.
    fn add_event(
        &mut self,
        revision: &str,
        operation: &str,
        outcome: &'static str,
        actor: &str,
        detail: Option<String>,
    ) -> Result<(), BackendError>;

    /// The name under which the database is protected from being erased whole, where it is.
    ///
    /// # Errors
    /// The database's.
    fn protection(&mut self) -> Result<Option<String>, BackendError>;

    /// Protects the database under `name`, or with none no longer, in one transaction. The ledger must be there.
    ///
    /// # Errors
    /// The database's; nothing has then changed.
    fn set_protection(&mut self, name: Option<&str>, actor: &str) -> Result<(), BackendError>;
}

/// Connects to the database of an environment. `control` holds for connecting, and for the connection.
///
/// # Errors
/// [`BackendError::Unreachable`], [`BackendError::Cancelled`] and, in a build without the database's feature,
/// [`BackendError::NotBuiltIn`].
pub fn connect(
    config: &Config,
    url: &DatabaseUrl,
    access: Access,
    control: &Control,
) -> Result<Box<dyn Backend>, BackendError> {
    let timeouts = timeouts(config);
    match url {
        #[cfg(feature = "sqlite")]
        DatabaseUrl::Sqlite(sqlite) => {
            Ok(Box::new(sqlite::Sqlite::open(sqlite, tables(config, None), timeouts, access, control)?))
        }
        #[cfg(feature = "postgres")]
        DatabaseUrl::Postgres(postgres) => {
            let tables = tables(config, config.version_table_schema.clone());
            Ok(Box::new(postgres::Postgres::connect(postgres, tables, timeouts, access, control)?))
        }
        #[allow(unreachable_patterns, reason = "reached in builds with one database")]
        _ => Err(BackendError::NotBuiltIn { url: url.to_string() }),
    }
}

/// Connects to the scratch database of this identity at `url`.
///
/// # Errors
/// [`BackendError::Unreachable`]; [`BackendError::OtherDatabase`] where the connection leads elsewhere, and nothing has
/// then run on it.
#[cfg(feature = "postgres")]
pub fn connect_to_scratch(
    config: &Config,
    url: &crate::config::PostgresUrl,
    identity: &postgres::Identity,
    control: &Control,
) -> Result<Box<dyn Backend>, BackendError> {
    let tables = tables(config, config.version_table_schema.clone());
    Ok(Box::new(postgres::Postgres::connect_to_scratch(url, identity, tables, timeouts(config), control)?))
}

/// Works on a connection that a program has opened.
///
/// # Errors
/// [`BackendError::InTransaction`].
#[cfg(feature = "sqlite")]
pub fn of_rusqlite<'c>(
    config: &Config,
    connection: &'c mut rusqlite::Connection,
) -> Result<Box<dyn Backend + 'c>, BackendError> {
    Ok(Box::new(sqlite::Sqlite::on(connection, tables(config, None), timeouts(config))?))
}

fn timeouts(config: &Config) -> Timeouts {
    Timeouts {
        lock: config.lock_timeout,
        migration_lock: config.migration_lock_timeout,
        statement: config.statement_timeout,
    }
}

fn tables(config: &Config, schema: Option<String>) -> Tables {
    Tables { schema, version: config.version_table.clone() }
}
