//! A run up to where it would begin.

use super::{Direction, ExecuteError, Options, Planned, Reading, check_journal, plan_against, prepare};
use crate::backend::{Backend, Watch};
use crate::graph::RevisionSpec;
use crate::script::ScriptDirectory;

/// Plans a run, and reads, cuts and checks the scripts of all its steps as [`migrate`](super::migrate) does; nothing runs, and
/// nothing is locked.
///
/// # Errors
/// Those of a run before its first step.
pub fn dry_run<'r>(
    scripts: &'r ScriptDirectory,
    backend: &mut dyn Backend,
    reading: &'r Reading,
    direction: Direction,
    target: &RevisionSpec,
    options: &Options,
    watch: &mut dyn Watch,
) -> Result<Planned<'r>, ExecuteError> {
    let planned = plan_against(scripts, backend, reading, direction, target, options.checksums, watch)?;
    let exempts_new_enums = backend.can_use_new_values_of_new_enums();
    let (dialect, tables) = (backend.dialect(), backend.tables());
    let Planned { known, plan, .. } = &planned;
    let steps = prepare(known.scripts(), plan, dialect, tables, exempts_new_enums, options)?;
    check_journal(backend, &planned, &steps)?;
    Ok(planned)
}
