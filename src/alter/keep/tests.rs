use super::*;
use crate::catalog::sqlite::{SchemaRow, catalog};

fn schema(tables: &[&str]) -> Catalog {
    let row = |sql: &&str| {
        let name = sql.split(' ').nth(2).unwrap_or_default().to_owned();
        SchemaRow { kind: "table".to_owned(), table: name.clone(), name, sql: (*sql).to_owned() }
    };
    catalog(&tables.iter().map(row).collect::<Vec<_>>())
}

#[test]
fn what_stays_is_not_copied() {
    let before = schema(&["CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER)"]);
    let after = schema(&["CREATE TABLE T (ID INTEGER PRIMARY KEY, n NUMERIC, more TEXT)"]);
    assert_eq!(keep((&before, &after), &[], &[], "b"), Ok(Keep::default()));
}

#[test]
fn a_key_that_goes_is_no_key() {
    let before = schema(&["CREATE TABLE t (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, n TEXT)"]);
    let by_code = schema(&["CREATE TABLE t (code TEXT NOT NULL UNIQUE, n TEXT)"]);
    let kept = keep((&before, &by_code), &[], &[], "b").expect("it is kept");
    let copy = &kept.before[1].sql;
    assert!(copy.contains("(code, id)\n    SELECT t.code, t.id FROM t AS t"), "{copy}");
    let without = schema(&["CREATE TABLE t (n TEXT)"]);
    let refusals = keep((&before, &without), &[], &[], "b").expect_err("nothing is left to know rows by");
    assert_eq!(refusals[0].object.name, "t");
}

#[test]
fn names_are_the_same_for_the_same_revision_and_no_other() {
    let before = schema(&["CREATE TABLE t (id INTEGER PRIMARY KEY)"]);
    let name = |revision: &str| {
        let kept = keep((&before, &schema(&[])), &[], &[], revision).expect("it is kept");
        kept.tables[0].0.name.clone()
    };
    assert_eq!(name("b"), name("b"));
    assert_ne!(name("b"), name("c"));
}
