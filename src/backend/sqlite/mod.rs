//! SQLite, through rusqlite.
//!
//! Every revision is one `BEGIN IMMEDIATE` transaction whose first statements move the version rows: of several
//! processes on one file, all but one find a row that is not what they expect, and read and plan again.

mod administration;
mod contents;
mod copy;
mod describe;
mod entries;
mod foreign;
mod foreign_keys;
mod holder;
mod inventory;
mod kept;
mod lock_file;
mod memory;
mod no_transaction;
mod protection;
mod replace;
mod row_counts;
mod run;
mod session_settings;
mod waiting;

pub(super) use administration::{create_file, drop_file};

use std::ffi::c_int;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::backup::Backup;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags, ToSql, ffi, params_from_iter};

pub use self::replace::{ReplaceError, left_by_killed, replace};

use self::foreign_keys::ForeignKeys;
use self::lock_file::LockFile;
use self::waiting::Attendant;
use super::{
    Access, Backend, BackendError, Contents, Control, DatabaseError, DatabaseState, ForeignRows,
    ForeignTable, Inventory, KeptTable, PreparedStep, Resume, StepFailure, Timeouts, UnreachableKind, Watch,
};
use crate::cancellation::{Cancelled, Registration};
use crate::catalog::sqlite::FollowedRows;
use crate::catalog::{Catalog, Changes, ObjectName};
use crate::config::{SqliteLocation, SqliteMode, SqliteUrl};
use crate::graph::RevisionId;
use crate::ledger::{
    Change, Entry, Event, JournaledStatement, Recorded, RecordedScripts, Sql, StatementState, Tables, Value,
    accept, adopt, create_ledger, create_version_table, event, forget_journal, ledger_statements,
    row_statements, select_journal, settle_journal,
};
use crate::plan::RowChange;
use crate::sql::Dialect;

/// The constraint of the ledger that fails where the version rows are not what the plan expects.
const VERSION_ROWS_CHECK: &str = "revgraph_version_rows";
/// How much of a database is copied without looking whether somebody writes to it.
const PAGES_AT_ONCE: c_int = 10_000;

/// A connection to a SQLite database.
pub struct Sqlite<'c> {
    connection: Handle<'c>,
    description: String,
    tables: Tables,
    timeouts: Timeouts,
    foreign_keys: ForeignKeys,
    /// A file that does not exist yet. Until there is something to write an empty database stands for it, so that a
    /// command that fails leaves no file behind.
    to_be_made: Option<PathBuf>,
    /// Where the database is, unless in memory.
    path: Option<PathBuf>,
    lock: Option<LockFile>,
    control: Control,
    /// Has the connection interrupted.
    attendance: Attendance,
    /// Databases that scripts have attached, to be detached when their transaction has ended.
    attached: Vec<String>,
    followed: FollowedRows,
}

/// How a connection is interrupted.
enum Attendance {
    /// By handlers of its own.
    Handlers(Attendant),
    /// From outside, as a program's connection keeps the handlers that the program has given it.
    FromOutside(#[allow(dead_code, reason = "it is there to be dropped")] Option<Registration>),
}

/// The connection: the backend's own, or a program's that it works on for a while.
enum Handle<'c> {
    Own(Connection),
    Lent(&'c mut Connection),
}

impl Deref for Handle<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        match self {
            Self::Own(connection) => connection,
            Self::Lent(connection) => connection,
        }
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Null => ValueRef::Null,
        }))
    }
}

impl From<rusqlite::Error> for DatabaseError {
    fn from(error: rusqlite::Error) -> Self {
        let code = match &error {
            rusqlite::Error::SqlInputError { error, .. } => Some(error.extended_code),
            other => other.sqlite_error().map(|error| error.extended_code),
        };
        let lock_not_had =
            matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked));
        let message = match &error {
            _ if error.sqlite_error_code() == Some(ErrorCode::AuthorizationForStatementDenied) => {
                memory::REFUSAL.to_owned()
            }
            rusqlite::Error::SqliteFailure(_, Some(message)) => message.clone(),
            rusqlite::Error::SqlInputError { msg, .. } => msg.clone(),
            other => other.to_string(),
        };
        Self { message, sqlite_code: code, lock_not_had, ..Self::default() }
    }
}

