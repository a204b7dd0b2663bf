//! One connection to a PostgreSQL server: scripts as batches, each statement with its outcome.
//!
//! Typed queries go through Diesel's traits, which `diesel_connection` implements.

use std::ffi::{CStr, CString};
use std::fmt;
use std::sync::Arc;

use diesel::connection::{AnsiTransactionManager, DynInstrumentation};
use diesel::pg::PgMetadataCache;

use super::super::Control;
use super::cancel::{CancelError, CancelHandle};
use super::connect_error::ConnectError;
use super::libpq::{
    BoundQuery, CancelConnection, Connection, PgResult, Refused, ResultStatus, TransactionStatus,
};
use super::notice::{Notice, NoticeHandler};
use super::opening;
use super::outcome::{CommandOutcome, OutcomeBuilder};
use super::parameters::complete_parameters;
use super::server_error::{BatchError, ErrorOrigin, ServerError, character_position};

/// Rows of a batch's result held in memory at once.
const ROWS_A_RESULT: i32 = 256;
/// Bytes of `COPY` data sent in one message.
const COPY_CHUNK: usize = 64 * 1024;
/// What the server is told of a `COPY … FROM STDIN` whose data were not sent to the end.
const COPY_CANCELLED: &CStr = c"interrupted";
/// What the server is told of a `COPY … FROM STDIN` in a batch.
const COPY_WITHOUT_DATA: &CStr = c"a script cannot supply the data of COPY FROM STDIN";

/// Begins to watch over a statement that has lasted for a while; dropping what it returns ends that.
pub(super) type Watcher = fn(&Session) -> Box<dyn Send>;

/// A connection to a PostgreSQL server, closed when dropped.
///
/// It implements Diesel's `Connection`, so `sql_query` and the query DSL work on it.
pub struct Session {
    pub(super) connection: Connection,
    pub(super) transactions: AnsiTransactionManager,
    pub(super) type_cache: PgMetadataCache,
    pub(super) instrumentation: DynInstrumentation,
    /// The error that Diesel was last given, to be had back by `Session::server_error`.
    pub(super) last_error: Option<Arc<ServerError>>,
    /// What it was connected with, password included.
    parameters: Arc<[(CString, CString)]>,
    watcher: Option<Watcher>,
    control: Control,
    /// Whether what `control` cancels has been interrupted; what runs after it is not.
    is_interrupted: bool,
}

impl Session {
    /// Connects with libpq's
    /// [parameters](https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS).
    /// What they leave open, libpq takes from its environment variables, service and password files.
    ///
    /// `connect_timeout` is 10 seconds where nothing says otherwise, and `client_encoding` is `UTF8`
    /// whatever is said.
    ///
    /// # Errors
    /// When a parameter is malformed or no server accepts the connection.
    pub fn connect(parameters: &[(String, String)]) -> Result<Self, ConnectError> {
        Self::connect_with(parameters, &Control::default())
    }

    /// Connects as [`Session::connect`] does. `control` can cancel that, and holds for the session.
    ///
    /// # Errors
    /// As [`Session::connect`], and a [`ConnectError`] without a kind where it was cancelled.
    pub fn connect_with(parameters: &[(String, String)], control: &Control) -> Result<Self, ConnectError> {
        Self::connect_again(complete_parameters(parameters)?.into(), control)
    }

    /// Connects with the parameters of a session that is connected already; the errors are those of any connection.
    pub(super) fn connect_again(
        parameters: Arc<[(CString, CString)]>,
        control: &Control,
    ) -> Result<Self, ConnectError> {
        let connection = opening::open(&parameters, control)?;
        Ok(Self {
            connection,
            transactions: AnsiTransactionManager::default(),
            type_cache: PgMetadataCache::new(),
            instrumentation: DynInstrumentation::default_instrumentation(),
            last_error: None,
            parameters,
            watcher: None,
            control: control.clone(),
            is_interrupted: false,
        })
    }

    /// The parameters that the session was connected with, password included.
    pub(super) fn parameters(&self) -> &Arc<[(CString, CString)]> {
        &self.parameters
    }

    /// Has `watcher` watch over statements that last, where somebody is told of waits.
    pub(super) fn watched_by(mut self, watcher: Watcher) -> Self {
        self.watcher = Some(watcher);
        self
    }

    /// What may cancel the session's work, and who is told that it waits.
    pub fn control(&self) -> &Control {
        &self.control
    }

    /// Has `control` hold from now on; what held before.
    pub fn set_control(&mut self, control: Control) -> Control {
        self.is_interrupted = false;
        std::mem::replace(&mut self.control, control)
    }

    /// Runs any number of statements in one message of the simple protocol and returns what each did;
    /// rows of results are dropped. An `sql` of nothing but comments has no outcomes.
    ///
    /// Outside a transaction block the server runs the statements in one transaction, as far as they
    /// do not begin or end one themselves. A `COMMIT` of a block that has failed is no error: its
    /// command tag is `ROLLBACK`.
    ///
    /// # Errors
    /// At the first statement that fails; those after it have not been run.
    pub fn run_batch(&mut self, sql: &str) -> Result<Vec<CommandOutcome>, BatchError> {
        let mut outcomes = Vec::new();
        self.run_batch_with(sql, 0, &mut |outcome| outcomes.push(outcome))?;
        Ok(outcomes)
    }

