use super::*;
use crate::catalog::sqlite::{SchemaRow, catalog};

fn rows(tables: &[&str]) -> Vec<String> {
    let row = |sql: &&str| {
        let name = sql.split(' ').nth(2).unwrap_or_default().to_owned();
        SchemaRow { kind: "table".to_owned(), table: name.clone(), name, sql: (*sql).to_owned() }
    };
    let catalog = catalog(&tables.iter().map(row).collect::<Vec<_>>());
    sample_rows(&catalog, &catalog.objects.keys().cloned().collect()).into_iter().map(|row| row.sql).collect()
}

#[test]
fn a_row_is_ordinary_the_next_at_the_edge_the_last_has_only_what_it_must() {
    let rows = rows(&["CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT NOT NULL, at DATE, up AS (id))"]);
    assert_eq!(
        rows,
        [
            "INSERT INTO t (id, name, at) VALUES (1, 'text 1', '2020-02-28')",
            "INSERT INTO t (id, name, at) VALUES (9007199254740993, 'it''s \"é\" \\ 2', '0001-01-01')",
            "INSERT INTO t (id, name, at) VALUES (3, 'text 3', '2020-02-27')",
            "INSERT INTO t (id, name, at) VALUES (4, 'text 4', NULL)",
        ]
    );
}

#[test]
fn what_is_referred_to_is_there_first() {
    let rows = rows(&[
        "CREATE TABLE a (id INTEGER PRIMARY KEY, b INT NOT NULL REFERENCES z (code), up INT REFERENCES a)",
        "CREATE TABLE z (code INT UNIQUE NOT NULL)",
    ]);
    assert_eq!(rows[0], "INSERT INTO z (code) VALUES (1)");
    assert_eq!(rows[4], "INSERT INTO a (id, b, up) VALUES (1, 1, NULL)");
    assert_eq!(rows[5], "INSERT INTO a (id, b, up) VALUES (9007199254740993, 9007199254740993, 1)");
}
