//! Cancelling, from another thread, the command that a session is running.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use thiserror::Error;

use super::libpq::CancelConnection;

/// Cancels what one session is running, from any thread. Clones share one connection.
#[derive(Clone)]
pub struct CancelHandle {
    connection: Arc<Mutex<CancelConnection>>,
}

/// The request to cancel could not be made or delivered.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the running command could not be cancelled: {message}")]
pub struct CancelError {
    /// libpq's message.
    pub message: String,
}

impl CancelHandle {
    /// What cancels the command of the session that `connection` belongs to.
    pub(super) fn new(connection: CancelConnection) -> Self {
        Self { connection: Arc::new(Mutex::new(connection)) }
    }

    /// Asks the server to cancel the command that the session is running, and returns when the server
    /// has passed the request on. The command then fails with SQLSTATE `57014`, unless it ended first;
    /// if none is running nothing happens.
    ///
    /// It connects to the server anew and so may block for `connect_timeout`; it is not for use within
    /// a signal handler.
    ///
    /// # Errors
    /// When the server cannot be reached.
    pub fn cancel(&self) -> Result<(), CancelError> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        connection.request().map_err(CancelError::from_libpq)
    }
}

impl CancelError {
    /// The error with libpq's message, without blanks around it.
    pub(super) fn from_libpq(message: String) -> Self {
        Self { message: message.trim().to_owned() }
    }
}

impl fmt::Debug for CancelHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CancelHandle").finish_non_exhaustive()
    }
}
