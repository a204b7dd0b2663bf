//! The way up: the table of the contract's section 6.

use super::{assert_stands, line, squash, squash_replacing};
use crate::support::{Project, on_each_database};

on_each_database!(
    an_empty_database_runs_the_baseline,
    where_all_originals_are_applied_the_baseline_is_recorded,
    where_some_are_applied_the_others_run_first,
    a_revision_above_the_baseline_implies_it,
    a_database_without_a_ledger_is_met_as_well,
    one_transaction_over_all_does_the_same,
    offline_it_is_the_same,
    the_middle_of_a_line,
    a_branch_and_a_merge_within,
    a_squash_of_a_squash,
    what_stood_on_a_squash_within_a_squash,
    steps_up_count_originals,
    a_target_among_the_originals,
    a_stamp_among_the_originals,
    status_and_current_know_originals,
);

fn an_empty_database_runs_the_baseline(project: &Project) {
    line(project);
    squash(project, "s", "", &["a", "b", "c", "d"], &[]);
    project.takes(&["upgrade"], &["s"], &["s"]);
    assert_stands(project, &["s"], &["s"], &["a", "b", "c", "d"]);
}

fn where_all_originals_are_applied_the_baseline_is_recorded(project: &Project) {
    line(project);
    project.takes(&["upgrade"], &["a", "b", "c", "d"], &["d"]);
    squash(project, "s", "", &["a", "b", "c", "d"], &[]);
    let ran = project.json(&["upgrade"]);
    assert_eq!(ran.json()["steps"][0]["operation"], "stamp");
    assert_eq!(ran.steps(), ["s"]);
    assert_stands(project, &["s"], &["s"], &["a", "b", "c", "d"]);
    project.takes(&["upgrade"], &[], &["s"]);
    assert_eq!(project.run(&["diff"]).status, 0);
}

fn where_some_are_applied_the_others_run_first(project: &Project) {
    line(project);
    project.takes(&["upgrade", "b"], &["a", "b"], &["b"]);
    squash(project, "s", "", &["a", "b", "c", "d"], &[]);
    project.table("e", "s", &[]);
    project.takes(&["upgrade"], &["c", "d", "s", "e"], &["e"]);
    assert_stands(project, &["e"], &["e", "s"], &["a", "b", "c", "d", "e"]);
}

fn a_revision_above_the_baseline_implies_it(project: &Project) {
    line(project);
    project.table("e", "d", &[]);
    project.takes(&["upgrade"], &["a", "b", "c", "d", "e"], &["e"]);
    squash(project, "s", "", &["a", "b", "c", "d"], &["e"]);
    project.takes(&["upgrade"], &[], &["e"]);
    assert_stands(project, &["e"], &["e", "s"], &["a", "b", "c", "d", "e"]);
    project.takes(&["downgrade", "-1"], &["e"], &["s"]);
}

fn a_database_without_a_ledger_is_met_as_well(project: &Project) {
    line(project);
    project.takes(&["upgrade", "c"], &["a", "b", "c"], &["c"]);
    project.database.execute("DROP TABLE revgraph_ledger; DROP TABLE revgraph_statement;");
    squash(project, "s", "", &["a", "b", "c", "d"], &[]);
    project.takes(&["upgrade"], &["d", "s"], &["s"]);
    assert_stands(project, &["s"], &["s"], &["a", "b", "c", "d"]);
}

fn one_transaction_over_all_does_the_same(project: &Project) {
    line(project);
    project.takes(&["upgrade", "b"], &["a", "b"], &["b"]);
    squash(project, "s", "", &["a", "b", "c", "d"], &[]);
    project.configure("transaction = 'all'");
    project.takes(&["upgrade"], &["c", "d", "s"], &["s"]);
    assert_stands(project, &["s"], &["s"], &["a", "b", "c", "d"]);
    project.takes(&["downgrade", "b"], &["s", "d", "c"], &["b"]);
    assert_stands(project, &["b"], &["a", "b"], &["a", "b"]);
}

fn offline_it_is_the_same(project: &Project) {
    line(project);
    project.takes(&["upgrade", "b"], &["a", "b"], &["b"]);
    squash(project, "s", "", &["a", "b", "c", "d"], &[]);
    let pipe = |arguments: &[&str]| {
        let script = project.run(arguments);
        assert_eq!(script.status, 0, "{}", script.stderr);
        let piped = project.database.pipe(&script.stdout);
        assert!(piped.status.success(), "{piped:?}\n{}", script.stdout);
    };
    pipe(&["upgrade", "--sql", "b:head"]);
    assert_stands(project, &["s"], &["s"], &["a", "b", "c", "d"]);
    pipe(&["downgrade", "--sql", "s:a"]);
    assert_stands(project, &["a"], &["a"], &["a"]);
    pipe(&["upgrade", "--sql", "current:head"]);
    assert_stands(project, &["s"], &["s"], &["a", "b", "c", "d"]);
}

fn the_middle_of_a_line(project: &Project) {
    line(project);
    project.takes(&["upgrade", "b"], &["a", "b"], &["b"]);
    squash(project, "s", "a", &["b", "c"], &["d"]);
    project.takes(&["upgrade"], &["c", "s", "d"], &["d"]);
    assert_stands(project, &["d"], &["a", "d", "s"], &["a", "b", "c", "d"]);
    project.takes(&["downgrade", "a"], &["d", "s"], &["a"]);
    assert_stands(project, &["a"], &["a"], &["a"]);
    project.takes(&["upgrade"], &["s", "d"], &["d"]);
}

