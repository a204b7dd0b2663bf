//! Diesel's connection traits for [`Session`], so that typed queries run on the same connection as scripts.
//!
//! Every query is sent as an unnamed prepared statement: a connection pooler in transaction mode would
//! lose named ones, and no query here is run often enough for a cache to pay.

use std::num::NonZeroU32;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use diesel::connection::{
    AnsiTransactionManager, CacheSize, Connection, ConnectionSealed, DefaultLoadingMode, Instrumentation,
    InstrumentationEvent, LoadConnection, SimpleConnection, StrQueryHelper, TransactionDepthChange,
    TransactionManager, TransactionManagerStatus,
};
use diesel::debug_query;
use diesel::expression::QueryMetadata;
use diesel::pg::{
    GetPgMetadataCache, Pg, PgMetadataCache, PgQueryBuilder, PgTypeMetadata, PgValue, TypeOidLookup,
};
use diesel::query_builder::bind_collector::RawBytesBindCollector;
use diesel::query_builder::{Query, QueryBuilder, QueryFragment, QueryId};
use diesel::result::{ConnectionError, ConnectionResult, DatabaseErrorInformation, Error, QueryResult};
use diesel::row::{Field, PartialRow, Row, RowIndex, RowSealed};

use super::libpq::{PgResult, TransactionStatus};
use super::parameters::parse_conninfo;
use super::server_error::ServerError;
use super::session::Session;

/// An OID that no type has, for a column without a type, which no server sends.
const NO_TYPE: NonZeroU32 = NonZeroU32::MIN;

impl Session {
    /// The typed error behind `error`, if `error` is the last that a Diesel operation on this session
    /// returned; a rollback or other success in between does not matter.
    pub fn server_error(&self, error: &Error) -> Option<&ServerError> {
        let last = self.last_error.as_deref()?;
        match error {
            // Diesel lets no error be downcast. Both own the same `Arc`, so the text has one address.
            Error::DatabaseError(_, information) => {
                std::ptr::eq(information.message(), last.message.as_str()).then_some(last)
            }
            Error::RollbackErrorOnCommit { rollback_error, commit_error } => {
                self.server_error(commit_error).or_else(|| self.server_error(rollback_error))
            }
            _ => None,
        }
    }

    /// Brings Diesel's transaction manager in line with the server's transaction block, whoever began
    /// or ended it, so that `Connection::transaction` within a block of a script uses a savepoint.
    pub(super) fn follow_transaction_block(&mut self) {
        let server = self.transaction_status();
        let manager = AnsiTransactionManager::transaction_manager_status_mut(self);
        let in_block = matches!(server, TransactionStatus::InTransaction | TransactionStatus::InError);
        if let TransactionManagerStatus::Valid(valid) = manager
            && in_block
            && valid.transaction_depth().is_none()
            && valid.change_transaction_depth(TransactionDepthChange::IncreaseDepth).is_err()
        {
            manager.set_in_error();
        }
        self.follow_transaction_status();
    }

    /// The same without taking note of a block that was just begun: Diesel's transaction manager counts
    /// those that it begins itself.
    fn follow_transaction_status(&mut self) {
        let server = self.transaction_status();
        let manager = AnsiTransactionManager::transaction_manager_status_mut(self);
        match server {
            TransactionStatus::Idle => *manager = TransactionManagerStatus::default(),
            TransactionStatus::InTransaction => manager.set_requires_rollback_maybe_up_to_top_level(false),
            TransactionStatus::InError => manager.set_requires_rollback_maybe_up_to_top_level(true),
            TransactionStatus::Active | TransactionStatus::Unknown => manager.set_in_error(),
        }
    }

    fn run_fragment<T: QueryFragment<Pg>>(&mut self, source: &T) -> QueryResult<PgResult> {
        let query = debug_query::<Pg, _>(source);
        self.instrumentation.on_connection_event(InstrumentationEvent::start_query(&query));
        let result = self.build_and_run(source);
        self.follow_transaction_block();
        let event = InstrumentationEvent::finish_query(&query, result.as_ref().err());
        self.instrumentation.on_connection_event(event);
        result
    }

