//! A connection with what is to be known of the database behind it.

use std::ops::Deref;
use std::path::PathBuf;
use std::time::Instant;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, ToSql, params_from_iter};

use super::super::control::Control;
use super::super::database::{Access, Timeouts};
use super::super::error::{BackendError, DatabaseError};
use super::errors::cannot_open;
use super::foreign_keys::ForeignKeys;
use super::lock_file::LockFile;
use super::waiting::Attendant;
use super::{file, holder, memory};
use crate::cancellation::{Cancelled, Registration};
use crate::catalog::sqlite::FollowedRows;
use crate::config::{SqliteLocation, SqliteMode, SqliteUrl};
use crate::graph::RevisionId;
use crate::ledger::{Sql, Tables, Value};
use crate::sql::Dialect;

/// The [`Backend`](crate::backend::Backend) of a SQLite database: a connection that is revgraph's own, or
/// lent by a program.
pub struct Sqlite<'c> {
    pub(super) connection: Handle<'c>,
    pub(super) description: String,
    pub(super) tables: Tables,
    pub(super) timeouts: Timeouts,
    pub(super) foreign_keys: ForeignKeys,
    /// A file that does not exist yet. Until there is something to write an empty database stands for it, so that a
    /// command that fails leaves no file behind.
    pub(super) to_be_made: Option<PathBuf>,
    /// Where the database is, unless in memory.
    pub(super) path: Option<PathBuf>,
    pub(super) lock: Option<LockFile>,
    pub(super) control: Control,
    /// What interrupts the connection where the work is cancelled.
    pub(super) attendance: Attendance,
    /// Databases that scripts have attached, to be detached when their transaction has ended.
    pub(super) attached: Vec<String>,
    pub(super) followed: FollowedRows,
}

/// How a connection is interrupted.
pub(super) enum Attendance {
    /// By handlers of its own.
    Handlers(Attendant),
    /// From outside, as a program's connection keeps the handlers that the program has given it.
    FromOutside(#[allow(dead_code, reason = "it is there to be dropped")] Option<Registration>),
}

/// The connection: the backend's own, or a program's that it works on for a while.
pub(super) enum Handle<'c> {
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
                file::open(path, flags, &description)?
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

    /// The database in memory behind a connection of revgraph's own, which `control` can interrupt.
    pub(super) fn own(connection: Connection, tables: Tables, timeouts: Timeouts, control: Control) -> Self {
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

    /// Gives a connection of its own the handlers by which it is interrupted and waits for others; one that a program
    /// has opened keeps its handlers.
    ///
    /// # Errors
    /// The database's.
    pub(super) fn attend(&mut self) -> Result<(), BackendError> {
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
        first_read.map_err(|error| match url.location() {
            SqliteLocation::File(path) => file::told_of(path, error),
            SqliteLocation::Memory => error.into(),
        })
    }

    /// The names of a table's columns, in their order; none where there is no such table.
    ///
    /// # Errors
    /// The database's.
    pub(super) fn columns_of(&self, table: &str) -> Result<Vec<String>, BackendError> {
        let mut statement = self.connection.prepare("SELECT name FROM pragma_table_info(?1)")?;
        let columns = statement.query_map([table], |row| row.get(0))?;
        Ok(columns.collect::<Result<_, _>>()?)
    }

    /// The version rows, sorted, of a version table that is there.
    ///
    /// # Errors
    /// The database's.
    pub(super) fn version_rows(&self) -> Result<Vec<RevisionId>, BackendError> {
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

    /// Runs one bookkeeping statement, with its values bound, and returns the number of rows that it touched.
    ///
    /// # Errors
    /// SQLite's.
    pub(super) fn execute(&self, sql: &Sql) -> rusqlite::Result<usize> {
        let (text, values) = sql.bound(Dialect::Sqlite);
        self.connection.prepare_cached(&text)?.execute(params_from_iter(values))
    }

    /// Begins a transaction that writes (`BEGIN IMMEDIATE`), and waits for others as long as a migration may.
    ///
    /// # Errors
    /// [`BackendError::LockNotHad`] where others have not ended by then, where the wait is cancelled, and the
    /// database's.
    pub(super) fn begin(&self) -> Result<(), BackendError> {
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

    /// Rolls back the transaction that is under way, if any. An error of that is not told.
    pub(super) fn roll_back(&self) {
        if !self.connection.is_autocommit() {
            // Where even this fails, closing the connection rolls back.
            let _ = self.connection.execute_batch("ROLLBACK");
            // What a script had written into the schema table is not there any more.
            let _ = self.connection.pragma_update(None, "writable_schema", "RESET");
        }
    }

    /// Does `work` in a transaction that writes, which is rolled back where it fails.
    ///
    /// # Errors
    /// Those of [`Self::begin`] and of `work`, and the database's.
    pub(super) fn in_transaction<T>(
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
