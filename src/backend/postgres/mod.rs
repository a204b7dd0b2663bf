//! PostgreSQL: Diesel's query layer over a libpq session.
//!
//! Scripts go out in the simple protocol, a whole revision with its bookkeeping in one message; what is read comes
//! through Diesel with bound values.

mod cancel;
mod connect_error;
mod describe;
mod diesel_connection;
mod lent;
mod libpq;
mod lock;
mod notice;
mod queries;
mod recorded_scripts;
mod repeated;
mod run;
mod scratch;
mod server_error;
mod session;

use std::time::Duration;

pub use cancel::{CancelError, CancelHandle};
pub use connect_error::{ConnectError, ConnectErrorKind};
pub use diesel_connection::{SessionCursor, SessionField, SessionRow};
pub use lent::LentDatabase;
pub use libpq::TransactionStatus;
pub use notice::{Notice, NoticeHandler};
pub use scratch::TemporaryDatabase;
pub use server_error::{BatchError, ErrorOrigin, ServerError};
pub use session::{CommandOutcome, Session};

use self::repeated::RepeatedStatements;

use super::{
    Access, Backend, BackendError, DatabaseError, DatabaseState, PreparedStep, StepFailure, Timeouts, Watch,
};
use crate::catalog::Catalog;
use crate::config::PostgresUrl;
use crate::graph::RevisionId;
use crate::ledger::{
    Change, Entry, Event, Recorded, RecordedScripts, Sql, Tables, accept, adopt, bookkeeping_statement,
    create_ledger, create_version_table, event, widen_version_table,
};
use crate::plan::RowChange;
use crate::sql::Dialect;

/// PostgreSQL 17 as `PQserverVersion` has it.
const VERSION_17: i32 = 170_000;

/// A connection to a PostgreSQL database.
pub struct Postgres {
    session: Session,
    description: String,
    tables: Tables,
    timeouts: Timeouts,
    /// The schema that Prisma's `schema` parameter puts first.
    search_path: Option<String>,
    repeated: RepeatedStatements,
}

impl From<&ServerError> for DatabaseError {
    fn from(error: &ServerError) -> Self {
        // 55P03: lock_not_available, what lock_timeout ends in.
        let lock_not_had = error.sqlstate.as_deref() == Some("55P03");
        Self {
            message: error.message.clone(),
            sqlstate: error.sqlstate.clone(),
            sqlite_code: None,
            detail: error.detail.clone(),
            hint: error.hint.clone(),
            context: error.context.clone(),
            connection_lost: error.connection_lost,
            lock_not_had,
        }
    }
}

impl From<BatchError> for DatabaseError {
    fn from(error: BatchError) -> Self {
        (&*error.error).into()
    }
}

impl From<BatchError> for BackendError {
    fn from(error: BatchError) -> Self {
        let is_check_of_rows = error.error.constraint.as_deref() == Some(VERSION_ROWS_CHECK);
        let version_row_was_there = error.error.sqlstate.as_deref() == Some("23505");
        if is_check_of_rows || version_row_was_there {
            return Self::RowsMoved;
        }
        Self::Database(error.into())
    }
}

/// The constraint of the ledger that fails where a version row was not what the plan expects.
const VERSION_ROWS_CHECK: &str = "revgraph_version_rows";

impl Postgres {
    /// Connects, and settles in which schema the bookkeeping tables are: the one that the configuration names,
    /// else the one where the search path finds a version table, else the first of the search path.
    ///
    /// # Errors
    /// [`BackendError::Unreachable`]; [`BackendError::NoSchema`] where the tables are to be made and have no place.
    pub fn connect(
        url: &PostgresUrl,
        tables: Tables,
        timeouts: Timeouts,
        access: Access,
    ) -> Result<Self, BackendError> {
        let description = url.to_string();
        let session =
            Session::connect(url.parameters()).map_err(|error| unreachable(&description, &error))?;
        let search_path = url.search_path().map(str::to_owned);
        let mut database = Self {
            session,
            description,
            tables,
            timeouts,
            search_path,
            repeated: RepeatedStatements::default(),
        };
        if database.tables.schema.is_none() {
            database.tables.schema = database.search_path.clone();
        }
        if database.tables.schema.is_none() {
            database.tables.schema = queries::schema_of(&mut database.session, &database.tables.version)?;
        }
        if database.tables.schema.is_none() && access == Access::Write {
            return Err(BackendError::NoSchema);
        }
        Ok(database)
    }

    /// Runs statements of revgraph's own in one transaction.
    fn in_transaction(&mut self, statements: &[String]) -> Result<(), BackendError> {
        let mut batch = String::from("BEGIN;\n");
        let settings = self.settings("SET LOCAL");
        for statement in settings.iter().chain(statements) {
            batch.push_str(statement);
            batch.push_str(";\n");
        }
        batch.push_str("COMMIT");
        match self.session.run_batch(&batch) {
            Ok(_) => Ok(()),
            Err(error) => {
                self.roll_back();
                Err(error.into())
            }
        }
    }

