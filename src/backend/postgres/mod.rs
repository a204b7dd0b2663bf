//! PostgreSQL: Diesel's query layer over a libpq session.
//!
//! Scripts go out in the simple protocol, a whole revision with its bookkeeping in one message; what is read comes
//! through Diesel with bound values.

mod administration;
#[cfg(feature = "bundled-libpq")]
mod authorities;
mod blockers;
mod cancel;
mod connect_error;
mod contents;
mod describe;
mod diesel_connection;
mod entries;
mod foreign;
mod identity;
mod invalid_index;
mod inventory;
mod kept;
mod leftovers;
mod lent;
mod libpq;
mod lock;
mod no_transaction;
mod notice;
mod pooled_lock;
mod properties;
mod protection;
mod queries;
mod repeated;
mod replacement;
mod row_counts;
mod run;
mod scratch;
mod server_error;
mod session;
mod supported;

use std::time::Duration;

pub(super) use administration::{create_database, drop_database};
pub use cancel::{CancelError, CancelHandle};
pub use connect_error::{ConnectError, ConnectErrorKind};
pub use diesel_connection::{SessionCursor, SessionField, SessionRow};
pub use identity::Identity;
pub use lent::LentDatabase;
pub use libpq::TransactionStatus;
pub use notice::{Notice, NoticeHandler};
pub use replacement::{Kept, Replacement, drop_kept, kept, name_of};
pub use scratch::TemporaryDatabase;
pub use server_error::{BatchError, ErrorOrigin, ServerError};
pub use session::{CommandOutcome, Session};

use self::describe::Followed;
use self::pooled_lock::PooledLock;
use self::repeated::RepeatedStatements;
use super::{
    Access, Backend, BackendError, Contents, Control, DatabaseError, DatabaseState, FailureCause,
    ForeignRows, ForeignTable, Inventory, KeptTable, PreparedStep, Resume, StepFailure, Timeouts,
    UnreachableKind, Watch,
};
use crate::cancellation::Cancelled;
use crate::catalog::{Catalog, Changes, ObjectName};
use crate::config::PostgresUrl;
use crate::graph::RevisionId;
use crate::ledger::{
    Change, Entry, Event, JournaledStatement, Recorded, RecordedScripts, Sql, Tables, accept, adopt,
    bookkeeping_statement, create_ledger, create_version_table, event, forget_journal, settle_journal,
    widen_version_table,
};
use crate::plan::RowChange;
use crate::sql::Dialect;

/// How many bytes of a name the server keeps, unless it was built otherwise.
const LONGEST_NAME: usize = 63;
/// PostgreSQL 17 as `PQserverVersion` has it.
const VERSION_17: i32 = 170_000;

/// A connection to a PostgreSQL database.
pub struct Postgres {
    session: Session,
    description: String,
    /// Their schema is asked for when it is first needed: see [`Postgres::settle_schema`].
    tables: Tables,
    is_schema_settled: bool,
    /// Whether configuration or URL name the schema, so that a version table elsewhere is another environment's.
    is_schema_given: bool,
    timeouts: Timeouts,
    /// The schema that Prisma's `schema` parameter puts first.
    search_path: Option<String>,
    /// Kept for the second connection that a lock behind a pooler needs.
    url: PostgresUrl,
    pooled_lock: Option<PooledLock>,
    /// The key of the session's lock, once it has been had.
    lock_key: Option<i64>,
    /// A script has released the lock, and it could not be had again yet.
    is_lock_lost: bool,
    /// What a script has left in the session could not be taken away yet.
    is_untidy: bool,
    repeated: RepeatedStatements,
    followed: Followed,
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
        Self::Database(error.into())
    }
}

/// Whether an error of a statement of revgraph's own tells that the rows of its tables are not those that it was
/// written for: the ledger's check, a version row or a note of the journal that is there already.
fn tells_of_other_rows(tables: &Tables, error: &ServerError) -> bool {
    let is_ours = || {
        let table = error.table.as_deref().unwrap_or_default();
        (table == tables.version || table == tables.statement())
            && error.schema.as_deref() == tables.schema.as_deref()
    };
    match error.sqlstate.as_deref() {
        Some(CHECK_VIOLATION) => error.constraint.as_deref() == Some(VERSION_ROWS_CHECK),
        Some(UNIQUE_VIOLATION) => is_ours(),
        _ => false,
    }
}

