//! Making a database like a schema, as `push` and `dev` do.

use super::context::Context;
use super::observer::ScratchProgress;
use super::{actor, autogeneration};
use crate::alter::Hints;
use crate::autogenerate::{Course, Decisions, Planner, Stake, script_legs};
use crate::backend::Backend;
use crate::daily::{self, Push};
use crate::diagnostic::Diagnostic;

/// The statements that make the database like the schema that is wanted, all of them for one transaction.
pub fn plan(
    planner: &mut Planner<'_>,
    decisions: &Decisions,
    progress: &mut ScratchProgress,
) -> Result<Course, Diagnostic> {
    planner.complete(decisions, progress)?;
    let hints = Hints { one_part: true, online: false, ..decisions.hints.clone() };
    Ok(planner.plan(&hints, None, progress)?)
}

/// Runs them, and sees whether the database is then as it should be. `what_for` is noted in the ledger.
pub fn apply(
    context: &Context,
    backend: &mut dyn Backend,
    (planner, course): (&Planner<'_>, &Course),
    what_for: &str,
    progress: &mut ScratchProgress,
) -> Result<(), Diagnostic> {
    let actor = actor::actor();
    let push = Push { course, wanted: planner.right(), actor: &actor, detail: what_for };
    Ok(daily::apply(&context.config, backend, push, progress)?)
}

/// Shows the statements, and what is at stake.
pub fn show(context: &Context, planner: &Planner<'_>, course: &Course, stakes: &[Stake<'_>]) {
    if !context.json {
        let legs = script_legs(&[(planner.dialect(), course)], false);
        super::output::print_raw(&autogeneration::sql_of(&legs));
        autogeneration::tell_stakes(context, stakes);
    }
}
