//! What revgraph asks of a database, of a PostgreSQL one.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::super::contents::{Contents, SequencePosition};
use super::super::control::Control;
use super::super::database::{Backend, DatabaseState, Describe, TakeRow, Timeouts};
use super::super::error::BackendError;
use super::super::foreign::{ForeignRows, ForeignTable};
use super::super::inventory::Inventory;
use super::super::journal::Resume;
use super::super::kept::KeptTable;
use super::super::step::{FailureCause, PreparedStep, StepFailure, Watch};
use super::connection::Postgres;
use super::libpq::TransactionStatus;
use super::{
    administration, blockers, contents, describe, foreign, inventory, kept, lock, no_transaction, queries,
    row_counts, run,
};
use crate::catalog::{Catalog, Changes, ObjectName};
use crate::graph::RevisionId;
use crate::ledger::{Sql, Tables, TextRow, create_ledger, create_version_table, widen_version_table};
use crate::sql::Dialect;

/// PostgreSQL 17 as `PQserverVersion` has it.
const VERSION_17: i32 = 170_000;

impl Describe for Postgres {
    fn has_user_tables(&mut self) -> Result<bool, BackendError> {
        queries::has_user_tables(&mut self.session, &self.tables)
    }

    fn catalog(&mut self) -> Result<Catalog, BackendError> {
        self.settle_schema()?;
        describe::catalog(&mut self.session, &self.tables, self.timeouts.lock)
    }

    fn marked_catalog(&mut self) -> Result<(Catalog, Option<String>), BackendError> {
        self.settle_schema()?;
        describe::marked_catalog(&mut self.session, &self.tables, self.timeouts.lock)
    }

    fn is_as_marked(&mut self, mark: &str) -> Result<bool, BackendError> {
        describe::is_as_marked(&mut self.session, mark)
    }

    fn catalog_after(&mut self, statements: &str) -> Result<Catalog, BackendError> {
        describe::catalog_after(&mut self.session, &self.tables, statements)
    }

    fn catalog_changes(&mut self) -> Result<Changes, BackendError> {
        self.settle_schema()?;
        describe::changes(&mut self.session, &self.tables, self.timeouts.lock, &mut self.followed)
    }

    fn inventory(&mut self) -> Result<Inventory, BackendError> {
        self.settle_schema()?;
        if self.session.transaction_status() != TransactionStatus::Idle {
            return inventory::read(self);
        }
        inventory::begin(&mut self.session)?;
        let read = inventory::read(self);
        self.roll_back();
        read
    }

    fn sequences(&mut self) -> Result<BTreeMap<String, SequencePosition>, BackendError> {
        inventory::sequences(&mut self.session)
    }

    fn row_counts(&mut self, tables: &[ObjectName]) -> Result<Vec<u64>, BackendError> {
        row_counts::count(&mut self.session, tables)
    }

    fn number(&mut self, query: &str) -> Result<Option<i64>, BackendError> {
        row_counts::number(&mut self.session, query)
    }

    fn role(&mut self) -> Result<Option<String>, BackendError> {
        administration::role(&mut self.session).map(Some)
    }

    fn kept_tables(&mut self) -> Result<Vec<KeptTable>, BackendError> {
        kept::tables(&mut self.session)
    }

    fn rows_in(&mut self, table: &ObjectName) -> Result<Option<u64>, BackendError> {
        row_counts::count_all(&mut self.session, table)
    }

    fn contents(&mut self, catalog: &Catalog) -> Result<Contents, BackendError> {
        contents::read(&mut self.session, catalog)
    }
}

impl Backend for Postgres {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn tables(&self) -> &Tables {
        &self.tables
    }

    fn settled_tables(&mut self) -> Result<Tables, BackendError> {
        self.settle_schema()?;
        Ok(self.tables.clone())
    }

    fn describe(&self) -> String {
        self.description.clone()
    }

    /// <https://www.postgresql.org/docs/17/release-17.html>
    fn can_use_new_values_of_new_enums(&self) -> bool {
        self.session.server_version() >= VERSION_17
    }

    fn name(&mut self) -> Result<String, BackendError> {
        administration::name(&mut self.session)
    }

    fn is_on_this_machine(&mut self) -> Result<bool, BackendError> {
        administration::is_on_this_machine(&mut self.session)
    }

    fn control(&self) -> &Control {
        self.session.control()
    }

