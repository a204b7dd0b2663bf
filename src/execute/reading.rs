//! What a database says of itself, for a plan to start from.

use std::borrow::Cow;

use crate::backend::{Backend, BackendError, DatabaseState};
use crate::ledger::Recorded;

/// Where a database stands and what its ledger holds, read before the lock is taken; under it both are read again.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// Where the database stands: its version rows, and what bookkeeping tables it has.
    pub state: DatabaseState,
    /// The ledger's entries, sorted by id; none where there is no ledger.
    pub recorded: Vec<Recorded>,
}

impl Reading {
    /// Asks a database for its state and for what its ledger has recorded.
    ///
    /// # Errors
    /// The database's.
    pub fn of(backend: &mut dyn Backend) -> Result<Self, BackendError> {
        let state = backend.state()?;
        let recorded = if state.has_ledger { backend.recorded()? } else { Vec::new() };
        Ok(Self { state, recorded })
    }

    /// Whether more stands behind the version rows than their own word: the ledger has entries. There are none where
    /// another tool, or a hand, has written the rows and revgraph has not changed anything since.
    #[must_use]
    pub fn vouches_for_rows(&self) -> bool {
        self.state.rows.is_empty() || !self.recorded.is_empty()
    }
}

/// The ledger's entries: `recorded` where they have been read already, else read from the database now.
///
/// # Errors
/// The database's.
pub(super) fn read_unless<'r>(
    recorded: Option<&'r [Recorded]>,
    backend: &mut dyn Backend,
) -> Result<Cow<'r, [Recorded]>, BackendError> {
    recorded.map_or_else(|| backend.recorded().map(Cow::Owned), |read| Ok(Cow::Borrowed(read)))
}
