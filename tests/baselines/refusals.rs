//! What is refused, with the reason, and changes nothing.

use std::fs;

use super::{assert_stands, line, squash};
use crate::support::{Project, on_each_database};

on_each_database!(
    some_applied_and_the_originals_gone,
    all_applied_and_the_originals_gone,
    a_target_whose_script_is_gone,
    a_step_down_without_originals_undoes_the_baseline,
    a_reserved_id,
    a_branch_that_began_inside,
    a_branch_that_began_inside_and_was_moved_on_top,
    an_edited_original,
);

fn lose_the_backup(project: &Project) {
    fs::remove_dir_all(project.path("versions/backup")).expect("it is there");
}

/// What Alembic has left, without a ledger.
fn forget_the_ledger(project: &Project) {
    project.database.execute("DROP TABLE revgraph_ledger; DROP TABLE revgraph_statement;");
}

fn some_applied_and_the_originals_gone(project: &Project) {
    line(project);
    project.takes(&["upgrade", "b"], &["a", "b"], &["b"]);
    squash(project, "s", "", &["a", "b", "c", "d"], &[]);
    lose_the_backup(project);
    let error = project.refused(&["upgrade"], 4);
    assert_eq!(error["kind"], "originals_gone");
    assert_eq!(error["missing"], serde_json::json!(["c", "d"]));
    assert_eq!(project.refused(&["status"], 4)["kind"], "originals_gone");
    assert_stands(project, &["b"], &["a", "b"], &["a", "b"]);
}

fn all_applied_and_the_originals_gone(project: &Project) {
    line(project);
    project.takes(&["upgrade"], &["a", "b", "c", "d"], &["d"]);
    squash(project, "s", "", &["a", "b", "c", "d"], &[]);
    lose_the_backup(project);
    forget_the_ledger(project);
    project.takes(&["upgrade"], &["s"], &["s"]);
    assert_stands(project, &["s"], &["s"], &["a", "b", "c", "d"]);
}

fn a_target_whose_script_is_gone(project: &Project) {
    line(project);
    squash(project, "s", "", &["a", "b", "c", "d"], &[]);
    lose_the_backup(project);
    project.takes(&["upgrade"], &["s"], &["s"]);
    assert_eq!(project.refused(&["downgrade", "b"], 4)["kind"], "originals_gone");
}

fn a_step_down_without_originals_undoes_the_baseline(project: &Project) {
    line(project);
    project.takes(&["upgrade"], &["a", "b", "c", "d"], &["d"]);
    squash(project, "s", "", &["a", "b", "c", "d"], &[]);
    project.takes(&["upgrade"], &["s"], &["s"]);
    lose_the_backup(project);
    project.takes(&["downgrade", "-1"], &["s"], &[]);
    assert_stands(project, &[], &[], &[]);
}

fn a_reserved_id(project: &Project) {
    line(project);
    squash(project, "s", "", &["a", "b", "c", "d"], &[]);
    lose_the_backup(project);
    project.table("b", "s", &[]);
    let ran = project.run(&["check", "--json"]);
    assert_eq!(ran.json()["problems"][0]["kind"], "reserved_id", "{ran:?}");
    assert_ne!(project.run(&["upgrade"]).status, 0);
    assert_eq!(project.database.version_rows(), [""; 0]);
}

fn a_branch_that_began_inside(project: &Project) {
    line(project);
    project.table("x", "b", &[]);
    project.takes(&["upgrade", "x"], &["a", "b", "x"], &["x"]);
    squash(project, "s", "", &["a", "b", "c", "d"], &[]);
    let ran = project.run(&["check", "--json"]);
    assert_eq!(ran.json()["problems"][0]["kind"], "replaced_name", "{ran:?}");
    assert_ne!(project.run(&["upgrade", "heads"]).status, 0);
    assert_stands(project, &["x"], &["a", "b", "x"], &["a", "b", "x"]);
}

/// Its row says that all of the baseline has been applied; the ledger knows better.
fn a_branch_that_began_inside_and_was_moved_on_top(project: &Project) {
    line(project);
    project.table("x", "b", &[]);
    project.takes(&["upgrade", "x"], &["a", "b", "x"], &["x"]);
    squash(project, "s", "", &["a", "b", "c", "d"], &[]);
    project.table("x", "s", &[]);
    assert_eq!(project.refused(&["upgrade"], 4)["kind"], "reparented");
    assert_eq!(project.run(&["status", "--json"]).json()["state"], "diverged");
}

fn an_edited_original(project: &Project) {
    line(project);
    project.takes(&["upgrade", "b"], &["a", "b"], &["b"]);
    squash(project, "s", "", &["a", "b", "c", "d"], &[]);
    let path = "versions/backup/a_test.up.sql";
    let text = fs::read_to_string(project.path(path)).expect("it is there");
    project.write(path, format!("{text}\nSELECT 1;\n"));
    assert_eq!(project.refused(&["upgrade"], 4)["kind"], "edited");
}
