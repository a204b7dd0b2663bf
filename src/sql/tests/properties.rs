//! What holds for every text.

use proptest::prelude::*;

use super::bodies;
use crate::sql::Dialect::{Postgres, Sqlite};
use crate::sql::{Dialect, Lexer, Statement, TokenKind, is_blank, line_column, split};

fn any_dialect() -> impl Strategy<Value = Dialect> {
    prop_oneof![Just(Postgres), Just(Sqlite)]
}

/// Texts made of what SQL scanners trip over.
fn fragments() -> impl Strategy<Value = String> {
    let fragment = prop::sample::select(vec![
        "'",
        "''",
        "\"",
        "`",
        "[",
        "]",
        "$",
        "$$",
        "$a$",
        "$b$",
        "a$",
        "E'",
        "e",
        "U&",
        "x'",
        "\\",
        "\\'",
        "\\.",
        "\n",
        "\r",
        "\r\n",
        " ",
        "--",
        "-",
        "/*",
        "*/",
        "/",
        "*",
        ";",
        "(",
        ")",
        ":",
        "::",
        "?",
        "@",
        "#",
        "1",
        ".",
        "1e",
        "+",
        "é",
        "\u{feff}",
        "BEGIN",
        " ATOMIC ",
        " END ",
        "CREATE FUNCTION f ",
        "CREATE TRIGGER t ",
        "CASE ",
        "COPY t FROM stdin;",
        "\\restrict x",
        " a ",
        ",",
    ]);
    prop::collection::vec(fragment, 0..40).prop_map(|fragments| fragments.concat())
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), fragments()]
}

/// Statements that are one to their database.
fn statements(dialect: Dialect) -> Vec<&'static str> {
    let common = [
        "SELECT 1",
        "create table t (a int, b text default ';')",
        "SELECT ';''--', \"/*;\"",
        "SELECT 1 /* ; */ + 2",
        "SELECT 1 -- ;'\n+ 2",
        "INSERT INTO t VALUES (1, 'a\nb;')",
    ];
    let own: &[&str] = match dialect {
        Postgres => &[
            "SELECT $$;'$$, $a$ $$; $a$",
            "SELECT E'\\';', e'\\\\', U&'\\0061;'",
            "SELECT a$b$ - 1",
            "SELECT E'a'\n  ';\\';'",
            "/* ; /* ; */ ' */ SELECT 2",
            "CREATE RULE r AS ON INSERT TO t DO ALSO (DELETE FROM a; SELECT (1); )",
            "CREATE FUNCTION f(a int) RETURNS int BEGIN ATOMIC SELECT CASE a WHEN 1 THEN 2 END; SELECT 1 AS end; END",
            "CREATE OR REPLACE PROCEDURE p() LANGUAGE sql BEGIN ATOMIC END",
            "DO $body$ BEGIN COMMIT; END $body$",
            "SELECT $1, 'x' || E'\\n'",
        ],
        Sqlite => &[
            "SELECT [;'], `;\"`, x'00'",
            "SELECT ?1, :a, @b, $c",
            "SELECT '\\'",
            "CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT CASE WHEN 1 THEN 2 END; SELECT 3; END",
            "CREATE TEMP TRIGGER h BEFORE DELETE ON t WHEN ';' BEGIN DELETE FROM t; END",
            "/* ; /* */ SELECT 2",
        ],
    };
    common.iter().chain(own).copied().collect()
}

/// A dialect, statements, and before each statement something that is none.
fn scripts() -> impl Strategy<Value = (Dialect, Vec<(&'static str, &'static str)>)> {
    let trivia = prop::sample::select(vec![
        "",
        " ",
        "\n",
        "\r\n",
        "-- it's;\n",
        "/* \" ; */",
        ";",
        " ; ;\n",
        "--\r\n",
    ]);
    any_dialect().prop_flat_map(move |dialect| {
        let statement = prop::sample::select(statements(dialect));
        let pieces = prop::collection::vec((trivia.clone(), statement), 0..12);
        (Just(dialect), pieces)
    })
}

