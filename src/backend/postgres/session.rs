//! One connection to a PostgreSQL server: scripts as batches, each statement with its outcome.
//!
//! Typed queries go through Diesel's traits, which `diesel_connection` implements.

use std::ffi::{CStr, CString};
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use diesel::connection::{AnsiTransactionManager, DynInstrumentation};
use diesel::pg::PgMetadataCache;

use super::super::Control;
use super::cancel::{CancelError, CancelHandle};
use super::connect_error::ConnectError;
use super::libpq::{
    self, Beginning, BoundQuery, CancelConnection, Connection, PgResult, Refused, ResultStatus,
    TransactionStatus,
};
use super::notice::{Notice, NoticeHandler, NoticeQueue};
use super::server_error::{BatchError, ErrorOrigin, ServerError, character_position};

/// Seconds to wait for each address of the server where `connect_timeout` does not say.
const DEFAULT_CONNECT_TIMEOUT: &str = "10";
/// Rows of a batch's result held in memory at once.
const ROWS_A_RESULT: i32 = 256;
/// Bytes of `COPY` data sent in one message.
const COPY_CHUNK: usize = 64 * 1024;
/// How long a wait for a server lasts until the waiter looks up whether to go on.
const LOOKED_UP_AFTER: Duration = Duration::from_millis(20);
const WAITING_FOR_SERVER: &str = "waiting for the server to accept the connection";
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

