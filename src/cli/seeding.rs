//! Running seeds, and telling of them.

use super::context::Context;
use crate::backend::Backend;
use crate::daily::{self, Seed, SeedOutcome, Seeded, Seeding};
use crate::diagnostic::Diagnostic;

/// Runs seeds, with `again` also those that the database has already, and tells which were known already. Returns all,
/// in their order; where one fails, an error that says what has become of the others.
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