/// A leading comment is no part of a statement's body.
fn without_leading_comment(statement: &str) -> &str {
    match statement.split_once("*/ SELECT 2") {
        Some(_) => "SELECT 2",
        None => statement,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, ..ProptestConfig::default() })]

    #[test]
    fn tokens_cover_the_text(dialect in any_dialect(), text in any_text()) {
        let mut end = 0;
        let mut failed = false;
        for token in Lexer::new(dialect, &text) {
            prop_assert!(!failed);
            match token {
                Ok(token) => {
                    prop_assert_eq!(token.start, end);
                    prop_assert!(token.end > token.start);
                    prop_assert!(text.get(token.range()).is_some());
                    end = token.end;
                }
                Err(error) => {
                    failed = true;
                    prop_assert_eq!(error.offset(), end);
                }
            }
        }
        prop_assert!(failed || end == text.len());
    }

    #[test]
    fn pieces_join_to_the_script(dialect in any_dialect(), text in any_text()) {
        if let Ok(statements) = split(dialect, &text) {
            let joined: String = statements.iter().map(Statement::piece_text).collect();
            prop_assert_eq!(joined, text);
        }
    }

    #[test]
    fn bodies_begin_and_end_with_what_runs(dialect in any_dialect(), text in any_text()) {
        for statement in split(dialect, &text).unwrap_or_default() {
            prop_assert_eq!(statement.sql().is_empty(), !statement.is_runnable());
            let covered: usize = statement.tokens().map(|token| token.range().len()).sum();
            prop_assert_eq!(covered, statement.body().len());
            prop_assert!(!statement.tokens().next().is_some_and(|token| token.kind.is_trivia()));
            let data = statement.copy_data().unwrap_or(statement.body());
            for range in [statement.body(), data] {
                prop_assert!(statement.piece().start <= range.start);
                prop_assert!(range.start <= range.end && range.end <= statement.piece().end);
            }
        }
    }

    #[test]
    fn splitting_a_piece_changes_nothing(dialect in any_dialect(), text in any_text()) {
        // PostgreSQL takes a byte order mark for one only at the start of a text.
        let text = text.replace('\u{feff}', "");
        for statement in split(dialect, &text).unwrap_or_default() {
            prop_assert_eq!(bodies(dialect, statement.piece_text()).len(), usize::from(statement.is_runnable()));
        }
    }

    #[test]
    fn blank_is_without_statements(dialect in any_dialect(), text in any_text()) {
        let runnable = split(dialect, &text)
            .map(|pieces| pieces.iter().any(|piece| piece.kind() != crate::sql::StatementKind::Blank));
        let has_nul = text.contains('\0');
        prop_assert!(has_nul || is_blank(dialect, &text) == (runnable == Ok(false)));
    }

    #[test]
    fn classification_takes_anything(dialect in any_dialect(), text in any_text()) {
        for statement in split(dialect, &text).unwrap_or_default() {
            let is_blank = statement.leading_keywords().is_empty();
            if is_blank {
                prop_assert_eq!(statement.transaction_control(), None);
                prop_assert_eq!(statement.cannot_run_in_transaction(), None);
                prop_assert_eq!(statement.added_enum_value(), None);
                prop_assert_eq!(statement.pragma(), None);
            }
            let words = statement.tokens().filter(|token| token.kind == TokenKind::Word);
            for word in words {
                prop_assert!(statement.mentions_word(&text[word.range()]));
            }
            statement.sets_session_state();
        }
    }

    #[test]
    fn scripts_split_into_what_they_were_made_of((dialect, pieces) in scripts()) {
        let script: String = pieces
            .iter()
            .map(|(trivia, statement)| format!("{trivia}{statement};"))
            .collect();
        let expected: Vec<_> = pieces
            .iter()
            .map(|(_, statement)| without_leading_comment(statement))
            .collect();
        prop_assert_eq!(bodies(dialect, &script), expected.clone());
        if let Some(unended) = script.strip_suffix(';') {
            prop_assert_eq!(bodies(dialect, unended), expected);
        }
    }

    #[test]
    fn lines_and_columns_are_those_of_a_walk(text in any_text(), offset in 0_usize..200) {
        let text = text.trim_start_matches('\u{feff}');
        let (mut line, mut column) = (1, 1);
        for (start, character) in text.char_indices() {
            if start + character.len_utf8() > offset {
                break;
            }
            (line, column) = if character == '\n' { (line + 1, 1) } else { (line, column + 1) };
        }
        prop_assert_eq!(line_column(text, offset), (line, column));
    }
}
