//! Databases that have what the scripts lack: after a release was rolled back, and after two lines went apart.

use std::fs;

use serde_json::json;

use crate::support::{Project, Script, on_each_database};

on_each_database!(
    a_database_ahead_is_told_from_a_diverged_one,
    a_diverged_database_names_the_last_common_revision,
    rows_that_nobody_knows_are_neither,
    several_lost_revisions_are_taken_down_from_the_ledger,
    lost_and_present_revisions_are_taken_down_in_one_run,
    a_lost_merge_is_taken_down,
    a_lost_revision_without_down_script_stays,
    a_failing_statement_of_a_lost_script_is_shown,
    the_ledger_forgets_what_it_has_taken_down,
    views_of_the_scripts_work_on_a_database_ahead,
);

fn lose(project: &Project, ids: &[&str]) {
    for id in ids {
        for side in ["up", "down"] {
            // Not each has a down script.
            let _ = fs::remove_file(project.path(&format!("versions/{id}_test.{side}.sql")));
        }
        assert!(!project.path(&format!("versions/{id}_test.up.sql")).exists());
    }
}

/// `a <- b <- c <- d`, all applied, with the scripts of the last two gone.
fn ahead(project: &Project) {
    project.tables(&[("a", ""), ("b", "a"), ("c", "b"), ("d", "c")]);
    project.takes(&["upgrade"], &["a", "b", "c", "d"], &["d"]);
    lose(project, &["c", "d"]);
}

fn a_database_ahead_is_told_from_a_diverged_one(project: &Project) {
    ahead(project);
    let error = project.refused(&["upgrade"], 4);
    assert_eq!((&error["kind"], &error["missing"]), (&"ahead".into(), &json!(["c", "d"])), "{error}");
    assert!(error["hints"].to_string().contains("revgraph downgrade b"), "{error}");
    let status = project.run(&["status", "--json"]);
    assert_eq!((status.status, &status.json()["state"]), (4, &"ahead".into()), "{status:?}");
    assert_eq!(status.json()["missing"], json!(["c", "d"]));

    project.tables(&[("e", "b")]);
    let error = project.refused(&["upgrade"], 4);
    assert_eq!((&error["kind"], &error["pending"]), (&"diverged".into(), &json!(["e"])), "{error}");
    let status = project.run(&["status", "--json"]);
    assert_eq!((status.status, &status.json()["state"]), (4, &"diverged".into()), "{status:?}");
    assert_eq!((&status.json()["missing"], &status.json()["pending"]), (&json!(["c", "d"]), &json!(["e"])));
}

fn a_diverged_database_names_the_last_common_revision(project: &Project) {
    ahead(project);
    project.tables(&[("e", "b")]);
    let error = project.refused(&["upgrade"], 4);
    assert_eq!(error["common"], json!(["b"]));
    assert!(error["hints"].to_string().contains("revgraph downgrade b"), "{error}");
    project.takes(&["downgrade", "b"], &["d", "c"], &["b"]);
    project.takes(&["upgrade"], &["e"], &["e"]);
    project.assert_applied(&["a", "b", "e"]);
}

fn rows_that_nobody_knows_are_neither(project: &Project) {
    ahead(project);
    project.database.execute("DELETE FROM revgraph_ledger");
    let error = project.refused(&["upgrade"], 4);
    assert_eq!(error["kind"], "unknown_version_row", "{error}");
    assert_eq!(project.refused(&["downgrade", "base"], 4)["kind"], "unknown_version_row");
    let status = project.run(&["status", "--json"]);
    assert_eq!((status.status, &status.json()["state"]), (4, &"ahead".into()), "{status:?}");
    assert_eq!((&status.json()["missing"], &status.json()["pending"]), (&json!(["d"]), &json!([])));
}

fn several_lost_revisions_are_taken_down_from_the_ledger(project: &Project) {
    ahead(project);
    let dry = project.run(&["downgrade", "b", "--dry-run"]);
    assert!(dry.stdout.contains("downgrade d  test d\ndowngrade c  test c\n"), "{dry:?}");
    project.takes(&["downgrade", "b"], &["d", "c"], &["b"]);
    project.assert_applied(&["a", "b"]);
    assert_eq!(project.json(&["status"]).json()["state"], "up_to_date");
}

fn lost_and_present_revisions_are_taken_down_in_one_run(project: &Project) {
    project.tables(&[("a", ""), ("b", "a"), ("c", "b"), ("x", "")]).table("d", "c", &["depends_on: x"]);
    project.takes(&["upgrade", "heads"], &["x", "a", "b", "c", "d"], &["d"]);
    lose(project, &["c", "d"]);
    project.takes(&["downgrade", "-1"], &["d"], &["c", "x"]);
    project.takes(&["downgrade", "base"], &["x", "c", "b", "a"], &[]);
    project.assert_applied(&[]);
}

fn a_lost_merge_is_taken_down(project: &Project) {
    project.tables(&[("a", ""), ("b", "a"), ("c", "a"), ("m", "b, c"), ("n", "m")]);
    project.takes(&["upgrade"], &["a", "c", "b", "m", "n"], &["n"]);
    lose(project, &["c", "m", "n"]);
    let status = project.run(&["status", "--json"]).json();
    assert_eq!((&status["state"], &status["missing"]), (&"ahead".into(), &json!(["c", "m", "n"])));
    project.takes(&["downgrade", "a"], &["n", "m", "b", "c"], &["a"]);
    project.assert_applied(&["a"]);
}

fn a_lost_revision_without_down_script_stays(project: &Project) {
    project.tables(&[("a", "")]);
    project.script(&Script {
        id: "b",
        down_revision: "a",
        up: "CREATE TABLE t_b (id INTEGER);",
        ..Script::default()
    });
    project.takes(&["upgrade"], &["a", "b"], &["b"]);
    lose(project, &["b"]);
    let error = project.refused(&["downgrade", "a"], 1);
    assert_eq!((&error["kind"], &error["revision"]), (&"irreversible".into(), &"b".into()), "{error}");
}

fn a_failing_statement_of_a_lost_script_is_shown(project: &Project) {
    project.tables(&[("a", "")]).revision("b", "a", "SELECT 1;", "SELECT 2;\nDROP TABLE nowhere;");
    project.takes(&["upgrade"], &["a", "b"], &["b"]);
    lose(project, &["b"]);
    let error = project.refused(&["downgrade", "a"], 1);
    assert_eq!(
        (&error["kind"], &error["statement_number"], &error["line"]),
        (&"step".into(), &2.into(), &2.into())
    );
    assert!(error["file"].as_str().is_some_and(|file| file.contains("ledger:b.down.sql")), "{error}");
}

fn the_ledger_forgets_what_it_has_taken_down(project: &Project) {
    ahead(project);
    project.takes(&["downgrade", "c"], &["d"], &["c"]);
    assert_eq!(project.database.ledger(), ["a", "b", "c"]);
    assert_eq!(project.database.events().last().map(String::as_str), Some("downgrade d done"));
}

fn views_of_the_scripts_work_on_a_database_ahead(project: &Project) {
    ahead(project);
    let current = project.json(&["current"]).json();
    assert_eq!(current["heads"][0]["revision"], "d");
    assert_eq!(current["heads"][0]["known"], false);
    assert_eq!(project.run(&["current", "--check-heads"]).status, 0);
    let history = project.json(&["history", "-i"]).json();
    assert_eq!(history.as_array().map(Vec::len), Some(2), "{history}");
    assert_eq!(history[0]["applied"], true);
}
