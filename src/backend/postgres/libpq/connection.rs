//! A connection: it sends statements, and gives their results one by one.

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::mem::ManuallyDrop;
use std::ptr::{self, NonNull};
use std::sync::Arc;

use pq_sys::{
    ConnStatusType, Oid, PGTransactionStatusType, PGVerbosity, PGconn, PGresult, PostgresPollingStatusType,
};

use super::super::notice::{Notice, NoticeQueue};
use super::result::{BINARY_FORMAT, PgResult};
use super::string::string_from;

/// The state of a connection's transaction block, as the server last reported it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransactionStatus {
    /// Outside a transaction block.
    Idle,
    /// A command is under way.
    Active,
    /// In a transaction block.
    InTransaction,
    /// In a transaction block that has failed: only `ROLLBACK` is accepted.
    InError,
    /// The connection is lost.
    Unknown,
}

/// The call was refused by libpq; [`Connection::error_message`] says why.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Refused;

/// One query with its parameters, in the binary format of their types.
pub(in super::super) struct BoundQuery<'a> {
    pub(in super::super) sql: &'a CStr,
    pub(in super::super) parameter_types: &'a [Oid],
    /// As many as `parameter_types`; `None` is NULL.
    pub(in super::super) parameters: &'a [Option<Vec<u8>>],
}

/// How long a server near by takes at the most to accept a connection, in microseconds.
const CONNECTED_SOON_US: i64 = 1_000_000;
/// How long a wait lasts until the waiter looks up whether to go on, in microseconds.
const LOOKED_UP_AFTER_US: i64 = 20_000;

/// A connection after it has been waited for for a while.
pub(in super::super) enum Beginning {
    /// It stands, or has failed: see [`Connection::is_bad`].
    Ended(Connection),
    /// It is not known yet; [`Connection::finish`] waits for it.
    TakesLong(Connection),
}

/// A `PGconn`, closed when dropped.
pub(in super::super) struct Connection {
    pub(super) raw: NonNull<PGconn>,
    /// Where `receive_notice` puts what the server says; it has to outlive `raw`.
    notices: Arc<NoticeQueue>,
}

// SAFETY: a PGconn may be used from any thread as long as no two use it at once
// (https://www.postgresql.org/docs/current/libpq-threading.html); `Connection` is not `Sync`.
unsafe impl Send for Connection {}

impl Connection {
    /// Begins to connect. `go_on` is asked again and again whether to. `None` if memory ran out.
    ///
    /// This is `PQconnectdbParams` in steps: only so are notices of the start received instead of printed
    /// by libpq, and is the SQLSTATE of a refusal to be had, from the verbose message.
    pub(in super::super) fn begin(
        parameters: &[(CString, CString)],
        notices: Arc<NoticeQueue>,
        go_on: &dyn Fn() -> bool,
    ) -> Option<Beginning> {
        let keywords = null_terminated(parameters.iter().map(|(keyword, _)| keyword.as_c_str()));
        let values = null_terminated(parameters.iter().map(|(_, value)| value.as_c_str()));
        // SAFETY: the arrays are equally long, end with a null pointer and hold C strings that
        // outlive the call; libpq copies them.
        let raw = unsafe { pq_sys::PQconnectStartParams(keywords.as_ptr(), values.as_ptr(), 0) };
        let connection = Connection { raw: NonNull::new(raw)?, notices };
        let mut is_ended = true;
        if !connection.is_bad() {
            let queue = Arc::as_ptr(&connection.notices).cast_mut().cast::<c_void>();
            // SAFETY: `raw` is a live connection with valid options. `queue` points to what
            // `connection.notices` owns, which is freed after `raw` (see `Drop`).
            unsafe {
                pq_sys::PQsetNoticeReceiver(raw, Some(receive_notice), queue);
                pq_sys::PQsetErrorVerbosity(raw, PGVerbosity::PQERRORS_VERBOSE);
            }
            is_ended = connection.ends_soon(go_on);
        }
        Some(if is_ended { Beginning::Ended(connection.begun()) } else { Beginning::TakesLong(connection) })
    }

    /// Goes on with what takes long, for as long as `connect_timeout` allows for each address. The connection that is
    /// returned may have failed: see [`Connection::is_bad`].
    pub(in super::super) fn finish(self) -> Self {
        // SAFETY: `raw` is a live connection with valid options.
        unsafe { pq_sys::PQreset(self.raw.as_ptr()) };
        self.begun()
    }

