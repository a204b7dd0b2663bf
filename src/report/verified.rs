//! What `verify` has found, in words.

use std::collections::BTreeMap;

use super::count;
use crate::verify::{RowsLost, Verdict, Verification};

/// The verdict in words for people, as `reversible but volatile`.
#[must_use]
pub fn verdict_words(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Reversible => "reversible",
        Verdict::ReversibleButForColumnOrder(_) => "reversible but for column order",
        Verdict::ReversibleButVolatile(_) => "reversible but volatile",
        Verdict::Irreversible(_) => "irreversible",
        Verdict::Broken(_) => "broken",
        Verdict::NotReached { .. } => "not reached",
    }
}

/// How many revisions got each verdict, and at how many merge points the order of the parents matters, as one sentence.
#[must_use]
pub fn verification_summary(verification: &Verification) -> String {
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    for verified in &verification.revisions {
        *numbers.entry(verdict_words(&verified.verdict)).or_default() += 1;
    }
    let numbers: Vec<String> = numbers.iter().map(|(word, number)| format!("{number} {word}")).collect();
    let mut text = format!(
        "{} tried: {}",
        count(verification.revisions.len(), "revision"),
        if numbers.is_empty() { "nothing to do".to_owned() } else { numbers.join(", ") }
    );
    let unequal = verification.merges.iter().filter(|merge| !merge.is_equal()).count();
    if unequal > 0 {
        text.push_str(&format!("; at {} the order of the parents matters", count(unequal, "merge point")));
    }
    text
}

/// How many rows of a table are gone after up and down, as one sentence.
#[must_use]
pub fn rows_lost_sentence(lost: &RowsLost) -> String {
    let rows = if lost.before == 1 { "row" } else { "rows" };
    format!("rows lost: {} had {} {rows} and has {}", lost.table, lost.before, lost.after)
}
