//! Reads the significant tokens of a statement from the front.

use std::borrow::Cow;
use std::ops::Range;

use super::{Dialect, Lexer, TokenKind};

/// A token that is no blank and no comment, with its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lexeme<'a> {
    pub(super) kind: TokenKind,
    /// The offset in the script, in bytes.
    pub(super) start: usize,
    pub(super) text: &'a str,
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

    /// Whether the token can be an identifier, quoted or not. Keywords count.
    pub(super) fn is_name(&self) -> bool {
        matches!(self.kind, TokenKind::Word | TokenKind::QuotedIdentifier)
    }

    /// Whether the token is a string or dollar-quoted string.
    pub(super) fn is_string(&self) -> bool {
        matches!(self.kind, TokenKind::String | TokenKind::DollarString)
    }

    /// What is between its quotes, doubled quotes undone; its text, if it has no quotes. Backslash
    /// and Unicode escapes are left as they are written.
    pub(super) fn unquoted(&self) -> Cow<'a, str> {
        match self.kind {
            TokenKind::DollarString => Cow::Borrowed(self.inside_dollars().unwrap_or(self.text)),
            TokenKind::String | TokenKind::QuotedIdentifier => self.inside_quotes(),
            _ => Cow::Borrowed(self.text),
        }
    }

    fn inside_dollars(&self) -> Option<&'a str> {
        let tag_end = self.text.get(1..)?.find('$')?;
        let delimiter = self.text.get(..tag_end + 2)?;
        self.text.strip_prefix(delimiter)?.strip_suffix(delimiter)
    }

    fn inside_quotes(&self) -> Cow<'a, str> {
        let closing = self.text.chars().next_back().unwrap_or_default();
        let inside = self
            .text
            .split_once(['\'', '"', '`', '['])
            .and_then(|(_, content)| content.strip_suffix(closing))
            .unwrap_or_default();
        if inside.contains(closing) {
            let quote = closing.to_string();
            Cow::Owned(inside.replace(&quote.repeat(2), &quote))
        } else {
            Cow::Borrowed(inside)
        }
    }
}

/// An iterator over [`Lexeme`]s that can also pass over what it expects next.
///
/// It holds no token back: to look ahead is to read on with a copy.
#[derive(Debug, Clone)]
pub(super) struct Cursor<'a> {
    script: &'a str,
    lexer: Lexer<'a>,
}

impl<'a> Cursor<'a> {
    /// A cursor over the tokens in `range` of `script`, both ends of which must be ends of tokens.
    pub(super) fn over(dialect: Dialect, script: &'a str, range: Range<usize>) -> Self {
        Self { script, lexer: Lexer::over(dialect, script, range) }
    }

    /// Passes over the unquoted `words` if all of them come next, in any case.
    pub(super) fn eat(&mut self, words: &[&str]) -> bool {
        let mut ahead = self.clone();
        let found = words.iter().all(|word| ahead.next().is_some_and(|lexeme| lexeme.is_word(word)));
        if found {
            *self = ahead;
        }
        found
    }

    /// Passes over one of the unquoted `words` if it comes next, in any case.
    pub(super) fn eat_any(&mut self, words: &[&str]) -> bool {
        words.iter().any(|word| self.eat(&[word]))
    }

    /// Passes over a name, qualified or not, and returns it as it is written.
    pub(super) fn eat_name(&mut self) -> Option<&'a str> {
        let mut ahead = self.clone();
        let first = ahead.next().filter(Lexeme::is_name)?;
        let mut last = first;
        *self = ahead.clone();
        while ahead.next().is_some_and(|dot| dot.is_symbol(".")) {
            last = ahead.next().filter(Lexeme::is_name)?;
            *self = ahead.clone();
        }
        self.script.get(first.start..last.start + last.text.len())
    }

    /// Passes over a parenthesised list of options, if one comes next, and returns what is in it.
    pub(super) fn eat_options(&mut self) -> Options<'a> {
        let mut ahead = self.clone();
        let mut lexemes = Vec::new();
        if ahead.next().map(|lexeme| lexeme.kind) == Some(TokenKind::OpenParenthesis) {
            let is_inside = |lexeme: &Lexeme<'_>| lexeme.kind != TokenKind::CloseParenthesis;
            lexemes.extend(ahead.by_ref().take_while(is_inside));
            *self = ahead;
        }
        Options(lexemes)
    }
}