    fn build_and_run<T: QueryFragment<Pg>>(&mut self, source: &T) -> QueryResult<PgResult> {
        let mut sql = PgQueryBuilder::new();
        source.to_sql(&mut sql, &Pg)?;
        let mut collector = RawBytesBindCollector::<Pg>::new();
        source.collect_binds(&mut collector, self, &Pg)?;
        let parameter_types = collector
            .metadata
            .iter()
            .map(PgTypeMetadata::oid)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| Error::SerializationError(Box::new(error)))?;
        self.run_bound(&sql.finish(), &parameter_types, &collector.binds)
            .map_err(|error| self.diesel_error(error))
    }

    /// Runs statements of which the last may be the `COMMIT` of Diesel's transaction manager. The server
    /// answers it with `ROLLBACK`, and no error, if an error in the block was ignored.
    fn run_and_commit(&mut self, sql: &str) -> Result<(), Box<ServerError>> {
        let mut last_tag = String::new();
        self.run_simple(sql, None, &mut |result| last_tag = result.command_tag())?;
        if sql == "COMMIT" && last_tag == "ROLLBACK" {
            return Err(Box::new(ServerError::rolled_back()));
        }
        Ok(())
    }

    fn diesel_error(&mut self, error: Box<ServerError>) -> Error {
        let error: Arc<ServerError> = Arc::from(error);
        self.last_error = Some(Arc::clone(&error));
        Error::DatabaseError(error.diesel_kind(), Box::new(ErrorInformation(error)))
    }
}

impl SimpleConnection for Session {
    fn batch_execute(&mut self, query: &str) -> QueryResult<()> {
        let text = StrQueryHelper::new(query);
        self.instrumentation.on_connection_event(InstrumentationEvent::start_query(&text));
        let result = self.run_and_commit(query).map_err(|error| self.diesel_error(error));
        match result {
            Ok(()) => self.follow_transaction_status(),
            Err(_) => self.follow_transaction_block(),
        }
        let event = InstrumentationEvent::finish_query(&text, result.as_ref().err());
        self.instrumentation.on_connection_event(event);
        result
    }
}

impl ConnectionSealed for Session {}

impl Connection for Session {
    type Backend = Pg;
    type TransactionManager = AnsiTransactionManager;

    /// Connects with a libpq connection string. Unlike Diesel's own connection it leaves the session's
    /// time zone alone, and tells instrumentation nothing, as the string may hold a password.
    fn establish(database_url: &str) -> ConnectionResult<Self> {
        parse_conninfo(database_url)
            .and_then(|parameters| Session::connect(&parameters))
            .map_err(|error| ConnectionError::BadConnection(error.message))
    }

    fn execute_returning_count<T>(&mut self, source: &T) -> QueryResult<usize>
    where
        T: QueryFragment<Pg> + QueryId,
    {
        let rows = self.run_fragment(source)?.affected_rows().unwrap_or(0);
        usize::try_from(rows).map_err(Error::IntegerConversion)
    }

    fn transaction_state(&mut self) -> &mut AnsiTransactionManager {
        &mut self.transactions
    }

    fn instrumentation(&mut self) -> &mut dyn Instrumentation {
        &mut *self.instrumentation
    }

    fn set_instrumentation(&mut self, instrumentation: impl Instrumentation) {
        self.instrumentation = instrumentation.into();
    }

    /// Does nothing: statements are not cached.
    fn set_prepared_statement_cache_size(&mut self, _size: CacheSize) {}
}

impl LoadConnection<DefaultLoadingMode> for Session {
    type Cursor<'conn, 'query> = SessionCursor;
    type Row<'conn, 'query> = SessionRow;

