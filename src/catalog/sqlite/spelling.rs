//! One spelling for SQL that means the same.

use super::is_keyword;
use super::tokens::{self, Tokens};
use crate::catalog::sql::is_plain_name;
use crate::sql::{Dialect, TokenKind};

/// SQL without comments and needless blanks and quotes, its keywords in upper case. The case of names is kept: it
/// shows in the columns of a query.
#[must_use]
pub fn spelling(sql: &str) -> String {
    spelled(sql, str::to_owned)
}

/// A text without blanks and comments, and with names in lower case, unless they are in quotes: a text in double quotes that is
/// no name is a string.
#[must_use]
pub fn folded_spelling(sql: &str) -> String {
    spelled(sql, str::to_ascii_lowercase)
}

fn spelled(sql: &str, word: impl Fn(&str) -> String) -> String {
    let mut spelled = String::with_capacity(sql.len());
    let mut before: Option<tokens::Lexeme<'_>> = None;
    for lexeme in Tokens::new(sql) {
        if before.is_some_and(|before| needs_space(&before, &lexeme)) {
            spelled.push(' ');
        }
        match lexeme.kind {
            TokenKind::Word if is_keyword(lexeme.text) => spelled.push_str(&lexeme.text.to_ascii_uppercase()),
            TokenKind::Word => spelled.push_str(&word(lexeme.text)),
            TokenKind::QuotedIdentifier => spelled.push_str(&name(&lexeme.unquoted())),
            _ => spelled.push_str(lexeme.text),
        }
        before = Some(lexeme);
    }
    spelled
}

/// A name, in quotes only where it needs them.
fn name(name: &str) -> String {
    if is_plain_name(name) && !is_keyword(name) {
        name.to_owned()
    } else {
        Dialect::Sqlite.quote_identifier(name)
    }
}

fn needs_space(before: &tokens::Lexeme<'_>, after: &tokens::Lexeme<'_>) -> bool {
    let is_operator = |lexeme: &tokens::Lexeme<'_>| lexeme.kind == TokenKind::Symbol;
    match (before.kind, after.kind) {
        (TokenKind::OpenParenthesis, _) | (_, TokenKind::CloseParenthesis | TokenKind::Semicolon) => false,
        (TokenKind::Word, TokenKind::OpenParenthesis) => is_keyword(before.text),
        (TokenKind::QuotedIdentifier, TokenKind::OpenParenthesis) => false,
        _ if before.is_symbol(".") || after.is_symbol(".") || after.is_symbol(",") => false,
        // The two characters of `<=` or `||`.
        _ if is_operator(before) && is_operator(after) => before.end != after.start || before.is_symbol(","),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn same(one: &str, other: &str) {
        assert_eq!(spelling(one), spelling(other));
    }

    #[test]
    fn blanks_comments_keyword_case_and_needless_quotes_do_not_count() {
        same("a>0", "a  >\n0 -- positive");
        same("\"a\" is not null", "[a] IS /* ever */ NOT NULL");
        same("length( \"name\" )<=10", "length(name) <= 10");
        same("x||y", "`x` || y");
    }

    #[test]
    fn everything_else_does() {
        for (one, other) in [
            ("\"order\"", "order"),
            ("'A'", "'a'"),
            ("a", "A"),
            ("\"a b\"", "a b"),
            ("a < = b", "a <= b"),
            ("'a  b'", "'a b'"),
        ] {
            assert_ne!(spelling(one), spelling(other), "{one}");
        }
    }

    #[test]
    fn where_names_are_folded_texts_are_not() {
        assert_eq!(folded_spelling("A > 'A' and \"B\" IS b"), "a > 'A' AND B IS b");
    }

    #[test]
    fn it_reads_well() {
        let sql = "select count ( * ),\"t\".a from t where x in(1,2) and\ny = 'z'";
        assert_eq!(spelling(sql), "SELECT count(*), t.a FROM t WHERE x IN (1, 2) AND y = 'z'");
    }
}
