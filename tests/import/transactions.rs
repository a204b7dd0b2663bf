//! What other tools tolerate about transactions runs under revgraph as it is imported.

use crate::support::{Project, on_each_database};

on_each_database!(scripts_with_transactions_of_their_own_run, the_notes_tell_the_line);

fn put(project: &Project, name: &str, up: &str) {
    let folder = project.path(&format!("theirs/{name}"));
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("up.sql"), up).expect("a file");
}

fn scripts_with_transactions_of_their_own_run(project: &Project) {
    put(project, "1_around", "-- why\nBEGIN;\nCREATE TABLE a (id INTEGER);\nCOMMIT;\n");
    put(
        project,
        "2_two",
        "BEGIN;\nCREATE TABLE b (id INTEGER);\nCOMMIT;\nBEGIN;\nCREATE TABLE c (id INTEGER);\nINSERT INTO c VALUES (1);\nCOMMIT;\n",
    );
    put(project, "3_half", "CREATE TABLE d (id INTEGER);\nBEGIN;\nINSERT INTO d VALUES (1);\nCOMMIT;\n");
    if project.database.is_postgres() {
        put(project, "4_concurrently", "CREATE INDEX CONCURRENTLY i ON a (id);");
        put(project, "5_enum", "CREATE TYPE e AS ENUM ('x');\n");
        put(project, "6_value", "ALTER TYPE e ADD VALUE 'y';\nCREATE TABLE f (e e DEFAULT 'y');\n");
    } else {
        put(
            project,
            "4_keys",
            "PRAGMA foreign_keys=off;\nBEGIN;\nCREATE TABLE e (id INTEGER);\nEND;\nPRAGMA foreign_keys=on;",
        );
        put(project, "5_vacuum", "VACUUM;");
        put(project, "6_mode", "PRAGMA journal_mode = DELETE;\nCREATE TABLE f (id INTEGER);");
    }
    let document = project.json(&["import", "diesel", "theirs"]).json();
    let revisions = document["revisions"].as_array().expect("a list");
    let without: Vec<&str> = revisions
        .iter()
        .filter(|revision| revision["no_transaction"] == true)
        .map(|revision| revision["revision"].as_str().expect("an id"))
        .collect();
    let expected = if project.database.is_postgres() { ["2", "3", "4", "6"] } else { ["2", "3", "5", "6"] };
    assert_eq!(without, expected);
    project.takes(&["upgrade"], &["1", "2", "3", "4", "5", "6"], &["6"]);
    assert_eq!(project.database.column("SELECT id FROM c UNION ALL SELECT id FROM d"), ["1", "1"]);
}

fn the_notes_tell_the_line(project: &Project) {
    put(project, "1_around", "-- why\nBEGIN;\nCREATE TABLE a (id INTEGER);\nCOMMIT;\n");
    put(project, "2_inside", "CREATE TABLE b (id INTEGER);\nCOMMIT;\nSELECT 1;\n");
    let notes: Vec<String> = project.json(&["import", "diesel", "theirs"]).json()["notes"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|note| {
            format!(
                "{}:{}: {}",
                note["file"].as_str().expect("a file"),
                note["line"],
                note["message"].as_str().expect("a text")
            )
        })
        .collect();
    insta::allow_duplicates! {
        insta::assert_snapshot!(notes.join("\n"), @"
        theirs/1_around/up.sql:2: BEGIN and COMMIT around the whole are dropped: transactions are revgraph's
        theirs/2_inside/up.sql:2: COMMIT inside the script: it is to run without a transaction, as it is
        ");
    }
}
