//! Revisions that cannot be undone.

use crate::support::{Project, Script, on_each_database};

on_each_database!(
    a_revision_that_says_so_is_not_undone,
    a_missing_or_empty_down_script_is_irreversible,
    what_does_nothing_is_undone_by_nothing,
    nothing_above_an_irreversible_revision_is_undone_either,
);

fn with_down(project: &Project, down: Option<&str>) {
    project.script(&Script { id: "a", up: "CREATE TABLE t_a (id INTEGER);", down, ..Script::default() });
    project.takes(&["upgrade"], &["a"], &["a"]);
}

fn a_revision_that_says_so_is_not_undone(project: &Project) {
    with_down(project, Some("-- revgraph: irreversible the rows are gone\nDROP TABLE t_a;"));
    let error = project.refused(&["downgrade", "base"], 1);
    assert_eq!(error["kind"], "irreversible");
    assert!(error["message"].to_string().contains("the rows are gone"), "{error}");
}

fn a_missing_or_empty_down_script_is_irreversible(project: &Project) {
    with_down(project, None);
    assert_eq!(project.refused(&["downgrade", "base"], 1)["kind"], "irreversible");
    for empty in ["", "-- nothing but a comment\n;;\n", "\u{feff}\r\n"] {
        project.write("versions/a_test.down.sql", empty);
        assert_eq!(project.refused(&["downgrade", "base"], 1)["kind"], "irreversible", "{empty:?}");
    }
    project.write("versions/a_test.down.sql", "DROP TABLE t_a;");
    project.takes(&["downgrade", "base"], &["a"], &[]);
}

fn what_does_nothing_is_undone_by_nothing(project: &Project) {
    project.tables(&[("a", "")]).revision("b", "a", "-- nothing", "");
    project.takes(&["upgrade"], &["a", "b"], &["b"]);
    project.takes(&["downgrade", "base"], &["b", "a"], &[]);
    project.assert_applied(&[]);
}

fn nothing_above_an_irreversible_revision_is_undone_either(project: &Project) {
    with_down(project, Some("-- revgraph: irreversible"));
    project.tables(&[("b", "a"), ("c", "b")]);
    project.takes(&["upgrade"], &["b", "c"], &["c"]);
    assert_eq!(project.refused(&["downgrade", "base"], 1)["revision"], "a");
    project.takes(&["downgrade", "a"], &["c", "b"], &["a"]);
}
