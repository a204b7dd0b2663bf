//! The steps of `revgraph dev`, each of which tells what it has found.

mod drift;
mod revision;
mod trial;

use std::mem::ManuallyDrop;
use std::sync::Arc;

pub use drift::{DriftArg, Settled, settle};
pub use revision::{Source, write};
pub use trial::try_pending;

use super::autogenerate_args::DecisionArgs;
use super::context::Context;
use crate::autogenerate::Ground;
use crate::backend::Backend;
use crate::daily::{Seen, Unmanaged, first_unmanaged};
use crate::diagnostic::Diagnostic;
use crate::graph::NodeIndex;
use crate::script::{ReadMode, ScriptDirectory};

/// What the user has said beforehand.
#[derive(Debug, Default)]
pub struct Wishes {
    pub message: Option<String>,
    pub create_only: bool,
    pub accept_data_loss: bool,
    pub drift: Option<DriftArg>,
    pub decisions: DecisionArgs,
}

/// The scripts as they are on disk now, to be shared.
pub fn scripts(context: &Context) -> Result<Arc<ScriptDirectory>, Diagnostic> {
    Ok(Arc::new(ManuallyDrop::into_inner(context.scripts(ReadMode::Checksums)?)))
}

/// What the scripts build at their heads.
pub fn at_heads(scripts: &Arc<ScriptDirectory>) -> Ground {
    Ground::Revisions { scripts: Arc::clone(scripts), tips: heads(scripts) }
}

pub fn heads(scripts: &ScriptDirectory) -> Vec<NodeIndex> {
    scripts.graph().heads()
}

/// Refuses a database that has tables and no version rows, where there are scripts: whether they have been run on it
/// nobody knows.
pub fn refuse_unmanaged(
    context: &Context,
    scripts: &ScriptDirectory,
    backend: &mut dyn Backend,
    seen: &Seen,
) -> Result<(), Diagnostic> {
    if !seen.reading.state.rows.is_empty() || scripts.graph().is_empty() {
        return Ok(());
    }
    let Some(first) = first_unmanaged(&context.config, backend)? else { return Ok(()) };
    Err(Unmanaged { first }.into())
}
