//! Where statements begin and end.

use super::bodies;
use crate::sql::Dialect::{Postgres, Sqlite};
use crate::sql::{Dialect, LexError, Statement, StatementKind, is_blank, split};

/// `script` holds exactly `statements`, and its pieces join to it.
fn assert_split(dialect: Dialect, script: &str, statements: &[&str]) {
    assert_eq!(bodies(dialect, script), statements, "{script}");
    let pieces = split(dialect, script).expect(script);
    let joined: String = pieces.iter().map(Statement::piece_text).collect();
    assert_eq!(joined, script);
}

fn kinds(dialect: Dialect, script: &str) -> Vec<StatementKind> {
    let pieces = split(dialect, script).expect(script);
    pieces.iter().map(Statement::kind).collect()
}

#[test]
fn semicolons_end_statements() {
    for dialect in [Postgres, Sqlite] {
        assert_split(dialect, "", &[]);
        assert_split(dialect, " -- x;\n/* ; */ ", &[]);
        assert_split(dialect, "A; B", &["A", "B"]);
        assert_split(dialect, "\u{feff}A;\r\n B ; -- end\r\n", &["A", "B "]);
        assert_split(dialect, ";; A;;", &["A"]);
        assert_split(dialect, "A ';' \";\"; B", &["A ';' \";\"", "B"]);
        assert_split(dialect, "A -- c\n;", &["A -- c\n"]);
        assert_split(dialect, "A -- c\n", &["A"]);
        assert_split(dialect, "é;ü", &["é", "ü"]);
    }
}

#[test]
fn pieces_take_what_is_before_them() {
    let script = "-- one\nA; -- two\nB;\n-- three\n";
    let pieces = split(Postgres, script).unwrap();
    let texts: Vec<_> = pieces.iter().map(Statement::piece_text).collect();
    assert_eq!(texts, ["-- one\nA;", " -- two\nB;", "\n-- three\n"]);
    use StatementKind::{Blank, Sql};
    assert_eq!(kinds(Postgres, script), [Sql, Sql, Blank]);
    assert_eq!(kinds(Postgres, "; A"), [Blank, Sql]);
    assert_eq!(kinds(Postgres, ""), []);
    assert_eq!(pieces[1].body(), 17..18);
}

#[test]
fn parentheses_hold_semicolons_in_postgres_only() {
    let rule = "CREATE RULE r AS ON INSERT TO t DO (DELETE FROM a; SELECT (1); )";
    assert_split(Postgres, &format!("{rule}; B;"), &[rule, "B"]);
    assert_split(Postgres, "A ) ; B", &["A ) ", "B"]);
    assert_split(Postgres, "A (; B", &["A (; B"]);
    assert_split(Sqlite, "A (; B", &["A (", "B"]);
}

#[test]
fn atomic_bodies_are_part_of_their_function() {
    for function in [
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END",
        "create or replace procedure p(a int default 1) language sql begin atomic end",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN a THEN CASE b WHEN 1 THEN 2 END END; END",
        "CREATE FUNCTION f() RETURNS int BEGIN /**/ ATOMIC SELECT 1 AS end; SELECT t.end, 1 end FROM t; /**/ END",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC ; INSERT INTO t VALUES ('; END'); END",
    ] {
        assert_split(Postgres, &format!("A; {function}; B"), &["A", function, "B"]);
    }
}

#[test]
fn begin_outside_functions_is_a_statement() {
    assert_split(Postgres, "BEGIN; A; END; B", &["BEGIN", "A", "END", "B"]);
    assert_split(Postgres, "BEGIN ATOMIC; A", &["BEGIN ATOMIC", "A"]);
    let function = "CREATE FUNCTION begin(atomic int) RETURNS int RETURN 1";
    assert_split(Postgres, &format!("{function}; A"), &[function, "A"]);
    let function = "CREATE FUNCTION f() RETURNS int AS $$ BEGIN; END $$ LANGUAGE plpgsql";
    assert_split(Postgres, &format!("{function}; A"), &[function, "A"]);
}

#[test]
fn trigger_bodies_are_part_of_their_trigger() {
    for trigger in [
        "CREATE TRIGGER t AFTER INSERT ON x BEGIN SELECT 1; SELECT 2; END",
        "create temp trigger if not exists begin after insert on x begin select 1; end",
        "CREATE TEMPORARY TRIGGER t AFTER UPDATE OF a ON x FOR EACH ROW WHEN CASE new.a WHEN 1 THEN 0 END BEGIN UPDATE x SET a = CASE WHEN 1 THEN CASE 2 WHEN 3 THEN 4 END END; END",
        "CREATE TRIGGER t AFTER INSERT ON x BEGIN SELECT 1 AS end; -- c\n END /**/ ",
    ] {
        assert_split(Sqlite, &format!("A; {trigger}; B"), &["A", trigger, "B"]);
    }
    let function_call = "CREATE TRIGGER t AFTER INSERT ON x EXECUTE FUNCTION f()";
    assert_split(Postgres, &format!("{function_call}; B"), &[function_call, "B"]);
}

#[test]
fn other_words_open_no_body() {
    assert_split(Sqlite, "CREATE TABLE trigger (a); B", &["CREATE TABLE trigger (a)", "B"]);
    assert_split(Sqlite, "DROP TRIGGER t; B", &["DROP TRIGGER t", "B"]);
    assert_split(Postgres, "CREATE TABLE f (a int); B", &["CREATE TABLE f (a int)", "B"]);
    assert_split(
        Postgres,
        "CREATE \"x\" FUNCTION BEGIN ATOMIC; B",
        &["CREATE \"x\" FUNCTION BEGIN ATOMIC", "B"],
    );
}

