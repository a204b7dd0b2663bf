//! Tables whose checks name them, which no table under another name could have.

use super::lite::Lite;
use super::sqlite::{keeping, on, table};

const AROUND: &str = "CREATE INDEX i ON t (a) WHERE t.a > 3; CREATE TABLE log (id INTEGER REFERENCES t (id));
    CREATE TRIGGER tr AFTER UPDATE ON t BEGIN INSERT INTO log VALUES (new.id); END;
    CREATE VIEW v AS SELECT t.*, log.id AS lid FROM t JOIN log ON t.id = log.id;
    CREATE VIEW broken AS SELECT x FROM nowhere;";

const ROWS: &str = "INSERT INTO t (id, a) VALUES (7, 30), (9, NULL); INSERT INTO log VALUES (7)";

#[test]
fn a_table_whose_check_names_it_keeps_its_rows() {
    for check in ["t.a > 21", "\"T\" . \"a\" > 21", "main.t.a > 21", "[t].a <> 't.a' AND t.id > 0"] {
        let with = |columns: &str, end: &str| {
            format!("CREATE TABLE t ({columns}, CONSTRAINT c CHECK ({check}), CHECK (t.id IS NOT 3)){end};")
        };
        let plain = "id INTEGER PRIMARY KEY, a INT, s INT AS (a + 1) STORED";
        for (before, after) in [
            (with(plain, ""), with(&plain.replace("a INT", "a NUMERIC"), "")),
            (with(plain, ""), with(&format!("{plain}, d DEFAULT (1 + 1)"), "")),
            (
                with(plain, ""),
                with(&plain.replace("INTEGER PRIMARY KEY", "INT PRIMARY KEY NOT NULL"), " WITHOUT ROWID"),
            ),
            (
                with(plain, ""),
                format!("CREATE TABLE t ({}, CHECK (id > 0));", plain.replace("a INT", "a TEXT")),
            ),
        ] {
            for around in ["", AROUND] {
                let rows =
                    if around.is_empty() { "INSERT INTO t (id, a) VALUES (7, 30), (9, NULL)" } else { ROWS };
                let statements = keeping(&format!("{before} {around}"), rows, &format!("{after} {around}"));
                let is_named = after.contains(check);
                assert_eq!(statements.contains("CREATE TABLE new_t AS\n"), is_named, "{statements}");
            }
        }
    }
}

#[test]
fn row_ids_stay_where_a_check_names_the_table() {
    let before = "CREATE TABLE t (a INT, CHECK (t.a > 0))";
    let database = Lite::with(&format!("{before}; INSERT INTO t (rowid, a) VALUES (8, 1), (5, 2)"));
    on(&database, before, &before.replace("a INT", "a TEXT"), &database.hints());
    assert_eq!(database.query("SELECT rowid, a FROM t ORDER BY a"), [["8", "1"], ["5", "2"]]);
}

/// A rename takes such checks along, also where views are left.
#[test]
fn a_table_whose_check_names_it_is_renamed() {
    for around in [
        "",
        "CREATE VIEW broken AS SELECT x FROM nowhere; CREATE VIEW v AS SELECT id FROM o; CREATE TABLE o (id);",
    ] {
        let with = |name: &str| {
            format!("{around} CREATE TABLE {name} (a INT, CHECK ({name}.a > 0), CHECK (\"{name}\".a < 9));")
        };
        let database = Lite::with(&with("t"));
        let hints = revgraph::alter::Hints {
            renames: vec![revgraph::alter::Rename { from: table("t"), to: table("u"), label: None }],
            ..database.hints()
        };
        let right = Lite::with(&with("u")).catalog();
        database.lead(&right, &hints).expect("a way");
    }
}