    fn set_control(&mut self, control: Control) -> Control {
        if let Some(lock) = &mut self.pooled_lock {
            lock.session().set_control(control.clone());
        }
        self.session.set_control(control)
    }

    fn state(&mut self) -> Result<DatabaseState, BackendError> {
        self.settle_schema()?;
        let state = queries::state(&mut self.session, &self.tables)?;
        if state.has_version_table || self.is_schema_given {
            return Ok(state);
        }
        let schemas = queries::version_tables(&mut self.session, &self.tables.version)?;
        // Another process may have made the table between the two queries.
        if self.tables.schema.as_ref().is_some_and(|schema| schemas.contains(schema)) {
            return queries::state(&mut self.session, &self.tables);
        }
        if schemas.is_empty() {
            return Ok(state);
        }
        Err(BackendError::VersionTableElsewhere { table: self.tables.version.clone(), schemas })
    }

    /// In a new session the catalogs cost more than the rows: they are asked only where the rows do not tell.
    fn heads(&mut self) -> Result<Vec<RevisionId>, BackendError> {
        match queries::heads_at_sight(&mut self.session, &self.tables) {
            Some(rows) => Ok(rows),
            None => Ok(self.state()?.rows),
        }
    }

    fn foreign_rows(&mut self, table: &ForeignTable) -> Result<ForeignRows, BackendError> {
        foreign::rows(&mut self.session, self.search_path.as_deref(), table)
    }

    fn read(&mut self, sql: &Sql, take: &mut TakeRow<'_>) -> Result<(), BackendError> {
        let mut outcomes = Vec::new();
        self.session
            .run_batch_with(&Self::literal(sql), usize::MAX, &mut |outcome| outcomes.push(outcome))?;
        for row in outcomes.iter().flat_map(|outcome| &outcome.rows) {
            take(&TextRow::new(row.iter().map(|value| value.as_deref().map(Cow::Borrowed))))?;
        }
        Ok(())
    }

    fn write(&mut self, statements: &[Sql]) -> Result<(), BackendError> {
        self.in_transaction(&statements.iter().map(Self::literal).collect::<Vec<_>>())
    }

    fn export_snapshot(&mut self) -> Result<Option<String>, BackendError> {
        self.settle_schema()?;
        inventory::begin(&mut self.session)?;
        inventory::export(&mut self.session).map(Some)
    }

    fn version(&self) -> String {
        let version = self.session.parameter_status("server_version").unwrap_or_default();
        // Distributions add words of their own.
        format!("PostgreSQL {}", version.split_whitespace().next().unwrap_or_default())
    }

    fn version_number(&self) -> u32 {
        u32::try_from(self.session.server_version()).unwrap_or_default()
    }

    fn lock(&mut self) -> Result<(), BackendError> {
        if let Some(standby) = queries::read_only(&mut self.session)? {
            return Err(BackendError::ReadOnly { database: self.description.clone(), standby });
        }
        lock::acquire(self)
    }

    fn lock_holder(&mut self) -> Result<Option<String>, BackendError> {
        self.settle_schema()?;
        lock::holder(self)
    }

    fn ensure_tables(&mut self, state: &DatabaseState, longest_id: usize) -> Result<(), BackendError> {
        let mut statements = Vec::new();
        if !state.has_version_table {
            statements.push(create_version_table(Dialect::Postgres, &self.tables, longest_id));
        } else if state.version_width.is_some_and(|width| width < longest_id) {
            statements.extend(widen_version_table(Dialect::Postgres, &self.tables, longest_id));
        }
        if !state.has_ledger || !state.has_journal {
            statements.extend(create_ledger(Dialect::Postgres, &self.tables));
        }
        if statements.is_empty() { Ok(()) } else { self.in_transaction(&statements) }
    }

    fn run_in_transaction(
        &mut self,
        steps: &[PreparedStep],
        watch: &mut dyn Watch,
    ) -> Result<(), StepFailure> {
        // What has been sent is interrupted only where it lasts.
        if let Some(first) = steps.first() {
            self.control().check().map_err(|cancelled| first.failure(cancelled.into()))?;
        }
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

    fn blockers(&mut self, failure: &StepFailure) -> Vec<String> {
        match &failure.cause {
            FailureCause::Statement { statement, .. } => blockers::of_statement(&mut self.session, statement),
            _ => Vec::new(),
        }
    }

    fn timeouts(&self) -> Timeouts {
        self.timeouts
    }
}
