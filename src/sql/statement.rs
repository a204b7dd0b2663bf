//! One statement of a script.

use std::ops::Range;

use super::cursor::Cursor;
use super::{Dialect, Lexer, Token, TokenKind, byte_offset};

/// How many words [`Statement::leading_keywords`] returns at most.
const MAX_LEADING_KEYWORDS: usize = 8;

/// What a piece of a script is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StatementKind {
    /// A statement to run.
    Sql,
    /// Nothing to run: blanks, comments, a semicolon alone.
    Blank,
    /// `\restrict` or `\unrestrict`, with which `pg_dump` fences what psql may execute. Nothing to
    /// run.
    Restriction,
}

/// A piece of a script that holds at most one statement.
///
/// All ranges are in bytes of the script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement<'a> {
    pub(super) dialect: Dialect,
    pub(super) script: &'a str,
    pub(super) kind: StatementKind,
    pub(super) piece: Range<usize>,
    pub(super) body: Range<usize>,
    pub(super) copy_data: Option<Range<usize>>,
}

impl<'a> Statement<'a> {
    /// The dialect that the statement is in.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The kind of this piece of a script.
    pub fn kind(&self) -> StatementKind {
        self.kind
    }

    /// Whether the piece is something to run, and no comment or client's command.
    pub fn is_runnable(&self) -> bool {
        self.kind == StatementKind::Sql
    }

    /// The whole piece: the blanks and comments before the statement, the statement, its semicolon,
    /// and the data of a `COPY` with the line that ends it.
    pub fn piece(&self) -> Range<usize> {
        self.piece.clone()
    }

    /// The text of [`Statement::piece`]: the statement with the blanks and comments around it.
    pub fn piece_text(&self) -> &'a str {
        self.script.get(self.piece()).unwrap_or_default()
    }

    /// From the first significant token up to the semicolon, or up to the last significant token
    /// where the script ends without one. Empty if there is nothing to run.
    pub fn body(&self) -> Range<usize> {
        self.body.clone()
    }

    /// The text of [`Statement::body`]: what to send to the database.
    pub fn sql(&self) -> &'a str {
        self.script.get(self.body()).unwrap_or_default()
    }

    /// The lines of data that follow a PostgreSQL `COPY … FROM stdin`, without the `\.` line.
    pub fn copy_data(&self) -> Option<Range<usize>> {
        self.copy_data.clone()
    }

    /// The text of [`Statement::copy_data`], as it stands in the script.
    pub fn copy_data_text(&self) -> Option<&'a str> {
        self.script.get(self.copy_data()?)
    }

    /// The tokens of [`Statement::body`], placed in the script.
    pub fn tokens(&self) -> impl Iterator<Item = Token> + 'a {
        // The splitter has read the same tokens, so none of them is an error.
        Lexer::over(self.dialect, self.script, self.body()).map_while(Result::ok)
    }

    /// The words that the statement begins with, in upper case: `["CREATE", "TABLE", "T"]` for
    /// `create table t (…)`. They end before the first token that is not an unquoted word, and
    /// after eight.
    pub fn leading_keywords(&self) -> Vec<String> {
        self.cursor()
            .take(MAX_LEADING_KEYWORDS)
            .take_while(|lexeme| lexeme.kind == TokenKind::Word)
            .map(|lexeme| lexeme.text.to_ascii_uppercase())
            .collect()
    }

    /// The offset in the script of a 1-based character `position` in [`Statement::sql`], as
    /// PostgreSQL reports it. `None` if the statement has no such position.
    pub fn script_offset(&self, position: usize) -> Option<usize> {
        Some(self.body.start + byte_offset(self.sql(), position)?)
    }

    /// A cursor before the statement's first significant token.
    pub(super) fn cursor(&self) -> Cursor<'a> {
        Cursor::over(self.dialect, self.script, self.body())
    }
}
