//! What is written down makes an equal schema in an empty database.

use revgraph::catalog::sql;

use super::{Scratch, differences};
use crate::support::project::command_in;
use crate::support::{Database, Kind};

/// What is written down of this schema builds an equal one.
pub(super) fn assert_builds_again(kind: Kind, schema: &str) -> String {
    assert_copies(&Scratch::with(kind, &in_one_transaction(schema)))
}

/// Writes the schema down, makes it again elsewhere; nothing differs, by revgraph and by a second opinion.
fn assert_copies(original: &Scratch) -> String {
    let catalog = original.catalog();
    let written = sql::write(&catalog);
    assert_eq!(sql::write(&original.catalog()), written, "the same text each time");
    let copy = Scratch::new(original.database.kind());
    copy.database.execute(&in_one_transaction(&written));
    let again = copy.catalog();
    assert_eq!(differences(&catalog, &again), [""; 0], "{written}");
    assert_eq!(sql::write(&again), written);
    if copy.database.is_postgres() {
        assert_same_lines(&original.database.schema(), &copy.database.schema());
    } else {
        assert_eq!(by_pragmas(&original.database), by_pragmas(&copy.database), "{written}");
    }
    written
}

/// What SQLite's pragmas say of tables, indexes and foreign keys, without the names of indexes that it makes itself.
fn by_pragmas(database: &Database) -> Vec<Vec<Option<String>>> {
    let table = "FROM sqlite_schema m JOIN";
    let mut rows =
        database.query("SELECT name, type, wr, strict FROM pragma_table_list WHERE schema = 'main'");
    rows.extend(database.query(&format!(
        "SELECT m.name, l.origin, l.\"unique\", l.partial, x.seqno, x.name, x.desc, x.coll, x.key \
         {table} pragma_index_list(m.name) l JOIN pragma_index_xinfo(l.name) x WHERE m.type = 'table'"
    )));
    rows.extend(database.query(&format!(
        "SELECT m.name, f.\"table\", f.\"from\", f.on_update, f.on_delete, f.match \
         {table} pragma_foreign_key_list(m.name) f WHERE m.type = 'table'"
    )));
    rows.sort();
    rows
}

fn in_one_transaction(sql: &str) -> String {
    format!("BEGIN;\n{sql}\nCOMMIT;")
}

/// The same text; otherwise only the lines that differ are told.
#[track_caller]
fn assert_same_lines(left: &str, right: &str) {
    let only_in = |one: &str, other: &str| -> Vec<String> {
        one.lines().filter(|line| !other.lines().any(|other| other == *line)).map(str::to_owned).collect()
    };
    assert_eq!((only_in(left, right), only_in(right, left)), Default::default());
    assert!(left == right, "the same lines in another order");
}

#[cfg(feature = "postgres")]
#[test]
fn everything_that_postgres_has() {
    assert_builds_again(Kind::Postgres, include_str!("rich_postgres.sql"));
}

/// Objects that need each other, partitions of partitions, names that need quotes.
#[cfg(feature = "postgres")]
#[test]
fn what_postgres_makes_hard() {
    assert_builds_again(Kind::Postgres, include_str!("hard_postgres.sql"));
}

#[cfg(feature = "sqlite")]
#[test]
fn everything_that_sqlite_has() {
    insta::assert_snapshot!(assert_builds_again(Kind::Sqlite, include_str!("rich_sqlite.sql")));
}

/// What SQLite takes and few would write.
#[cfg(feature = "sqlite")]
#[test]
fn what_sqlite_makes_hard() {
    assert_builds_again(Kind::Sqlite, include_str!("hard_sqlite.sql"));
}

/// Keys, indexes, checks and references that say the same: each of them stays, none takes the place of another.
#[cfg(feature = "postgres")]
#[test]
fn duplicates_on_postgres() {
    let since_15 = if crate::support::cluster::cluster().major_version() >= 15 {
        "ALTER TABLE p ADD UNIQUE NULLS NOT DISTINCT (b), ADD UNIQUE NULLS NOT DISTINCT (b);\n\
         CREATE UNIQUE INDEX u3 ON p (b) NULLS NOT DISTINCT;\n\
         CREATE UNIQUE INDEX u4 ON p (b) NULLS NOT DISTINCT;\n"
    } else {
        ""
    };
    assert_builds_again(Kind::Postgres, &format!("{}{since_15}", include_str!("duplicates_postgres.sql")));
}

