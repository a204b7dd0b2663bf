//! What is written down makes an equal schema in an empty database.

use revgraph::catalog::sql;

use super::{Scratch, differences};
use crate::support::Kind;

/// Writes the schema down, makes it again elsewhere; nothing differs, by revgraph and by a second opinion.
fn assert_builds_again(kind: Kind, schema: &str) -> String {
    let original = Scratch::with(kind, schema);
    let catalog = original.catalog();
    let written = sql::write(&catalog);
    assert_eq!(sql::write(&original.catalog()), written, "the same text each time");
    let copy = Scratch::new(kind);
    copy.database.execute(&written);
    let again = copy.catalog();
    assert_eq!(differences(&catalog, &again), [""; 0], "{written}");
    assert_eq!(sql::write(&again), written);
    if copy.database.is_postgres() {
        assert_same_lines(&original.database.schema(), &copy.database.schema());
    }
    written
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

#[cfg(feature = "sqlite")]
#[test]
fn everything_that_sqlite_has() {
    assert_builds_again(Kind::Sqlite, include_str!("rich_sqlite.sql"));
}

#[cfg(feature = "sqlite")]
#[test]
fn an_empty_database_has_nothing_to_write() {
    assert_eq!(assert_builds_again(Kind::Sqlite, ""), "");
}