    fn begun(self) -> Self {
        // SAFETY: `raw` is a live connection.
        unsafe { pq_sys::PQsetErrorVerbosity(self.raw.as_ptr(), PGVerbosity::PQERRORS_DEFAULT) };
        self
    }

    /// Goes on with a connection that has been started; false where that takes long, or is not to go on. Whom to try
    /// next, and when to give up, only libpq's own waiting knows, which then has to begin anew.
    fn ends_soon(&self, go_on: &dyn Fn() -> bool) -> bool {
        let raw = self.raw.as_ptr();
        let deadline = now_us() + CONNECTED_SOON_US;
        let mut wanted = PostgresPollingStatusType::PGRES_POLLING_WRITING;
        loop {
            let reading = match wanted {
                PostgresPollingStatusType::PGRES_POLLING_READING => true,
                PostgresPollingStatusType::PGRES_POLLING_WRITING => false,
                _ => return true,
            };
            if now_us() >= deadline || !go_on() {
                return false;
            }
            match self.poll(reading, !reading, now_us() + LOOKED_UP_AFTER_US) {
                Ok(true) => {}
                Ok(false) => continue,
                Err(Refused) => return false,
            }
            // SAFETY: as before, and the socket is ready for what was asked for.
            wanted = unsafe { pq_sys::PQconnectPoll(raw) };
        }
    }

    /// Waits until the socket can be read or written; false where that took longer than `deadline`, by libpq's clock.
    fn poll(&self, reading: bool, writing: bool, deadline: i64) -> Result<bool, Refused> {
        // SAFETY: `raw` is a live connection; its socket is asked for anew each time.
        let ready = unsafe {
            let socket = pq_sys::PQsocket(self.raw.as_ptr());
            pq_sys::PQsocketPoll(socket, c_int::from(reading), c_int::from(writing), deadline)
        };
        match ready {
            ..0 => Err(Refused),
            0 => Ok(false),
            _ => Ok(true),
        }
    }

    /// Waits a moment for more of the next result; whether it can be had now without waiting. Where the connection is
    /// lost, it can: it says so.
    pub(in super::super) fn has_next_result(&mut self) -> bool {
        // SAFETY: `raw` is a live connection.
        if unsafe { pq_sys::PQisBusy(self.raw.as_ptr()) } == 0 {
            return true;
        }
        match self.poll(true, false, now_us() + LOOKED_UP_AFTER_US) {
            Ok(true) => {}
            Ok(false) => return false,
            // A signal ends a wait as well.
            Err(Refused) => return self.is_bad(),
        }
        // SAFETY: `raw` is a live connection.
        unsafe {
            accepted(pq_sys::PQconsumeInput(self.raw.as_ptr())).is_err()
                || pq_sys::PQisBusy(self.raw.as_ptr()) == 0
        }
    }

    /// The queue of what the server has said and nobody has taken yet.
    pub(in super::super) fn notices(&self) -> &NoticeQueue {
        &self.notices
    }

    /// Whether the connection failed or was lost.
    pub(in super::super) fn is_bad(&self) -> bool {
        // SAFETY: `raw` is a live connection.
        unsafe { pq_sys::PQstatus(self.raw.as_ptr()) == ConnStatusType::CONNECTION_BAD }
    }

    /// Whether the server asked for a password and none was given.
    pub(in super::super) fn needs_password(&self) -> bool {
        // SAFETY: `raw` is a live connection.
        unsafe { pq_sys::PQconnectionNeedsPassword(self.raw.as_ptr()) != 0 }
    }

    /// libpq's words on what failed last. They are English: the process never calls `setlocale`.
    pub(in super::super) fn error_message(&self) -> String {
        // SAFETY: `raw` is a live connection; the string is copied before the next call could free it.
        unsafe { string_from(pq_sys::PQerrorMessage(self.raw.as_ptr())) }.unwrap_or_default()
    }

