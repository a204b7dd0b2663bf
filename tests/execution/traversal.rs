//! Upgrade, downgrade, stamp and current over graphs of every shape: the steps, then the version rows, then what
//! the scripts have made.

use crate::support::{Project, on_each_database};

on_each_database!(
    a_line_goes_up_and_down_in_steps,
    branches_keep_their_own_rows,
    a_merge_takes_the_place_of_its_parents,
    undoing_a_merge_brings_its_parents_back,
    one_parent_of_a_merge_can_be_left,
    a_dependency_is_run_and_has_no_row,
    a_branch_is_addressed_by_its_label,
    several_bases_stand_side_by_side,
    a_merge_of_three_comes_and_goes,
    a_dependency_on_an_ancestor_of_a_parent_works,
    stamping_moves_rows_and_ledger_but_runs_nothing,
    stamping_above_and_below_leaves_the_effective_heads,
    stamping_with_purge_takes_unknown_rows_away,
    nothing_to_do_is_no_error,
    current_tells_where_the_database_stands,
);

/// `a <- b <- c`, `a <- d`.
fn fork(project: &Project) {
    project.tables(&[("a", ""), ("b", "a"), ("c", "b"), ("d", "a")]);
}

/// `a <- b`, `a <- c`, `b, c <- m <- z`.
fn diamond(project: &Project) {
    project.tables(&[("a", ""), ("b", "a"), ("c", "a"), ("m", "b, c"), ("z", "m")]);
}

fn a_line_goes_up_and_down_in_steps(project: &Project) {
    project.tables(&[("a", ""), ("b", "a"), ("c", "b"), ("d", "c")]);
    project.takes(&["upgrade", "b"], &["a", "b"], &["b"]);
    project.assert_applied(&["a", "b"]);
    project.takes(&["upgrade", "+1"], &["c"], &["c"]);
    project.takes(&["upgrade"], &["d"], &["d"]);
    project.assert_applied(&["a", "b", "c", "d"]);
    project.takes(&["downgrade", "-1"], &["d"], &["c"]);
    project.takes(&["downgrade", "a"], &["c", "b"], &["a"]);
    project.assert_applied(&["a"]);
    project.takes(&["downgrade", "base"], &["a"], &[]);
    project.assert_applied(&[]);
    assert_eq!(
        project.database.events(),
        [
            "upgrade a done",
            "upgrade b done",
            "upgrade c done",
            "upgrade d done",
            "downgrade d done",
            "downgrade c done",
            "downgrade b done",
            "downgrade a done",
        ]
    );
}

fn branches_keep_their_own_rows(project: &Project) {
    fork(project);
    project.takes(&["upgrade", "heads"], &["a", "b", "c", "d"], &["c", "d"]);
    project.assert_applied(&["a", "b", "c", "d"]);
    project.takes(&["downgrade", "c-1"], &["c"], &["b", "d"]);
    project.takes(&["downgrade", "a"], &["d", "b"], &["a"]);
    project.assert_applied(&["a"]);
    project.takes(&["upgrade", "d"], &["d"], &["d"]);
    project.takes(&["upgrade", "b"], &["b"], &["b", "d"]);
}

fn a_merge_takes_the_place_of_its_parents(project: &Project) {
    diamond(project);
    project.takes(&["upgrade", "b"], &["a", "b"], &["b"]);
    project.takes(&["upgrade", "m"], &["c", "m"], &["m"]);
    project.assert_applied(&["a", "b", "c", "m"]);
    project.takes(&["upgrade", "head"], &["z"], &["z"]);
}

fn undoing_a_merge_brings_its_parents_back(project: &Project) {
    diamond(project);
    project.takes(&["upgrade", "head"], &["a", "c", "b", "m", "z"], &["z"]);
    project.takes(&["downgrade", "m"], &["z"], &["m"]);
    assert_eq!(project.refused(&["downgrade", "-1"], 1)["kind"], "ambiguous_target");
    project.takes(&["downgrade", "b"], &["m"], &["b", "c"]);
    project.assert_applied(&["a", "b", "c"]);
    project.takes(&["downgrade", "base"], &["c", "b", "a"], &[]);
    project.assert_applied(&[]);
}

fn one_parent_of_a_merge_can_be_left(project: &Project) {
    project.tables(&[("a", ""), ("b", ""), ("m", "a, b")]);
    project.takes(&["upgrade", "m"], &["b", "a", "m"], &["m"]);
    project.takes(&["downgrade", "a@base"], &["m", "a"], &["b"]);
    project.assert_applied(&["b"]);
}

fn a_dependency_is_run_and_has_no_row(project: &Project) {
    project.tables(&[("a1", ""), ("a2", "a1"), ("b1", "")]);
    project.table("b2", "b1", &["depends_on: a2"]);
    project.takes(&["upgrade", "b2"], &["a1", "a2", "b1", "b2"], &["b2"]);
    project.assert_applied(&["a1", "a2", "b1", "b2"]);
    project.takes(&["downgrade", "b1"], &["b2"], &["a2", "b1"]);
    project.assert_applied(&["a1", "a2", "b1"]);
    project.takes(&["upgrade", "heads"], &["b2"], &["b2"]);
    project.takes(&["downgrade", "a1"], &["b2", "a2"], &["a1", "b1"]);
    project.assert_applied(&["a1", "b1"]);
}

