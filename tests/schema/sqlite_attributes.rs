//! Each attribute of each kind of object, altered alone; and spellings of the same.

use super::{Scratch, assert_changes, differences};
use crate::support::Kind;

/// What differs between the schemas that two statements make.
#[track_caller]
fn between(left: &str, right: &str) -> Vec<String> {
    let [left, right] = [left, right].map(|sql| Scratch::with(Kind::Sqlite, sql).catalog());
    differences(&left, &right)
}

#[track_caller]
fn assert_differ(left: &str, cases: &[(&str, &[&str])]) {
    for (right, expected) in cases {
        assert_eq!(between(left, right), *expected, "{right}");
    }
}

#[test]
fn other_spellings_are_equal() {
    for (left, right) in [
        (
            "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)",
            "create table \"t\" ([a] integer, `b` text, primary key(A))",
        ),
        (
            "CREATE TABLE t (a INT UNIQUE, CHECK (a > 0))",
            "CREATE TABLE t(a INT CHECK(a>0/* ! */),unique (a asc))",
        ),
        ("CREATE TABLE t (a INT DEFAULT 1)", "CREATE TABLE t (a INT DEFAULT (1))"),
        (
            "CREATE TABLE t (a INT NOT NULL DEFAULT 1)",
            "CREATE TABLE t (a INT DEFAULT 1 NOT NULL ON CONFLICT ABORT)",
        ),
        ("CREATE TABLE t (a TEXT COLLATE BINARY)", "CREATE TABLE t (a TEXT)"),
        (
            "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE t (a INT REFERENCES p)",
            "CREATE TABLE t (a INT, FOREIGN KEY (a) REFERENCES P (id) ON DELETE NO ACTION); CREATE TABLE p (id INTEGER PRIMARY KEY)",
        ),
        (
            "CREATE TABLE t (a); CREATE INDEX i ON t (a)",
            "CREATE TABLE t (a); CREATE INDEX IF NOT EXISTS i ON \"t\"(\"a\" ASC)",
        ),
        (
            "CREATE TABLE t (a); CREATE VIEW v AS SELECT a FROM t",
            "CREATE TABLE t (a); CREATE VIEW v AS -- all\n select \"a\"\n from t",
        ),
    ] {
        assert_eq!(between(left, right), [""; 0], "{left}\n{right}");
    }
}

#[test]
fn of_tables_and_columns() {
    assert_differ(
        "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)",
        &[
            ("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT) STRICT", &["table t: strict: no -> yes"]),
            (
                "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT) WITHOUT ROWID",
                &["table t: without rowid: no -> yes"],
            ),
            (
                "CREATE TABLE t (a INTEGER PRIMARY KEY, b INT)",
                &["column t.b: type: TEXT -> INT (making loses data)"],
            ),
            ("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT NOT NULL)", &["column t.b: nullable: yes -> no"]),
            (
                "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT NOT NULL ON CONFLICT IGNORE)",
                &["column t.b: nullable: yes -> no", "column t.b: conflict clause of not null: - -> IGNORE"],
            ),
            (
                "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT DEFAULT 'x')",
                &["column t.b: default: - -> 'x'"],
            ),
            (
                "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT COLLATE nocase)",
                &["column t.b: collation: - -> NOCASE"],
            ),
            (
                "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT AS (a))",
                &[
                    "column t.b: generated: - -> a (making loses data)",
                    "column t.b: generated kind: - -> virtual",
                ],
            ),
            ("CREATE TABLE t (b TEXT, a INTEGER PRIMARY KEY)", &["table t: column order: a, b -> b, a"]),
            ("CREATE TABLE t (a INTEGER PRIMARY KEY)", &["column t.b: removed (making loses data)"]),
        ],
    );
    assert_eq!(
        between("CREATE TABLE t (a, b AS (a) STORED)", "CREATE TABLE t (a, b AS (a))"),
        ["column t.b: generated kind: stored -> virtual"]
    );
}