    /// The state of the transaction block (`PQtransactionStatus`).
    pub(in super::super) fn transaction_status(&self) -> TransactionStatus {
        // SAFETY: `raw` is a live connection.
        match unsafe { pq_sys::PQtransactionStatus(self.raw.as_ptr()) } {
            PGTransactionStatusType::PQTRANS_IDLE => TransactionStatus::Idle,
            PGTransactionStatusType::PQTRANS_ACTIVE => TransactionStatus::Active,
            PGTransactionStatusType::PQTRANS_INTRANS => TransactionStatus::InTransaction,
            PGTransactionStatusType::PQTRANS_INERROR => TransactionStatus::InError,
            PGTransactionStatusType::PQTRANS_UNKNOWN => TransactionStatus::Unknown,
        }
    }

    /// The server's version as a number, as 150004 for 15.4; 0 where the connection is bad (`PQserverVersion`).
    pub(in super::super) fn server_version(&self) -> i32 {
        // SAFETY: `raw` is a live connection.
        unsafe { pq_sys::PQserverVersion(self.raw.as_ptr()) }
    }

    /// The host that the connection leads to, or the folder of its socket.
    pub(in super::super) fn host(&self) -> Option<String> {
        // SAFETY: `raw` is a live connection; the string is copied before the next call could free it.
        unsafe { string_from(pq_sys::PQhost(self.raw.as_ptr())) }
    }

    /// The address that the host has; none of a socket.
    pub(in super::super) fn host_address(&self) -> Option<String> {
        // SAFETY: as above.
        unsafe { string_from(pq_sys::PQhostaddr(self.raw.as_ptr())) }
    }

    /// The process of the server that the connection began with (`PQbackendPID`).
    pub(in super::super) fn backend_pid(&self) -> i32 {
        // SAFETY: `raw` is a live connection.
        unsafe { pq_sys::PQbackendPID(self.raw.as_ptr()) }
    }

    /// The value of a setting that the server reports by itself, as `server_encoding`; none of others
    /// (`PQparameterStatus`).
    pub(in super::super) fn parameter_status(&self, name: &CStr) -> Option<String> {
        // SAFETY: `raw` is a live connection; the string is copied before the next call could free it.
        unsafe { string_from(pq_sys::PQparameterStatus(self.raw.as_ptr(), name.as_ptr())) }
    }

    /// Sends `sql`, any number of statements, as one message of the simple protocol. Rows come in text format, at most
    /// `rows_a_result` in a result.
    ///
    /// # Errors
    /// [`Refused`] where libpq does not send it; its error message says why.
    pub(in super::super) fn send_batch(&mut self, sql: &CStr, rows_a_result: c_int) -> Result<(), Refused> {
        // SAFETY: `raw` is a live connection and `sql` a C string that libpq copies.
        accepted(unsafe { pq_sys::PQsendQuery(self.raw.as_ptr(), sql.as_ptr()) })?;
        // SAFETY: `raw` is a live connection. Where it fails, all rows come in one result.
        unsafe { pq_sys::PQsetChunkedRowsMode(self.raw.as_ptr(), rows_a_result) };
        Ok(())
    }

    /// Sends one statement as an unnamed prepared statement; parameters and rows are binary.
    ///
    /// # Errors
    /// [`Refused`] where the parameters have not as many types as values, and where libpq does not send it.
    pub(in super::super) fn send_bound(&mut self, query: &BoundQuery<'_>) -> Result<(), Refused> {
        let count = query.parameters.len();
        if query.parameter_types.len() != count {
            return Err(Refused);
        }
        let values: Vec<*const c_char> = query
            .parameters
            .iter()
            .map(|value| value.as_ref().map_or(ptr::null(), |v| v.as_ptr().cast()))
            .collect();
        let lengths: Vec<c_int> = query
            .parameters
            .iter()
            .map(|value| c_int::try_from(value.as_ref().map_or(0, Vec::len)))
            .collect::<Result<_, _>>()
            .map_err(|_| Refused)?;
        let formats = vec![BINARY_FORMAT; count];
        let count = c_int::try_from(count).map_err(|_| Refused)?;
        // SAFETY: `raw` is a live connection; the four arrays hold `count` elements, and each value
        // as many bytes as its length says. libpq copies all of them.
        accepted(unsafe {
            pq_sys::PQsendQueryParams(
                self.raw.as_ptr(),
                query.sql.as_ptr(),
                count,
                query.parameter_types.as_ptr(),
                values.as_ptr(),
                lengths.as_ptr(),
                formats.as_ptr(),
                BINARY_FORMAT,
            )
        })
    }

