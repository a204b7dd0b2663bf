//! Seeds that have run, as documents and in words.

use serde::Serialize;

use super::{count, milliseconds};
use crate::daily::{SeedOutcome, Seeded};

/// What `seed --json` prints.
#[derive(Debug, Serialize)]
pub struct SeededDocument<'s> {
    /// The database, without password.
    pub database: &'s str,
    /// The seeds.
    pub seeds: Vec<SeedEntry>,
}

/// A seed that has run, or was known.
#[derive(Debug, Serialize)]
pub struct SeedEntry {
    /// Its name.
    pub name: String,
    /// Whether it has run.
    pub ran: bool,
    /// How long it took, in milliseconds, where it has run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<f64>,
    /// Since when the database has it, where it had it before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known_since: Option<String>,
}

impl SeedEntry {
    /// The entry of a seed, by whether it has run now or ran before.
    #[must_use]
    pub fn new(seed: &Seeded) -> Self {
        let (took, since) = match &seed.outcome {
            SeedOutcome::Ran(took) => (Some(*took), None),
            SeedOutcome::KnownSince(time) => (None, Some(time.clone())),
        };
        Self {
            name: seed.name.clone(),
            ran: took.is_some(),
            duration_ms: took.map(milliseconds),
            known_since: since,
        }
    }

    /// The entries of several seeds, in their order.
    #[must_use]
    pub fn all(seeded: &[Seeded]) -> Vec<Self> {
        seeded.iter().map(Self::new).collect()
    }
}

/// How many of the seeds have run, in words.
#[must_use]
pub fn seeds_summary(seeded: &[Seeded]) -> String {
    let ran = seeded.iter().filter(|seed| matches!(seed.outcome, SeedOutcome::Ran(_))).count();
    if ran == 0 { "no new seeds".to_owned() } else { format!("{} run", count(ran, "seed")) }
}
