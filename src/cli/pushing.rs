//! Making a database like a schema, as `push` and `dev` do.

use super::context::Context;
use super::differences;
use super::error::CliError;
use super::error_kind::ErrorKind;
use super::failed_run::with_failure;
use super::observer::ScratchProgress;
use super::{actor, autogeneration};
use crate::alter::Hints;
use crate::autogenerate::{Course, Decisions, Planner, script_legs};
use crate::backend::Backend;
use crate::daily::{self, Push, PushError};

/// The statements that make the database like the schema that is wanted, all of them for one transaction.
pub fn plan(
    planner: &mut Planner<'_>,
    decisions: &Decisions,
    progress: &mut ScratchProgress,
) -> Result<Course, CliError> {
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
) -> Result<(), CliError> {
    let actor = actor::actor();
    let push = Push { course, wanted: planner.right(), actor: &actor, detail: what_for };
    Ok(daily::apply(&context.config, backend, push, progress)?)
}

/// Shows the statements, and what is at stake.
pub fn show(context: &Context, planner: &Planner<'_>, course: &Course, stakes: &[super::losses::Stake<'_>]) {
    if !context.json {
        let legs = script_legs(&[(planner.dialect(), course)], false);
        super::output::print_raw(&autogeneration::sql_of(&legs));
        autogeneration::tell_stakes(context, stakes);
    }
}

impl From<PushError> for CliError {
    fn from(error: PushError) -> Self {
        let message = error.to_string();
        match error {
            PushError::HasHistory { rows } => Self::new(ErrorKind::HasHistory, message)
                .field("heads", serde_json::json!(rows))
                .cause("nothing has changed")
                .hint("write the change as a revision, and apply it: revgraph dev")
                .hint("or give the history up, and what it has built: revgraph reset"),
            PushError::Protected { .. } => Self::new(ErrorKind::Protected, message)
                .cause("nothing has changed")
                .hint("write the change as a revision: revgraph revision --autogenerate"),
            PushError::Production => Self::new(ErrorKind::Production, message)
                .cause("nothing has changed")
                .hint("write the change as a revision: revgraph revision --autogenerate"),
            PushError::Failed(failure) => {
                let told = Self::new(ErrorKind::Push, "").retryable_after(failure.cause.database_error());
                with_failure(told, "making the schema", &failure)
                    .cause("it was rolled back, and nothing has changed")
            }
            PushError::Differs { differences } => Self::new(ErrorKind::PushDiffers, message)
                .cause(format!(
                    "what should be (-), and what is (+):\n{}",
                    differences::lines(&differences).join("\n")
                ))
                .field("differences", serde_json::json!(differences)),
            PushError::Config(error) => error.into(),
            PushError::Scratch(error) => (*error).into(),
            PushError::Backend(error) => error.into(),
        }
    }
}
