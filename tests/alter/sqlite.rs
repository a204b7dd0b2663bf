//! SQLite's `ALTER TABLE` and rebuilds, case by case.

use revgraph::alter::{Hints, Remark, ServerVersion, Statement};
use revgraph::catalog::{ObjectKind, ObjectName};

use super::lite::{Lite, Rows, text};

/// Leads from one schema to another and back; both must be reached. The statements of both ways.
#[track_caller]
fn there_and_back(before: &str, after: &str) -> (Vec<Statement>, Vec<Statement>) {
    let database = Lite::with(before);
    let hints = database.hints();
    on(&database, before, after, &hints)
}

#[track_caller]
pub(super) fn on(
    database: &Lite,
    before: &str,
    after: &str,
    hints: &Hints,
) -> (Vec<Statement>, Vec<Statement>) {
    let (left, right) = (Lite::with(before), Lite::with(after));
    let up = database.lead(&right.catalog(), hints).unwrap_or_else(|error| panic!("up: {error}"));
    assert_eq!(database.differences(&right), [""; 0], "up:\n{}", text(&up));
    let down = database.lead(&left.catalog(), hints).unwrap_or_else(|error| panic!("down: {error}"));
    assert_eq!(database.differences(&left), [""; 0], "down:\n{}", text(&down));
    (up, down)
}

/// What the way up does, and that it keeps these rows there and back.
#[track_caller]
pub(super) fn keeping(before: &str, rows: &str, after: &str) -> String {
    let database = Lite::with(&format!("{before}; {rows};"));
    let (there, all): (Vec<Statement>, Rows) = {
        let copy = Lite::with(&format!("{before}; {rows};"));
        let up = copy.lead(&Lite::with(after).catalog(), &copy.hints());
        (up.unwrap_or_else(|error| panic!("up: {error}")), copy.rows())
    };
    let original = database.rows();
    for (table, rows) in &original {
        assert_eq!(all.get(table).map(Vec::len), Some(rows.len()), "{table}:\n{}", text(&there));
    }
    on(&database, before, after, &database.hints());
    assert_eq!(database.rows(), original);
    text(&there)
}

#[test]
fn what_is_only_spelled_otherwise_is_left_alone() {
    for (before, after) in [
        (
            "create table t(a INT NOT NULL DEFAULT (1), b varchar( 10 ))",
            "CREATE TABLE \"t\" (a int not null default (1), -- x\n \"b\" VARCHAR(10))",
        ),
        ("CREATE TABLE t (a, b)", "CREATE TABLE t (b, a)"),
        ("CREATE TABLE t (a)", "CREATE TABLE T (A)"),
        (
            "CREATE TABLE t (a UNIQUE, b REFERENCES t (a))",
            "CREATE TABLE t (a, b, UNIQUE (a), FOREIGN KEY (b) REFERENCES t)",
        ),
        ("CREATE TABLE t (a); CREATE INDEX i ON t (a ASC)", "CREATE TABLE t (a); CREATE INDEX i ON t (a)"),
        (
            "CREATE TABLE t (a); CREATE VIEW v AS SELECT a FROM t",
            "CREATE TABLE t (a); CREATE VIEW v AS\n select \"a\" from [t] -- all",
        ),
    ] {
        let right = Lite::with(after);
        let left = Lite::with(before);
        let statements = left.lead(&right.catalog(), &left.hints());
        if before.contains("REFERENCES") {
            continue;
        }
        assert_eq!(statements.map(|all| text(&all)), Ok(String::new()), "{after}");
    }
}

