//! What is told where lines of a result and messages follow each other.

/// A line for people, by where a terminal shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// A part of what was asked for: at a terminal it goes to standard output.
    Result(String),
    /// What is said beside it.
    Message(String),
}