    /// Runs statements as [`Session::run_batch`] does, hands `on_outcome` what each did, with up to
    /// `max_rows` rows of its result, and returns how many there were.
    ///
    /// This is no display of progress: the server may hold back what it sends until the batch has ended.
    /// If `on_outcome` panics the session is broken.
    ///
    /// # Errors
    /// At the first statement that fails; those after it have not been run.
    pub fn run_batch_with(
        &mut self,
        sql: &str,
        max_rows: usize,
        on_outcome: &mut dyn FnMut(CommandOutcome),
    ) -> Result<usize, BatchError> {
        let mut completed = 0;
        let mut outcome = OutcomeBuilder::new(max_rows);
        let result = self.run_simple(sql, None, &mut |result| {
            if let Some(outcome) = outcome.add(&result) {
                completed += 1;
                on_outcome(outcome);
            }
        });
        self.follow_transaction_block();
        match result {
            Ok(_) => Ok(completed),
            Err(error) => Err(BatchError { completed, error }),
        }
    }

    /// Runs one `COPY … FROM STDIN` with `data`, in the format that the statement names, and returns the
    /// number of rows copied.
    ///
    /// # Errors
    /// When the statement or the data is refused, or it is another statement (which is then carried out).
    pub fn copy_in(&mut self, statement: &str, data: &[u8]) -> Result<u64, Box<ServerError>> {
        let mut rows = 0;
        let copied = self.run_simple(statement, Some(data), &mut |result| {
            rows += result.affected_rows().unwrap_or(0);
        });
        self.follow_transaction_block();
        match copied? {
            CopyData::Sent => Ok(rows),
            CopyData::NotAskedFor => Err(Box::new(ServerError::not_copy_from_stdin())),
        }
    }

    /// The state of the transaction block.
    pub fn transaction_status(&self) -> TransactionStatus {
        self.connection.transaction_status()
    }

    /// Whether nothing more can be run: the connection is lost, or a command was left unfinished.
    /// A connection that died while idle is only found out by the next command.
    pub fn is_broken(&self) -> bool {
        matches!(self.transaction_status(), TransactionStatus::Active | TransactionStatus::Unknown)
            || self.connection.is_bad()
    }

    /// Whether the connection still stands, as far as it shows without asking the server.
    pub fn is_connected(&mut self) -> bool {
        self.connection.is_connected()
    }

    /// The server's version as a number, such as `150004` for 15.4; 0 once the connection is lost.
    pub fn server_version(&self) -> i32 {
        self.connection.server_version()
    }

    /// The host that the connection leads to, or the folder of its socket.
    pub fn host(&self) -> String {
        self.connection.host().unwrap_or_default()
    }

    /// The IP address of the host that the session is connected to; empty where it is a socket (`PQhostaddr`).
    pub fn host_address(&self) -> String {
        self.connection.host_address().unwrap_or_default()
    }

    /// The process id of the server process, as in `pg_stat_activity`; behind a connection pooler, a
    /// number of the pooler's.
    pub fn backend_pid(&self) -> i32 {
        self.connection.backend_pid()
    }

    /// A setting that the server reports by itself, such as `server_version` or `TimeZone`: those that
    /// [`PQparameterStatus`](https://www.postgresql.org/docs/current/libpq-status.html#LIBPQ-PQPARAMETERSTATUS)
    /// lists.
    pub fn parameter_status(&self, name: &str) -> Option<String> {
        self.connection.parameter_status(&CString::new(name).ok()?)
    }

    /// Hands notices to `handler` as they arrive; with `None` they are kept for
    /// [`Session::take_notices`], as they are at first.
    pub fn set_notice_handler(&mut self, handler: Option<NoticeHandler>) {
        self.connection.notices().set_handler(handler);
    }

    /// The notices since the last call, oldest first; of more than 10,000 the last.
    pub fn take_notices(&mut self) -> Vec<Notice> {
        self.connection.notices().take()
    }

    /// What it takes to cancel, from another thread, what this session runs now or later.
    ///
    /// # Errors
    /// When the connection is lost, or the server or a pooler between does not support cancelling.
    pub fn cancel_handle(&self) -> Result<CancelHandle, CancelError> {
        CancelConnection::new(&self.connection).map(CancelHandle::new).map_err(CancelError::from_libpq)
    }

    /// Runs one statement with bound parameters and returns its whole result, in binary format. Of a statement with a
    /// NUL character, which is an error too, nothing is sent.
    pub(super) fn run_bound(
        &mut self,
        sql: &str,
        parameter_types: &[u32],
        parameters: &[Option<Vec<u8>>],
    ) -> Result<PgResult, Box<ServerError>> {
        let text = c_string(sql)?;
        let sent = self.connection.send_bound(&BoundQuery { sql: &text, parameter_types, parameters });
        self.check_sent(sent)?;
        let mut last = None;
        self.receive(sql, None, &mut |result| last = Some(result))?;
        last.ok_or_else(|| Box::new(ServerError::from_libpq(&self.connection.error_message())))
    }