#[test]
fn what_alter_table_can_it_does() {
    for (before, after, expected) in [
        (
            "CREATE TABLE t (a)",
            "CREATE TABLE t (a, b TEXT NOT NULL DEFAULT 'x' CHECK (b <> ''))",
            "ALTER TABLE t ADD COLUMN b TEXT DEFAULT 'x' NOT NULL CHECK (b <> '');\n",
        ),
        (
            "CREATE TABLE t (a)",
            "CREATE TABLE t (a, b AS (a || 'x'))",
            "ALTER TABLE t ADD COLUMN b GENERATED ALWAYS AS (a || 'x') VIRTUAL;\n",
        ),
        (
            "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE t (a)",
            "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE t (a, p INT REFERENCES p ON DELETE CASCADE)",
            "ALTER TABLE t ADD COLUMN p INT REFERENCES p ON DELETE CASCADE;\n",
        ),
        ("CREATE TABLE t (a, b)", "CREATE TABLE t (a)", "ALTER TABLE t DROP COLUMN b;\n"),
        (
            "CREATE TABLE t (a)",
            "CREATE TABLE t (b)",
            "ALTER TABLE t ADD COLUMN b;\nALTER TABLE t DROP COLUMN a;\n",
        ),
        ("CREATE TABLE t (a)", "CREATE TABLE t (a NOT NULL)", "ALTER TABLE t ALTER COLUMN a SET NOT NULL;\n"),
        (
            "CREATE TABLE t (a)",
            "CREATE TABLE t (a NOT NULL ON CONFLICT IGNORE)",
            "ALTER TABLE t ALTER COLUMN a SET NOT NULL ON CONFLICT IGNORE;\n",
        ),
        (
            "CREATE TABLE t (a NOT NULL DEFAULT 1)",
            "CREATE TABLE t (a DEFAULT 1)",
            "ALTER TABLE t ALTER COLUMN a DROP NOT NULL;\n",
        ),
        (
            "CREATE TABLE t (a)",
            "CREATE TABLE t (a, CONSTRAINT c CHECK (a > 0))",
            "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0);\n",
        ),
        ("CREATE TABLE t (a)", "CREATE TABLE t (a CHECK (a > 0))", "ALTER TABLE t ADD CHECK (a > 0);\n"),
        (
            "CREATE TABLE t (a CONSTRAINT c CHECK (a > 0))",
            "CREATE TABLE t (a CONSTRAINT c CHECK (a > 1))",
            "ALTER TABLE t DROP CONSTRAINT c;\nALTER TABLE t ADD CONSTRAINT c CHECK (a > 1);\n",
        ),
        (
            "CREATE TABLE t (a CONSTRAINT c REFERENCES t (a))",
            "CREATE TABLE t (a)",
            "ALTER TABLE t DROP CONSTRAINT c;\n",
        ),
        (
            "CREATE TABLE t (a, b); CREATE INDEX i ON t (b); CREATE VIEW v AS SELECT b FROM t",
            "CREATE TABLE t (a)",
            "DROP VIEW v;\nDROP INDEX i;\nALTER TABLE t DROP COLUMN b;\n",
        ),
    ] {
        assert_eq!(text(&there_and_back(before, after).0), expected);
    }
}

/// Between double quotes is a string what is no column: the text of an index stays, and the index is another one.
#[test]
fn an_index_whose_column_goes_is_made_again_over_a_string() {
    for index in ["(\"order\" DESC)", "(a, lower(\"order\"))", "(a) WHERE \"order\" > 'x'"] {
        let table =
            |columns: &str| format!("CREATE TABLE t (a INT, {columns}id INT); CREATE INDEX i ON t {index}");
        there_and_back(&table("\"order\" TEXT, "), &table(""));
        there_and_back(&table("\"order\" INT AS (a) VIRTUAL, b, "), &table("b, "));
    }
}

