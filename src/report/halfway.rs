//! How far a revision without a transaction came, as the journal says.

use serde::Serialize;

use crate::ledger::{JournaledStatement, StatementState};

/// The numbers of a revision's statements by what is known of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatementNumbers {
    /// The numbers, from 1, of the statements that have run, and stay.
    pub done: Vec<usize>,
    /// The numbers of the statements that failed.
    pub failed: Vec<usize>,
    /// Those that were begun, and whose end nobody has seen.
    pub unknown: Vec<usize>,
}

impl StatementNumbers {
    /// The numbers of the statements that a journal holds.
    #[must_use]
    pub fn of(journal: &[JournaledStatement]) -> Self {
        let numbers = |state: StatementState| -> Vec<usize> {
            let of_state = journal.iter().filter(|statement| statement.state == state);
            of_state.map(|statement| statement.number).collect()
        };
        Self {
            done: numbers(StatementState::Done),
            failed: numbers(StatementState::Failed),
            unknown: numbers(StatementState::Started),
        }
    }

    /// A sentence for each state that statements are in.
    #[must_use]
    pub fn sentences(&self) -> Vec<String> {
        if self.done.is_empty() && self.failed.is_empty() && self.unknown.is_empty() {
            return vec!["none of its statements has run".to_owned()];
        }
        let done = if self.done.len() == 1 { "has run and stays" } else { "have run and stay" };
        let told = [
            (&self.done, done),
            (&self.failed, "failed"),
            (&self.unknown, "was begun, and whether it has run is not known"),
        ];
        let sentence = |(numbers, end): (&Vec<usize>, &str)| {
            let noun = if numbers.len() == 1 { "statement" } else { "statements" };
            let list: Vec<String> = numbers.iter().map(ToString::to_string).collect();
            (!numbers.is_empty()).then(|| format!("{noun} {} {end}", list.join(", ")))
        };
        told.into_iter().filter_map(sentence).collect()
    }
}
