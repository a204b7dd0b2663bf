//! From the text of a script to what runs on one dialect. Pure.

use std::ops::Range;
use std::sync::Arc;

use thiserror::Error;

use super::directive::{Directive, DirectiveError, directive_of_line};
use super::header::{bom_length, lines};
use super::recorded_rows::RecordedRows;
use crate::sql::{Dialect, is_blank};

/// Which of a revision's two scripts is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// What the revision does.
    Up,
    /// How it is undone.
    Down,
}

/// A script as it runs on one dialect. Lines for the other dialect are blank, so that every byte that is left
/// stands where it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// The SQL.
    pub sql: Arc<str>,
    /// Whether each statement runs on its own, outside any transaction.
    pub no_transaction: bool,
    /// Whether the script says `irreversible`: the inner value is the reason, where one is given.
    pub irreversible: Option<Option<String>>,
    /// What it was computed from, where it was recorded.
    pub recorded: Vec<RecordedRows>,
    /// Why an import could not carry it over, where it could not.
    pub not_imported: Option<String>,
}

impl Body {
    /// The body that is this SQL, of a script without directives.
    #[must_use]
    pub fn of(sql: Arc<str>) -> Self {
        Self { sql, no_transaction: false, irreversible: None, recorded: Vec::new(), not_imported: None }
    }
}

/// A directive that cannot be followed, with its place.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{kind}")]
pub struct BodyError {
    /// What is wrong.
    pub kind: DirectiveError,
    /// The bytes of the directive in the text.
    pub span: Range<usize>,
}

/// Follows the directives of a script for one dialect.
///
/// # Errors
/// [`BodyError`] at a directive that does not exist or does not belong where it stands.
pub fn body(text: &Arc<str>, side: Side, dialect: Dialect) -> Result<Body, BodyError> {
    if bom_length(text) == 0 && !text.contains("revgraph:") {
        return Ok(Body::of(Arc::clone(text)));
    }
    let bom = bom_length(text);
    let mut reader = Reader { side, dialect, sql: String::with_capacity(text.len()), ..Reader::default() };
    reader.sql.push_str(&" ".repeat(bom));
    for (start, line) in lines(text.get(bom..).unwrap_or_default()) {
        let start = start + bom;
        let with_ending =
            text.get(start..).and_then(|rest| rest.split_inclusive('\n').next()).unwrap_or(line);
        reader.line(start, line, with_ending)?;
    }
    match reader.open {
        Some((_, span)) => Err(BodyError { kind: DirectiveError::OnlyWithoutEnd, span }),
        None => Ok(Body {
            sql: reader.sql.into(),
            no_transaction: reader.no_transaction,
            irreversible: reader.irreversible,
            recorded: reader.recorded,
            not_imported: reader.not_imported,
        }),
    }
}

struct Reader {
    side: Side,
    dialect: Dialect,
    sql: String,
    no_transaction: bool,
    irreversible: Option<Option<String>>,
    recorded: Vec<RecordedRows>,
    not_imported: Option<String>,
    /// The `only` block that is open, and its line.
    open: Option<(Dialect, Range<usize>)>,
}

impl Default for Reader {
    fn default() -> Self {
        Self {
            side: Side::Up,
            dialect: Dialect::Sqlite,
            sql: String::new(),
            no_transaction: false,
            irreversible: None,
            recorded: Vec::new(),
            not_imported: None,
            open: None,
        }
    }
}

impl Reader {
    fn line(&mut self, start: usize, line: &str, with_ending: &str) -> Result<(), BodyError> {
        if let Some(directive) = directive_of_line(line) {
            let span = start..start + line.len();
            directive
                .and_then(|directive| self.directive(directive, span.clone()))
                .map_err(|kind| BodyError { kind, span })?;
        }
        let is_foreign = self.open.as_ref().is_some_and(|(only, _)| *only != self.dialect);
        if is_foreign {
            self.sql.extend(std::iter::repeat_n(' ', line.len()));
            self.sql.push_str(with_ending.get(line.len()..).unwrap_or_default());
        } else {
            self.sql.push_str(with_ending);
        }
        Ok(())
    }

    fn directive(&mut self, directive: Directive, span: Range<usize>) -> Result<(), DirectiveError> {
        match directive {
            Directive::Only(_) if self.open.is_some() => return Err(DirectiveError::Nested),
            Directive::Only(dialect) => self.open = Some((dialect, span)),
            Directive::End => {
                self.open.take().ok_or(DirectiveError::EndWithoutOnly)?;
            }
            // Inside a block for the other dialect it is not said of this one.
            _ if self.open.as_ref().is_some_and(|(only, _)| *only != self.dialect) => {}
            Directive::NoTransaction if !is_blank(self.dialect, &self.sql) => {
                return Err(DirectiveError::TooLate("no-transaction"));
            }
            Directive::NoTransaction => self.no_transaction = true,
            Directive::Irreversible(_) if self.side == Side::Up => {
                return Err(DirectiveError::IrreversibleUp);
            }
            Directive::Irreversible(reason) => self.irreversible = Some(reason),
            Directive::Recorded(tables) => self.recorded.extend(tables),
            Directive::NotImported(reason) => self.not_imported = Some(reason),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: &str = "-- t\n-- revision: a\nA;\n-- revgraph: only postgres\nP;\n-- revgraph: end\n\
        -- revgraph: only sqlite\r\nSé;\r\n-- revgraph: end\nB;\n";

    fn words(text: &str, dialect: Dialect) -> Vec<String> {
        let body = body(&text.into(), Side::Up, dialect).expect("a body");
        assert_eq!(body.sql.len(), text.len());
        body.sql
            .lines()
            .filter(|line| !line.starts_with("--") && !line.trim().is_empty())
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn blocks_are_for_one_dialect_and_offsets_stay() {
        assert_eq!(words(BOTH, Dialect::Postgres), ["A;", "P;", "B;"]);
        assert_eq!(words(BOTH, Dialect::Sqlite), ["A;", "Sé;", "B;"]);
        let sql = body(&BOTH.into(), Side::Up, Dialect::Postgres).expect("a body").sql;
        assert_eq!(sql.find("B;"), BOTH.find("B;"));
    }

    #[test]
    fn misplaced_directives_are_errors_with_their_place() {
        let error = |text: &str, side| {
            let error = body(&text.into(), side, Dialect::Sqlite).expect_err("an error");
            (error.kind, text.get(error.span).map(str::to_owned))
        };
        assert_eq!(error("-- revgraph: only sqlite\nA;\n", Side::Up).0, DirectiveError::OnlyWithoutEnd);
        assert_eq!(error("A;\n-- revgraph: end\n", Side::Up).1.as_deref(), Some("-- revgraph: end"));
        assert_eq!(
            error("-- revgraph: only sqlite\n-- revgraph: only postgres\n", Side::Up).0,
            DirectiveError::Nested
        );
        assert_eq!(error("-- revgraph: irreversible\n", Side::Up).0, DirectiveError::IrreversibleUp);
        assert_eq!(
            error("A;\n-- revgraph: no-transaction\n", Side::Down).0,
            DirectiveError::TooLate("no-transaction")
        );
    }

    #[test]
    fn no_transaction_may_follow_the_header_and_comments() {
        let text = "-- t\n-- revision: a\n\n/* why */\n-- revgraph: no-transaction\nVACUUM;\n";
        assert!(body(&text.into(), Side::Up, Dialect::Sqlite).expect("a body").no_transaction);
    }
}