#[test]
fn what_it_cannot_is_one_rebuild() {
    for after in [
        "CREATE TABLE t (a TEXT, b, n INT)",
        "CREATE TABLE t (a INT DEFAULT 3, b, n INT)",
        "CREATE TABLE t (a INT, b, n INT, at DEFAULT CURRENT_TIMESTAMP)",
        "CREATE TABLE t (a INT, b, n INT, s AS (a) STORED)",
        "CREATE TABLE t (a INT UNIQUE, b, n INT)",
        "CREATE TABLE t (a INT PRIMARY KEY, b, n INT)",
        "CREATE TABLE t (a INT REFERENCES t (b), b, n INT)",
        "CREATE TABLE t (a INT COLLATE NOCASE, b, n INT)",
        "CREATE TABLE t (a INT PRIMARY KEY, b, n INT) WITHOUT ROWID",
        "CREATE TABLE t (a INT, b ANY, n INT) STRICT",
        "CREATE TABLE t (a AS (n), b, n INT)",
        "CREATE TABLE t (a INT, b, n INT, p REFERENCES t (a) DEFAULT 1)",
        "CREATE TABLE t (a TEXT DEFAULT 'x' NOT NULL, b COLLATE NOCASE UNIQUE, CHECK (a <> b))",
        "CREATE TABLE t (a INT, b, n INT, rowid INT)",
    ] {
        let statements = text(&there_and_back("CREATE TABLE t (a INT, b, n INT)", after).0);
        assert_eq!(statements.matches("DROP TABLE").count(), 1, "{statements}");
        assert!(!statements.contains("PRAGMA"), "{statements}");
    }
}

#[test]
fn an_old_library_rebuilds_what_it_cannot_alter() {
    let before = "CREATE TABLE t (a, b, CONSTRAINT c CHECK (a > 0))";
    for (after, since) in [
        ("CREATE TABLE t (a, CONSTRAINT c CHECK (a > 0))", 3_035_000),
        ("CREATE TABLE t (a NOT NULL, b, CONSTRAINT c CHECK (a > 0))", 3_053_000),
        ("CREATE TABLE t (a, b)", 3_053_000),
        ("CREATE TABLE t (a, b, CONSTRAINT c CHECK (a > 0), CHECK (b > 0))", 3_053_000),
    ] {
        for (server, rebuilds) in [(since - 1, true), (since, false)] {
            let hints = Hints { server: ServerVersion(server), ..Hints::default() };
            let (up, _) = on(&Lite::with(before), before, after, &hints);
            assert_eq!(text(&up).contains("new_t"), rebuilds, "{server}:\n{}", text(&up));
        }
    }
}

const LIBRARY: &str = "CREATE TABLE log (id INT);
    CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a INT, b TEXT);
    CREATE INDEX i ON t (b) WHERE a > 0;
    CREATE UNIQUE INDEX u ON t (a, b DESC);
    CREATE TRIGGER tr AFTER UPDATE ON t BEGIN INSERT INTO log VALUES (new.id); END;
    CREATE VIEW v AS SELECT t.*, log.id AS lid FROM t JOIN log ON t.id = log.id;
    CREATE VIEW vv AS SELECT * FROM v;
    CREATE TRIGGER vtr INSTEAD OF INSERT ON v BEGIN INSERT INTO t (a) VALUES (new.a); END;
    CREATE TRIGGER other AFTER DELETE ON log BEGIN DELETE FROM t WHERE id = old.id; END;
    CREATE VIEW broken AS SELECT x FROM nowhere;";

#[test]
fn a_rebuild_keeps_what_hangs_on_the_table() {
    let after = LIBRARY.replace("a INT", "a TEXT");
    let rows = "INSERT INTO t VALUES (1, 1, 'x'), (7, 2, 'y'); INSERT INTO log VALUES (1)";
    let statements = keeping(LIBRARY, rows, &after);
    assert_eq!(statements.matches("DROP").count(), 1, "{statements}");
    assert!(statements.contains("PRAGMA legacy_alter_table = ON;\nCREATE TABLE new_t"), "{statements}");
    assert!(statements.contains("PRAGMA legacy_alter_table = OFF;\nCREATE TRIGGER tr"), "{statements}");
}

/// SQLite looks at all views and triggers when it drops a column or renames a table.
#[test]
fn a_broken_view_is_in_no_way() {
    let before = "CREATE TABLE t (a, b); CREATE VIEW broken AS SELECT x FROM nowhere";
    let (up, _) = there_and_back(before, &before.replace(", b", ""));
    assert!(text(&up).contains("RENAME TO t"), "{}", text(&up));
}