impl From<rusqlite::Error> for BackendError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error.into())
    }
}

impl Sqlite<'static> {
    /// Opens a database. To be read, a file that does not exist counts as an empty database and is not made.
    ///
    /// # Errors
    /// [`BackendError::Unreachable`] where the file cannot be opened, [`BackendError::NotADatabase`] where it is
    /// something else.
    pub fn open(
        url: &SqliteUrl,
        tables: Tables,
        timeouts: Timeouts,
        access: Access,
        control: &Control,
    ) -> Result<Self, BackendError> {
        let description = url.to_string();
        let path = match url.location() {
            SqliteLocation::Memory => None,
            SqliteLocation::File(path) => Some(path),
        };
        let missing = path.filter(|path| !path.exists());
        if let Some(path) = missing
            && url.mode() != SqliteMode::ReadWriteCreate
        {
            return Err(cannot_open(&description, format!("there is no file {}", path.display())));
        }
        let connection = match path {
            Some(path) if missing.is_none() => {
                let flags = match url.mode() {
                    SqliteMode::ReadOnly => OpenFlags::SQLITE_OPEN_READ_ONLY,
                    _ => OpenFlags::SQLITE_OPEN_READ_WRITE,
                };
                open(path, flags, &description)?
            }
            _ => memory::open()?,
        };
        let to_be_made = missing.filter(|_| access == Access::Write).cloned();
        let path = path.cloned();
        let mut database = Self {
            description,
            to_be_made,
            path,
            ..Self::own(connection, tables, timeouts, control.clone())
        };
        database.attend()?;
        database.check_file(url).map_err(|error| error.unless_cancelled(control))?;
        Ok(database)
    }

    /// With a connection to a database in memory.
    fn own(connection: Connection, tables: Tables, timeouts: Timeouts, control: Control) -> Self {
        Self {
            connection: Handle::Own(connection),
            description: SqliteUrl::in_memory().to_string(),
            tables,
            timeouts,
            foreign_keys: ForeignKeys::default(),
            to_be_made: None,
            path: None,
            lock: None,
            attendance: Attendance::Handlers(Attendant::new(control.clone())),
            control,
            attached: Vec::new(),
            followed: FollowedRows::default(),
        }
    }
}

impl<'c> Sqlite<'c> {
    /// Works on a connection that a program has opened, with that connection's own busy handler. What it is set to
    /// stays as it is.
    ///
    /// # Errors
    /// [`BackendError::InTransaction`]: there a revision could neither be committed nor rolled back by itself.
    pub fn on(
        connection: &'c mut Connection,
        tables: Tables,
        timeouts: Timeouts,
    ) -> Result<Self, BackendError> {
        let path = connection.path().filter(|path| !path.is_empty()).map(PathBuf::from);
        let description =
            path.as_ref().map_or("sqlite::memory:".to_owned(), |path| format!("sqlite:{}", path.display()));
        if !connection.is_autocommit() {
            return Err(BackendError::InTransaction { database: description });
        }
        Ok(Self {
            control: Control::default(),
            attendance: Attendance::FromOutside(None),
            connection: Handle::Lent(connection),
            description,
            tables,
            timeouts,
            foreign_keys: ForeignKeys::of_lent_connection(),
            attached: Vec::new(),
            followed: FollowedRows::default(),
            to_be_made: None,
            path,
            lock: None,
        })
    }

    /// Gives a connection of its own the handlers by which it is interrupted and waits for others.
    fn attend(&mut self) -> Result<(), BackendError> {
        if let (Attendance::Handlers(attendant), Handle::Own(connection)) =
            (&self.attendance, &mut self.connection)
        {
            attendant.attend(connection, self.path.clone(), self.timeouts.migration_lock)?;
        }
        Ok(())
    }