#[test]
fn of_constraints() {
    assert_differ(
        "CREATE TABLE t (a INTEGER PRIMARY KEY, b INT, CONSTRAINT u UNIQUE (b), CONSTRAINT c CHECK (b > 0))",
        &[
            (
                "CREATE TABLE t (a INTEGER PRIMARY KEY AUTOINCREMENT, b INT, CONSTRAINT u UNIQUE (b), CONSTRAINT c CHECK (b > 0))",
                &[
                    "constraint t.PRIMARY KEY: autoincrement: no -> yes",
                    "constraint t.PRIMARY KEY: column constraint: no -> yes",
                ],
            ),
            (
                "CREATE TABLE t (a INTEGER PRIMARY KEY, b INT, CONSTRAINT u UNIQUE (b) ON CONFLICT REPLACE, CONSTRAINT c CHECK (b > 0))",
                &["constraint t.u: conflict clause: - -> REPLACE"],
            ),
            (
                "CREATE TABLE t (a INTEGER PRIMARY KEY, b INT, CONSTRAINT u UNIQUE (b COLLATE nocase), CONSTRAINT c CHECK (b > 1))",
                &[
                    "constraint t.c: expression: b > 0 -> b > 1",
                    "constraint t.u: key columns: b -> b COLLATE nocase",
                ],
            ),
            (
                "CREATE TABLE t (a INTEGER PRIMARY KEY, b INT, UNIQUE (b), CONSTRAINT c CHECK (b > 0))",
                &["constraint t.UNIQUE (b): added", "constraint t.u: removed"],
            ),
        ],
    );
    let key = |rest: &str| {
        format!("CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE t (a INT REFERENCES p (id){rest})")
    };
    for (rest, expected) in [
        (" ON DELETE CASCADE", "on delete: NO ACTION -> CASCADE"),
        (" ON UPDATE SET NULL", "on update: NO ACTION -> SET NULL"),
        (" MATCH full", "match: SIMPLE -> FULL"),
        (" DEFERRABLE INITIALLY DEFERRED", "deferrable: NOT DEFERRABLE -> DEFERRABLE INITIALLY DEFERRED"),
    ] {
        assert_eq!(between(&key(""), &key(rest)), [format!("constraint t.FOREIGN KEY (a): {expected}")]);
    }
}

#[test]
fn of_indexes_views_and_triggers() {
    const BEFORE: &str = "CREATE TABLE t (a TEXT, b INT); CREATE INDEX i ON t (a); CREATE VIEW v AS SELECT a FROM t; \
        CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END; CREATE VIRTUAL TABLE s USING fts5(a)";
    assert_changes(
        Kind::Sqlite,
        BEFORE,
        &[
            ("DROP INDEX i; CREATE UNIQUE INDEX i ON t (a)", &["index t.i: unique: no -> yes"]),
            ("DROP INDEX i; CREATE INDEX i ON t (a DESC)", &["index t.i: keys: a -> a DESC"]),
            (
                "DROP INDEX i; CREATE INDEX i ON t (a COLLATE nocase)",
                &["index t.i: keys: a -> a COLLATE NOCASE"],
            ),
            ("DROP INDEX i; CREATE INDEX i ON t (a) WHERE b > 0", &["index t.i: predicate: - -> b > 0"]),
            (
                "DROP VIEW v; CREATE VIEW v AS SELECT b FROM t",
                &["view v: query: CREATE VIEW v AS SELECT a FROM t -> CREATE VIEW v AS SELECT b FROM t"],
            ),
            (
                "DROP TRIGGER g; CREATE TRIGGER g BEFORE INSERT ON t BEGIN SELECT 1; END",
                &["trigger t.g: timing: AFTER -> BEFORE"],
            ),
            (
                "DROP TRIGGER g; CREATE TRIGGER g AFTER UPDATE OF a ON t BEGIN SELECT 1; END",
                &["trigger t.g: events: INSERT -> UPDATE OF a"],
            ),
            (
                "DROP TRIGGER g; CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 2; END",
                &[
                    "trigger t.g: definition: CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END -> CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 2; END",
                ],
            ),
            (
                "DROP TABLE s; CREATE VIRTUAL TABLE s USING fts5(a, b)",
                &[
                    "virtual table s: definition: CREATE VIRTUAL TABLE s USING fts5(a) -> CREATE VIRTUAL TABLE s USING fts5(a, b)",
                ],
            ),
            ("DROP TABLE t", &["table t: removed (making loses data)"]),
            ("ALTER TABLE t ADD COLUMN c REAL", &["column t.c: added (undoing loses data)"]),
            ("INSERT INTO s VALUES ('x'); ANALYZE", &[]),
        ],
    );
}

