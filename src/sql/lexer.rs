//! The tokens of a script.

use std::ops::Range;

use super::{Dialect, LexError, postgres_scan, sqlite_scan};

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TokenKind {
    /// A run of blanks and line ends, or a byte order mark.
    Whitespace,
    /// `-- …`, without the line end.
    LineComment,
    /// `/* … */`; nests in PostgreSQL.
    BlockComment,
    /// A keyword or an unquoted identifier.
    Word,
    /// `"…"`; in SQLite also `` `…` `` and `[…]`; in PostgreSQL also `U&"…"`.
    QuotedIdentifier,
    /// A string, bit string or blob between single quotes, with its prefix if it has one. An `E''`
    /// string includes its continuations on further lines.
    String,
    /// `$tag$…$tag$`.
    DollarString,
    /// An unsigned number.
    Number,
    /// `$1` in PostgreSQL; `?`, `?1`, `:a`, `@a`, `$a` in SQLite.
    Parameter,
    /// `;`
    Semicolon,
    /// `(`
    OpenParenthesis,
    /// `)`
    CloseParenthesis,
    /// One character of an operator or other punctuation.
    Symbol,
    /// A psql meta-command, from its backslash to the end of the line.
    MetaCommand,
}

impl TokenKind {
    /// Whether the databases skip such a token: blanks and comments.
    pub fn is_trivia(self) -> bool {
        matches!(self, Self::Whitespace | Self::LineComment | Self::BlockComment)
    }
}

/// A token's kind and place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Its first byte.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
}

impl Token {
    /// Its bytes, as a range of the text that was lexed.
    pub fn range(self) -> Range<usize> {
        self.start..self.end
    }
}

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
    /// A lexer at the start of `text`.
    pub fn new(dialect: Dialect, text: &'a str) -> Self {
        Self { dialect, text, position: 0 }
    }

    /// A lexer of the tokens in `range` of `text`, both ends of which must be ends of tokens.
    pub(super) fn over(dialect: Dialect, text: &'a str, range: Range<usize>) -> Self {
        Self { dialect, text: text.get(..range.end).unwrap_or(text), position: range.start }
    }

    /// Where the next token begins.
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
