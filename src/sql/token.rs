//! What a script is cut into.

use std::ops::Range;

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
    /// The bytes of the token, as a range of the text that was lexed.
    pub fn range(self) -> Range<usize> {
        self.start..self.end
    }
}
