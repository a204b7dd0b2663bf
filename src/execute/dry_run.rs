//! What a run would do: its plan alone, or all up to where it would begin.

use super::{
    Asked, Direction, ExecuteError, KnownHistory, Options, Planned, Reading, check_journal, plan_against,
    plan_for, prepare,
};
use crate::backend::{Backend, Watch};
use crate::graph::RevisionSpec;
use crate::plan::Plan;
use crate::script::ScriptDirectory;

/// What a run would do to a database as it was read, before anybody is asked: the plan alone. Under its lock the run plans
/// again, and its scripts are looked at only then.
///
/// # Errors
/// [`ExecuteError`], where there is no such plan.
pub fn foreseen(
    scripts: &ScriptDirectory,
    backend: &mut dyn Backend,
    reading: &Reading,
    direction: Direction,
    target: &RevisionSpec,
) -> Result<Plan, ExecuteError> {
    let asked = Asked { targets: std::slice::from_ref(target), direction: Some(direction) };
    let known = KnownHistory::for_command(scripts, backend, reading, asked)?;
    Ok(plan_for(known.scripts(), direction, target, &reading.state.rows)?)
}

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
