//! A look at what a stamp claims, before it is made.

use super::context::Context;
use super::observer::ScratchProgress;
use crate::backend::Backend;
use crate::diagnostic::Diagnostic;
use crate::graph::{RevisionSpec, joined_or_base};
use crate::script::ScriptDirectory;
use crate::verify::{Claim, check_stamp};

/// Refuses version rows whose scripts build another schema than a database with tables has; an empty one can be stamped as
/// anything, which is told. See [`check_stamp`].
pub fn refuse_other_schema(
    context: &Context,
    scripts: &ScriptDirectory,
    backend: &mut dyn Backend,
    targets: &[RevisionSpec],
    purge: bool,
) -> Result<(), Diagnostic> {
    let mut progress = ScratchProgress::new(context, 0);
    if let Claim::OfEmpty { rows } =
        check_stamp(scripts, backend, targets, purge, &context.config, &mut progress)?
    {
        context.say(&format!(
            "warning: the database is empty, and is stamped {} all the same; no script runs",
            joined_or_base(&rows)
        ));
    }
    Ok(())
}