    fn check_file(&self, url: &SqliteUrl) -> Result<(), BackendError> {
        let first_read =
            self.connection.query_row("SELECT EXISTS (SELECT 1 FROM sqlite_schema)", [], |_| Ok(()));
        match (first_read, url.location()) {
            (Err(error), SqliteLocation::File(path))
                if error.sqlite_error_code() == Some(ErrorCode::NotADatabase) =>
            {
                Err(BackendError::NotADatabase { path: path.clone() })
            }
            (read, _) => Ok(read?),
        }
    }

    fn columns_of(&self, table: &str) -> Result<Vec<String>, BackendError> {
        let mut statement = self.connection.prepare("SELECT name FROM pragma_table_info(?1)")?;
        let columns = statement.query_map([table], |row| row.get(0))?;
        Ok(columns.collect::<Result<_, _>>()?)
    }

    /// The version rows, sorted, of a version table that is there.
    fn version_rows(&self) -> Result<Vec<RevisionId>, BackendError> {
        let select = Sql::new("SELECT version_num FROM ").identifier(&self.tables.version);
        let mut statement = self.connection.prepare(&select.literal(Dialect::Sqlite))?;
        let rows = statement.query_map([], |row| {
            let id: String = row.get(0)?;
            Ok(RevisionId::recorded(&id))
        })?;
        let mut rows: Vec<RevisionId> = rows.collect::<Result<_, _>>()?;
        rows.sort();
        Ok(rows)
    }

    /// Runs one bookkeeping statement; the number of rows it touched.
    fn execute(&self, sql: &Sql) -> rusqlite::Result<usize> {
        let (text, values) = sql.bound(Dialect::Sqlite);
        self.connection.prepare_cached(&text)?.execute(params_from_iter(values))
    }

