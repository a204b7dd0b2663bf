//! A session with what is to be known of the database behind it.

use super::super::control::Control;
use super::super::database::{Access, Timeouts};
use super::super::error::BackendError;
use super::connect::connect;
use super::describe::Followed;
use super::errors::tells_of_other_rows;
use super::identity::Identity;
use super::libpq::TransactionStatus;
use super::pooled_lock::PooledLock;
use super::repeated::RepeatedStatements;
use super::server_error::BatchError;
use super::session::Session;
use super::{queries, supported};
use crate::config::PostgresUrl;
use crate::ledger::{Sql, Tables};
use crate::sql::Dialect;

/// How many bytes of a name the server keeps, unless it was built otherwise.
const LONGEST_NAME: usize = 63;

/// What the lexer assumes. A message is read whole before its first statement runs, so this goes before it.
const PIN_STRINGS: &str = "SET standard_conforming_strings = on";
/// The [`Backend`](crate::backend::Backend) of a PostgreSQL database: one session, or two where the lock is
/// held behind a pooler.
pub struct Postgres {
    pub(super) session: Session,
    pub(super) description: String,
    /// Their schema is asked for when it is first needed: see [`Postgres::settle_schema`].
    pub(super) tables: Tables,
    is_schema_settled: bool,
    /// Whether configuration or URL name the schema, so that a version table elsewhere is another environment's.
    pub(super) is_schema_given: bool,
    pub(super) timeouts: Timeouts,
    /// The schema that Prisma's `schema` parameter puts first.
    pub(super) search_path: Option<String>,
    /// Kept for the second connection that a lock behind a pooler needs.
    pub(super) url: PostgresUrl,
    pub(super) pooled_lock: Option<PooledLock>,
    /// The key of the session's lock, once it has been had.
    pub(super) lock_key: Option<i64>,
    /// A script has released the lock, and it could not be had again yet.
    pub(super) is_lock_lost: bool,
    /// What a script has left in the session could not be taken away yet.
    pub(super) is_untidy: bool,
    pub(super) repeated: RepeatedStatements,
    pub(super) followed: Followed,
}

impl Postgres {
    /// Connects to the database of a URL, whose bookkeeping tables these are.
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
        supported::check(&session)?;
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

    /// Settles in which schema the bookkeeping tables are: the one that the configuration names, else the one where the
    /// search path finds a version table, else the first of the search path; none where there is none. Once settled, it
    /// is not asked for again.
    ///
    /// # Errors
    /// The database's.
    pub(super) fn settle_schema(&mut self) -> Result<(), BackendError> {
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

    /// Runs statements of revgraph's own in one transaction, in one message, and rolls back where one fails.
    ///
    /// # Errors
    /// The database's.
    pub(super) fn in_transaction(&mut self, statements: &[String]) -> Result<(), BackendError> {
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
    pub(super) fn settings(&self, set: &str) -> Vec<String> {
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
    pub(super) fn is_pooled(&self) -> bool {
        self.pooled_lock.is_some()
    }

    /// Makes sure that the server cuts what is sent next as revgraph's lexer does, whatever database, role or an
    /// earlier script say. It costs nothing where that is so already: the server reports this setting by itself.
    ///
    /// # Errors
    /// The server's.
    pub(super) fn pin_strings(&mut self) -> Result<(), BatchError> {
        if self.strings_are_off() { self.session.run_batch(PIN_STRINGS).map(drop) } else { Ok(()) }
    }

    /// Whether `standard_conforming_strings` is off, as the server has reported last.
    pub(super) fn strings_are_off(&self) -> bool {
        self.session.parameter_status("standard_conforming_strings").is_some_and(|value| value == "off")
    }

    /// Rolls back the transaction that is under way, if any. An error of that is not told.
    pub(super) fn roll_back(&mut self) {
        if self.session.transaction_status() != TransactionStatus::Idle {
            // Where even this fails, the connection is gone, and with it the transaction.
            let _ = self.session.run_batch("ROLLBACK");
        }
    }

    /// The text of a statement of revgraph's own with its values as PostgreSQL's literals.
    pub(super) fn literal(sql: &Sql) -> String {
        sql.literal(Dialect::Postgres)
    }
}
