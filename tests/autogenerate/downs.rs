//! Down scripts from the schemas before and after a revision.

use std::fs;

use crate::support::{Project, Script, on_each_database};

on_each_database!(
    missing_ones_are_written_and_undo_their_revisions,
    what_somebody_has_written_is_left_unless_it_is_to_be_replaced,
    wrong_ones_are_found_and_replaced,
    what_changes_no_schema_is_told,
);

fn up_only<'s>(id: &'s str, down_revision: &'s str, up: &'s str) -> Script<'s> {
    Script { id, down_revision, up, down: None, ..Script::default() }
}

fn missing_ones_are_written_and_undo_their_revisions(project: &Project) {
    project.script(&up_only("a", "", "CREATE TABLE t (id INTEGER PRIMARY KEY, old TEXT);"));
    project.script(&up_only("b", "a", "ALTER TABLE t DROP COLUMN old;\nALTER TABLE t ADD COLUMN n INTEGER;"));
    project.revision("c", "b", "CREATE INDEX i ON t (n);", "-- revgraph: irreversible not written yet");
    let ran = project.json(&["downs", "--missing"]).json();
    let outcomes = ran["downs"].as_array().expect("a list");
    assert!(outcomes.iter().all(|down| down["outcome"] == "proved"), "{ran}");
    assert!(ran["downs"][1]["not_brought_back"].to_string().contains("old"), "{ran}");
    let verified = project.run(&["verify"]);
    assert_eq!(verified.status, 0, "{verified:?}");
    assert!(!verified.stdout.contains("irreversible"), "{verified:?}");
    assert_eq!(project.json(&["downs", "--missing"]).json()["downs"], serde_json::json!([]));
}

fn what_somebody_has_written_is_left_unless_it_is_to_be_replaced(project: &Project) {
    project.revision("a", "", "CREATE TABLE t (id INTEGER);", "DROP TABLE t; -- mine");
    project.revision("b", "a", "CREATE TABLE u (id INTEGER);", "-- revgraph: irreversible never");
    assert_eq!(project.refused(&["downs", "a"], 1)["kind"], "has_down_script");
    assert_eq!(project.refused(&["downs"], 2)["kind"], "usage");
    assert_eq!(project.json(&["downs", "--missing"]).json()["downs"], serde_json::json!([]));
    let ran = project.json(&["downs", "--replace", "a"]).json();
    assert!(ran["downs"][0]["replaces"].as_str().is_some_and(|old| old.contains("mine")), "{ran}");
    // What it has written is not to be replaced by itself.
    let again = project.json(&["downs", "--replace", "a"]).json();
    assert_eq!(again["downs"][0]["outcome"], "right", "{again}");
}

fn wrong_ones_are_found_and_replaced(project: &Project) {
    project.revision("a", "", "CREATE TABLE t (id INTEGER);", "DROP TABLE t;");
    project.revision("b", "a", "CREATE TABLE u (id INTEGER);", "DROP TABLE nothing;");
    project.revision("c", "b", "CREATE TABLE w (id INTEGER);", "DROP TABLE t;");
    let ran = project.json(&["downs", "--replace"]).json();
    let outcome = |index: usize| ran["downs"][index]["outcome"].clone();
    assert_eq!([outcome(0), outcome(1), outcome(2)], ["right", "proved", "proved"], "{ran}");
    assert_eq!(project.run(&["verify"]).status, 0);
}

fn what_changes_no_schema_is_told(project: &Project) {
    project.revision("a", "", "CREATE TABLE t (id INTEGER);", "DROP TABLE t;");
    project.script(&up_only("b", "a", "INSERT INTO t VALUES (1);"));
    let ran = project.json(&["downs", "--missing"]).json();
    assert_eq!(ran["downs"][0]["outcome"], "no_change", "{ran}");
    assert!(fs::metadata(project.path("versions/b_test.down.sql")).is_err());
}
