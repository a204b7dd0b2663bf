//! The bookkeeping of steps, inside the transaction of their scripts.

use super::super::error::BackendError;
use super::connection::Sqlite;
use super::errors::of_own_statement;
use crate::ledger::{Change, Sql, ledger_statements, row_statements};
use crate::plan::RowChange;

impl Sqlite<'_> {
    /// Moves the version rows inside a transaction.
    ///
    /// # Errors
    /// [`BackendError::RowsMoved`] where one of them was not as the plan expects.
    pub(super) fn move_rows(&self, rows: &RowChange) -> Result<(), BackendError> {
        for (sql, expected) in row_statements(&self.tables, rows) {
            match self.execute(&sql) {
                Ok(rows) if rows == expected => {}
                Ok(_) => return Err(BackendError::RowsMoved),
                Err(error) => return Err(of_own_statement(error)),
            }
        }
        Ok(())
    }

    /// Writes the ledger's part of some steps, whose version rows have been moved. What `check` demands, an SQL
    /// condition on the version rows, must hold.
    ///
    /// # Errors
    /// [`BackendError::RowsMoved`] where it does not.
    pub(super) fn write_ledger(&self, changes: &[Change], check: Sql) -> Result<(), BackendError> {
        for sql in ledger_statements(&self.tables, changes, check) {
            self.execute(&sql).map_err(of_own_statement)?;
        }
        Ok(())
    }
}