/// Whether it tells that a table is gone or has other columns, which was there when the run began.
fn tells_of_other_tables(error: &ServerError) -> bool {
    error.sqlstate.as_deref().is_some_and(|state| TABLE_IS_ANOTHER.contains(&state))
}

/// What the lexer assumes. A message is read whole before its first statement runs, so this goes before it.
const PIN_STRINGS: &str = "SET standard_conforming_strings = on";
const CHECK_VIOLATION: &str = "23514";
const UNIQUE_VIOLATION: &str = "23505";
/// `undefined_table`, `undefined_column`, `invalid_schema_name`.
const TABLE_IS_ANOTHER: [&str; 3] = ["42P01", "42703", "3F000"];

/// The constraint of the ledger that fails where a version row was not what the plan expects.
const VERSION_ROWS_CHECK: &str = "revgraph_version_rows";

impl Postgres {
    /// Connects.
    ///
    /// # Errors
    /// [`BackendError::Unreachable`]; [`BackendError::ServerTooOld`]; [`BackendError::NoSchema`] where the tables are to be made and have no place.
    pub fn connect(
        url: &PostgresUrl,
        tables: Tables,
        timeouts: Timeouts,
        access: Access,
        control: &Control,
    ) -> Result<Self, BackendError> {
        Self::on(connect(url, control)?, url, tables, timeouts, access)
    }

    /// Connects to a scratch database, and proves that it is the one before anything else runs.
    ///
    /// # Errors
    /// Those of [`Postgres::connect`]; [`BackendError::OtherDatabase`].
    pub fn connect_to_scratch(
        url: &PostgresUrl,
        identity: &Identity,
        tables: Tables,
        timeouts: Timeouts,
        control: &Control,
    ) -> Result<Self, BackendError> {
        Self::on(identity.connect(url, control)?, url, tables, timeouts, Access::Write)
    }

    fn on(
        session: Session,
        url: &PostgresUrl,
        tables: Tables,
        timeouts: Timeouts,
        access: Access,
    ) -> Result<Self, BackendError> {
        supported::check(session.server_version())?;
        let description = url.to_string();
        let search_path = url.search_path().map(str::to_owned);
        let mut database = Self {
            session,
            description,
            tables,
            is_schema_settled: false,
            is_schema_given: false,
            timeouts,
            search_path,
            url: url.clone(),
            pooled_lock: None,
            lock_key: None,
            is_lock_lost: false,
            is_untidy: false,
            repeated: RepeatedStatements::default(),
            followed: Followed::default(),
        };
        if database.tables.schema.is_none() {
            database.tables.schema = database.search_path.clone();
        }
        database.is_schema_given = database.tables.schema.is_some();
        database.check_names()?;
        if access == Access::Write {
            database.settle_schema()?;
            if database.tables.schema.is_none() {
                return Err(BackendError::NoSchema);
            }
        }
        Ok(database)
    }

    /// Settles in which schema the bookkeeping tables are: the one that the configuration names, else the one where
    /// the search path finds a version table, else the first of the search path; none where there is none.
    fn settle_schema(&mut self) -> Result<(), BackendError> {
        if !self.is_schema_settled && self.tables.schema.is_none() {
            self.tables.schema = queries::schema_of(&mut self.session, &self.tables.version)?;
        }
        self.is_schema_settled = true;
        Ok(())
    }

    /// Refuses names that the server would cut: it would then know tables by others than they are looked for.
    fn check_names(&self) -> Result<(), BackendError> {
        let version = &self.tables.version;
        // The name of its constraint, which goes on with `_pkc`, may be cut, but not to that of the table.
        let too_long = version.len() >= LONGEST_NAME;
        let schema = self.tables.schema.iter().find(|schema| schema.len() > LONGEST_NAME);
        match schema.or_else(|| too_long.then_some(version)) {
            Some(name) => Err(BackendError::NameTooLong { name: name.clone() }),
            None => Ok(()),
        }
    }