    /// The settings that revgraph's own statements and scripts run with, made with `set`: `SET LOCAL` inside a
    /// transaction, so that they neither stay behind in a pooled connection nor survive it; else `SET`.
    fn settings(&self, set: &str) -> Vec<String> {
        let mut settings = vec![format!("{set} lock_timeout = {}", self.timeouts.lock.as_millis())];
        if let Some(timeout) = self.timeouts.statement {
            settings.push(format!("{set} statement_timeout = {}", timeout.as_millis()));
        }
        if let Some(schema) = &self.search_path {
            settings.push(format!("{set} search_path = {}", Dialect::Postgres.quote_identifier(schema)));
        }
        settings
    }

    fn roll_back(&mut self) {
        if self.session.transaction_status() != TransactionStatus::Idle {
            // Where even this fails, the connection is gone, and with it the transaction.
            let _ = self.session.run_batch("ROLLBACK");
        }
    }

    fn literal(sql: &Sql) -> String {
        sql.literal(Dialect::Postgres)
    }
}

fn unreachable(description: &str, error: &ConnectError) -> BackendError {
    let hint = match error.kind {
        ConnectErrorKind::Unreachable => "is the server running, and are host and port right?",
        ConnectErrorKind::Authentication => "check the user and the password",
        ConnectErrorKind::NoSuchDatabase => "create it first: createdb NAME",
        _ => "check the URL",
    };
    BackendError::Unreachable {
        database: description.to_owned(),
        message: error.to_string().trim().to_owned(),
        hint: Some(hint),
    }
}

impl Backend for Postgres {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn describe(&self) -> String {
        self.description.clone()
    }

    /// <https://www.postgresql.org/docs/17/release-17.html>
    fn can_use_new_values_of_new_enums(&self) -> bool {
        self.session.server_version() >= VERSION_17
    }

    fn interrupter(&self) -> Box<dyn Fn() + Send> {
        let handle = self.session.cancel_handle().ok();
        // Where the cancel does not arrive, the statement goes on, and a second signal ends the process.
        Box::new(move || drop(handle.as_ref().map(CancelHandle::cancel)))
    }

    fn state(&mut self) -> Result<DatabaseState, BackendError> {
        queries::state(&mut self.session, &self.tables)
    }

    fn recorded(&mut self) -> Result<Vec<Recorded>, BackendError> {
        queries::recorded(&mut self.session, &self.tables)
    }

    fn recorded_scripts(&mut self, revisions: &[RevisionId]) -> Result<Vec<RecordedScripts>, BackendError> {
        recorded_scripts::load(&mut self.session, &self.tables, revisions)
    }

    fn events(&mut self, limit: Option<usize>) -> Result<Vec<Event>, BackendError> {
        if !self.state()?.has_ledger {
            return Ok(Vec::new());
        }
        queries::events(&mut self.session, &self.tables, limit)
    }

    fn has_user_tables(&mut self) -> Result<bool, BackendError> {
        queries::has_user_tables(&mut self.session, &self.tables)
    }

    fn catalog(&mut self) -> Result<Catalog, BackendError> {
        describe::catalog(&mut self.session, &self.tables)
    }

    fn lock(&mut self) -> Result<(), BackendError> {
        lock::acquire(&mut self.session, &self.tables, self.timeouts.migration_lock)
    }

    fn ensure_tables(&mut self, state: &DatabaseState, longest_id: usize) -> Result<(), BackendError> {
        let mut statements = Vec::new();
        if !state.has_version_table {
            statements.push(create_version_table(Dialect::Postgres, &self.tables, longest_id));
        } else if state.version_width.is_some_and(|width| width < longest_id) {
            statements.extend(widen_version_table(Dialect::Postgres, &self.tables, longest_id));
        }
        if !state.has_ledger {
            statements.extend(create_ledger(Dialect::Postgres, &self.tables));
        }
        if statements.is_empty() { Ok(()) } else { self.in_transaction(&statements) }
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
        watch: &mut dyn Watch,
    ) -> Result<(), StepFailure> {
        run::without_transaction(self, &step, watch)
    }

    fn record(&mut self, rows: &RowChange, changes: &[Change], purge: bool) -> Result<(), BackendError> {
        let mut statements = Vec::new();
        if purge {
            let table = Sql::new("DELETE FROM ").table(self.tables.schema.as_deref(), &self.tables.version);
            statements.push(Self::literal(&table));
        }
        statements.push(Self::literal(&bookkeeping_statement(&self.tables, rows, changes)));
        self.in_transaction(&statements)
    }

    /// No other revgraph can have moved the rows since: this one has the lock.
    fn adopt(
        &mut self,
        _rows: &[RevisionId],
        record: &[Entry],
        forget: &[RevisionId],
        actor: &str,
    ) -> Result<(), BackendError> {
        let statements: Vec<String> =
            adopt(&self.tables, record, forget, actor).iter().map(Self::literal).collect();
        self.in_transaction(&statements)
    }

    fn accept(&mut self, entry: &Entry, actor: &str, detail: Option<String>) -> Result<(), BackendError> {
        self.in_transaction(&accept(&self.tables, entry, actor, detail).map(|sql| Self::literal(&sql)))
    }

    fn add_event(
        &mut self,
        revision: &str,
        operation: &str,
        outcome: &str,
        actor: &str,
        detail: Option<String>,
    ) -> Result<(), BackendError> {
        self.in_transaction(&[Self::literal(&event(
            &self.tables,
            revision,
            operation,
            outcome,
            actor,
            detail,
        ))])
    }
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
