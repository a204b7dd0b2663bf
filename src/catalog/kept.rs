//! Tables in which revgraph keeps what a revision takes away: how they are told from a user's. Pure.

/// What the name of a table that keeps something begins with.
pub const KEPT_PREFIX: &str = "revgraph_kept_";
/// How many hexadecimal digits follow.
const DIGITS: usize = 12;
/// What the mark of a table begins with that keeps what a revision would have lost.
pub const KEPT_MARK: &str = "revgraph keeps for ";

/// What such a table says of itself: on PostgreSQL as its comment, on SQLite as a comment in its definition. A table of
/// such a name without it is a user's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptMark {
    /// The revision that took it away, and brings it back when it is undone.
    pub revision: String,
    /// In words, as `the values of users.name`.
    pub what: String,
}

impl KeptMark {
    /// The mark as the line that the kept table carries.
    #[must_use]
    pub fn text(&self) -> String {
        let what: String = self.what.chars().map(|one| if one.is_control() { ' ' } else { one }).collect();
        format!("{KEPT_MARK}{}: {what}", self.revision)
    }

    /// What a line says, or the line of a definition that does; none where there is no mark in it.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        text.lines().find_map(|line| {
            let (_, rest) = line.split_once(KEPT_MARK)?;
            let (revision, what) = rest.split_once(": ")?;
            Some(Self { revision: revision.to_owned(), what: what.trim_end().to_owned() })
        })
    }
}

/// The name of a table whose digits are these: twelve of them at least.
#[must_use]
pub fn kept_name(digits: &str) -> String {
    format!("{KEPT_PREFIX}{}", digits.get(..DIGITS).unwrap_or(digits))
}

/// The pattern of such a name for SQLite's `GLOB`.
#[must_use]
pub fn kept_glob() -> String {
    format!("{KEPT_PREFIX}{}", "[0-9a-f]".repeat(DIGITS))
}

/// The pattern of such a name as a regular expression of PostgreSQL's.
#[must_use]
pub fn kept_regex() -> String {
    format!("^{KEPT_PREFIX}[0-9a-f]{{{DIGITS}}}$")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_read_as_it_is_written() {
        let mark = KeptMark { revision: "b1".to_owned(), what: "the values of a\nb.c: d".to_owned() };
        let read = KeptMark::read(&format!("CREATE TABLE x ( -- {}\n    id\n)", mark.text()));
        assert_eq!(read, Some(KeptMark { what: "the values of a b.c: d".to_owned(), ..mark }));
        assert_eq!(KeptMark::read("CREATE TABLE x (id -- mine\n)"), None);
    }
}