    /// Moves the version rows inside a transaction.
    ///
    /// # Errors
    /// [`BackendError::RowsMoved`] where one of them was not as the plan expects.
    fn move_rows(&self, rows: &RowChange) -> Result<(), BackendError> {
        for (sql, expected) in row_statements(&self.tables, rows) {
            match self.execute(&sql) {
                Ok(rows) if rows == expected => {}
                Ok(_) => return Err(BackendError::RowsMoved),
                Err(error) if is_there_already(&error) => return Err(BackendError::RowsMoved),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Writes the ledger's part of some steps, whose version rows have been moved. What `check` demands, an SQL
    /// condition on the version rows, must hold.
    ///
    /// # Errors
    /// [`BackendError::RowsMoved`] where it does not.
    fn write_ledger(&self, changes: &[Change], check: Sql) -> Result<(), BackendError> {
        for sql in ledger_statements(&self.tables, changes, check) {
            self.execute(&sql).map_err(|error| match DatabaseError::from(error) {
                error if error.message.contains(VERSION_ROWS_CHECK) => BackendError::RowsMoved,
                error => error.into(),
            })?;
        }
        Ok(())
    }

    /// Begins a transaction that writes; waits for others as long as a migration may.
    fn begin(&self) -> Result<(), BackendError> {
        let started = Instant::now();
        self.connection.execute_batch("BEGIN IMMEDIATE").map_err(|error| {
            let error = DatabaseError::from(error);
            if self.control.is_cancelled() && error.is_interruption() {
                Cancelled.into()
            } else if error.lock_not_had {
                let holder = self.path.as_deref().and_then(holder::of_database);
                BackendError::LockNotHad { waited: started.elapsed(), holder }
            } else {
                BackendError::Database(error)
            }
        })
    }

    fn roll_back(&self) {
        if !self.connection.is_autocommit() {
            // Where even this fails, closing the connection rolls back.
            let _ = self.connection.execute_batch("ROLLBACK");
        }
    }

    fn in_transaction<T>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, BackendError>,
    ) -> Result<T, BackendError> {
        self.begin()?;
        let done = work(self).and_then(|value| {
            self.connection.execute_batch("COMMIT")?;
            Ok(value)
        });
        if done.is_err() {
            self.roll_back();
        }
        done
    }
}

/// Whether a row of revgraph's own tables is there already, which the statement was to add. A constraint or trigger that
/// somebody else has put on the table does not tell that.
fn is_there_already(error: &rusqlite::Error) -> bool {
    const CODES: [c_int; 2] = [ffi::SQLITE_CONSTRAINT_PRIMARYKEY, ffi::SQLITE_CONSTRAINT_UNIQUE];
    error.sqlite_error().is_some_and(|error| CODES.contains(&error.extended_code))
}

fn open(path: &Path, flags: OpenFlags, description: &str) -> Result<Connection, BackendError> {
    Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)
        .map_err(|error| cannot_open(description, DatabaseError::from(error).message))
}

fn cannot_open(description: &str, message: String) -> BackendError {
    BackendError::Unreachable {
        kind: UnreachableKind::Other,
        sqlstate: None,
        database: description.to_owned(),
        message,
        hint: Some("does its folder exist, and may it be written to?"),
    }
}

impl Backend for Sqlite<'_> {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn tables(&self) -> &Tables {
        &self.tables
    }

    fn describe(&self) -> String {
        self.description.clone()
    }

    /// A write-ahead log is taken in by whoever closes the database last; the file of the lock goes with the lock.
    fn must_be_closed(&self) -> bool {
        let mode = |row: &rusqlite::Row<'_>| row.get::<_, String>(0);
        let mode = self.connection.pragma_query_value(None, "journal_mode", mode);
        self.lock.is_some() || !mode.is_ok_and(|mode| mode == "delete" || mode == "memory")
    }

    fn name(&mut self) -> Result<String, BackendError> {
        let name = self.path.as_deref().and_then(Path::file_name);
        Ok(name.map_or_else(|| ":memory:".to_owned(), |name| name.to_string_lossy().into_owned()))
    }

    /// A file counts as this machine's.
    fn is_on_this_machine(&mut self) -> Result<bool, BackendError> {
        Ok(true)
    }

    fn control(&self) -> &Control {
        &self.control
    }

    fn set_control(&mut self, control: Control) -> Control {
        match &mut self.attendance {
            Attendance::Handlers(attendant) => attendant.set_control(control.clone()),
            Attendance::FromOutside(registration) => {
                let handle = self.connection.get_interrupt_handle();
                // The earlier one is taken back first.
                *registration = None;
                *registration = Some(control.cancellation().on_cancel(move || handle.interrupt()));
            }
        }
        std::mem::replace(&mut self.control, control)
    }

    fn state(&mut self) -> Result<DatabaseState, BackendError> {
        let columns = self.columns_of(&self.tables.version)?;
        if columns.is_empty() {
            return Ok(DatabaseState::default());
        }
        if columns != ["version_num"] {
            return Err(BackendError::ForeignVersionTable { table: self.tables.version.clone(), columns });
        }
        let rows = self.version_rows()?;
        let has_ledger = !self.columns_of(&self.tables.ledger())?.is_empty();
        let has_journal = !self.columns_of(&self.tables.statement())?.is_empty();
        Ok(DatabaseState { rows, has_version_table: true, version_width: None, has_ledger, has_journal })
    }

    fn recorded(&mut self) -> Result<Vec<Recorded>, BackendError> {
        if self.columns_of(&self.tables.ledger())?.is_empty() {
            return Ok(Vec::new());
        }
        entries::recorded(&self.connection, &self.tables)
    }

    fn recorded_scripts(&mut self, revisions: &[RevisionId]) -> Result<Vec<RecordedScripts>, BackendError> {
        entries::scripts(&self.connection, &self.tables, revisions)
    }

    fn events(&mut self, limit: Option<usize>) -> Result<Vec<Event>, BackendError> {
        if self.columns_of(&self.tables.ledger())?.is_empty() {
            return Ok(Vec::new());
        }
        let select = Sql::new(
            "SELECT id, happened_at, revision, operation, outcome, duration_ms, actor, detail FROM ",
        )
        .identifier(self.tables.ledger())
        .raw(" WHERE outcome IS NOT NULL ORDER BY id DESC LIMIT ?1");
        let mut statement = self.connection.prepare(&select.literal(Dialect::Sqlite))?;
        let limit = limit.and_then(|limit| i64::try_from(limit).ok()).unwrap_or(-1);
        let rows = statement.query_map([limit], |row| {
            Ok(Event {
                id: row.get(0)?,
                happened_at: row.get(1)?,
                revision: row.get(2)?,
                operation: row.get(3)?,
                outcome: row.get(4)?,
                duration_ms: row.get(5)?,
                actor: row.get(6)?,
                detail: row.get(7)?,
            })
        })?;
        let mut events: Vec<Event> = rows.collect::<Result<_, _>>()?;
        events.reverse();
        Ok(events)
    }

    fn has_user_tables(&mut self) -> Result<bool, BackendError> {
        let own = self.tables.all();
        let sql = format!(
            "SELECT EXISTS (SELECT 1 FROM sqlite_schema AS s WHERE type IN ('table', 'view') \
             AND name NOT IN (?1, ?2, ?3, ?4) AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND NOT ({}))",
            kept::is_kept("s.name")
        );
        let found = self.connection.query_row(&sql, params_from_iter(own), |row| row.get(0))?;
        Ok(found)
    }

    fn number(&mut self, query: &str) -> Result<Option<i64>, BackendError> {
        row_counts::number(&self.connection, query)
    }

    fn kept_tables(&mut self) -> Result<Vec<KeptTable>, BackendError> {
        kept::tables(&self.connection)
    }

    fn drop_kept(&mut self, tables: &[ObjectName]) -> Result<(), BackendError> {
        kept::drop(self, tables)
    }

    fn row_counts(&mut self, tables: &[ObjectName]) -> Result<Vec<u64>, BackendError> {
        row_counts::count(&self.connection, tables)
    }

    fn rows_in(&mut self, table: &ObjectName) -> Result<Option<u64>, BackendError> {
        row_counts::count_all(&self.connection, table)
    }

    fn foreign_rows(&mut self, table: &ForeignTable) -> Result<ForeignRows, BackendError> {
        foreign::rows(&self.connection, self.path.as_deref(), table)
    }

    fn catalog(&mut self) -> Result<Catalog, BackendError> {
        describe::catalog(&self.connection, &self.tables)
    }

    fn catalog_after(&mut self, statements: &str) -> Result<Catalog, BackendError> {
        let transaction = self.connection.unchecked_transaction()?;
        transaction.execute_batch(statements)?;
        describe::catalog(&transaction, &self.tables)
    }

    fn copy_to_memory(&self) -> Result<Option<Box<dyn Backend>>, BackendError> {
        let mut connection = memory::open()?;
        Backup::new(&self.connection, &mut connection)?.run_to_completion(
            PAGES_AT_ONCE,
            Duration::ZERO,
            None,
        )?;
        let mut copy = Sqlite::own(connection, self.tables.clone(), self.timeouts, self.control.clone());
        copy.attend()?;
        Ok(Some(Box::new(copy)))
    }

    fn copy_to_file(&self, path: &Path) -> Result<bool, BackendError> {
        copy::to_file(&self.connection, path, &self.control, self.timeouts.migration_lock)?;
        Ok(true)
    }

    fn inventory(&mut self) -> Result<Inventory, BackendError> {
        inventory::read(self)
    }

    fn catalog_changes(&mut self) -> Result<Changes, BackendError> {
        describe::changes(&self.connection, &self.tables, &mut self.followed)
    }

    /// A lock of its own for the whole run, beside the one of SQLite that each transaction takes. A database file that
    /// is missing is made.
    fn contents(&mut self, catalog: &Catalog) -> Result<Contents, BackendError> {
        contents::read(&self.connection, catalog)
    }

    fn version(&self) -> String {
        format!("SQLite {}", rusqlite::version())
    }

    fn version_number(&self) -> u32 {
        u32::try_from(rusqlite::version_number()).unwrap_or_default()
    }

    fn lock(&mut self) -> Result<(), BackendError> {
        if let Some(path) = self.to_be_made.take() {
            let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
            self.connection = Handle::Own(open(&path, flags, &self.description)?);
            self.attend()?;
        }
        if let (None, Some(path)) = (&self.lock, &self.path) {
            self.lock = LockFile::acquire(path, self.timeouts.migration_lock, &self.control)?;
        }
        Ok(())
    }

    fn lock_holder(&mut self) -> Result<Option<String>, BackendError> {
        Ok(self.path.as_deref().and_then(LockFile::holder))
    }

    fn ensure_tables(&mut self, state: &DatabaseState, longest_id: usize) -> Result<(), BackendError> {
        if state.has_version_table && state.has_ledger && state.has_journal {
            return Ok(());
        }
        self.in_transaction(|this| {
            if this.columns_of(&this.tables.version)?.is_empty() {
                this.connection.execute_batch(&create_version_table(
                    Dialect::Sqlite,
                    &this.tables,
                    longest_id,
                ))?;
            }
            for statement in create_ledger(Dialect::Sqlite, &this.tables) {
                this.connection.execute_batch(&statement)?;
            }
            Ok(())
        })
    }

    fn run_in_transaction(
        &mut self,
        steps: &mut dyn Iterator<Item = PreparedStep>,
        watch: &mut dyn Watch,
    ) -> Result<(), StepFailure> {
        run::in_transaction(self, steps, watch)
    }

    fn run_without_transaction(
        &mut self,
        step: PreparedStep,
        resume: Resume,
        watch: &mut dyn Watch,
    ) -> Result<(), StepFailure> {
        no_transaction::without_transaction(self, &step, resume, watch)
    }

    fn journal(&mut self) -> Result<Vec<JournaledStatement>, BackendError> {
        let select = select_journal(&self.tables).literal(Dialect::Sqlite);
        let mut statement = self.connection.prepare(&select)?;
        let rows = statement.query_map([], |row| {
            let (revision, number, state): (String, i64, String) = (row.get(0)?, row.get(2)?, row.get(4)?);
            Ok(JournaledStatement {
                revision: RevisionId::recorded(&revision),
                operation: row.get(1)?,
                number: usize::try_from(number).unwrap_or(0),
                hash: row.get(3)?,
                state: StatementState::recorded(&state),
                error: row.get(5)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn settle_journal(
        &mut self,
        revision: &RevisionId,
        actor: &str,
        detail: String,
    ) -> Result<(), BackendError> {
        self.in_transaction(|this| {
            for sql in settle_journal(&this.tables, revision, actor, detail) {
                this.execute(&sql)?;
            }
            Ok(())
        })
    }

    fn blockers(&mut self, _failure: &StepFailure) -> Vec<String> {
        self.path.as_deref().and_then(holder::of_database).into_iter().collect()
    }

    fn timeouts(&self) -> Timeouts {
        self.timeouts
    }

    fn record(&mut self, rows: &RowChange, changes: &[Change], purge: bool) -> Result<(), BackendError> {
        self.in_transaction(|this| {
            if purge {
                this.execute(&Sql::new("DELETE FROM ").identifier(&this.tables.version))?;
            }
            this.move_rows(rows)?;
            for change in changes {
                this.execute(&forget_journal(&this.tables, &change.revision))?;
            }
            this.write_ledger(changes, Sql::new("TRUE"))
        })
    }

    fn adopt(
        &mut self,
        rows: &[RevisionId],
        record: &[Entry],
        forget: &[RevisionId],
        actor: &str,
    ) -> Result<(), BackendError> {
        self.in_transaction(|this| {
            if this.version_rows()? != rows {
                return Err(BackendError::RowsMoved);
            }
            for sql in adopt(&this.tables, rows, record, forget, actor) {
                this.execute(&sql)?;
            }
            Ok(())
        })
    }

    fn accept(&mut self, entry: &Entry, actor: &str, detail: Option<String>) -> Result<(), BackendError> {
        self.in_transaction(|this| {
            this.execute(&accept(&this.tables, entry, actor, detail))?;
            Ok(())
        })
    }

    fn add_event(
        &mut self,
        revision: &str,
        operation: &str,
        outcome: &'static str,
        actor: &str,
        detail: Option<String>,
    ) -> Result<(), BackendError> {
        self.execute(&event(&self.tables, revision, operation, outcome, actor, detail))?;
        Ok(())
    }

    fn protection(&mut self) -> Result<Option<String>, BackendError> {
        protection::read(self)
    }

    fn set_protection(&mut self, name: Option<&str>, actor: &str) -> Result<(), BackendError> {
        protection::set(self, name, actor)
    }
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