    /// Runs statements of revgraph's own in one transaction.
    fn in_transaction(&mut self, statements: &[String]) -> Result<(), BackendError> {
        // Whatever a script that runs without a transaction has set as the default.
        let mut batch = String::from("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;\n");
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
                let others = tells_of_other_rows(&self.tables, &error.error);
                Err(if others { BackendError::RowsMoved } else { error.into() })
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

    /// Whether a pooler is between, which may hand each transaction to another session.
    fn is_pooled(&self) -> bool {
        self.pooled_lock.is_some()
    }

    /// Makes sure that a lock on a connection of its own has not been lost with it, nor that of the session with a
    /// script.
    fn check_lock(&mut self) -> Result<(), DatabaseError> {
        if self.is_lock_lost {
            self.look_for_lock(false)?;
        }
        self.pooled_lock.as_mut().map_or(Ok(()), PooledLock::check)
    }

    /// Makes sure that the server cuts what is sent next as revgraph's lexer does, whatever database, role or an earlier
    /// script say. It costs nothing where that is so already: the server reports this setting by itself.
    fn pin_strings(&mut self) -> Result<(), BatchError> {
        if self.strings_are_off() { self.session.run_batch(PIN_STRINGS).map(drop) } else { Ok(()) }
    }

    fn strings_are_off(&self) -> bool {
        self.session.parameter_status("standard_conforming_strings").is_some_and(|value| value == "off")
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

/// Connects to the database of a URL.
fn connect(url: &PostgresUrl, control: &Control) -> Result<Session, BackendError> {
    Session::connect_with(url.parameters(), control).map_err(|error| unreachable(&url.to_string(), &error))
}

fn unreachable(description: &str, error: &ConnectError) -> BackendError {
    if error.kind == ConnectErrorKind::Cancelled {
        return Cancelled.into();
    }
    let (kind, hint) = match error.kind {
        ConnectErrorKind::Unreachable => {
            (UnreachableKind::NoAnswer, "is the server running, and are host and port right?")
        }
        ConnectErrorKind::Authentication => {
            (UnreachableKind::Authentication, "check the user and the password")
        }
        ConnectErrorKind::NoSuchDatabase => {
            (UnreachableKind::NoSuchDatabase, "make it: revgraph database create")
        }
        ConnectErrorKind::Tls => (
            UnreachableKind::Tls,
            "see sslmode and sslrootcert in the URL: sslmode=require encrypts without a check of the certificate",
        ),
        _ => (UnreachableKind::Other, "check the URL"),
    };
    BackendError::Unreachable {
        kind,
        sqlstate: error.sqlstate.clone(),
        database: description.to_owned(),
        message: error.to_string().trim().to_owned(),
        hint: Some(hint),
    }
}

impl Backend for Postgres {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn tables(&self) -> &Tables {
        &self.tables
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

    fn recorded(&mut self) -> Result<Vec<Recorded>, BackendError> {
        self.settle_schema()?;
        entries::recorded(&mut self.session, &self.tables)
    }

    fn recorded_scripts(&mut self, revisions: &[RevisionId]) -> Result<Vec<RecordedScripts>, BackendError> {
        self.settle_schema()?;
        entries::scripts(&mut self.session, &self.tables, revisions)
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

    fn number(&mut self, query: &str) -> Result<Option<i64>, BackendError> {
        row_counts::number(&mut self.session, query)
    }

    fn role(&mut self) -> Result<Option<String>, BackendError> {
        administration::role(&mut self.session).map(Some)
    }

    fn kept_tables(&mut self) -> Result<Vec<KeptTable>, BackendError> {
        kept::tables(&mut self.session)
    }

    fn drop_kept(&mut self, tables: &[ObjectName]) -> Result<(), BackendError> {
        self.in_transaction(&kept::drops(tables))
    }

    fn row_counts(&mut self, tables: &[ObjectName]) -> Result<Vec<u64>, BackendError> {
        row_counts::count(&mut self.session, tables)
    }

    fn rows_in(&mut self, table: &ObjectName) -> Result<Option<u64>, BackendError> {
        row_counts::count_all(&mut self.session, table)
    }

    fn foreign_rows(&mut self, table: &ForeignTable) -> Result<ForeignRows, BackendError> {
        foreign::rows(&mut self.session, self.search_path.as_deref(), table)
    }

    fn catalog(&mut self) -> Result<Catalog, BackendError> {
        self.settle_schema()?;
        describe::catalog(&mut self.session, &self.tables, self.timeouts.lock)
    }

    fn catalog_after(&mut self, statements: &str) -> Result<Catalog, BackendError> {
        describe::catalog_after(&mut self.session, &self.tables, statements)
    }

    fn contents(&mut self, catalog: &Catalog) -> Result<Contents, BackendError> {
        contents::read(&mut self.session, catalog)
    }

    fn export_snapshot(&mut self) -> Result<Option<String>, BackendError> {
        self.settle_schema()?;
        inventory::begin(&mut self.session)?;
        inventory::export(&mut self.session).map(Some)
    }

    fn inventory(&mut self) -> Result<Inventory, BackendError> {
        self.settle_schema()?;
        if self.session.transaction_status() != TransactionStatus::Idle {
            return inventory::read(&mut self.session, &self.tables);
        }
        inventory::begin(&mut self.session)?;
        let read = inventory::read(&mut self.session, &self.tables);
        self.roll_back();
        read
    }

    fn version(&self) -> String {
        let version = self.session.parameter_status("server_version").unwrap_or_default();
        // Distributions add words of their own.
        format!("PostgreSQL {}", version.split_whitespace().next().unwrap_or_default())
    }

    fn version_number(&self) -> u32 {
        u32::try_from(self.session.server_version()).unwrap_or_default()
    }

    fn catalog_changes(&mut self) -> Result<Changes, BackendError> {
        self.settle_schema()?;
        describe::changes(&mut self.session, &self.tables, self.timeouts.lock, &mut self.followed)
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
        self.settle_schema()?;
        queries::journal(&mut self.session, &self.tables)
    }

    fn settle_journal(
        &mut self,
        revision: &RevisionId,
        actor: &str,
        detail: String,
    ) -> Result<(), BackendError> {
        let statements = settle_journal(&self.tables, revision, actor, detail);
        self.in_transaction(&statements.each_ref().map(Self::literal))
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

    fn record(&mut self, rows: &RowChange, changes: &[Change], purge: bool) -> Result<(), BackendError> {
        let mut statements = Vec::new();
        if purge {
            let table = Sql::new("DELETE FROM ").table(self.tables.schema.as_deref(), &self.tables.version);
            statements.push(Self::literal(&table));
        }
        let forget = changes.iter().map(|change| forget_journal(&self.tables, &change.revision));
        statements.extend(forget.map(|sql| Self::literal(&sql)));
        statements.push(Self::literal(&bookkeeping_statement(&self.tables, rows, changes, None)));
        self.in_transaction(&statements)
    }

    fn adopt(
        &mut self,
        rows: &[RevisionId],
        record: &[Entry],
        forget: &[RevisionId],
        actor: &str,
    ) -> Result<(), BackendError> {
        let statements: Vec<String> =
            adopt(&self.tables, rows, record, forget, actor).iter().map(Self::literal).collect();
        self.in_transaction(&statements)
    }

    fn accept(&mut self, entry: &Entry, actor: &str, detail: Option<String>) -> Result<(), BackendError> {
        self.in_transaction(&[Self::literal(&accept(&self.tables, entry, actor, detail))])
    }

    fn add_event(
        &mut self,
        revision: &str,
        operation: &str,
        outcome: &'static str,
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

    fn protection(&mut self) -> Result<Option<String>, BackendError> {
        self.settle_schema()?;
        protection::read(&mut self.session, &self.tables)
    }

    fn set_protection(&mut self, name: Option<&str>, actor: &str) -> Result<(), BackendError> {
        self.in_transaction(&protection::statements(&self.tables, name, actor))
    }
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
