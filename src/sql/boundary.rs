//! Which semicolons end a statement.

use std::ops::Range;

use super::{Dialect, Token, TokenKind};

/// What has been read of a statement: enough to tell whether a semicolon ends it.
#[derive(Debug, Default)]
pub(super) struct Pending {
    /// From its first significant token to the end of its last.
    pub(super) body: Option<Range<usize>>,
    pub(super) opening: Opening,
    /// How many parentheses are open; always none in SQLite, where they do not keep a semicolon
    /// from ending a statement.
    open_parentheses: usize,
    /// The last two significant tokens, the later one second.
    last: [Landmark; 2],
}

/// What the beginning of a statement says about the semicolons in it.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Opening {
    /// Nothing read yet.
    #[default]
    Empty,
    /// `CREATE`, `CREATE OR REPLACE`, `CREATE TEMP`
    Create,
    /// `CREATE FUNCTION`, `CREATE PROCEDURE` in PostgreSQL: it may get a body of statements.
    Routine,
    /// The body of statements of a PostgreSQL routine, or an SQLite trigger from its first words
    /// on: it goes on until an `END` that begins a statement.
    Block,
    /// `COPY` in PostgreSQL.
    Copy,
    /// `COPY … FROM stdin`: data follows it.
    CopyFromStdin,
    /// Anything else: the next semicolon ends it.
    Plain,
}

/// The tokens that matter to those after them.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Landmark {
    #[default]
    Other,
    Semicolon,
    Begin,
    Atomic,
    End,
    From,
}

impl Pending {
    /// Whether a semicolon would end the statement here.
    ///
    /// An `END` closes a block only where a statement would begin, so the `END` of a `CASE`, or a
    /// column of that name, does not. SQLite's own `sqlite3_complete` goes by the same rule.
    pub(super) fn ends_at_semicolon(&self) -> bool {
        let closes_block = matches!(self.last, [Landmark::Semicolon | Landmark::Atomic, Landmark::End]);
        self.open_parentheses == 0 && (self.opening != Opening::Block || closes_block)
    }

    /// Takes in the significant `token` of `script`.
    pub(super) fn push(&mut self, dialect: Dialect, script: &str, token: Token) {
        let body_start = self.body.as_ref().map_or(token.start, |body| body.start);
        self.body = Some(body_start..token.end);
        if dialect == Dialect::Postgres {
            self.count_parenthesis(token.kind);
        }
        if self.opening == Opening::Plain {
            return;
        }
        let word = match token.kind {
            TokenKind::Word => script.get(token.range()).unwrap_or_default(),
            _ => "",
        };
        let landmark = Landmark::of(token.kind, word);
        let [_, before] = self.last;
        self.last = [before, landmark];
        self.opening = match (self.opening, before, landmark) {
            _ if self.open_parentheses > 0 => self.opening.inside_parentheses(),
            (Opening::Routine, Landmark::Begin, Landmark::Atomic) => Opening::Block,
            (Opening::Copy, Landmark::From, _) if word.eq_ignore_ascii_case("STDIN") => {
                Opening::CopyFromStdin
            }
            (opening, ..) => opening.after(dialect, word),
        };
    }

    fn count_parenthesis(&mut self, kind: TokenKind) {
        match kind {
            TokenKind::OpenParenthesis => self.open_parentheses += 1,
            TokenKind::CloseParenthesis => {
                self.open_parentheses = self.open_parentheses.saturating_sub(1);
            }
            _ => {}
        }
    }
}

impl Opening {
    /// The opening with one more token, which is `word`, or no word where that is empty.
    fn after(self, dialect: Dialect, word: &str) -> Self {
        let is = |keyword: &str| word.eq_ignore_ascii_case(keyword);
        match (self, dialect) {
            (Self::Empty, _) if is("CREATE") => Self::Create,
            (Self::Empty, Dialect::Postgres) if is("COPY") => Self::Copy,
            (Self::Create, Dialect::Postgres) if is("OR") || is("REPLACE") => Self::Create,
            (Self::Create, Dialect::Postgres) if is("FUNCTION") || is("PROCEDURE") => Self::Routine,
            (Self::Create, Dialect::Sqlite) if is("TEMP") || is("TEMPORARY") => Self::Create,
            (Self::Create, Dialect::Sqlite) if is("TRIGGER") => Self::Block,
            (Self::Empty | Self::Create, _) => Self::Plain,
            (opening, _) => opening,
        }
    }

    /// The opening with one more token, which is inside parentheses.
    fn inside_parentheses(self) -> Self {
        match self {
            Self::Empty | Self::Create => Self::Plain,
            opening => opening,
        }
    }
}

impl Landmark {
    fn of(kind: TokenKind, word: &str) -> Self {
        if kind == TokenKind::Semicolon {
            return Self::Semicolon;
        }
        [("BEGIN", Self::Begin), ("ATOMIC", Self::Atomic), ("END", Self::End), ("FROM", Self::From)]
            .into_iter()
            .find(|(keyword, _)| word.eq_ignore_ascii_case(keyword))
            .map_or(Self::Other, |(_, landmark)| landmark)
    }
}
