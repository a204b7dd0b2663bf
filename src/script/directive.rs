//! Directives: comment lines that begin with `-- revgraph:`. Pure.

use thiserror::Error;

use super::recorded_rows::{RecordedRows, recorded_empty, recorded_rows};
use crate::sql::Dialect;

/// What a directive line asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Directive {
    /// Each statement of the script runs on its own.
    NoTransaction,
    /// Downgrading through this script is refused, with the reason where one is given.
    Irreversible(Option<String>),
    /// The lines up to `end` are for one dialect alone.
    Only(Dialect),
    /// The end of an `only` block.
    End,
    /// Another tool computed this script from the rows of tables; how many each had.
    Recorded(Vec<RecordedRows>),
    /// An import could not carry this script over, with the reason: running it is refused.
    NotImported(String),
}

impl Directive {
    /// The word behind `-- revgraph:` with which the directive is written; `recorded-empty` for [`Self::Recorded`],
    /// whatever the numbers of rows.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::NoTransaction => "no-transaction",
            Self::Irreversible(_) => "irreversible",
            Self::Only(_) => "only",
            Self::End => "end",
            Self::Recorded(_) => "recorded-empty",
            Self::NotImported(_) => "not-imported",
        }
    }
}

/// Why a directive cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DirectiveError {
    /// No such directive.
    #[error(
        "there is no directive `{0}`; there are no-transaction, irreversible, only, end, recorded-empty, \
         recorded-rows and not-imported"
    )]
    Unknown(String),
    /// `only` without a known dialect.
    #[error("`only` takes postgres or sqlite, not `{0}`")]
    UnknownDialect(String),
    /// `recorded-empty` or `recorded-rows` without what they need.
    #[error("`{0}` takes {1}")]
    Takes(&'static str, &'static str),
    /// Words behind a directive that takes none.
    #[error("`{0}` takes nothing behind it")]
    TakesNothing(&'static str),
    /// In the header, where only `no-transaction` has a meaning.
    #[error("`{0}` does not belong into the header")]
    NotInHeader(&'static str),
    /// Behind the first statement, where it would come too late.
    #[error("`{0}` must stand before the first statement")]
    TooLate(&'static str),
    /// `irreversible` in an up script.
    #[error("`irreversible` belongs into the down script")]
    IrreversibleUp,
    /// `only` inside `only`.
    #[error("`only` inside an `only` block; write `-- revgraph: end` before it")]
    Nested,
    /// `end` without `only`.
    #[error("`end` without an `only` before it")]
    EndWithoutOnly,
    /// `only` without `end`.
    #[error("this `only` has no `-- revgraph: end`")]
    OnlyWithoutEnd,
}

/// The directive on a line: none where the line is not one, an error where it is not one that exists.
#[must_use]
pub fn directive_of_line(line: &str) -> Option<Result<Directive, DirectiveError>> {
    let comment = line.trim_start().strip_prefix("--")?.trim_start();
    let text = comment.strip_prefix("revgraph:")?.trim();
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    Some(directive(word, rest.trim()))
}

fn directive(word: &str, rest: &str) -> Result<Directive, DirectiveError> {
    let bare = |directive: Directive| {
        if rest.is_empty() { Ok(directive) } else { Err(DirectiveError::TakesNothing(directive.name())) }
    };
    match word {
        "no-transaction" => bare(Directive::NoTransaction),
        "irreversible" => Ok(Directive::Irreversible((!rest.is_empty()).then(|| rest.to_owned()))),
        "only" => {
            let dialect = rest.parse().map_err(|_| DirectiveError::UnknownDialect(rest.to_owned()))?;
            Ok(Directive::Only(dialect))
        }
        "end" => bare(Directive::End),
        "recorded-empty" => recorded_empty(rest)
            .map(Directive::Recorded)
            .ok_or(DirectiveError::Takes("recorded-empty", "the names of tables, separated by commas")),
        "recorded-rows" => recorded_rows(rest)
            .map(|one| Directive::Recorded(vec![one]))
            .ok_or(DirectiveError::Takes("recorded-rows", "the name of a table and a number")),
        "not-imported" if rest.is_empty() => Err(DirectiveError::Takes("not-imported", "the reason")),
        "not-imported" => Ok(Directive::NotImported(rest.to_owned())),
        _ => Err(DirectiveError::Unknown(word.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directives_are_read() {
        let read = |line| directive_of_line(line).expect("a directive");
        assert_eq!(read("-- revgraph: no-transaction"), Ok(Directive::NoTransaction));
        assert_eq!(read("  --revgraph: only sqlite "), Ok(Directive::Only(Dialect::Sqlite)));
        assert_eq!(
            read("-- revgraph: irreversible the rows are gone"),
            Ok(Directive::Irreversible(Some("the rows are gone".to_owned())))
        );
        assert_eq!(directive_of_line("-- revgraph is nice"), None);
        assert!(read("-- revgraph: onlly sqlite").is_err());
        assert!(read("-- revgraph: only mysql").is_err());
        assert!(read("-- revgraph: end now").is_err());
    }
}
