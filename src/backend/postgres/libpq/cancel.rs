//! Cancelling what a connection runs.

use std::ptr::NonNull;

use pq_sys::{ConnStatusType, PGcancelConn};

use super::connection::Connection;
use super::string::string_from;

/// A `PGcancelConn`: what it takes to cancel the command that a connection is running, over a
/// connection of its own that is encrypted as the first one is.
pub(in super::super) struct CancelConnection {
    raw: NonNull<PGcancelConn>,
}

// SAFETY: a PGcancelConn shares nothing with the connection it was made from, and may be used from
// any thread as long as no two use it at once; `CancelConnection` is not `Sync`.
unsafe impl Send for CancelConnection {}

impl CancelConnection {
    /// An error is libpq's message: the connection is closed, or the server gave it no cancel key.
    pub(in super::super) fn new(connection: &Connection) -> Result<Self, String> {
        // SAFETY: `raw` is a live connection, which is read.
        let raw = unsafe { pq_sys::PQcancelCreate(connection.raw.as_ptr()) };
        let cancel = Self { raw: NonNull::new(raw).ok_or_else(|| String::from("out of memory"))? };
        // Only one in this state may be reset and started.
        // SAFETY: `raw` is a live cancel connection.
        if unsafe { pq_sys::PQcancelStatus(raw) } == ConnStatusType::CONNECTION_ALLOCATED {
            Ok(cancel)
        } else {
            Err(cancel.error_message())
        }
    }

    /// Sends the request and waits until the server has handled it, at most `connect_timeout`.
    /// An error is libpq's message.
    pub(in super::super) fn request(&mut self) -> Result<(), String> {
        let raw = self.raw.as_ptr();
        // SAFETY: `raw` is a live cancel connection that was allocated completely (see `new`).
        let result = match unsafe { pq_sys::PQcancelBlocking(raw) } {
            1 => Ok(()),
            _ => Err(self.error_message()),
        };
        // A cancel connection sends one request; reset makes the next one possible.
        // SAFETY: as above.
        unsafe { pq_sys::PQcancelReset(raw) };
        result
    }

    fn error_message(&self) -> String {
        // SAFETY: `raw` is a live cancel connection, which owns the string; it is copied.
        unsafe { string_from(pq_sys::PQcancelErrorMessage(self.raw.as_ptr())) }.unwrap_or_default()
    }
}

impl Drop for CancelConnection {
    fn drop(&mut self) {
        // SAFETY: `raw` is a live cancel connection that nothing uses afterwards.
        unsafe { pq_sys::PQcancelFinish(self.raw.as_ptr()) };
    }
}
