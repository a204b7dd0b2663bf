//! Who follows a rehearsal.

use super::verdict::Verified;
use crate::backend::Control;
use crate::graph::RevisionId;

/// Follows a rehearsal, and can stop it.
pub trait Observer {
    /// What may cancel it, and who is told that it waits.
    fn control(&self) -> &Control;
    /// A revision is about to be tried, or only applied because others stand on it.
    fn started(&mut self, revision: &RevisionId);
    /// A revision has been tried.
    fn finished(&mut self, verified: &Verified);
    /// A revision has been applied, and nothing is to be told of it.
    fn passed(&mut self);
}
