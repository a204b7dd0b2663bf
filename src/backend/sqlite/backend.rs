//! What revgraph asks of a database, of a SQLite one.

use std::borrow::Cow;
use std::path::Path;
use std::time::Duration;

use rusqlite::backup::Backup;
use rusqlite::types::ValueRef;
use rusqlite::{OpenFlags, Row, params_from_iter};

use super::super::contents::Contents;
use super::super::control::Control;
use super::super::database::{Backend, DatabaseState, Describe, TakeRow, Timeouts};
use super::super::error::BackendError;
use super::super::foreign::{ForeignRows, ForeignTable};
use super::super::inventory::Inventory;
use super::super::journal::Resume;
use super::super::kept::KeptTable;
use super::super::step::{PreparedStep, StepFailure, Watch};
use super::connection::{Attendance, Handle, Sqlite};
use super::errors::of_own_statement;
use super::lock_file::LockFile;
use super::{
    contents, copy, describe, file, foreign, holder, inventory, kept, memory, no_transaction, row_counts, run,
};
use crate::catalog::{Catalog, Changes, ObjectName};
use crate::ledger::{Sql, Tables, TextRow, create_ledger, create_version_table};
use crate::sql::Dialect;

impl Describe for Sqlite<'_> {
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

    fn catalog(&mut self) -> Result<Catalog, BackendError> {
        describe::catalog(&self.connection, &self.tables)
    }

    fn catalog_after(&mut self, statements: &str) -> Result<Catalog, BackendError> {
        let transaction = self.connection.unchecked_transaction()?;
        transaction.execute_batch(statements)?;
        describe::catalog(&transaction, &self.tables)
    }

    fn catalog_changes(&mut self) -> Result<Changes, BackendError> {
        describe::changes(&self.connection, &self.tables, &mut self.followed)
    }

    fn inventory(&mut self) -> Result<Inventory, BackendError> {
        inventory::read(self)
    }

    fn row_counts(&mut self, tables: &[ObjectName]) -> Result<Vec<u64>, BackendError> {
        row_counts::count(&self.connection, tables)
    }

    fn number(&mut self, query: &str) -> Result<Option<i64>, BackendError> {
        row_counts::number(&self.connection, query)
    }

    fn kept_tables(&mut self) -> Result<Vec<KeptTable>, BackendError> {
        kept::tables(&self.connection)
    }

    fn rows_in(&mut self, table: &ObjectName) -> Result<Option<u64>, BackendError> {
        row_counts::count_all(&self.connection, table)
    }

    fn contents(&mut self, catalog: &Catalog) -> Result<Contents, BackendError> {
        contents::read(&self.connection, catalog)
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

    /// Always: which machine a network's file system is on is not asked.
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

    fn foreign_rows(&mut self, table: &ForeignTable) -> Result<ForeignRows, BackendError> {
        foreign::rows(&self.connection, self.path.as_deref(), table)
    }

    fn read(&mut self, sql: &Sql, take: &mut TakeRow<'_>) -> Result<(), BackendError> {
        let (text, values) = sql.bound(Dialect::Sqlite);
        let mut statement = self.connection.prepare(&text)?;
        let columns = statement.column_count();
        let mut rows = statement.query(params_from_iter(values))?;
        while let Some(row) = rows.next()? {
            let values: rusqlite::Result<Vec<_>> = (0..columns).map(|index| as_text(row, index)).collect();
            take(&TextRow::new(values?))?;
        }
        Ok(())
    }

    fn write(&mut self, statements: &[Sql]) -> Result<(), BackendError> {
        self.in_transaction(|this| {
            for sql in statements {
                this.execute(sql).map_err(of_own_statement)?;
            }
            Ok(())
        })
    }

    fn copy_to_memory(&self) -> Result<Option<Box<dyn Backend>>, BackendError> {
        let mut connection = memory::open()?;
        Backup::new(&self.connection, &mut connection)?.run_to_completion(
            copy::PAGES_AT_ONCE,
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

    fn version(&self) -> String {
        format!("SQLite {}", rusqlite::version())
    }

    fn version_number(&self) -> u32 {
        u32::try_from(rusqlite::version_number()).unwrap_or_default()
    }

    /// A lock of its own for the whole run, beside the one of SQLite that each transaction takes. A database file that
    /// is missing is made.
    fn lock(&mut self) -> Result<(), BackendError> {
        if let Some(path) = self.to_be_made.take() {
            let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
            self.connection = Handle::Own(file::open(&path, flags, &self.description)?);
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
        steps: &[PreparedStep],
        watch: &mut dyn Watch,
    ) -> Result<(), StepFailure> {
        run::in_transaction(self, steps, watch)
    }

    fn run_without_transaction(
        &mut self,
        step: &PreparedStep,
        resume: Resume,
        watch: &mut dyn Watch,
    ) -> Result<(), StepFailure> {
        no_transaction::without_transaction(self, step, resume, watch)
    }

    fn blockers(&mut self, _failure: &StepFailure) -> Vec<String> {
        self.path.as_deref().and_then(holder::of_database).into_iter().collect()
    }

    fn timeouts(&self) -> Timeouts {
        self.timeouts
    }
}

/// A value of a row as text.
fn as_text<'r>(row: &'r Row<'_>, index: usize) -> rusqlite::Result<Option<Cow<'r, str>>> {
    match row.get_ref(index)? {
        ValueRef::Null => Ok(None),
        ValueRef::Integer(number) => Ok(Some(number.to_string().into())),
        other => Ok(Some(other.as_str()?.into())),
    }
}