/// A key of a partitioned table that not all of its partitions have a part in: an index of theirs may be like it.
#[cfg(feature = "postgres")]
#[test]
fn keys_of_partitioned_tables_alone() {
    let tables = "CREATE TABLE p (id integer NOT NULL, k text NOT NULL) PARTITION BY LIST (k);\n\
        CREATE TABLE p1 PARTITION OF p FOR VALUES IN ('a');\n\
        CREATE TABLE p2 PARTITION OF p FOR VALUES IN ('b') PARTITION BY RANGE (id);\n\
        CREATE TABLE p21 PARTITION OF p2 FOR VALUES FROM (0) TO (9);\n";
    for rest in [
        "ALTER TABLE ONLY p ADD CONSTRAINT p_id_k_key UNIQUE (id, k); CREATE UNIQUE INDEX p1_id_k_key ON p1 (id, k);",
        "ALTER TABLE ONLY p ADD CONSTRAINT key PRIMARY KEY (id, k); CREATE UNIQUE INDEX p1_pkey ON p1 (id, k);",
        "ALTER TABLE ONLY p ADD UNIQUE (id, k); ALTER TABLE p1 ADD CONSTRAINT own UNIQUE (id, k);\n\
         ALTER INDEX p_id_k_key ATTACH PARTITION own;",
        "ALTER TABLE ONLY p ADD UNIQUE (id, k); ALTER TABLE p2 ADD CONSTRAINT own UNIQUE (id, k);\n\
         ALTER INDEX p_id_k_key ATTACH PARTITION own;",
        "ALTER TABLE ONLY p ADD UNIQUE (id, k); ALTER TABLE ONLY p2 ADD CONSTRAINT own UNIQUE (id, k);\n\
         ALTER INDEX p_id_k_key ATTACH PARTITION own; CREATE UNIQUE INDEX p21_id_k_key ON p21 (id, k);",
        "CREATE INDEX i ON ONLY p (id); CREATE INDEX p1_id_idx ON p1 (id);",
    ] {
        assert_builds_again(Kind::Postgres, &format!("{tables}{rest}"));
    }
}

#[cfg(feature = "sqlite")]
#[test]
fn duplicates_on_sqlite() {
    assert_builds_again(Kind::Sqlite, include_str!("duplicates_sqlite.sql"));
}

#[cfg(feature = "sqlite")]
#[test]
fn an_empty_database_has_nothing_to_write() {
    assert_eq!(assert_builds_again(Kind::Sqlite, ""), "");
}

/// What belongs to objects and has a statement of its own; names of constraints that no other server has.
#[cfg(feature = "postgres")]
#[test]
fn what_belongs_to_objects_on_postgres() {
    assert_builds_again(Kind::Postgres, &details());
}

/// A schema with one of each.
#[cfg(feature = "postgres")]
pub fn details() -> String {
    let since_18 = if crate::support::cluster::cluster().major_version() >= 18 {
        include_str!("details_18.sql")
    } else {
        ""
    };
    format!("{}{since_18}", include_str!("details.sql"))
}

/// The history of the repository's own `versions/`.
fn assert_example_copies(kind: Kind) {
    let original = Scratch::new(kind);
    let repository = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let upgraded = command_in(repository, &["--url", &original.database.url(), "upgrade", "heads"]).output();
    assert!(upgraded.expect("the binary can be run").status.success());
    let beside_the_bookkeeping = sql::write(&original.catalog());
    for table in ["alembic_version", "revgraph_ledger", "revgraph_statement"] {
        original.database.execute(&format!("DROP TABLE {table}"));
    }
    assert_eq!(assert_copies(&original), beside_the_bookkeeping);
    assert!(beside_the_bookkeeping.contains("credentialnodelink"));
}

#[cfg(feature = "postgres")]
#[test]
fn the_example_on_postgres() {
    assert_example_copies(Kind::Postgres);
}

#[cfg(feature = "sqlite")]
#[test]
fn the_example_on_sqlite() {
    assert_example_copies(Kind::Sqlite);
}
