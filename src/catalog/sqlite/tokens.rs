//! The significant tokens of a statement, read from the front.

use std::borrow::Cow;

use crate::sql::{Dialect, Lexer, TokenKind};

/// A token of a SQLite statement with its text and its place in bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lexeme<'a> {
    pub(super) kind: TokenKind,
    pub(super) text: &'a str,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl<'a> Lexeme<'a> {
    /// Whether the token is the unquoted `word`, in any case.
    pub(super) fn is_word(&self, word: &str) -> bool {
        self.kind == TokenKind::Word && self.text.eq_ignore_ascii_case(word)
    }

    /// Whether the token is the punctuation `symbol`.
    pub(super) fn is_symbol(&self, symbol: &str) -> bool {
        self.kind == TokenKind::Symbol && self.text == symbol
    }

    /// What is between its quotes, doubled quotes undone; its text, if it has no quotes.
    pub(super) fn unquoted(&self) -> Cow<'a, str> {
        if !matches!(self.kind, TokenKind::QuotedIdentifier | TokenKind::String) {
            return Cow::Borrowed(self.text);
        }
        let mut characters = self.text.chars();
        let closing = characters.next_back().unwrap_or_default();
        characters.next();
        let inside = characters.as_str();
        let quote = closing.to_string();
        Cow::Owned(if closing == ']' { inside.to_owned() } else { inside.replace(&quote.repeat(2), &quote) })
    }
}

/// Reads the significant tokens of a SQLite statement, one behind the other; clones are places to return to.
#[derive(Debug, Clone)]
pub(super) struct Tokens<'a> {
    sql: &'a str,
    lexer: Lexer<'a>,
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Lexeme<'a>;

    fn next(&mut self) -> Option<Lexeme<'a>> {
        let token = self.lexer.by_ref().map_while(Result::ok).find(|token| !token.kind.is_trivia())?;
        let text = self.sql.get(token.range())?;
        Some(Lexeme { kind: token.kind, text, start: token.start, end: token.end })
    }
}

impl<'a> Tokens<'a> {
    /// The tokens of `sql`, from its first one on.
    pub(super) fn new(sql: &'a str) -> Self {
        Self { sql, lexer: Lexer::new(Dialect::Sqlite, sql) }
    }

    /// The next token, which stays the next; none at the end.
    pub(super) fn peek(&self) -> Option<Lexeme<'a>> {
        self.clone().next()
    }

    /// Passes over these words if all of them come next, in any case and unquoted. Returns whether they did.
    pub(super) fn eat(&mut self, words: &[&str]) -> bool {
        let mut ahead = self.clone();
        let found = words.iter().all(|word| ahead.next().is_some_and(|lexeme| lexeme.is_word(word)));
        if found {
            *self = ahead;
        }
        found
    }

    /// Passes over one of these words if it comes next, and returns it.
    pub(super) fn eat_any(&mut self, words: &[&'static str]) -> Option<&'static str> {
        words.iter().copied().find(|word| self.eat(&[word]))
    }

    /// Passes over a comma if it comes next. Returns whether it did.
    pub(super) fn eat_comma(&mut self) -> bool {
        self.eat_if(|lexeme| lexeme.is_symbol(","))
    }

    /// Passes over a token of this kind, such as a parenthesis, if it comes next. Returns whether it did.
    pub(super) fn eat_kind(&mut self, kind: TokenKind) -> bool {
        self.eat_if(|lexeme| lexeme.kind == kind)
    }

    fn eat_if(&mut self, is_it: impl Fn(&Lexeme<'a>) -> bool) -> bool {
        let found = self.peek().is_some_and(|lexeme| is_it(&lexeme));
        if found {
            self.next();
        }
        found
    }

    /// Passes over a name, in any of the quotes that SQLite takes, and returns it without them.
    pub(super) fn name(&mut self) -> Option<String> {
        let is_name =
            |kind| matches!(kind, TokenKind::Word | TokenKind::QuotedIdentifier | TokenKind::String);
        let lexeme = self.peek().filter(|lexeme| is_name(lexeme.kind))?;
        self.next();
        Some(lexeme.unquoted().into_owned())
    }

    /// Passes over a name that a schema may qualify, and returns the name alone.
    pub(super) fn qualified_name(&mut self) -> Option<String> {
        let name = self.name()?;
        if self.eat_if(|lexeme| lexeme.is_symbol(".")) { self.name() } else { Some(name) }
    }

    /// Passes over what stands in parentheses and returns it as it was typed, without them and the comments at its
    /// ends, which could take a parenthesis along when it is written again.
    pub(super) fn parenthesised(&mut self) -> Option<&'a str> {
        let open = self.peek().filter(|lexeme| lexeme.kind == TokenKind::OpenParenthesis)?;
        let mut depth = 0_usize;
        let mut inside = open.end..open.end;
        loop {
            let lexeme = self.next()?;
            match lexeme.kind {
                TokenKind::OpenParenthesis => depth += 1,
                TokenKind::CloseParenthesis => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return self.sql.get(inside);
            }
            if lexeme.start != open.start {
                let is_first = inside.is_empty();
                inside = if is_first { lexeme.start } else { inside.start }..lexeme.end;
            }
        }
    }

    /// What lies between here and where `later` has come to.
    pub(super) fn up_to(&self, later: &Self) -> &'a str {
        self.sql.get(self.lexer.position()..later.lexer.position()).unwrap_or_default()
    }

    /// Passes over the rest and returns its text as it was typed, without semicolons at its end.
    pub(super) fn rest(&mut self) -> &'a str {
        let Some(first) = self.next() else { return "" };
        let last = self.by_ref().filter(|lexeme| lexeme.kind != TokenKind::Semicolon).last().unwrap_or(first);
        self.sql.get(first.start..last.end).unwrap_or_default()
    }
}

/// Cuts a list at its commas that stand in no parentheses; the pieces as they were typed.
pub(super) fn split_list(list: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut depth, mut start) = (0_usize, 0);
    for lexeme in Tokens::new(list) {
        match lexeme.kind {
            TokenKind::OpenParenthesis => depth += 1,
            TokenKind::CloseParenthesis => depth = depth.saturating_sub(1),
            TokenKind::Symbol if depth == 0 && lexeme.text == "," => {
                pieces.extend(list.get(start..lexeme.start));
                start = lexeme.end;
            }
            _ => {}
        }
    }
    pieces.extend(list.get(start..));
    pieces.into_iter().map(str::trim).collect()
}