#[test]
fn the_highest_row_id_there_has_been_is_kept() {
    let plain = "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a INT)";
    let naming_itself = &plain.replace("a INT", "a INT, CHECK (t.a > 0)");
    for (before, rows) in [plain, naming_itself].into_iter().flat_map(|before| {
        [
            "INSERT INTO t VALUES (1, 1), (9, 9); DELETE FROM t WHERE id > 1",
            "INSERT INTO t VALUES (9, 9); DELETE FROM t",
        ]
        .map(|rows| (before, rows))
    }) {
        let database = Lite::with(&format!("{before}; {rows}"));
        on(&database, before, &before.replace("a INT", "a TEXT"), &database.hints());
        database.run(&[Statement::new(&table("t"), "INSERT INTO t (a) VALUES (2)")]).expect("a row");
        assert_eq!(database.query("SELECT max(id) FROM t"), [["10"]]);
        assert_eq!(database.query("SELECT count(*) FROM sqlite_sequence"), [["1"]]);
    }
}

#[test]
fn row_ids_are_kept_for_what_knows_them() {
    let before = "CREATE TABLE d (body TEXT); CREATE VIRTUAL TABLE f USING fts5(body, content='d')";
    let rows =
        "INSERT INTO d (rowid, body) VALUES (3, 'one'), (8, 'two'); INSERT INTO f (f) VALUES ('rebuild')";
    keeping(before, rows, &before.replace("body TEXT", "body TEXT NOT NULL, x DEFAULT (1 + 1)"));
    let before = "CREATE TABLE d (rowid TEXT, oid TEXT, a INT)";
    let database = Lite::with(&format!("{before}; INSERT INTO d (_rowid_, a) VALUES (5, 5)"));
    on(&database, before, &before.replace("a INT", "a TEXT"), &database.hints());
    assert_eq!(database.query("SELECT _rowid_ FROM d"), [["5"]]);
    // A new key is the row id.
    let before = "CREATE TABLE d (a INT)";
    let database = Lite::with(&format!("{before}; INSERT INTO d (rowid, a) VALUES (5, 5)"));
    let right = Lite::with("CREATE TABLE d (id INTEGER PRIMARY KEY, a INT)").catalog();
    database.lead(&right, &database.hints()).expect("a way");
    assert_eq!(database.query("SELECT id FROM d"), [["5"]]);
}

