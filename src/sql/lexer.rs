//! The tokens of a script.

use std::ops::Range;

use super::{Dialect, LexError, Token, postgres_scan, sqlite_scan};

/// Cuts a text into tokens that together cover every byte of it.
///
/// Ends after the first error.
#[derive(Debug, Clone)]
pub struct Lexer<'a> {
    dialect: Dialect,
    text: &'a str,
    position: usize,
}

impl<'a> Lexer<'a> {
    /// A lexer of `dialect` at the start of `text`.
    pub fn new(dialect: Dialect, text: &'a str) -> Self {
        Self { dialect, text, position: 0 }
    }

    /// A lexer of the tokens in `range` of `text`, both ends of which must be ends of tokens.
    pub(super) fn over(dialect: Dialect, text: &'a str, range: Range<usize>) -> Self {
        Self { dialect, text: text.get(..range.end).unwrap_or(text), position: range.start }
    }

    /// The byte of the text at which the next token begins.
    pub fn position(&self) -> usize {
        self.position
    }

    /// Goes on from `position`, passing over what is not SQL.
    pub(super) fn resume_at(&mut self, position: usize) {
        self.position = position;
    }
}

impl Iterator for Lexer<'_> {
    type Item = Result<Token, LexError>;

    fn next(&mut self) -> Option<Self::Item> {
        let bytes = self.text.as_bytes();
        let start = self.position;
        let &first = bytes.get(start)?;
        let scanned = match self.dialect {
            Dialect::Postgres => postgres_scan::token(bytes, start, first),
            Dialect::Sqlite => sqlite_scan::token(bytes, start, first),
        };
        match scanned {
            Ok((kind, end)) => {
                self.position = end;
                Some(Ok(Token { kind, start, end }))
            }
            Err(error) => {
                self.position = bytes.len();
                Some(Err(error))
            }
        }
    }
}