#[test]
fn bookkeeping_is_left_out() {
    let scratch = Scratch::with(
        Kind::Sqlite,
        "CREATE TABLE alembic_version (version_num TEXT PRIMARY KEY); CREATE TABLE revgraph_ledger (id INTEGER PRIMARY KEY AUTOINCREMENT)",
    );
    assert!(scratch.catalog().objects.is_empty());
}

/// The pragmas say the same of each column.
#[test]
fn sqlite_agrees() {
    let scratch = Scratch::with(Kind::Sqlite, include_str!("rich_sqlite.sql"));
    let catalog = scratch.catalog();
    let rows = scratch.database.query(
        "SELECT m.name, x.name, x.type, x.\"notnull\", x.dflt_value, x.hidden FROM sqlite_schema m, pragma_table_xinfo(m.name) x \
         WHERE m.type = 'table' AND m.name IN ('zone', 'account', 'other', 'quirk', 'a table') ORDER BY m.name, x.cid",
    );
    let mut expected = Vec::new();
    for (name, object) in &catalog.objects {
        let revgraph::catalog::Definition::Table(table) = &object.definition else { continue };
        for column in &table.columns {
            let hidden = column.generated.as_ref().map_or("0", |one| if one.is_stored { "3" } else { "2" });
            expected.push(vec![
                Some(name.name.clone()),
                Some(column.name.clone()),
                Some(column.data_type.clone()),
                Some(u8::from(!column.is_nullable).to_string()),
                column.default.clone(),
                Some(hidden.to_owned()),
            ]);
        }
    }
    assert_eq!(rows.len(), 17);
    // The columns of a primary key without row id take no NULL, though they do not say so.
    let without_nullability = |rows: Vec<Vec<Option<String>>>| -> Vec<_> {
        rows.into_iter()
            .map(|mut row| {
                row.remove(3);
                row
            })
            .collect()
    };
    let mut rows = without_nullability(rows);
    let mut expected = without_nullability(expected);
    rows.sort();
    expected.sort();
    assert_eq!(rows, expected);
}

#[test]
fn the_case_of_names_makes_no_difference() {
    let schema = "CREATE TABLE Foo (Id INTEGER PRIMARY KEY, Name TEXT CHECK (Name <> 'A'), Other AS (Id + 1), \
                  CONSTRAINT Uq UNIQUE (Name, Id)); CREATE INDEX Ix ON Foo (Name DESC, lower(Name)) WHERE Id > 1; \
                  CREATE TABLE Bar (X REFERENCES Foo (Id));";
    let left = Scratch::with(Kind::Sqlite, schema).catalog();
    let right = Scratch::with(Kind::Sqlite, &schema.to_lowercase().replace("'a'", "'A'")).catalog();
    assert_eq!(differences(&left, &right), [""; 0]);
    assert_eq!(differences(&right, &left), [""; 0]);
    let other = Scratch::with(Kind::Sqlite, &schema.to_lowercase()).catalog();
    assert_eq!(differences(&left, &other).len(), 1, "the text in the check");
    let views = ["CREATE VIEW v AS SELECT 1 AS a", "CREATE VIEW V AS SELECT 1 AS A"];
    let [left, right] = views.map(|view| Scratch::with(Kind::Sqlite, view).catalog());
    assert_eq!(differences(&left, &right).len(), 1, "the names of its columns show");
}
