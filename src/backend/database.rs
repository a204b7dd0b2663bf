//! What revgraph asks of a database, whatever its kind.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use super::contents::{Contents, SequencePosition};
use super::control::Control;
use super::error::BackendError;
use super::foreign::{ForeignRows, ForeignTable};
use super::inventory::Inventory;
use super::journal::Resume;
use super::kept::KeptTable;
use super::step::{PreparedStep, StepFailure, Watch};
use crate::catalog::{Catalog, Changes, ObjectName};
use crate::graph::RevisionId;
use crate::ledger::{Sql, Tables, TextRow, UnreadableRow};
use crate::sql::Dialect;

/// Takes one row of [`Backend::read`]; an error of it ends the reading and is handed on.
pub type TakeRow<'t> = dyn FnMut(&TextRow<'_>) -> Result<(), UnreadableRow> + 't;

/// What a command may do to the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Look at it; a SQLite file that does not exist is not made.
    Read,
    /// Change it.
    Write,
}

/// Limits on waiting: for locks, and for a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For a lock inside a revision; zero waits for ever.
    pub lock: Duration,
    /// For another revgraph to finish; zero waits for ever.
    pub migration_lock: Duration,
    /// For one statement.
    pub statement: Option<Duration>,
}

/// Where a database stands: its version rows, and which of revgraph's tables it has.
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

/// Says what a database is and holds, and changes nothing.
pub trait Describe {
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

    /// The schema, and a mark by which [`Describe::is_as_marked`] knows it again; none where it is as cheap to describe it.
    ///
    /// # Errors
    /// The database's.
    fn marked_catalog(&mut self) -> Result<(Catalog, Option<String>), BackendError> {
        Ok((self.catalog()?, None))
    }

    /// Whether the schema of this database is certainly what it was when it was marked.
    ///
    /// # Errors
    /// The database's.
    fn is_as_marked(&mut self, _mark: &str) -> Result<bool, BackendError> {
        Ok(false)
    }

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

    /// What a backup is checked against: of how the database is now, or of what [`Backend::export_snapshot`] holds on to.
    ///
    /// # Errors
    /// The database's.
    fn inventory(&mut self) -> Result<Inventory, BackendError>;

    /// Where the sequences of the inventory stand at this moment, in whatever snapshot; none on SQLite, where they belong
    /// to one.
    ///
    /// # Errors
    /// The database's.
    fn sequences(&mut self) -> Result<BTreeMap<String, SequencePosition>, BackendError> {
        Ok(BTreeMap::new())
    }

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
}

/// A connection to one database: reads where it stands and applies steps to it. Everything that changes it happens under
/// [`Backend::lock`]. What is in revgraph's own tables is read and written by methods of `dyn Backend`, which stand beside
/// the trait.
pub trait Backend: Describe + Send {
    /// The dialect in which scripts for this database are read, and statements for it are written.
    fn dialect(&self) -> Dialect;

    /// The tables that revgraph keeps in it. Their schema is settled once the database has been asked for its state.
    fn tables(&self) -> &Tables;

    /// Settles where the tables are that revgraph keeps, and names them.
    ///
    /// # Errors
    /// The database's.
    fn settled_tables(&mut self) -> Result<Tables, BackendError> {
        Ok(self.tables().clone())
    }

    /// Names the database to people, as messages and logs do; the text holds no password.
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

    /// Reads rows as text, and hands each to `take`.
    ///
    /// # Errors
    /// The database's, and those of `take`.
    fn read(&mut self, sql: &Sql, take: &mut TakeRow<'_>) -> Result<(), BackendError>;

    /// Runs statements of revgraph's own in one transaction.
    ///
    /// # Errors
    /// [`BackendError::RowsMoved`] where the ledger's check finds other version rows than a statement was written for, or a
    /// row is there already that it was to add; and the database's. Nothing has then changed.
    fn write(&mut self, statements: &[Sql]) -> Result<(), BackendError>;

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
        steps: &[PreparedStep],
        watch: &mut dyn Watch,
    ) -> Result<(), StepFailure>;

    /// Runs a step statement by statement from where `resume` says, each noted in the journal before and after,
    /// then its bookkeeping in a transaction of its own.
    ///
    /// # Errors
    /// At the first statement that fails; what ran before it stays.
    fn run_without_transaction(
        &mut self,
        step: &PreparedStep,
        resume: Resume,
        watch: &mut dyn Watch,
    ) -> Result<(), StepFailure>;

    /// Who may stand in the way of a step that did not get a lock, for people; as far as the database tells.
    fn blockers(&mut self, failure: &StepFailure) -> Vec<String>;

    /// The limits on waiting that it was given.
    fn timeouts(&self) -> Timeouts;
}