/// `a <- b`, `a <- c / b`, `m: b, c`: of the two branches one depends on the other.
fn diamond(project: &Project) {
    project.tables(&[("a", ""), ("b", "a")]);
    project.table("c", "a", &["depends_on: b", "branch_labels: side"]);
    project.tables(&[("m", "b, c")]);
}

fn a_branch_and_a_merge_within(project: &Project) {
    diamond(project);
    project.takes(&["upgrade", "c"], &["a", "b", "c"], &["c"]);
    squash(project, "s", "", &["a", "b", "c", "m"], &[]);
    project.takes(&["upgrade"], &["m", "s"], &["s"]);
    // As Alembic: what only depends on the target stays.
    project.takes(&["downgrade", "b"], &["s", "m"], &["c"]);
    assert_stands(project, &["c"], &["a", "b", "c"], &["a", "b", "c"]);
}

fn a_squash_of_a_squash(project: &Project) {
    line(project);
    project.takes(&["upgrade", "a"], &["a"], &["a"]);
    squash(project, "s", "", &["a", "b"], &["c"]);
    squash_replacing(project, "z", "", &["s", "c", "d"], &["a", "b", "s", "c", "d"], &[]);
    project.table("e", "z", &[]);
    project.takes(&["upgrade"], &["b", "s", "c", "d", "z", "e"], &["e"]);
    assert_stands(project, &["e"], &["e", "z"], &["a", "b", "c", "d", "e"]);
    project.takes(&["downgrade", "c"], &["e", "z", "d"], &["c"]);
    assert_stands(project, &["c"], &["c", "s"], &["a", "b", "c"]);
    project.takes(&["downgrade", "a"], &["c", "s", "b"], &["a"]);
    assert_stands(project, &["a"], &["a"], &["a"]);
    project.takes(&["upgrade", "head"], &["b", "s", "c", "d", "z", "e"], &["e"]);
    project.takes(&["downgrade", "base"], &["e", "z"], &[]);
}

/// `e` was applied on `c`, which `s` replaces, which `z` replaces.
fn what_stood_on_a_squash_within_a_squash(project: &Project) {
    project.tables(&[("a", ""), ("b", "a"), ("c", "b"), ("e", "c")]);
    project.takes(&["upgrade"], &["a", "b", "c", "e"], &["e"]);
    squash(project, "s", "a", &["b", "c"], &["e"]);
    squash_replacing(project, "z", "", &["a", "s"], &["a", "b", "c", "s"], &["e"]);
    project.takes(&["upgrade"], &[], &["e"]);
    assert_stands(project, &["e"], &["e", "z"], &["a", "b", "c", "e"]);
}

fn steps_up_count_originals(project: &Project) {
    line(project);
    project.takes(&["upgrade", "a"], &["a"], &["a"]);
    squash(project, "s", "", &["a", "b", "c", "d"], &[]);
    project.table("e", "s", &[]);
    project.takes(&["upgrade", "+2"], &["b", "c"], &["c"]);
    project.takes(&["upgrade", "+2"], &["d", "s", "e"], &["e"]);
}

fn a_target_among_the_originals(project: &Project) {
    line(project);
    squash(project, "s", "", &["a", "b", "c", "d"], &[]);
    project.takes(&["upgrade", "b"], &["a", "b"], &["b"]);
    assert_stands(project, &["b"], &["a", "b"], &["a", "b"]);
    project.takes(&["upgrade", "head"], &["c", "d", "s"], &["s"]);
    project.takes(&["upgrade", "b"], &[], &["s"]);
}

fn a_stamp_among_the_originals(project: &Project) {
    line(project);
    project.takes(&["upgrade"], &["a", "b", "c", "d"], &["d"]);
    squash(project, "s", "", &["a", "b", "c", "d"], &[]);
    assert_eq!(project.refused(&["stamp", "b"], 4)["kind"], "schema_differs");
    project.takes(&["stamp", "--force", "b"], &["b"], &["b"]);
    assert_eq!(project.database.ledger(), ["a", "b"]);
    project.takes(&["stamp", "head"], &["s"], &["s"]);
    assert_stands(project, &["s"], &["s"], &["a", "b", "c", "d"]);
}

fn status_and_current_know_originals(project: &Project) {
    line(project);
    project.takes(&["upgrade", "b"], &["a", "b"], &["b"]);
    squash(project, "s", "", &["a", "b", "c", "d"], &[]);
    let ran = project.run(&["status", "--json"]);
    assert_eq!(ran.status, 3, "{ran:?}");
    assert_eq!(ran.json()["state"], "pending");
    assert_eq!(ran.json()["pending"], serde_json::json!(["c", "d", "s"]));
    let current = project.json(&["current"]).json();
    assert_eq!(current["heads"][0]["revision"], "b");
    assert_eq!(current["heads"][0]["replaced_by"], "s");
    assert_eq!(project.run(&["current", "--check-heads"]).status, 3);
    assert!(project.run(&["show", "c"]).stdout.contains("versions/backup/c_test.up.sql"));
    assert!(project.run(&["history"]).stdout.contains("s (head) (baseline)"));
    assert!(project.run(&["history", "-v"]).stdout.contains("Replaces: a, b, c, d"));
    assert_eq!(project.run(&["diff"]).status, 0);
}
