//! Bringing a database to the heads of the scripts.

use crate::backend::{Backend, Watch};
use crate::execute::{Direction, ExecuteError, Options, Reading, Report, migrate};
use crate::graph::{RevisionSpec, Symbol};
use crate::script::ScriptDirectory;

/// Applies what is pending, as `upgrade heads` does. Without scripts there is nothing to do.
///
/// # Errors
/// Those of a run.
pub fn to_heads(
    scripts: &ScriptDirectory,
    backend: &mut dyn Backend,
    options: &Options,
    watch: &mut dyn Watch,
) -> Result<Report, ExecuteError> {
    let reading = Reading::of(backend)?;
    if scripts.graph().is_empty() && reading.state.rows.is_empty() {
        return Ok(Report::default());
    }
    let heads = RevisionSpec::of(Symbol::Heads);
    migrate(scripts, backend, &reading, Direction::Up, &heads, options, watch)
}
