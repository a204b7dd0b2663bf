//! Single tokens, and the errors of those left open.

use crate::sql::Dialect::{Postgres, Sqlite};
use crate::sql::TokenKind::{self, *};
use crate::sql::{Dialect, LexError, Lexer};

fn lex(dialect: Dialect, text: &str) -> Vec<(TokenKind, &str)> {
    Lexer::new(dialect, text)
        .map(|token| {
            let token = token.expect(text);
            (token.kind, &text[token.range()])
        })
        .collect()
}

fn error(dialect: Dialect, text: &str) -> Option<LexError> {
    Lexer::new(dialect, text).find_map(Result::err)
}

/// Each text is one token of the kind.
fn assert_single(dialect: Dialect, kind: TokenKind, texts: &[&str]) {
    for &text in texts {
        assert_eq!(lex(dialect, text), [(kind, text)], "{dialect}");
    }
}

#[test]
fn postgres_tokens() {
    assert_single(Postgres, Whitespace, &[" ", "\t\r\n\u{b}\u{c} ", "\u{feff}"]);
    assert_single(Postgres, LineComment, &["--", "-- ; 'x"]);
    assert_single(
        Postgres,
        BlockComment,
        &["/**/", "/*;*/", "/* /* */ */", "/*/**/*/", "/***/", "/*//**/*/", "/* ' */"],
    );
    assert_single(Postgres, Word, &["a", "_A1", "a$b$c", "é", "naïve", "U", "e", "\u{a0}x", "日本"]);
    assert_single(
        Postgres,
        String,
        &[
            "''",
            "'a;b'",
            "'it''s'",
            r"'\'",
            "B'01'",
            "x'1F'",
            "n'a'",
            "U&'d\\0061'",
            r"E'\''",
            r"e'a''b\\'",
            "E'a'\n'b;'",
            "E'a' -- c;'\n  '\\';'",
            "E'a'\r''",
        ],
    );
    assert_single(
        Postgres,
        DollarString,
        &["$$$$", "$$;'$$", "$a$ $$ $b$ $a$", "$é_1$x$é_1$", "$a$$$a$", "$a$$b$a$"],
    );
    assert_single(Postgres, QuotedIdentifier, &["\"a;\"\"b\"", "U&\"a\"", "\"\""]);
    assert_single(Postgres, Number, &["0", "12.5", ".5", "1.", "1e10", "1.5E-3", "007"]);
    assert_single(Postgres, Parameter, &["$1", "$12"]);
    assert_single(Postgres, MetaCommand, &["\\i a;b", "\\"]);
}

#[test]
fn sqlite_tokens() {
    assert_single(Sqlite, Whitespace, &["\u{feff}", " \r\n"]);
    assert_single(Sqlite, LineComment, &["-- a\r;"]);
    assert_single(Sqlite, BlockComment, &["/* /* */", "/* never closed", "/*", "/***/", "/*/ */"]);
    assert_single(Sqlite, Word, &["a", "é$1", "E", "U"]);
    assert_single(Sqlite, String, &["'it''s;'", r"'\'", "x'00'", "X''"]);
    assert_single(Sqlite, QuotedIdentifier, &["\"a\"\"b\"", "`a``b;`", "[a;[b]", "[]"]);
    assert_single(Sqlite, Number, &["1", "1.5e+3", ".5"]);
    assert_single(Sqlite, Parameter, &["?", "?1", ":a", "@a1", "$a", "$a::b", "$a(x;y)", "$a(x"]);
}

#[test]
fn neighbours_are_told_apart() {
    assert_eq!(
        lex(Postgres, "a--b\n/c"),
        [(Word, "a"), (LineComment, "--b"), (Whitespace, "\n"), (Symbol, "/"), (Word, "c")]
    );
    assert_eq!(
        lex(Postgres, "@-/**/$;$"),
        [
            (Symbol, "@"),
            (Symbol, "-"),
            (BlockComment, "/**/"),
            (Symbol, "$"),
            (Semicolon, ";"),
            (Symbol, "$")
        ]
    );
    assert_eq!(
        lex(Postgres, "1$$;$$a$$;"),
        [(Number, "1"), (DollarString, "$$;$$"), (Word, "a$$"), (Semicolon, ";")]
    );
    assert_eq!(lex(Postgres, "1..2"), [(Number, "1"), (Symbol, "."), (Number, ".2")]);
    assert_eq!(lex(Postgres, "U&x"), [(Word, "U"), (Symbol, "&"), (Word, "x")]);
    assert_eq!(lex(Postgres, "te'x'"), [(Word, "te"), (String, "'x'")]);
    assert_eq!(lex(Postgres, r"E'a' '\'"), [(String, "E'a'"), (Whitespace, " "), (String, r"'\'")]);
    assert_eq!(lex(Postgres, "-- a\r'b'"), [(LineComment, "-- a"), (Whitespace, "\r"), (String, "'b'")]);
    assert_eq!(
        lex(Postgres, "a \\d t\n\\q"),
        [(Word, "a"), (Whitespace, " "), (MetaCommand, "\\d t"), (Whitespace, "\n"), (MetaCommand, "\\q")]
    );
    assert_eq!(lex(Postgres, "`[:?"), ["`", "[", ":", "?"].map(|text| (Symbol, text)));
    assert_eq!(lex(Sqlite, "@:\\"), ["@", ":", "\\"].map(|text| (Symbol, text)));
    assert_eq!(lex(Sqlite, "x'a''b'"), [(String, "x'a'"), (String, "'b'")]);
    assert_eq!(
        lex(Sqlite, "/* /* */ */"),
        [(BlockComment, "/* /* */"), (Whitespace, " "), (Symbol, "*"), (Symbol, "/")]
    );
}

#[test]
fn what_is_left_open_is_reported_where_it_opened() {
    use LexError::*;
    for (text, expected) in [
        ("a 'b;", UnterminatedString { offset: 2 }),
        ("'a''", UnterminatedString { offset: 0 }),
        (r"é E'a\'", UnterminatedString { offset: 3 }),
        (r"E'a\", UnterminatedString { offset: 0 }),
        ("E'a'\n'b", UnterminatedString { offset: 0 }),
        (" U&'", UnterminatedString { offset: 1 }),
        ("x'1", UnterminatedString { offset: 0 }),
        ("a\"b", UnterminatedIdentifier { offset: 1 }),
        ("U&\"b", UnterminatedIdentifier { offset: 0 }),
        ("a/* /* */", UnterminatedComment { offset: 1 }),
        ("/*/", UnterminatedComment { offset: 0 }),
    ] {
        assert_eq!(error(Postgres, text), Some(expected), "{text}");
    }
    for (text, offset, delimiter) in [("x $$ $a$", 2, "$$"), ("$b$ $b $c$", 0, "$b$")] {
        let delimiter = delimiter.to_owned();
        assert_eq!(error(Postgres, text), Some(UnterminatedDollarQuote { offset, delimiter }), "{text}");
    }
    for (text, expected) in [
        ("a 'b''", UnterminatedString { offset: 2 }),
        (" x'00", UnterminatedString { offset: 1 }),
        ("\"a", UnterminatedIdentifier { offset: 0 }),
        ("`a``", UnterminatedIdentifier { offset: 0 }),
        (" [a", UnterminatedIdentifier { offset: 1 }),
    ] {
        assert_eq!(error(Sqlite, text), Some(expected), "{text}");
    }
}
