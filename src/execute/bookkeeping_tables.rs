//! The bookkeeping tables, made without a run.

use crate::backend::{Backend, BackendError, DatabaseState};

/// Makes version table and ledger where one of them is missing, under the migration lock; how the database stands then.
///
/// # Errors
/// The database's.
pub fn ensure_tables(backend: &mut dyn Backend) -> Result<DatabaseState, BackendError> {
    let state = backend.state()?;
    if state.has_version_table && state.has_ledger {
        return Ok(state);
    }
    backend.lock()?;
    let state = backend.state()?;
    backend.ensure_tables(&state, 0)?;
    Ok(state)
}