#[test]
fn copy_data_is_kept_verbatim() {
    let script = "COPY t (a, \"b;\") FROM stdin; -- rows\r\n1\t'x;\r\n\\.x\n\\\\.\n\\.\r\nSELECT 1;";
    assert_split(Postgres, script, &["COPY t (a, \"b;\") FROM stdin", "SELECT 1"]);
    let pieces = split(Postgres, script).unwrap();
    assert_eq!(pieces[0].copy_data_text(), Some("1\t'x;\r\n\\.x\n\\\\.\n"));
    assert!(pieces[0].piece_text().ends_with("\\.\r\n"));
    assert_eq!(pieces[1].copy_data(), None);
}

#[test]
fn copy_data_may_be_empty_or_unended() {
    for (script, data) in [
        ("copy t from STDIN with (format csv);\n\\.\n", ""),
        ("COPY t FROM stdin;\n\\.", ""),
        ("COPY t FROM stdin;\n1\n2", "1\n2"),
        ("COPY t FROM stdin;\n1\\.\n", "1\\.\n"),
        ("COPY t FROM stdin;", ""),
        ("COPY t FROM stdin;\n", ""),
        ("COPY t FROM stdin -- x", ""),
    ] {
        let pieces = split(Postgres, script).unwrap();
        assert_eq!(pieces[0].copy_data_text(), Some(data), "{script}");
        let joined: String = pieces.iter().map(Statement::piece_text).collect();
        assert_eq!(joined, script);
    }
}

#[test]
fn only_copy_from_stdin_has_data() {
    for script in [
        "COPY t FROM '/x';\nA;",
        "COPY t TO stdout;\nA;",
        "COPY (SELECT 1 FROM stdin) TO stdout;\nA;",
        "SELECT 1 FROM stdin;\nA;",
        "COPY t FROM \"stdin\";\nA;",
    ] {
        let pieces = split(Postgres, script).unwrap();
        assert_eq!(bodies(Postgres, script).len(), 2, "{script}");
        assert!(pieces.iter().all(|piece| piece.copy_data().is_none()));
    }
    assert_split(Sqlite, "COPY t FROM stdin; A", &["COPY t FROM stdin", "A"]);
}

#[test]
fn nothing_may_follow_copy_on_its_line() {
    for rest in [" SELECT 1;", "/* x\n */", " \\."] {
        let script = format!("COPY t FROM stdin;{rest}\n1\n\\.\n");
        assert_eq!(split(Postgres, &script), Err(LexError::TextAfterCopy { offset: 18 }), "{script}");
    }
}

#[test]
fn restrictions_are_passed_over() {
    let script = "\u{feff}\\restrict k3Y\r\n\nSET a = 1;\n\\unrestrict k3Y\n\n";
    assert_split(Postgres, script, &["SET a = 1"]);
    use StatementKind::{Blank, Restriction, Sql};
    assert_eq!(kinds(Postgres, script), [Restriction, Sql, Restriction, Blank]);
}

#[test]
fn other_meta_commands_are_refused() {
    for (script, offset, name) in [
        ("\\connect db", 0, "connect"),
        ("A;\n\\i 'x;y'\n", 3, "i"),
        ("SELECT 1 \\gexec\n", 9, "gexec"),
        ("SELECT 1\n\\restrict k\n;", 9, "restrict"),
        ("\\restricted k", 0, "restricted"),
        ("\\restrict;k", 0, "restrict"),
        ("\\c:secret@host", 0, "c"),
        ("\\!ls", 0, "!"),
        ("A\\\\B", 1, "\\"),
        ("A\\", 1, ""),
        ("\\.\n", 0, "."),
    ] {
        let name = name.to_owned();
        let expected = LexError::MetaCommand { offset, name };
        assert_eq!(split(Postgres, script), Err(expected), "{script}");
    }
    assert_split(Postgres, "SELECT '\\i x'; -- \\q\n/* \n\\q */", &["SELECT '\\i x'"]);
    assert_split(Sqlite, "\\i x; A", &["\\i x", "A"]);
}

#[test]
fn nul_is_refused() {
    for dialect in [Postgres, Sqlite] {
        let expected = Err(LexError::Nul { offset: 3 });
        assert_eq!(split(dialect, "'é\0'"), expected);
    }
}

#[test]
fn blank_scripts_hold_no_statement() {
    for dialect in [Postgres, Sqlite] {
        for blank in ["", "\u{feff}", " \r\n", "-- x", "/* x */ ;\n;"] {
            assert!(is_blank(dialect, blank), "{blank}");
        }
        for script in ["A", "-- x\nA", "'", "\\restrict x"] {
            assert!(!is_blank(dialect, script), "{script}");
        }
    }
    assert!(is_blank(Sqlite, "/* x"));
    assert!(!is_blank(Postgres, "/* x"));
}

#[test]
fn leading_keywords_are_upper_cased() {
    let keywords = |sql| split(Postgres, sql).unwrap()[0].leading_keywords();
    assert_eq!(keywords(" -- c\ncreate /**/ Table t (a int)"), ["CREATE", "TABLE", "T"]);
    assert_eq!(keywords("select 1"), ["SELECT"]);
    assert_eq!(keywords("(select 1)"), [""; 0]);
    assert_eq!(keywords("a b c d e f g h i j").len(), 8);
}

#[test]
fn positions_in_a_statement_are_found_in_the_script() {
    let script = "SELECT 1;\n  SELECT 'é', nope;";
    let pieces = split(Postgres, script).unwrap();
    let offset = script.find("nope").unwrap();
    assert_eq!(pieces[1].script_offset(13), Some(offset));
    assert_eq!(pieces[1].script_offset(99), None);
}