/// What one statement of a batch did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CommandOutcome {
    /// The server's command tag, such as `CREATE TABLE` or `INSERT 0 3`.
    pub command_tag: String,
    /// How many rows were changed or selected; `None` for commands that do not say.
    pub affected_rows: Option<u64>,
    /// The names of the result's columns; empty if the statement has no result.
    pub columns: Vec<String>,
    /// The first rows, as many as were asked for, in text format; `None` is NULL.
    pub rows: Vec<Vec<Option<String>>>,
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

    /// Connects with the parameters of a session that is connected already.
    pub(super) fn connect_again(
        parameters: Arc<[(CString, CString)]>,
        control: &Control,
    ) -> Result<Self, ConnectError> {
        control.check().map_err(|_| ConnectError::cancelled())?;
        let begun = if resolves_a_name(&parameters, |name| std::env::var(name).ok()) {
            let parameters = Arc::clone(&parameters);
            wait_for(control, move || {
                match Connection::begin(&parameters, Arc::new(NoticeQueue::default()), &|| true)? {
                    Beginning::Ended(connection) => Some(connection),
                    Beginning::TakesLong(connection) => Some(connection.finish()),
                }
            })?
        } else {
            let go_on = || !control.is_cancelled();
            match Connection::begin(&parameters, Arc::new(NoticeQueue::default()), &go_on) {
                Some(Beginning::TakesLong(connection)) => {
                    control.check().map_err(|_| ConnectError::cancelled())?;
                    control.tell(WAITING_FOR_SERVER);
                    wait_for(&Control::new(control.cancellation().clone()), || Some(connection.finish()))?
                }
                Some(Beginning::Ended(connection)) => Some(connection),
                None => None,
            }
        };
        let Some(connection) = begun else { return Err(ConnectError::from_libpq("", false)) };
        if connection.is_bad() {
            return Err(ConnectError::from_libpq(&connection.error_message(), connection.needs_password()));
        }
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

    /// What it was connected with, password included.
    pub(super) fn parameters(&self) -> &Arc<[(CString, CString)]> {
        &self.parameters
    }

    /// Has `watcher` watch over statements that last, where somebody is told of waits.
    pub(super) fn watched_by(mut self, watcher: Watcher) -> Self {
        self.watcher = Some(watcher);
        self
    }

    /// What may cancel its work, and who is told that it waits.
    pub fn control(&self) -> &Control {
        &self.control
    }

    /// Has `control` hold from now on; what held before.
    pub fn set_control(&mut self, control: Control) -> Control {
        self.is_interrupted = false;
        std::mem::replace(&mut self.control, control)
    }

    /// Splits a libpq connection string, of `keyword=value` pairs or a URI, into parameters.
    ///
    /// # Errors
    /// When it is malformed. The error does not quote it, as it may hold a password.
    pub fn parse_conninfo(conninfo: &str) -> Result<Vec<(String, String)>, ConnectError> {
        CString::new(conninfo)
            .ok()
            .and_then(|conninfo| libpq::parse_conninfo(&conninfo))
            .ok_or_else(|| ConnectError::invalid_parameter(String::from("malformed connection string")))
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

    /// The address of that host; empty where it is a socket.
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

    /// Runs one statement with bound parameters and returns its whole result, in binary format.
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

/// Puts together the results of one statement, which come in parts.
#[derive(Default)]
struct OutcomeBuilder {
    max_rows: usize,
    command_tag: String,
    affected_rows: Option<u64>,
    rows: Vec<Vec<Option<String>>>,
}

impl OutcomeBuilder {
    fn new(max_rows: usize) -> Self {
        Self { max_rows, ..Self::default() }
    }

    /// Adds a part; at the last part of a statement, returns what the statement did.
    fn add(&mut self, result: &PgResult) -> Option<CommandOutcome> {
        let missing = self.max_rows.saturating_sub(self.rows.len());
        self.rows.extend((0..result.row_count().min(missing)).map(|row| text_row(result, row)));
        // Of a result in parts, libpq puts the tag on the last part that has rows, unless that is full.
        let command_tag = result.command_tag();
        if !command_tag.is_empty() {
            self.command_tag = command_tag;
            self.affected_rows = result.affected_rows();
        }
        match result.status() {
            ResultStatus::CommandOk | ResultStatus::RowsEnd => Some(CommandOutcome {
                command_tag: std::mem::take(&mut self.command_tag),
                affected_rows: self.affected_rows.take(),
                columns: (0..result.column_count()).filter_map(|column| result.column_name(column)).collect(),
                rows: std::mem::take(&mut self.rows),
            }),
            _ => None,
        }
    }
}

fn text_row(result: &PgResult, row: usize) -> Vec<Option<String>> {
    (0..result.column_count())
        .map(|column| result.value(row, column).map(|bytes| String::from_utf8_lossy(bytes).into_owned()))
        .collect()
}

/// Waits for `work`, which makes a connection on a thread of its own. Where that is cancelled, it is left to that thread,
/// and ends with it.
fn wait_for(
    control: &Control,
    work: impl FnOnce() -> Option<Connection> + Send + 'static,
) -> Result<Option<Connection>, ConnectError> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || drop(sender.send(work())));
    let mut wait = control.wait();
    loop {
        match receiver.recv_timeout(LOOKED_UP_AFTER) {
            Ok(connection) => return Ok(connection),
            Err(RecvTimeoutError::Timeout) => {
                wait.look(|| WAITING_FOR_SERVER.to_owned()).map_err(|_| ConnectError::cancelled())?;
            }
            Err(RecvTimeoutError::Disconnected) => return Ok(None),
        }
    }
}

/// Whether libpq asks the system's resolver for one of the hosts, which takes as long as that likes.
fn resolves_a_name(parameters: &[(CString, CString)], variable: impl Fn(&str) -> Option<String>) -> bool {
    let value = |keyword: &CStr, name: &str| {
        let given = parameters.iter().rfind(|(given, _)| given.as_c_str() == keyword);
        let given = given.map(|(_, value)| value.to_string_lossy().into_owned());
        given.or_else(|| variable(name)).unwrap_or_default()
    };
    let is_name = |host: &str| {
        !(host.is_empty()
            || host == "localhost"
            || host.starts_with(['/', '@'])
            || host.parse::<IpAddr>().is_ok())
    };
    !value(c"service", "PGSERVICE").is_empty()
        || value(c"hostaddr", "PGHOSTADDR").is_empty() && value(c"host", "PGHOST").split(',').any(is_name)
}

