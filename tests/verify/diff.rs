//! `diff`.

use serde_json::Value;

use crate::support::{Project, on_each_database};

on_each_database!(
    a_replayed_database_has_no_drift,
    drift_is_told_in_both_directions,
    drift_of_revisions_that_only_the_ledger_has_is_found,
    sides_are_targets_files_folders_urls_and_nothing,
    the_order_of_columns_can_be_passed_over,
    a_failing_file_is_told_with_its_place,
    what_cannot_be_compared_is_refused,
);

fn executed(project: &Project, sql: &str) {
    project.database.execute(sql);
}

/// The lines of a `diff` that is to end with this status.
#[track_caller]
fn lines(project: &Project, arguments: &[&str], status: i32) -> Vec<String> {
    let ran = project.run(&[&["diff"], arguments].concat());
    assert_eq!(ran.status, status, "{ran:?}");
    // The name of the schema is PostgreSQL's alone.
    ran.stdout.lines().map(|line| line.replace("public.", "")).collect()
}

fn a_replayed_database_has_no_drift(project: &Project) {
    project.tables(&[("a", ""), ("b", "a"), ("c", "a")]);
    assert_eq!(lines(project, &[], 0), [""; 0]);
    project.takes(&["upgrade", "heads"], &["a", "b", "c"], &["b", "c"]);
    assert_eq!(lines(project, &[], 0), [""; 0]);
    assert_eq!(lines(project, &["heads", "database"], 0), [""; 0]);
    assert_eq!(project.json(&["diff"]).json()["differences"], Value::Array(Vec::new()));
}

fn drift_is_told_in_both_directions(project: &Project) {
    project.tables(&[("a", ""), ("b", "a")]);
    project.takes(&["upgrade"], &["a", "b"], &["b"]);
    executed(
        project,
        "DROP TABLE t_b; CREATE TABLE t_other (id INTEGER); ALTER TABLE t_a ADD COLUMN x INTEGER;",
    );
    assert_eq!(lines(project, &[], 4), ["- table t_b", "+ table t_other", "+ column t_a.x"]);
    let ran = project.run(&["diff", "--json"]);
    let difference = &ran.json()["differences"][0];
    assert_eq!(difference["change"], "removed");
    assert_eq!(difference["loses_data"]["making"], true);
}

fn drift_of_revisions_that_only_the_ledger_has_is_found(project: &Project) {
    project.tables(&[("a", ""), ("b", "a")]);
    project.takes(&["upgrade"], &["a", "b"], &["b"]);
    for side in ["up", "down"] {
        std::fs::remove_file(project.path(&format!("versions/b_test.{side}.sql"))).expect("it is there");
    }
    assert_eq!(lines(project, &[], 0), [""; 0]);
    executed(project, "DROP TABLE t_b;");
    assert_eq!(lines(project, &[], 4), ["- table t_b"]);
}

fn sides_are_targets_files_folders_urls_and_nothing(project: &Project) {
    project.tables(&[("aaaa", ""), ("bbbb", "aaaa")]);
    project.takes(&["upgrade", "aaaa"], &["aaaa"], &["aaaa"]);
    assert_eq!(lines(project, &["aaaa", "head"], 4), ["+ table t_bbbb"]);
    assert_eq!(lines(project, &["head", "base"], 4), ["- table t_aaaa", "- table t_bbbb"]);
    assert_eq!(lines(project, &["head", "-1"], 4), ["- table t_bbbb"]);
    assert_eq!(lines(project, &["current"], 0), [""; 0]);
    assert_eq!(lines(project, &["empty"], 4), ["+ table t_aaaa"]);
    assert_eq!(lines(project, &[&project.database.url(), "aaaa"], 0), [""; 0]);
    project.write("want.sql", "CREATE TABLE t_want (id INTEGER);\nDROP TABLE t_want;\nCREATE TABLE t_aaaa (id INTEGER PRIMARY KEY);");
    assert_eq!(lines(project, &["want.sql"], 0), [""; 0]);
    std::fs::create_dir(project.path("sql")).expect("a folder");
    project.write("sql/1.sql", "CREATE TABLE t_one (id INTEGER);");
    project.write("sql/2.sql", "ALTER TABLE t_one ADD COLUMN x INTEGER;");
    project.write("sql/2.down.sql", "DROP TABLE t_nowhere;");
    assert_eq!(lines(project, &["empty", "./sql"], 4), ["+ table t_one"]);
}

fn the_order_of_columns_can_be_passed_over(project: &Project) {
    project.write("1.sql", "CREATE TABLE t (x INTEGER, y INTEGER);");
    project.write("2.sql", "CREATE TABLE t (y INTEGER, x INTEGER);");
    assert_eq!(
        lines(project, &["1.sql", "2.sql"], 4),
        ["~ table t: column order", "    - x, y", "    + y, x"]
    );
    assert_eq!(lines(project, &["1.sql", "2.sql", "--ignore-column-order"], 0), [""; 0]);
}

fn a_failing_file_is_told_with_its_place(project: &Project) {
    project.write("bad.sql", "CREATE TABLE t (x INTEGER);\nDROP TABLE t_nowhere;\n");
    let error = project.refused(&["diff", "bad.sql"], 1);
    assert_eq!((&error["kind"], &error["line"]), (&"sql_file".into(), &2.into()));
    assert_eq!(project.refused(&["diff", "./nowhere.sql"], 1)["kind"], "io");
    std::fs::create_dir(project.path("nothing")).expect("a folder");
    assert_eq!(project.refused(&["diff", "./nothing"], 1)["kind"], "no_files");
}

fn what_cannot_be_compared_is_refused(project: &Project) {
    assert_eq!(project.refused(&["diff", "nowhere"], 1)["kind"], "unknown_revision");
    assert_eq!(project.refused(&["diff", "mysql://h/d"], 2)["kind"], "usage");
    let (kind, other) = if project.database.is_sqlite() {
        ("database_unreachable", "postgres://127.0.0.1:1/d")
    } else {
        ("usage", "sqlite:other.db")
    };
    let status = if project.database.is_sqlite() { 5 } else { 2 };
    assert_eq!(project.refused(&["diff", other, "empty"], status)["kind"], kind);
}