    /// Takes in what has arrived, without waiting; whether the connection still stands. What ends it may be preceded
    /// by words of the server, so that it shows at the second look.
    pub(in super::super) fn is_connected(&mut self) -> bool {
        // SAFETY: `raw` is a live connection.
        let looks = [(); 2].map(|()| unsafe { pq_sys::PQconsumeInput(self.raw.as_ptr()) });
        looks.into_iter().all(|look| accepted(look).is_ok()) && !self.is_bad()
    }

    /// Waits for the next result of what was sent; `None` when there are no more.
    pub(in super::super) fn next_result(&mut self) -> Option<PgResult> {
        // SAFETY: `raw` is a live connection; the result is the caller's to free.
        NonNull::new(unsafe { pq_sys::PQgetResult(self.raw.as_ptr()) }).map(|raw| PgResult { raw })
    }

    /// Sends a part of the data of a `COPY … FROM STDIN` that is under way.
    ///
    /// # Errors
    /// [`Refused`] where libpq does not send it.
    pub(in super::super) fn put_copy_data(&mut self, data: &[u8]) -> Result<(), Refused> {
        let length = c_int::try_from(data.len()).map_err(|_| Refused)?;
        // SAFETY: `raw` is a live connection; `data` holds `length` bytes, which libpq copies.
        accepted(unsafe { pq_sys::PQputCopyData(self.raw.as_ptr(), data.as_ptr().cast(), length) })
    }

    /// Ends a `COPY … FROM STDIN`; with `failure`, the server is told to fail it for that reason.
    pub(in super::super) fn put_copy_end(&mut self, failure: Option<&CStr>) -> Result<(), Refused> {
        // SAFETY: `raw` is a live connection; `failure` is null or a C string that libpq copies.
        accepted(unsafe {
            pq_sys::PQputCopyEnd(self.raw.as_ptr(), failure.map_or(ptr::null(), CStr::as_ptr))
        })
    }

    /// Reads the data of a `COPY … TO STDOUT` to its end and drops it. How it ended is told by
    /// [`Connection::next_result`].
    pub(in super::super) fn discard_copy_data(&mut self) {
        loop {
            let mut buffer: *mut c_char = ptr::null_mut();
            // SAFETY: `raw` is a live connection and `buffer` takes the pointer to a row.
            let length = unsafe { pq_sys::PQgetCopyData(self.raw.as_ptr(), &mut buffer, 0) };
            // SAFETY: `buffer` is null or was allocated by PQgetCopyData for the caller to free.
            unsafe { pq_sys::PQfreemem(buffer.cast()) };
            if length <= 0 {
                return;
            }
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // SAFETY: `raw` is a live connection that nothing uses afterwards. `notices` is still alive.
        unsafe { pq_sys::PQfinish(self.raw.as_ptr()) };
    }
}

/// Called by libpq for each notice, on the thread that called libpq.
///
/// # Safety
/// `queue` has to point to the `NoticeQueue` of the connection, and `result` to a `PGresult` or nowhere.
unsafe extern "C" fn receive_notice(queue: *mut c_void, result: *const PGresult) {
    let Some(raw) = NonNull::new(result.cast_mut()) else { return };
    // libpq frees the result itself.
    let result = ManuallyDrop::new(PgResult { raw });
    // SAFETY: `Connection::begin` registered the pointer of an `Arc` that outlives the connection,
    // and only shared references to the queue exist.
    let queue = unsafe { &*queue.cast::<NoticeQueue>() };
    queue.receive(Notice::from_result(&result));
}

/// libpq's clock, in microseconds.
fn now_us() -> i64 {
    // SAFETY: it takes nothing.
    unsafe { pq_sys::PQgetCurrentTimeUSec() }
}

/// The pointers of `strings`, then a null pointer.
fn null_terminated<'a>(strings: impl Iterator<Item = &'a CStr>) -> Vec<*const c_char> {
    strings.map(CStr::as_ptr).chain([ptr::null()]).collect()
}

/// What libpq's sending functions return: 1, or 0 or -1 on failure.
fn accepted(returned: c_int) -> Result<(), Refused> {
    if returned == 1 { Ok(()) } else { Err(Refused) }
}
