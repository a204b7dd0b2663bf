//! The first run on a database whose version rows nobody but their writer vouches for: another tool, or a hand.

use super::context::Context;
use super::observer::ScratchProgress;
use crate::backend::Backend;
use crate::diagnostic::Diagnostic;
use crate::execute::{Direction, Reading};
use crate::graph::{RevisionSpec, joined_or_base};
use crate::script::ScriptDirectory;
use crate::verify::{FirstRun, check_first_run};

/// Refuses a run on a database whose schema is not what its version rows say, as [`check_first_run`] does. Where that was
/// not found out it is told, and the run goes on.
pub fn refuse_wrong_rows(
    context: &Context,
    scripts: &ScriptDirectory,
    backend: &mut dyn Backend,
    reading: &Reading,
    run: (Direction, &RevisionSpec),
) -> Result<(), Diagnostic> {
    let mut progress = ScratchProgress::new(context, 0);
    match check_first_run(scripts, backend, reading, run, &context.config, &mut progress)? {
        FirstRun::Sound => {}
        FirstRun::NotLookedAt(error) => context.say(&format!(
            "warning: whether the database has the schema of {} was not looked at: {}",
            joined_or_base(&reading.state.rows),
            Diagnostic::from(error).message
        )),
    }
    Ok(())
}
