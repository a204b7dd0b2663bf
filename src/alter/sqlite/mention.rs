//! Which names a piece of SQL mentions.

use std::collections::BTreeSet;

use crate::sql::{Dialect, Lexer, TokenKind, unquoted_name};

/// Everything in SQL that could be a name, in lower case and without quotes. What stands in single quotes is a value.
pub(super) fn names(sql: &str) -> BTreeSet<String> {
    tokens(sql).filter_map(|(kind, text)| name(kind, text)).map(|name| fold(&name)).collect()
}

/// Whether a piece of SQL mentions a name, quoted or not, in any case.
pub(super) fn mentions(sql: &str, name: &str) -> bool {
    names(sql).contains(&fold(name))
}

/// The name that a key column begins with, as in `"a b" COLLATE nocase DESC`.
pub(super) fn leading_name(key: &str) -> String {
    let first = tokens(key).next();
    first.and_then(|(kind, text)| name(kind, text)).unwrap_or_else(|| key.to_owned())
}

/// The tokens of SQLite's SQL with their texts, without blanks and comments, up to the first that cannot be
/// read.
pub(super) fn tokens(sql: &str) -> impl Iterator<Item = (TokenKind, &str)> {
    Lexer::new(Dialect::Sqlite, sql)
        .map_while(Result::ok)
        .filter(|token| !token.kind.is_trivia())
        .filter_map(|token| Some((token.kind, sql.get(token.range())?)))
}

/// The identifier that a token is, without its quotes; none where it is none.
pub(super) fn name(kind: TokenKind, text: &str) -> Option<String> {
    match kind {
        TokenKind::Word => Some(text.to_owned()),
        TokenKind::QuotedIdentifier => Some(unquoted_name(text).into_owned()),
        _ => None,
    }
}

/// A name as SQLite compares it: in lower case, ASCII alone.
pub(super) fn fold(name: &str) -> String {
    name.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_from_values_and_comments() {
        assert!(mentions("SELECT A.b FROM a", "a") && mentions("x > \"The B\"", "the b"));
        assert!(!mentions("x = 'a' /* a */ -- a", "a") && !mentions("ab > 0", "a"));
    }

    #[test]
    fn a_key_begins_with_its_column() {
        for (key, name) in [("id", "id"), ("\"a \"\"b\" COLLATE nocase DESC", "a \"b"), ("[x y]", "x y")] {
            assert_eq!(leading_name(key), name);
        }
    }
}
