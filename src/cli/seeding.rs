//! Running seeds, and telling of them.

use serde_json::{Value, json};

use super::context::Context;
use super::error::{CliError, from_here};
use super::error_kind::ErrorKind;
use super::failed_run::with_failure;
use super::target::count;
use crate::backend::Backend;
use crate::daily::{self, FailedSeed, Seed, SeedError, SeedOutcome, Seeded, Seeding};
use crate::execute::ExecuteError;

/// Runs seeds, and tells what those are that were known already.
pub fn run(
    context: &Context,
    backend: &mut dyn Backend,
    seeds: &[Seed],
    again: bool,
) -> Result<Vec<Seeded>, CliError> {
    if seeds.is_empty() {
        return Ok(Vec::new());
    }
    let actor = super::actor::actor();
    let seeding = Seeding { again, actor: &actor };
    let mut progress = context.progress();
    let seeded = daily::seed(&context.config, backend, seeds, seeding, &mut progress);
    drop(progress);
    let seeded = seeded?;
    for seed in &seeded {
        if let SeedOutcome::KnownSince(time) = &seed.outcome {
            context.say(&format!("{} is there since {time}", seed.name));
        }
    }
    Ok(seeded)
}

/// How many of them have run, in words.
pub fn summary(seeded: &[Seeded]) -> String {
    let ran = seeded.iter().filter(|seed| matches!(seed.outcome, SeedOutcome::Ran(_))).count();
    if ran == 0 { "no new seeds".to_owned() } else { format!("{} run", count(ran, "seed")) }
}

/// They as a script reads them.
pub fn as_json(seeded: &[Seeded]) -> Value {
    let one = |seed: &Seeded| match &seed.outcome {
        SeedOutcome::Ran(took) => {
            let ms = u64::try_from(took.as_micros()).unwrap_or(u64::MAX) as f64 / 1000.0;
            json!({ "name": seed.name, "ran": true, "duration_ms": ms })
        }
        SeedOutcome::KnownSince(time) => json!({ "name": seed.name, "ran": false, "known_since": time }),
    };
    seeded.iter().map(one).collect()
}

impl From<SeedError> for CliError {
    fn from(error: SeedError) -> Self {
        let message = error.to_string();
        match error {
            SeedError::Config(error) => error.into(),
            SeedError::Files(error) => (*error).into(),
            SeedError::Script(problem) => vec![*problem].into(),
            SeedError::NotASeed { .. } => {
                Self::usage(message).hint("name it in alembic.toml: seed = [\"seed.sql\"]")
            }
            SeedError::Refused(refusals) => ExecuteError::Refused(refusals).into(),
            SeedError::Unsettled { name, .. } => {
                let told = Self::new(ErrorKind::Unsettled, message).field("seed", name.as_str());
                told.hint("to run it from its beginning: revgraph seed --again")
            }
            SeedError::Failed(failed) => of_failed(*failed),
            SeedError::Program { source, .. } => {
                Self::new(ErrorKind::SeedCommand, message).cause(source.to_string())
            }
            SeedError::Command { .. } => Self::new(ErrorKind::SeedCommand, message)
                .cause("what it had done to the database before is not known"),
            SeedError::Backend(error) => error.into(),
        }
    }
}

fn of_failed(failed: FailedSeed) -> CliError {
    let FailedSeed { failure, done, rolled_back } = failed;
    let name = failure.revision.to_string();
    let path = std::path::Path::new(&name);
    let told = CliError::new(ErrorKind::Seed, "")
        .retryable_after(failure.cause.database_error())
        .field("seed", name.as_str());
    let mut told = with_failure(told, &from_here(path), &failure)
        .field("done", json!(done))
        .field("rolled_back", json!(rolled_back));
    told = match (failure.in_transaction, rolled_back.as_slice()) {
        (false, _) => told.cause(format!(
            "{name} does not run in a transaction: what stands before the statement has run and stays"
        )),
        (true, []) => told.cause("it was rolled back"),
        (true, others) => told.cause(format!("it was rolled back, and with it {}", others.join(", "))),
    };
    if !done.is_empty() {
        told = told.cause(format!("the rows of {} stay", done.join(", ")));
    }
    told.hint("mend the file and run the same command again")
}
