//! Which seeds a database holds, by the events of its ledger.

use std::collections::{BTreeMap, BTreeSet};

use super::Event;
use crate::plan::Operation;

/// The last successful run of a seed, as the ledger has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotedSeed {
    /// The checksum of what ran, as text; empty where the event has none.
    pub checksum: String,
    /// When the seed ran, as RFC 3339 in UTC.
    pub happened_at: String,
}

/// The seeds whose rows the database has, by name, where this has happened, oldest first. What empties the database,
/// a reset or a downgrade of everything, takes them along.
#[must_use]
pub fn noted_seeds(events: &[Event]) -> BTreeMap<String, NotedSeed> {
    let mut seeds = BTreeMap::new();
    let mut applied = BTreeSet::new();
    let is = |event: &Event, operation: Operation| event.operation == operation.name();
    for event in events.iter().filter(|event| event.outcome == "done") {
        if is(event, Operation::Seed) {
            let checksum = event.detail.clone().unwrap_or_default();
            let noted = NotedSeed { checksum, happened_at: event.happened_at.clone() };
            seeds.insert(event.revision.clone(), noted);
        } else if is(event, Operation::Reset) {
            applied.clear();
            seeds.clear();
        } else if is(event, Operation::Downgrade) {
            applied.remove(event.revision.as_str());
            if applied.is_empty() {
                seeds.clear();
            }
        } else if is(event, Operation::Upgrade) {
            applied.insert(event.revision.as_str());
        }
    }
    seeds
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noted(happened: &[&str]) -> Vec<String> {
        let event = |(id, text): (i64, &&str)| {
            let mut words = text.split(' ').map(str::to_owned);
            let mut word = || words.next().unwrap_or_default();
            Event {
                id,
                happened_at: id.to_string(),
                operation: word(),
                revision: word(),
                outcome: "done".to_owned(),
                duration_ms: None,
                actor: String::new(),
                detail: Some(word()),
            }
        };
        let events: Vec<Event> = (1..).zip(happened).map(event).collect();
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
}