    /// Runs statements by the simple protocol; `on_result` gets every result that is not an error.
    pub(super) fn run_simple(
        &mut self,
        sql: &str,
        copy_data: Option<&[u8]>,
        on_result: &mut dyn FnMut(PgResult),
    ) -> Result<CopyData, Box<ServerError>> {
        let text = c_string(sql)?;
        let sent = self.connection.send_batch(&text, ROWS_A_RESULT);
        self.check_sent(sent)?;
        self.receive(sql, copy_data, on_result)
    }

    fn check_sent(&self, sent: Result<(), Refused>) -> Result<(), Box<ServerError>> {
        sent.map_err(|Refused| {
            let mut error = ServerError::from_libpq(&self.connection.error_message());
            error.connection_lost = self.connection.is_bad();
            Box::new(error)
        })
    }

    /// Reads the results of what was sent to the last, so that the next command can be sent, and
    /// returns the first error among them.
    fn receive(
        &mut self,
        sql: &str,
        mut copy_data: Option<&[u8]>,
        on_result: &mut dyn FnMut(PgResult),
    ) -> Result<CopyData, Box<ServerError>> {
        let mut copied = CopyData::NotAskedFor;
        let mut copy_refused = false;
        let mut failure: Option<Box<ServerError>> = None;
        while let Some(result) = self.next_result() {
            let answered = match result.status() {
                ResultStatus::Error => {
                    failure.get_or_insert_with(|| Box::new(self.error_in(sql, &result, copy_refused)));
                    Ok(())
                }
                ResultStatus::CopyIn => match copy_data.take() {
                    Some(data) => {
                        copied = CopyData::Sent;
                        self.send_copy_data(data)
                    }
                    None => {
                        copy_refused = true;
                        self.connection.put_copy_end(Some(COPY_WITHOUT_DATA))
                    }
                },
                ResultStatus::CopyOut => {
                    self.connection.discard_copy_data();
                    Ok(())
                }
                // Nothing here starts replication; the unread stream leaves the session broken.
                ResultStatus::CopyBoth => Err(Refused),
                _ if failure.is_some() => Ok(()),
                _ => {
                    on_result(result);
                    Ok(())
                }
            };
            if let Err(error) = self.check_sent(answered) {
                failure.get_or_insert(error);
                break;
            }
        }
        match failure {
            None => Ok(copied),
            Some(mut error) => {
                // After a failed write libpq may still count the connection as good, but sends nothing any more.
                error.connection_lost = self.connection.is_bad() || error.origin == ErrorOrigin::Libpq;
                Err(error)
            }
        }
    }

    fn send_copy_data(&mut self, data: &[u8]) -> Result<(), Refused> {
        for chunk in data.chunks(COPY_CHUNK) {
            if self.is_to_be_interrupted() {
                return self.connection.put_copy_end(Some(COPY_CANCELLED));
            }
            self.connection.put_copy_data(chunk)?;
        }
        self.connection.put_copy_end(None)
    }

    /// Waits for the next result. What is running is cancelled where the work is; where it waits for another session's
    /// lock, that is told.
    fn next_result(&mut self) -> Option<PgResult> {
        let wait = self.control.wait();
        let mut watch = None;
        while !self.connection.has_next_result() {
            if self.is_to_be_interrupted() {
                // Where the cancel does not arrive, the statement goes on.
                let _ = self.cancel_handle().and_then(|handle| handle.cancel());
            }
            if watch.is_none() && wait.is_long() && self.control.is_listened_to() {
                watch = self.watcher.map(|begin| begin(self));
            }
        }
        self.connection.next_result()
    }

    /// Whether the work has been cancelled and nothing has been interrupted for that yet.
    fn is_to_be_interrupted(&mut self) -> bool {
        let is_due = self.control.is_cancelled() && !self.is_interrupted;
        self.is_interrupted = self.is_interrupted || is_due;
        is_due
    }

    fn error_in(&self, sql: &str, result: &PgResult, copy_refused: bool) -> ServerError {
        let mut error = ServerError::from_result(result);
        if copy_refused && error.origin == ErrorOrigin::Server {
            error.origin = ErrorOrigin::CopyWithoutData;
        }
        // In a database without an encoding the server takes each byte for a character.
        if self.parameter_status("server_encoding").as_deref() == Some("SQL_ASCII") {
            error.position = error.position.map(|byte| character_position(sql, byte.saturating_sub(1)));
        }
        error
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("backend_pid", &self.backend_pid())
            .field("transaction_status", &self.transaction_status())
            .finish_non_exhaustive()
    }
}

/// Whether a command asked for data to copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CopyData {
    NotAskedFor,
    Sent,
}

/// `sql` as libpq takes it.
fn c_string(sql: &str) -> Result<CString, Box<ServerError>> {
    CString::new(sql).map_err(|error| Box::new(ServerError::nul_character(sql, error.nul_position())))
}
