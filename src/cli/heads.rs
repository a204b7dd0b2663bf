//! Bringing a database to the heads of the scripts.

use super::context::Context;
use super::target;
use crate::backend::Backend;
use crate::diagnostic::Diagnostic;
use crate::execute::{Direction, Reading, Report, migrate};
use crate::script::ScriptDirectory;

/// Applies what is pending, as `upgrade heads` does. Without scripts there is nothing to do.
pub fn upgrade(
    context: &Context,
    scripts: &ScriptDirectory,
    backend: &mut dyn Backend,
) -> Result<Report, Diagnostic> {
    let reading = Reading::of(backend)?;
    if scripts.graph().is_empty() && reading.state.rows.is_empty() {
        return Ok(Report::default());
    }
    let mut progress = context.progress();
    let heads = target::parse("heads")?;
    let options = context.options();
    Ok(migrate(scripts, backend, &reading, Direction::Up, &heads, &options, &mut progress)?)
}
