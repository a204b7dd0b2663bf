//! From what keeps a revision from being made to what the user reads.

use serde_json::json;

use super::differences;
use super::error::CliError;
use super::exit::ExitStatus;
use super::failed_run::with_failure;
use crate::alter::Refusal;
use crate::autogenerate::{AutogenerateError, Way};
use crate::catalog::Difference;
use crate::execute::ExecuteError;

const UNCHANGED: &str = "nothing was written";

impl From<AutogenerateError> for CliError {
    fn from(error: AutogenerateError) -> Self {
        let message = error.to_string();
        match error {
            AutogenerateError::Scratch(error) => (*error).into(),
            AutogenerateError::Refused(refusals) => refused(message, &refusals),
            AutogenerateError::Statement(failure) => {
                let told = Self::failed("generated", String::new());
                with_failure(told, "what was generated", &failure).cause(UNCHANGED)
            }
            AutogenerateError::Unsettled { way, differences }
            | AutogenerateError::Differs { way, differences } => differs(message, way, &differences),
            AutogenerateError::Draft(error) => error.into(),
            AutogenerateError::NewScript(error) => error.into(),
            AutogenerateError::Graph(problems) => {
                let told =
                    Self::new("scripts", ExitStatus::Differs, "the scripts would no longer be a history");
                problems.iter().fold(told, |told, problem| told.cause(problem.to_string()))
            }
            AutogenerateError::NoRandomness(_) => Self::failed("io", message),
            AutogenerateError::Script { revision, way, error } => {
                let what = format!("the {way} script of {revision}");
                let told = match *error {
                    ExecuteError::Step(run) => {
                        let told = Self::new("autogenerate_differs", ExitStatus::Differs, String::new());
                        with_failure(told, &what, &run.failure)
                    }
                    other => {
                        let other: Self = other.into();
                        Self { kind: "autogenerate_differs", status: ExitStatus::Differs, message, ..other }
                    }
                };
                told.cause("this happened on a scratch database; nothing was written")
            }
        }
    }
}

fn refused(message: String, refusals: &[Refusal]) -> CliError {
    let told = CliError::failed("cannot_alter", message);
    let list: Vec<_> = refusals
        .iter()
        .map(|one| json!({ "object": one.object, "reason": one.reason, "ways_on": one.ways_on }))
        .collect();
    let mut told = told.field("refusals", list);
    if let [_, _, ..] = refusals {
        told = refusals.iter().fold(told, |told, one| told.cause(one.to_string()));
    }
    let told = told.cause(UNCHANGED);
    refusals.iter().flat_map(|one| &one.ways_on).fold(told, CliError::hint)
}

fn differs(message: String, way: Way, found: &[Difference]) -> CliError {
    let told = CliError::new("autogenerate_differs", ExitStatus::Differs, message)
        .field("differences", json!(found))
        .field("way", way.to_string())
        .cause(differences::lines(found).join("\n"))
        .cause(UNCHANGED);
    told.hint(match way {
        Way::Up => "`-` is what is wanted, `+` what the up scripts give",
        Way::Down => "`-` is what there was before, `+` what the down scripts leave",
    })
    .hint("write it without proof, and mend it by hand: --no-verify")
}
