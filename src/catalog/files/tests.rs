//! Edits of texts alone; that they build what they should is tried on databases elsewhere.

use super::*;
use crate::catalog::{Column, Definition, Object, Table};

fn table(columns: &[&str]) -> Object {
    let column = |name: &&str| Column {
        name: (*name).to_owned(),
        data_type: "integer".to_owned(),
        is_nullable: true,
        ..Column::default()
    };
    let table = Table { columns: columns.iter().map(column).collect(), ..Table::default() };
    Object::new(Definition::Table(Box::new(table)))
}

fn catalog(tables: &[(&str, &[&str])]) -> Catalog {
    let mut catalog = Catalog::empty(Dialect::Postgres);
    for (name, columns) in tables {
        catalog.objects.insert(ObjectName::new(ObjectKind::Table, Some("public"), name), table(columns));
    }
    catalog
}

#[track_caller]
fn pulled(files: &[(&str, &str)], known: &Catalog, database: &Catalog) -> Vec<(String, String)> {
    let file = |(path, text): &(&str, &str)| SqlFile {
        path: PathBuf::from(path),
        text: (*text).to_owned(),
        sql: (*text).to_owned(),
    };
    let files: Vec<SqlFile> = files.iter().map(file).collect();
    let roots = [Root { path: PathBuf::from("sql"), is_folder: true }];
    let found = pull(&files, &roots, known, database).unwrap();
    found.into_iter().map(|(path, text)| (path.display().to_string(), text)).collect()
}

#[test]
fn what_is_as_it_was_keeps_its_text_and_comments_stay() {
    let known = catalog(&[("a", &["x"]), ("b", &["x"]), ("c", &["x"])]);
    let database = catalog(&[("a", &["x"]), ("b", &["x", "y"])]);
    let text = "-- first\ncreate  table a (x integer);\n\n-- second\nCREATE TABLE b (\n    x integer -- the x\n);\n\n-- third\nCREATE TABLE c (x integer);\nINSERT INTO a VALUES (1);\n";
    let found = pulled(&[("sql/all.sql", text)], &known, &database);
    let [(_, text)] = found.as_slice() else { panic!("{found:?}") };
    assert!(
        text.starts_with("-- first\ncreate  table a (x integer);\n\n-- second\n-- the x\nCREATE TABLE"),
        "{text}"
    );
    assert!(
        text.contains("    y integer") && text.ends_with("\n-- third\nINSERT INTO a VALUES (1);\n"),
        "{text}"
    );
}

#[test]
fn new_objects_come_to_a_file_that_fits() {
    let known = catalog(&[("a", &["x"]), ("b", &["x"]), ("c", &["x"])]);
    let database = catalog(&[("a", &["x"]), ("b", &["x"]), ("c", &["x"]), ("d", &["x"])]);
    let each =
        [("sql/a.sql", "CREATE TABLE a (x integer);\n"), ("sql/b.sql", "CREATE TABLE b (x integer);\n")];
    let found =
        pulled(&[each[0], each[1], ("sql/c.sql", "CREATE TABLE c (x integer);\n")], &known, &database);
    assert_eq!(found.last().map(|(path, _)| path.as_str()), Some("sql/d.sql"));
    let both = ("sql/b.sql", "CREATE TABLE b (x integer);\nCREATE TABLE c (x integer);");
    let found = pulled(&[each[0], both], &known, &database);
    assert_eq!(found.len(), 2);
    assert!(found[1].1.starts_with(&format!("{}\n\nCREATE TABLE", both.1)), "{found:?}");
}