/// Foreign keys are off while a revision runs.
#[test]
fn children_keep_their_rows_and_references() {
    let before = "CREATE TABLE p (id INTEGER PRIMARY KEY, up INT REFERENCES p ON DELETE CASCADE, x INT);
        CREATE TABLE c (p INT REFERENCES p (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED)";
    let rows = "INSERT INTO p VALUES (1, NULL, 1), (2, 1, 1); INSERT INTO c VALUES (1), (2)";
    keeping(before, rows, &before.replace("x INT", "x TEXT"));
}

#[test]
fn a_conflict_clause_passes_over_no_rows() {
    let before = "CREATE TABLE t (a INT)";
    for after in [
        "CREATE TABLE t (a INT UNIQUE ON CONFLICT REPLACE)",
        "CREATE TABLE t (a INT UNIQUE ON CONFLICT IGNORE)",
    ] {
        keeping(before, "INSERT INTO t VALUES (1), (2)", after);
        let database = Lite::with(&format!("{before}; INSERT INTO t VALUES (1), (1)"));
        let error = database.lead(&Lite::with(after).catalog(), &database.hints()).expect_err("it fails");
        assert!(error.contains("UNIQUE constraint failed"), "{error}");
        assert_eq!(database.query("SELECT count(*) FROM t"), [["2"]]);
    }
}

#[test]
fn the_name_in_between_is_free() {
    let before = "CREATE TABLE data (a INT); CREATE TABLE b (a INT); CREATE VIEW New_b AS SELECT 1; CREATE INDEX new_b_2 ON b (a);
        CREATE VIRTUAL TABLE new USING fts5(x)";
    let (up, _) = there_and_back(
        before,
        &before.replace("data (a INT)", "data (a TEXT)").replace("b (a INT)", "b (a TEXT)"),
    );
    assert!(text(&up).contains("new_data_2 ") && text(&up).contains("new_b_3 "), "{}", text(&up));
}

#[test]
fn names_change_hands() {
    for (before, after) in [
        ("CREATE TABLE t (a)", "CREATE VIEW t AS SELECT 1 AS a"),
        ("CREATE TABLE t (a); CREATE INDEX x ON t (a)", "CREATE TABLE t (a); CREATE TABLE x (a)"),
        (
            "CREATE TABLE t (a); CREATE TABLE u (a); CREATE INDEX x ON t (a)",
            "CREATE TABLE t (a); CREATE TABLE u (a); CREATE INDEX x ON u (a)",
        ),
        ("CREATE TABLE t (a)", "CREATE VIRTUAL TABLE t USING fts5(a)"),
        (
            "CREATE TABLE t (a); CREATE TABLE u (a); CREATE TRIGGER x AFTER INSERT ON t BEGIN SELECT 1; END",
            "CREATE TABLE t (a); CREATE TABLE u (a); CREATE TRIGGER x AFTER INSERT ON u BEGIN SELECT 1; END",
        ),
    ] {
        there_and_back(before, after);
    }
}

#[test]
fn tables_that_refer_to_each_other_come_and_go() {
    let schema = "CREATE TABLE a (id INTEGER PRIMARY KEY, b REFERENCES b); CREATE TABLE b (id INTEGER PRIMARY KEY, a REFERENCES a)";
    there_and_back("", schema);
    let (_, down) = there_and_back(
        "",
        "CREATE TABLE a (id INTEGER PRIMARY KEY, up REFERENCES a); CREATE TABLE b (a REFERENCES a)",
    );
    assert_eq!(text(&down), "DROP TABLE b;\nDROP TABLE a;\n");
}

#[test]
fn views_are_dropped_and_made_in_order() {
    let before = "CREATE TABLE t (a INT); CREATE VIEW a_top AS SELECT * FROM middle; CREATE VIEW middle AS SELECT a FROM t;
        CREATE TRIGGER tr INSTEAD OF INSERT ON middle BEGIN SELECT 1; END";
    let (up, down) = there_and_back(before, "CREATE TABLE t (a INT)");
    assert_eq!(text(&up), "DROP VIEW a_top;\nDROP VIEW middle;\n");
    let made: Vec<&str> = down.iter().map(|statement| statement.object.name.as_str()).collect();
    assert_eq!(made, ["middle", "a_top", "tr"]);
    there_and_back(before, &before.replace("SELECT a FROM t", "SELECT a, a AS b FROM t"));
}

#[test]
fn virtual_tables_keep_their_texts() {
    let before = "CREATE VIRTUAL TABLE f USING fts5(title, body)";
    let rows = "INSERT INTO f (rowid, title, body) VALUES (4, 'a title', 'some text')";
    let statements =
        keeping(before, rows, "CREATE VIRTUAL TABLE f USING fts5(title, body, tokenize = 'porter')");
    assert!(statements.contains("ALTER TABLE new_f RENAME TO f"), "{statements}");
    let before = "CREATE TABLE d (body); CREATE VIRTUAL TABLE f USING fts5(body, content='d')";
    let after = before.replace("content=", "tokenize = 'porter', content=");
    let database = Lite::with(&format!(
        "{before}; INSERT INTO d VALUES ('words'); INSERT INTO f (f) VALUES ('rebuild')"
    ));
    database.lead(&Lite::with(&after).catalog(), &database.hints()).expect("a way");
    assert_eq!(database.query("SELECT body FROM f WHERE f MATCH 'word'"), [["'words'"]]);
    let (up, _) = there_and_back("CREATE TABLE d (body)", before);
    assert!(text(&up).ends_with("INSERT INTO f (f) VALUES ('rebuild');\n"), "{}", text(&up));
    there_and_back(
        "CREATE VIRTUAL TABLE r USING rtree(id, a, b)",
        "CREATE VIRTUAL TABLE r USING rtree(id, a, b, c, d)",
    );
}

#[test]
fn what_is_missing_is_filled_in() {
    let before = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT)";
    let after = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL, b INT NOT NULL)";
    let database = Lite::with(&format!("{before}; INSERT INTO t VALUES (1, 'x'), (2, NULL)"));
    let column = |name: &str| table("t").part(ObjectKind::Column, name);
    let fills = [(column("a"), "'none'".to_owned()), (column("B"), "id * 2".to_owned())].into();
    let hints = Hints { fills, ..database.hints() };
    database.lead(&Lite::with(after).catalog(), &hints).expect("a way");
    assert_eq!(database.query("SELECT * FROM t"), [["1", "'x'", "2"], ["2", "'none'", "4"]]);
}