impl<'a> Iterator for Cursor<'a> {
    type Item = Lexeme<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        // What a cursor reads has been lexed before: it holds no error.
        let token = self.lexer.by_ref().map_while(Result::ok).find(|token| !token.kind.is_trivia())?;
        Some(Lexeme { kind: token.kind, start: token.start, text: self.script.get(token.range())? })
    }
}

/// PostgreSQL's `name [=] value, …`, as after `WITH` or in `REINDEX (…)`.
#[derive(Debug)]
pub(super) struct Options<'a>(Vec<Lexeme<'a>>);

impl Options<'_> {
    /// The Boolean value of the option `name`, as PostgreSQL's `defGetBoolean` reads it: absent is
    /// `None`, without a value is true.
    pub(super) fn boolean(&self, name: &str) -> Option<bool> {
        let option = self
            .0
            .split(|lexeme| lexeme.is_symbol(","))
            .find(|option| option.first().is_some_and(|first| first.is_word(name)))?;
        let is_false = |value: &Lexeme<'_>| {
            let value = value.unquoted();
            ["false", "off", "0"].iter().any(|off| value.eq_ignore_ascii_case(off))
        };
        Some(!option.iter().skip(1).any(is_false))
    }

    /// Whether the option `name` is there, whatever its value.
    pub(super) fn contains(&self, name: &str) -> bool {
        self.boolean(name).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cursor(sql: &str) -> Cursor<'_> {
        Cursor::over(Dialect::Postgres, sql, 0..sql.len())
    }

    fn unquoted(dialect: Dialect, sql: &str) -> Option<String> {
        let mut cursor = Cursor::over(dialect, sql, 0..sql.len());
        cursor.next().map(|lexeme| lexeme.unquoted().into_owned())
    }

    #[test]
    fn eating_is_all_or_nothing() {
        let mut cursor = cursor("if /* c */ NOT exists t");
        assert!(!cursor.eat(&["IF", "EXISTS"]));
        assert!(cursor.eat(&["IF", "NOT", "EXISTS"]));
        assert!(!cursor.eat(&["\"t\""]));
        assert!(cursor.eat_any(&["S", "T"]));
        assert!(!cursor.eat(&["T"]));
    }

    #[test]
    fn names_are_returned_as_written() {
        for name in ["a", "a.b", "\"A b\". c /**/ . d", "u&\"x\""] {
            let sql = format!(" {name} ADD");
            let mut cursor = cursor(&sql);
            assert_eq!(cursor.eat_name(), Some(name));
            assert!(cursor.eat(&["ADD"]));
        }
        for sql in ["'a'", "a.", ""] {
            assert_eq!(cursor(sql).eat_name(), None, "{sql}");
        }
    }

    #[test]
    fn options_are_on_unless_they_say_otherwise() {
        let mut cursor = cursor("(a, b = true, c = OFF, d 'false', e 0, f = 'x') rest");
        let options = cursor.eat_options();
        for on in ["a", "B", "f"] {
            assert_eq!(options.boolean(on), Some(true), "{on}");
        }
        for off in ["C", "d", "e"] {
            assert_eq!(options.boolean(off), Some(false), "{off}");
        }
        assert!(!options.contains("true"));
        assert!(cursor.eat(&["REST"]));
    }

    #[test]
    fn quotes_come_off() {
        use Dialect::{Postgres, Sqlite};
        for (dialect, sql, value) in [
            (Postgres, "'it''s'", "it's"),
            (Postgres, "''", ""),
            (Postgres, "''''", "'"),
            (Postgres, "N'a'", "a"),
            (Postgres, "$a$it''s$a$", "it''s"),
            (Postgres, "$$$$", ""),
            (Postgres, "\"a\"\"b\"", "a\"b"),
            (Postgres, "U&\"a'b\"", "a'b"),
            (Postgres, "word", "word"),
            (Sqlite, "`a``b`", "a`b"),
            (Sqlite, "[a]", "a"),
            (Sqlite, "[]", ""),
        ] {
            assert_eq!(unquoted(dialect, sql).as_deref(), Some(value), "{sql}");
        }
    }
}
