//! Running seeds, and telling of them.

use serde_json::{Value, json};

use super::context::Context;
use crate::backend::Backend;
use crate::daily::{self, Seed, SeedOutcome, Seeded, Seeding};
use crate::diagnostic::Diagnostic;
use crate::report::{count, milliseconds};

/// Runs seeds, and tells what those are that were known already.
pub fn run(
    context: &Context,
    backend: &mut dyn Backend,
    seeds: &[Seed],
    again: bool,
) -> Result<Vec<Seeded>, Diagnostic> {
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
            json!({ "name": seed.name, "ran": true, "duration_ms": milliseconds(*took) })
        }
        SeedOutcome::KnownSince(time) => json!({ "name": seed.name, "ran": false, "known_since": time }),
    };
    seeded.iter().map(one).collect()
}