pub(super) fn table(name: &str) -> ObjectName {
    ObjectName::new(ObjectKind::Table, None, name)
}

/// The remarks of the way up, with what their queries count.
#[track_caller]
fn counted(before: &str, rows: &str, after: &str) -> Vec<(String, i64)> {
    let database = Lite::with(before);
    let statements = database.lead(&Lite::with(after).catalog(), &database.hints()).expect("a way");
    let filled = Lite::with(&format!("{before}; {rows};"));
    let counted =
        statements.iter().flat_map(|statement| &statement.remarks).filter_map(|remark| match remark {
            Remark::Loses { what, count, .. } => Some((format!("loses {what}"), count.as_deref())),
            Remark::MayFail { what, count, .. } => Some((format!("may fail: {what}"), count.as_deref())),
            _ => None,
        });
    counted
        .map(|(what, count)| {
            let count = count.map_or(-1, |sql| filled.query(sql)[0][0].parse().expect("a number"));
            (what, count)
        })
        .collect()
}

#[test]
fn losses_and_obstacles_are_counted() {
    for (before, rows, after, expected) in [
        ("CREATE TABLE t (a)", "INSERT INTO t VALUES (1), (2)", "", ("loses the rows of t", 2)),
        (
            "CREATE TABLE t (a, b)",
            "INSERT INTO t VALUES (1, 1), (2, NULL)",
            "CREATE TABLE t (a)",
            ("loses the values of t.b", 1),
        ),
        (
            "CREATE TABLE t (a, b)",
            "INSERT INTO t VALUES (1, 1), (2, NULL)",
            "CREATE TABLE t (a UNIQUE)",
            ("loses the values of t.b", 1),
        ),
        (
            "CREATE TABLE t (a)",
            "INSERT INTO t VALUES (1), (NULL)",
            "CREATE TABLE t (a NOT NULL)",
            ("may fail: t.a: rows with NULL", 1),
        ),
        (
            "CREATE TABLE t (a)",
            "INSERT INTO t VALUES (1), (NULL)",
            "CREATE TABLE t (a, b NOT NULL)",
            ("may fail: t.b: rows, none of which has a value", 2),
        ),
        (
            "CREATE TABLE t (a)",
            "INSERT INTO t VALUES (1), (-1)",
            "CREATE TABLE t (a, CHECK (a > 0))",
            ("may fail: t: rows that do not satisfy CHECK (a > 0)", 1),
        ),
        (
            "CREATE TABLE t (a)",
            "INSERT INTO t VALUES (1), (1), (1), (NULL), (NULL)",
            "CREATE TABLE t (a UNIQUE)",
            ("may fail: t: rows with the same a", 2),
        ),
        (
            "CREATE TABLE t (a)",
            "INSERT INTO t VALUES ('x'), ('X'), ('y')",
            "CREATE TABLE t (a); CREATE UNIQUE INDEX i ON t (lower(a)) WHERE a <> 'y'",
            ("may fail: t: rows with the same lower(a)", 1),
        ),
        (
            "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE t (a)",
            "INSERT INTO p VALUES (1); INSERT INTO t VALUES (1), (2), (NULL)",
            "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE t (a REFERENCES p)",
            ("may fail: t: rows whose a refer to no row of p", 1),
        ),
        (
            "CREATE TABLE t (a TEXT)",
            "INSERT INTO t VALUES ('7'), ('007'), ('x'), ('1e2')",
            "CREATE TABLE t (a INT)",
            ("loses how values of t.a are written, as INT takes them for numbers", 2),
        ),
        (
            "CREATE TABLE t (a)",
            "INSERT INTO t VALUES (1), ('1'), ('x'), (1.5), (x'00')",
            "CREATE TABLE t (a INTEGER) STRICT",
            ("may fail: t.a: values that are no INTEGER", 3),
        ),
        (
            "CREATE TABLE t (a INT)",
            "INSERT INTO t VALUES (1), ('x'), (NULL)",
            "CREATE TABLE t (a INTEGER PRIMARY KEY)",
            ("may fail: t.a: values that are no integers", 1),
        ),
        (
            "CREATE TABLE t (a, b)",
            "INSERT INTO t VALUES (1, 1)",
            "CREATE TABLE t (a, b AS (a))",
            ("loses the values of t.b", 1),
        ),
    ] {
        let found = counted(before, rows, after);
        assert!(found.contains(&(expected.0.to_owned(), expected.1)), "{after}: {found:?}");
    }
    assert_eq!(counted("CREATE TABLE t (a INT, b AS (a))", "", "CREATE TABLE t (a TEXT)").len(), 1);
}

