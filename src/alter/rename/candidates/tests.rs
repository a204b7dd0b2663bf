use super::*;
use crate::catalog::sqlite::{SchemaRow, catalog};

fn schema(tables: &[&str]) -> Catalog {
    let row = |sql: &&str| {
        let name = sql.split(' ').nth(2).unwrap_or_default().to_owned();
        SchemaRow { kind: "table".to_owned(), table: name.clone(), name, sql: (*sql).to_owned() }
    };
    catalog(&tables.iter().map(row).collect::<Vec<_>>())
}

/// Each candidate as `from -> to, to`.
fn found(left: &[&str], right: &[&str], hints: &Hints) -> Vec<String> {
    let text = |candidate: &Candidate| {
        let to: Vec<String> = candidate.to.iter().map(ToString::to_string).collect();
        format!("{} -> {}", candidate.from, to.join(", "))
    };
    candidates(&schema(left), &schema(right), hints).iter().map(text).collect()
}

#[test]
fn a_column_may_have_become_one_of_its_type_the_likeliest_first() {
    let left = ["CREATE TABLE t (id INT, name TEXT, born DATE)"];
    let right = ["CREATE TABLE t (id INT, bio TEXT, full_name TEXT, died BLOB)"];
    assert_eq!(
        found(&left, &right, &Hints::default()),
        ["column t.name -> column t.full_name, column t.bio"]
    );
}

#[test]
fn what_is_decided_or_the_same_or_computed_is_none() {
    let left = ["CREATE TABLE t (Id INT, a TEXT, b TEXT, c AS (a))"];
    let right = ["CREATE TABLE T (id INT, x TEXT, y TEXT, z AS (x))"];
    let column = |name: &str| ObjectName::new(ObjectKind::Table, None, "t").part(ObjectKind::Column, name);
    let renames = vec![Rename { from: column("a"), to: column("x"), label: None }];
    let hints = Hints { renames, ..Hints::default() };
    assert_eq!(found(&left, &right, &hints), ["column t.b -> column T.y"]);
}

#[test]
fn a_table_may_have_become_one_with_most_of_its_columns() {
    let left = ["CREATE TABLE users (id INT, name TEXT, at TEXT)", "CREATE TABLE p (x INT)"];
    let right = ["CREATE TABLE accounts (id INT, name TEXT, mail TEXT)", "CREATE TABLE other (y BLOB)"];
    assert_eq!(found(&left, &right, &Hints::default()), ["table users -> table accounts"]);
    let table = |name: &str| ObjectName::new(ObjectKind::Table, None, name);
    let renames = vec![Rename { from: table("users"), to: table("accounts"), label: None }];
    let hints = Hints { renames, ..Hints::default() };
    assert_eq!(found(&left, &right, &hints), ["column users.at -> column accounts.mail"]);
}

#[test]
fn a_label_may_have_become_any_that_comes() {
    let schema = |labels: &[&str]| {
        let mut catalog = Catalog::empty(Dialect::Postgres);
        let labels = labels.iter().map(|label| (*label).to_owned()).collect();
        let name = ObjectName::new(ObjectKind::Enum, Some("public"), "mood");
        catalog.objects.insert(name, Object::new(Definition::Enum(labels)));
        catalog
    };
    let (left, right) = (schema(&["sad", "ok"]), schema(&["unhappy", "ok", "glad"]));
    let found = candidates(&left, &right, &Hints::default());
    let labels: Vec<_> = found.iter().filter_map(|one| one.label.clone()).collect();
    assert_eq!(labels, [("sad".to_owned(), vec!["unhappy".to_owned(), "glad".to_owned()])]);
    assert_eq!(candidates(&left, &schema(&["ok"]), &Hints::default()), []);
}

#[test]
fn names_are_alike_by_their_letters() {
    assert!(likeness_of_names("name", "full_name") >= LIKE);
    assert!(likeness_of_names("name", "created_at") < LIKE);
    assert_eq!(likeness_of_names("a", "a"), 0);
}
