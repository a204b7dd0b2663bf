//! Which seeds a database holds, by what its ledger says has happened.

use std::collections::{BTreeMap, BTreeSet};

use super::events::happened_at;
use super::{EntryEffect, Sql, Tables, TextRow, UnreadableRow};
use crate::plan::Operation;
use crate::sql::Dialect;

/// The last successful run of a seed, as the ledger has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotedSeed {
    /// The checksum of what ran, as text; empty where the event has none.
    pub checksum: String,
    /// When the seed ran, as RFC 3339 in UTC.
    pub happened_at: String,
}

/// A row of the ledger as far as it tells which seeds a database holds: an event, what has become of a revision's entry, or both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeedEvent {
    /// When, as RFC 3339 in UTC.
    happened_at: String,
    /// The revision's id, or the seed's name.
    subject: String,
    /// What was done.
    operation: String,
    /// Whether it was done to the end; false also where the row is no event.
    is_done: bool,
    /// Of a seed the checksum.
    detail: Option<String>,
    /// What has become of the revision's entry.
    entry: Option<EntryEffect>,
}

/// The query for what tells which seeds a database holds, oldest first. The columns are those of [`SeedEvent`].
#[must_use]
pub fn select_seed_events(dialect: Dialect, tables: &Tables) -> Sql {
    Sql::new("SELECT ")
        .raw(happened_at(dialect))
        .raw(", revision, operation, outcome, detail, entry FROM ")
        .table(tables.schema.as_deref(), tables.ledger())
        .raw(" ORDER BY id")
}

impl SeedEvent {
    /// Reads a row of [`select_seed_events`].
    ///
    /// # Errors
    /// [`UnreadableRow`].
    pub fn read(row: &TextRow<'_>) -> Result<Self, UnreadableRow> {
        let text = |place, column| row.text(place, column).map(str::to_owned);
        let effect =
            |word| EntryEffect::read(word).ok_or(UnreadableRow::Value { column: "effect on an entry" });
        Ok(Self {
            happened_at: text(0, "time")?,
            subject: text(1, "revision")?,
            operation: text(2, "operation")?,
            is_done: row.optional(3) == Some("done"),
            detail: row.optional(4).map(str::to_owned),
            entry: row.optional(5).map(effect).transpose()?,
        })
    }

    fn is(&self, operation: Operation) -> bool {
        self.is_done && self.operation == operation.name()
    }
}

/// The seeds whose rows the database has, by name, where this has happened, oldest first. What empties the database takes
/// them along: a reset, or a downgrade after which no revision is recorded. A revision that was stamped or adopted is one.
#[must_use]
pub fn noted_seeds(events: &[SeedEvent]) -> BTreeMap<String, NotedSeed> {
    let mut seeds = BTreeMap::new();
    let mut recorded = BTreeSet::new();
    for event in events {
        match event.entry {
            Some(EntryEffect::Recorded) => _ = recorded.insert(event.subject.as_str()),
            Some(EntryEffect::Forgotten) => _ = recorded.remove(event.subject.as_str()),
            None => {}
        }
        if event.is(Operation::Seed) {
            let checksum = event.detail.clone().unwrap_or_default();
            let noted = NotedSeed { checksum, happened_at: event.happened_at.clone() };
            seeds.insert(event.subject.clone(), noted);
        } else if event.is(Operation::Reset) {
            recorded.clear();
            seeds.clear();
        } else if event.is(Operation::Downgrade) && recorded.is_empty() {
            seeds.clear();
        }
    }
    seeds
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each text is an operation, its subject, and what else is known: a checksum, or what becomes of the entry.
    fn noted(happened: &[&str]) -> Vec<String> {
        let event = |text: &&str| {
            let mut words = text.split(' ').map(str::to_owned);
            let mut word = || words.next().unwrap_or_default();
            let (operation, subject, detail) = (word(), word(), word());
            let entry = match (operation.as_str(), detail.as_str()) {
                ("downgrade", "") | (_, "forgotten") => Some(EntryEffect::Forgotten),
                ("upgrade", "") | (_, "recorded") => Some(EntryEffect::Recorded),
                _ => None,
            };
            let is_done = operation != "entry";
            SeedEvent { happened_at: String::new(), subject, operation, is_done, detail: Some(detail), entry }
        };
        let events: Vec<SeedEvent> = happened.iter().map(event).collect();
        noted_seeds(&events).into_iter().map(|(name, seed)| format!("{name} {}", seed.checksum)).collect()
    }

    #[test]
    fn the_last_run_counts_until_the_database_is_emptied() {
        assert_eq!(noted(&["upgrade a", "seed s 1", "seed t 1", "seed s 2"]), ["s 2", "t 1"]);
        assert_eq!(noted(&["upgrade a", "seed s 1", "reset", "upgrade a"]), [""; 0]);
        assert_eq!(noted(&["upgrade a", "upgrade b", "seed s 1", "downgrade b"]), ["s 1"]);
        assert_eq!(noted(&["upgrade a", "seed s 1", "downgrade a", "upgrade a"]), [""; 0]);
        assert_eq!(noted(&["seed s 1"]), ["s 1"]);
    }

    #[test]
    fn what_was_recorded_without_a_script_is_there_too() {
        for before in ["adopt a recorded", "stamp a recorded", "entry a recorded"] {
            assert_eq!(noted(&[before, "upgrade b", "seed s 1", "downgrade b"]), ["s 1"], "{before}");
            assert_eq!(noted(&[before, "upgrade b", "seed s 1", "downgrade b", "downgrade a"]), [""; 0]);
        }
        let folded = ["upgrade a", "upgrade b", "entry a forgotten", "entry b forgotten", "fold z recorded"];
        assert_eq!(noted(&[&folded[..], &["upgrade c", "seed s 1", "downgrade c"]].concat()), ["s 1"]);
        assert_eq!(noted(&["upgrade a", "seed s 1", "stamp a forgotten", "stamp a recorded"]), ["s 1"]);
    }
}
