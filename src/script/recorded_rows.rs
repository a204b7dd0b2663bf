//! What a recorded script was computed from: the rows that tables had. Pure.

use std::fmt;

use crate::sql::{Dialect, up_to_closing_quote};

/// A table that another tool read while it computed a script, and how many rows it had.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RecordedRows {
    /// The schema, unquoted, where one was named.
    pub schema: Option<String>,
    /// The table, unquoted.
    pub table: String,
    /// How many rows the table had when the script was computed.
    pub rows: u64,
}

impl RecordedRows {
    /// The directive that says so, without `-- revgraph:`: `recorded-empty TABLE` or `recorded-rows TABLE NUMBER`.
    #[doc(hidden)]
    #[must_use]
    pub fn directive(&self) -> String {
        match self.rows {
            0 => format!("recorded-empty {self}"),
            rows => format!("recorded-rows {self} {rows}"),
        }
    }
}

impl fmt::Display for RecordedRows {
    /// The table as SQL names it, every part in quotes that is no plain word.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted = |name: &str| {
            let is_plain = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
            if is_plain && !name.is_empty() {
                name.to_owned()
            } else {
                Dialect::Postgres.quote_identifier(name)
            }
        };
        if let Some(schema) = &self.schema {
            write!(f, "{}.", quoted(schema))?;
        }
        f.write_str(&quoted(&self.table))
    }
}

/// The tables of `recorded-empty`: none where the text is no list of names.
pub(super) fn recorded_empty(text: &str) -> Option<Vec<RecordedRows>> {
    let mut rest = text;
    let mut tables = Vec::new();
    loop {
        let (table, after) = table(rest)?;
        tables.push(table);
        match after.trim_start().strip_prefix(',') {
            Some(more) => rest = more,
            None if after.trim().is_empty() => return Some(tables),
            None => return None,
        }
    }
}

/// Reads what follows `recorded-rows`: a table and a number. None where it is anything else.
pub(super) fn recorded_rows(text: &str) -> Option<RecordedRows> {
    let (table, number) = table(text)?;
    Some(RecordedRows { rows: number.trim().parse().ok()?, ..table })
}

/// A name with or without schema, and what follows it.
fn table(text: &str) -> Option<(RecordedRows, &str)> {
    let (first, rest) = name(text.trim_start())?;
    let of = |schema, table| RecordedRows { schema, table, rows: 0 };
    match rest.strip_prefix('.') {
        None => Some((of(None, first), rest)),
        Some(rest) => {
            let (second, rest) = name(rest)?;
            Some((of(Some(first), second), rest))
        }
    }
}

/// One name, in quotes or not, and what follows it.
fn name(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([' ', '\t', ',', '.', '"']).unwrap_or(text.len());
        let (word, rest) = text.split_at(end);
        return (!word.is_empty()).then(|| (word.to_owned(), rest));
    };
    up_to_closing_quote(quoted).filter(|(name, _)| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        for text in ["account", "app.role", "\"a \"\"b\"\"\".\"C, d\"", "app.\"Role\""] {
            let read = recorded_empty(text).expect("names");
            assert_eq!(read.iter().map(ToString::to_string).collect::<Vec<_>>(), [text]);
        }
        let read = recorded_empty("a, b.c ,\"D\"").expect("names");
        assert_eq!(read.iter().map(ToString::to_string).collect::<Vec<_>>(), ["a", "b.c", "\"D\""]);
        assert_eq!(
            recorded_rows("app.role 12").map(|one| one.directive()),
            Some("recorded-rows app.role 12".into())
        );
        for text in ["", "a b", "a,", "\"a", "a..b", "a."] {
            assert_eq!(recorded_empty(text), None, "{text}");
        }
        assert_eq!((recorded_rows("role"), recorded_rows("role many")), (None, None));
    }
}