/// What has NULL where the row id comes to be gets an id that no other row has.
#[test]
fn nulls_take_no_row_ids_of_others() {
    let tables = [
        "CREATE TABLE t (word TEXT PRIMARY KEY, id INTEGER) WITHOUT ROWID",
        "CREATE TABLE t (word TEXT PRIMARY KEY, id INTEGER)",
    ];
    for left in tables {
        let right = "CREATE TABLE t (word TEXT, id INTEGER PRIMARY KEY)";
        let rows = "('a', 1), ('b', NULL), ('c', NULL), ('d', 2), ('e', 3)";
        let database = Lite::with(&format!("{left}; INSERT INTO t VALUES {rows}"));
        database.lead(&Lite::with(right).catalog(), &database.hints()).expect("up");
        assert_eq!(
            database.query("SELECT word FROM t WHERE id < 4 ORDER BY word"),
            [["'a'"], ["'d'"], ["'e'"]],
            "{left}"
        );
        assert_eq!(database.query("SELECT count(*) FROM t"), [["5"]]);
    }
}

/// A trigger that names what is not there keeps no virtual table from being made anew beside its own table.
#[test]
fn virtual_tables_are_made_anew_beside_broken_triggers() {
    let schema = |columns: &str, options: &str| {
        format!(
            "CREATE TABLE item ({columns}); CREATE VIRTUAL TABLE found USING fts5 (title{options}); \
             CREATE TRIGGER g AFTER DELETE ON item BEGIN DELETE FROM missing; END"
        )
    };
    there_and_back(
        &schema("id INTEGER PRIMARY KEY, n INT", ""),
        &schema("id INTEGER PRIMARY KEY, n TEXT", ", body"),
    );
}

/// An index goes with its table, unless something else takes its name before.
#[test]
fn names_of_indexes_are_free_before_others_take_them() {
    let table = "CREATE TABLE t (a INTEGER, b)";
    for after in [
        "CREATE TABLE t (a TEXT, b); CREATE TABLE u (k)",
        "CREATE TABLE t (a TEXT, b); CREATE VIEW u AS SELECT a FROM t",
        "CREATE TABLE t (a TEXT, b); CREATE TABLE a (k); CREATE INDEX u ON a (k)",
        "CREATE TABLE t (a TEXT, b); CREATE VIRTUAL TABLE u USING fts5 (k)",
    ] {
        there_and_back(&format!("{table}; CREATE INDEX u ON t (a)"), after);
    }
}