/// `sql` as libpq takes it.
fn c_string(sql: &str) -> Result<CString, Box<ServerError>> {
    CString::new(sql).map_err(|error| Box::new(ServerError::nul_character(sql, error.nul_position())))
}

/// `parameters` between those that are only a default and those that are required; of a keyword given
/// twice, libpq takes the last.
fn complete_parameters(parameters: &[(String, String)]) -> Result<Vec<(CString, CString)>, ConnectError> {
    let mut defaults = vec![("fallback_application_name", "revgraph")];
    let is_given =
        |keyword: &str| parameters.iter().any(|(given, value)| given == keyword && !value.is_empty());
    // Here a default would go before libpq's own sources, so it is left out where one may have a value.
    if !is_given("service")
        && ["PGCONNECT_TIMEOUT", "PGSERVICE"].iter().all(|name| std::env::var_os(name).is_none())
    {
        defaults.push(("connect_timeout", DEFAULT_CONNECT_TIMEOUT));
    }
    let given = parameters.iter().filter(|(_, value)| !value.is_empty());
    // libpq reads this one only where it does the waiting.
    if let Some((_, timeout)) = given.clone().find(|(keyword, _)| keyword == "connect_timeout")
        && timeout.trim().parse::<i32>().is_err()
    {
        let message = format!("invalid integer value {timeout:?} for connection option \"connect_timeout\"");
        return Err(ConnectError::invalid_parameter(message));
    }
    let authorities = authorities(parameters);
    defaults
        .into_iter()
        .chain(given.map(|(keyword, value)| (keyword.as_str(), value.as_str())))
        .chain(authorities.iter().map(|(keyword, value)| (*keyword, value.as_str())))
        .chain([("client_encoding", "UTF8")])
        .map(|(keyword, value)| match (CString::new(keyword), CString::new(value)) {
            (Ok(keyword), Ok(value)) => Ok((keyword, value)),
            _ => Err(ConnectError::invalid_parameter(format!(
                "the connection parameter {keyword:?} holds a NUL character"
            ))),
        })
        .collect()
}

/// What `sslrootcert=system` stands for, where OpenSSL is compiled in.
#[cfg(feature = "bundled-libpq")]
fn authorities(parameters: &[(String, String)]) -> Vec<(&'static str, String)> {
    let variable = |name: &str| std::env::var(name).ok();
    super::authorities::of_system(parameters, variable, || openssl_probe::probe().cert_file)
}

/// The system's OpenSSL knows where the system's certificates are.
#[cfg(not(feature = "bundled-libpq"))]
fn authorities(_: &[(String, String)]) -> Vec<(&'static str, String)> {
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_looked_up_on_a_thread_of_its_own() {
        let resolves = |parameters: &[(&str, &str)], variable: Option<&str>| {
            let parameters: Vec<_> = parameters
                .iter()
                .filter_map(|(keyword, value)| {
                    Some((CString::new(*keyword).ok()?, CString::new(*value).ok()?))
                })
                .collect();
            resolves_a_name(&parameters, |name| variable.filter(|_| name == "PGHOST").map(str::to_owned))
        };
        for host in ["db", "db.example.com", "/tmp,db", "127.0.0.1,db"] {
            assert!(resolves(&[("host", host)], None), "{host}");
            assert!(!resolves(&[("host", host), ("hostaddr", "127.0.0.1")], None), "{host}");
        }
        for host in ["", "/tmp", "@socket", "127.0.0.1", "::1", "localhost", "127.0.0.1,/tmp"] {
            assert!(!resolves(&[("host", host)], None), "{host}");
        }
        assert!(resolves(&[], Some("db")) && !resolves(&[("host", "/tmp")], Some("db")));
        assert!(resolves(&[("service", "x")], None));
    }
}
