//! Numbers of things in sentences.

/// A number with its noun, as `1 revision` and `2 revisions`.
#[must_use]
pub fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
