//! Transactions in which the system catalogs are looked at, and which leave nothing behind.

use std::time::Duration;

use super::super::super::BackendError;
use super::super::{Session, TransactionStatus};

/// With nothing in the search path all names are qualified.
pub(super) const QUALIFIED: &str = "SET LOCAL search_path = ''";

/// What the server's deparsing depends on beside that.
pub(super) const SETTINGS: &str = "SET LOCAL quote_all_identifiers = off; \
    SET LOCAL \"DateStyle\" = 'ISO, MDY'; SET LOCAL \"IntervalStyle\" = 'postgres'; SET LOCAL \"TimeZone\" = 'UTC'; \
    SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'; SET LOCAL jit = off; \
    SET LOCAL plan_cache_mode = force_generic_plan";

/// The statements that begin a transaction that only looks, at one snapshot, and in which all names are written with
/// their schemas.
pub(in super::super) fn read_only() -> String {
    format!("{}; {QUALIFIED}", read_only_by_path())
}

/// As [`read_only`], but that names are found by the session's search path.
pub(in super::super) fn read_only_by_path() -> String {
    format!("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; {SETTINGS}")
}

/// Looks at the database in a transaction of its own, which changes nothing and waits for a lock as long as
/// `lock_timeout`.
///
/// # Errors
/// The database's, and those of `look`.
pub(super) fn in_snapshot<T>(
    session: &mut Session,
    lock_timeout: Duration,
    look: impl FnOnce(&mut Session) -> Result<T, BackendError>,
) -> Result<T, BackendError> {
    let begin = format!("{}; SET LOCAL lock_timeout = {}", read_only(), lock_timeout.as_millis());
    in_transaction(session, &begin, look)
}

/// Looks at the database in a transaction that the statements `begin` begin, and that is rolled back.
///
/// # Errors
/// The database's, and those of `look`.
pub(super) fn in_transaction<T>(
    session: &mut Session,
    begin: &str,
    look: impl FnOnce(&mut Session) -> Result<T, BackendError>,
) -> Result<T, BackendError> {
    let began = session.run_batch(begin).map_err(BackendError::from);
    let described = began.and_then(|_| look(session));
    if session.transaction_status() != TransactionStatus::Idle {
        // Where this fails the connection is gone, and the transaction with it.
        let _ = session.run_batch("ROLLBACK");
    }
    described
}
