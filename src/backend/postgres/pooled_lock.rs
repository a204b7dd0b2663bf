//! The lock behind a connection pooler, where a session's advisory lock would stay with a connection that the pooler
//! hands to others: a transaction's, held open on a connection of its own.
//!
//! The transaction is idle and READ COMMITTED, so that it has no snapshot that a `CREATE INDEX CONCURRENTLY` would
//! wait for; and a waiter ends its transaction before it sleeps. The pooler needs two server connections for a run.

use super::super::{BackendError, Control, DatabaseError};
use super::{ConnectError, Session};

/// The transaction must outlive any limit on idle or long ones; those of later server versions are set where known.
const WITHOUT_LIMITS: &str = "SELECT set_config(name, '0', true) FROM pg_settings WHERE name IN \
    ('idle_in_transaction_session_timeout', 'transaction_timeout', 'statement_timeout')";

/// The connection whose open transaction is the lock. Dropping it ends both.
pub(super) struct PooledLock {
    session: Session,
}

impl PooledLock {
    /// Opens a connection for the lock, which is yet to be had.
    ///
    /// # Errors
    /// [`ConnectError`].
    pub(super) fn connect(parameters: &[(String, String)], control: &Control) -> Result<Self, ConnectError> {
        Ok(Self { session: Session::connect_with(parameters, control)? })
    }

    /// Asks once for the advisory lock `key`, without waiting, and keeps the transaction open that has got it; whether
    /// it has.
    ///
    /// # Errors
    /// The database's.
    pub(super) fn try_lock(&mut self, key: i64) -> Result<bool, BackendError> {
        let sql = format!(
            "BEGIN TRANSACTION ISOLATION LEVEL READ COMMITTED; {WITHOUT_LIMITS}; \
             SELECT pg_try_advisory_xact_lock({key}) AS had"
        );
        let mut had = false;
        let tried = self.session.run_batch_with(&sql, 1, &mut |outcome| {
            let value = outcome.rows.first().and_then(|row| row.first()).cloned().flatten();
            had = had || (outcome.columns == ["had"] && value.as_deref() == Some("t"));
        });
        tried.map_err(|error| BackendError::Database(error.into()))?;
        if !had {
            self.session.run_batch("ROLLBACK").map_err(|error| BackendError::Database(error.into()))?;
        }
        Ok(had)
    }

    /// Makes sure that the connection, and with it the lock, is still there, as far as it can be told without asking
    /// the server.
    ///
    /// # Errors
    /// [`DatabaseError`] where the connection is lost.
    pub(super) fn check(&mut self) -> Result<(), DatabaseError> {
        if self.session.is_connected() {
            return Ok(());
        }
        let message = "the connection that holds the lock on the database is lost".to_owned();
        Err(DatabaseError { message, connection_lost: true, ..DatabaseError::default() })
    }

    /// The session, to ask who has the lock.
    pub(super) fn session(&mut self) -> &mut Session {
        &mut self.session
    }
}