fn a_branch_is_addressed_by_its_label(project: &Project) {
    project.table("a", "", &["branch_labels: shop"]).tables(&[("b", "a"), ("x", ""), ("y", "x")]);
    project.takes(&["upgrade", "shop@head"], &["a", "b"], &["b"]);
    project.takes(&["upgrade", "y"], &["x", "y"], &["b", "y"]);
    project.takes(&["downgrade", "shop@-1"], &["b"], &["a", "y"]);
    project.takes(&["upgrade", "shop@+1"], &["b"], &["b", "y"]);
    project.takes(&["downgrade", "shop@base"], &["b", "a"], &["y"]);
    project.assert_applied(&["x", "y"]);
}

fn several_bases_stand_side_by_side(project: &Project) {
    project.tables(&[("a", ""), ("b", ""), ("c", "")]);
    project.takes(&["upgrade", "heads"], &["a", "b", "c"], &["a", "b", "c"]);
    project.takes(&["downgrade", "base"], &["c", "b", "a"], &[]);
    project.assert_applied(&[]);
}

fn a_merge_of_three_comes_and_goes(project: &Project) {
    project.tables(&[("r", ""), ("a", "r"), ("b", "r"), ("c", "r"), ("m", "a, b, c")]);
    project.takes(&["upgrade", "head"], &["r", "c", "b", "a", "m"], &["m"]);
    project.takes(&["downgrade", "a"], &["m"], &["a", "b", "c"]);
    project.takes(&["upgrade", "head"], &["m"], &["m"]);
    project.takes(&["downgrade", "r"], &["m", "a", "b", "c"], &["r"]);
    project.assert_applied(&["r"]);
}

/// Alembic's bookkeeping fails on this history.
fn a_dependency_on_an_ancestor_of_a_parent_works(project: &Project) {
    project.tables(&[("r1", ""), ("r2", "r1"), ("r3", "")]);
    project.table("r4", "r2", &["depends_on: r1, r3"]);
    project.takes(&["upgrade", "heads"], &["r3", "r1", "r2", "r4"], &["r4"]);
    project.takes(&["downgrade", "base"], &["r4", "r2", "r1", "r3"], &[]);
    project.assert_applied(&[]);
}

fn stamping_moves_rows_and_ledger_but_runs_nothing(project: &Project) {
    diamond(project);
    project.takes(&["stamp", "b"], &["b"], &["b"]);
    assert_eq!((project.database.tables(), project.database.ledger()), (vec![], strings(&["a", "b"])));
    project.takes(&["stamp", "heads"], &["z"], &["z"]);
    assert_eq!(project.database.ledger(), strings(&["a", "b", "c", "m", "z"]));
    project.takes(&["stamp", "base"], &["z"], &[]);
    assert_eq!((project.database.tables(), project.database.ledger()), (vec![], vec![]));
}

fn stamping_above_and_below_leaves_the_effective_heads(project: &Project) {
    diamond(project);
    let ran = project.json(&["stamp", "a", "b", "c"]);
    assert_eq!((ran.heads(), project.database.version_rows()), (strings(&["b", "c"]), strings(&["b", "c"])));
}

fn stamping_with_purge_takes_unknown_rows_away(project: &Project) {
    project.tables(&[("a", ""), ("b", "a")]);
    project.takes(&["upgrade", "a"], &["a"], &["a"]);
    project.database.execute("UPDATE alembic_version SET version_num = 'gone'");
    assert_eq!(project.refused(&["upgrade"], 4)["kind"], "unknown_version_row");
    assert_eq!(project.refused(&["stamp", "a"], 4)["kind"], "unknown_version_row");
    assert_eq!(project.refused(&["stamp", "--purge", "nowhere"], 1)["kind"], "unknown_revision");
    let ran = project.json(&["stamp", "--purge", "a"]);
    assert_eq!((ran.heads(), project.database.version_rows()), (strings(&["a"]), strings(&["a"])));
    project.takes(&["upgrade"], &["b"], &["b"]);
}

fn nothing_to_do_is_no_error(project: &Project) {
    project.tables(&[("a", "")]);
    project.takes(&["downgrade", "base"], &[], &[]);
    project.takes(&["upgrade", "head"], &["a"], &["a"]);
    project.takes(&["upgrade", "head"], &[], &["a"]);
    project.takes(&["stamp", "head"], &[], &["a"]);
}

fn current_tells_where_the_database_stands(project: &Project) {
    fork(project);
    assert_eq!(project.json(&["current"]).json()["heads"], serde_json::json!([]));
    assert_eq!(project.run(&["current", "--check-heads"]).status, 3);
    project.takes(&["upgrade", "c"], &["a", "b", "c"], &["c"]);
    let heads = project.json(&["current"]).json()["heads"].clone();
    assert_eq!((&heads[0]["revision"], &heads[0]["is_head"]), (&"c".into(), &true.into()));
    assert_eq!(project.run(&["current", "--check-heads"]).status, 3);
    project.takes(&["upgrade", "heads"], &["d"], &["c", "d"]);
    assert_eq!(project.run(&["current", "--check-heads"]).status, 0);
    assert_eq!(project.run(&["current"]).stdout, "c (head)\nd (head)\n");
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}
