//! Revisions that have not been applied yet, tried on a scratch database before.

use super::basis::Day;
use super::companion::{News, Onlooker};
use super::error::{DayError, PendingBroken};
use crate::backend::Backend;
use crate::execute::{Reading, standing};
use crate::graph::{Follow, NodeIndex};
use crate::script::ScriptDirectory;
use crate::verify::{DataFiles, Selection, verify};

impl Day<'_> {
    /// Tries what is pending: up, down and up. Where scripts and database do not agree on what has been applied,
    /// nothing is tried: an upgrade says so.
    ///
    /// # Errors
    /// [`DayError`] of pending revisions that are broken, of a rehearsal that cannot take place, and of the database.
    pub(super) fn try_pending(
        &self,
        scripts: &ScriptDirectory,
        backend: &mut dyn Backend,
        reading: &Reading,
        onlooker: &mut dyn Onlooker,
    ) -> Result<(), DayError> {
        let graph = scripts.graph();
        let found = standing(scripts, backend, reading)?;
        let pending = found.pending.iter().filter_map(|pending| graph.find(pending.revision.as_str()));
        let revisions: Vec<NodeIndex> = pending.collect();
        if revisions.is_empty() || !found.missing.is_empty() || !found.failed.is_empty() {
            return Ok(());
        }
        let needed = graph.ancestors(revisions.iter().copied(), Follow::ParentsAndDependencies);
        let number = revisions.len();
        let data = DataFiles::read(scripts, &[])?;
        let selection = Selection { revisions, with_merge_orders: false, data };
        let mut observer = onlooker.rehearsal(needed.len());
        let like = self.config.database_url()?;
        let verification = verify(scripts, self.config, like, &selection, observer.as_mut())?;
        drop(observer);
        if let Some(broken) = PendingBroken::of(verification) {
            return Err(broken.into());
        }
        onlooker.tell(&News::Tried { revisions: number });
        Ok(())
    }
}