    fn load<'conn, 'query, T>(&'conn mut self, source: T) -> QueryResult<Self::Cursor<'conn, 'query>>
    where
        T: Query + QueryFragment<Pg> + QueryId + 'query,
        Pg: QueryMetadata<T::SqlType>,
    {
        self.run_fragment(&source).map(SessionCursor::new)
    }
}

impl GetPgMetadataCache for Session {
    fn get_metadata_cache(&mut self) -> &mut PgMetadataCache {
        &mut self.type_cache
    }
}

/// A [`ServerError`] as Diesel sees it.
struct ErrorInformation(Arc<ServerError>);

impl DatabaseErrorInformation for ErrorInformation {
    fn message(&self) -> &str {
        &self.0.message
    }

    fn details(&self) -> Option<&str> {
        self.0.detail.as_deref()
    }

    fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    fn table_name(&self) -> Option<&str> {
        self.0.table.as_deref()
    }

    fn column_name(&self) -> Option<&str> {
        self.0.column.as_deref()
    }

    fn constraint_name(&self) -> Option<&str> {
        self.0.constraint.as_deref()
    }

    fn statement_position(&self) -> Option<i32> {
        self.0.position.and_then(|position| i32::try_from(position).ok())
    }
}

/// A whole result, in binary format.
struct LoadedResult {
    result: PgResult,
    column_names: Vec<String>,
}

/// The rows that a query has loaded. It does not borrow the session.
pub struct SessionCursor {
    loaded: Rc<LoadedResult>,
    rows: Range<usize>,
}

impl SessionCursor {
    fn new(result: PgResult) -> Self {
        let column_names =
            (0..result.column_count()).map(|column| result.column_name(column).unwrap_or_default()).collect();
        let rows = 0..result.row_count();
        Self { loaded: Rc::new(LoadedResult { result, column_names }), rows }
    }
}

impl Iterator for SessionCursor {
    type Item = QueryResult<SessionRow>;

    fn next(&mut self) -> Option<Self::Item> {
        let row = self.rows.next()?;
        Some(Ok(SessionRow { loaded: Rc::clone(&self.loaded), row }))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.rows.size_hint()
    }
}

impl ExactSizeIterator for SessionCursor {}

/// One row of a [`SessionCursor`].
pub struct SessionRow {
    loaded: Rc<LoadedResult>,
    row: usize,
}

impl RowSealed for SessionRow {}

impl<'a> Row<'a, Pg> for SessionRow {
    type Field<'f>
        = SessionField<'f>
    where
        'a: 'f,
        Self: 'f;
    type InnerPartialRow = Self;

    fn field_count(&self) -> usize {
        self.loaded.column_names.len()
    }

    fn get<'b, I>(&'b self, index: I) -> Option<Self::Field<'b>>
    where
        'a: 'b,
        Self: RowIndex<I>,
    {
        let column = self.idx(index)?;
        Some(SessionField { row: self, column })
    }

    fn partial_row(&self, range: Range<usize>) -> PartialRow<'_, Self::InnerPartialRow> {
        PartialRow::new(self, range)
    }
}

impl RowIndex<usize> for SessionRow {
    fn idx(&self, index: usize) -> Option<usize> {
        (index < self.loaded.column_names.len()).then_some(index)
    }
}

impl<'a> RowIndex<&'a str> for SessionRow {
    fn idx(&self, name: &'a str) -> Option<usize> {
        self.loaded.column_names.iter().position(|column| column == name)
    }
}

/// One value of a [`SessionRow`].
pub struct SessionField<'a> {
    row: &'a SessionRow,
    column: usize,
}

impl<'a> Field<'a, Pg> for SessionField<'a> {
    fn field_name(&self) -> Option<&str> {
        self.row.loaded.column_names.get(self.column).map(String::as_str)
    }

    fn value(&self) -> Option<PgValue<'_>> {
        let bytes = self.row.loaded.result.value(self.row.row, self.column)?;
        Some(PgValue::new(bytes, self))
    }
}

impl TypeOidLookup for SessionField<'_> {
    fn lookup(&self) -> NonZeroU32 {
        NonZeroU32::new(self.row.loaded.result.column_type(self.column)).unwrap_or(NO_TYPE)
    }
}
