//! Revisions that have not been applied yet, tried on a scratch database before.

use super::super::context::Context;
use super::super::observer::ScratchProgress;
use crate::backend::Backend;
use crate::daily::PendingBroken;
use crate::diagnostic::Diagnostic;
use crate::execute::{Reading, standing};
use crate::graph::{Follow, NodeIndex};
use crate::report::count;
use crate::script::ScriptDirectory;
use crate::verify::{DataFiles, Selection, verify};

/// Tries what is pending: up, down and up. Where scripts and database do not agree on what has been applied, nothing is
/// tried: an upgrade says so.
pub fn try_pending(
    context: &Context,
    scripts: &ScriptDirectory,
    backend: &mut dyn Backend,
    reading: &Reading,
) -> Result<(), Diagnostic> {
    let graph = scripts.graph();
    let found = standing(scripts, backend, reading)?;
    let pending = found.pending.iter().filter_map(|pending| graph.find(pending.revision.as_str()));
    let revisions: Vec<NodeIndex> = pending.collect();
    if revisions.is_empty() || !found.missing.is_empty() || !found.failed.is_empty() {
        return Ok(());
    }
    let like = context.config.database_url()?;
    let needed = graph.ancestors(revisions.iter().copied(), Follow::ParentsAndDependencies);
    let number = revisions.len();
    let selection = Selection { revisions, with_merge_orders: false, data: DataFiles::read(scripts, &[])? };
    let mut progress = ScratchProgress::new(context, needed.len());
    let verification = verify(scripts, &context.config, like, &selection, &mut progress);
    drop(progress);
    let verification = verification?;
    if let Some(broken) = PendingBroken::of(verification) {
        return Err(broken.into());
    }
    context
        .say(&format!("{} tried on a scratch database: up, down and up", count(number, "pending revision")));
    Ok(())
}
