//! The scripts against what the database has gone through.

use crate::support::{Project, on_each_database};

on_each_database!(
    an_edited_applied_script_stops_an_upgrade,
    line_endings_and_header_are_not_edits,
    edited_scripts_can_be_warned_of_or_ignored,
    other_parents_than_when_it_was_applied_stop_an_upgrade,
    a_version_row_that_no_script_has_is_told,
    a_foreign_version_table_is_told,
    a_version_row_moved_by_hand_is_followed,
);

fn applied_line(project: &Project) {
    project.tables(&[("a", ""), ("b", "a")]);
    project.takes(&["upgrade", "a"], &["a"], &["a"]);
}

fn edit_a(project: &Project) {
    project.revision("a", "", "CREATE TABLE t_a (id INTEGER PRIMARY KEY, edited TEXT);", "DROP TABLE t_a;");
}

fn an_edited_applied_script_stops_an_upgrade(project: &Project) {
    applied_line(project);
    edit_a(project);
    let error = project.refused(&["upgrade"], 4);
    assert_eq!(error["kind"], "edited");
    assert!(error["causes"].to_string().contains("versions/a_test.up.sql"), "{error}");
}

fn line_endings_and_header_are_not_edits(project: &Project) {
    applied_line(project);
    let text = std::fs::read_to_string(project.path("versions/a_test.up.sql")).expect("the script is there");
    let text = text.replace("-- test a", "-- another title").replace('\n', "\r\n");
    project.write("versions/a_test.up.sql", format!("\u{feff}{text}\r\n\r\n"));
    project.takes(&["upgrade"], &["b"], &["b"]);
}

fn edited_scripts_can_be_warned_of_or_ignored(project: &Project) {
    applied_line(project);
    edit_a(project);
    project.configure("checksums = \"warn\"\n[env.lax]\nchecksums = \"off\"");
    project.table("c", "b", &[]);
    let ran = project.run(&["upgrade", "b"]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("warning") && ran.stderr.contains("a_test.up.sql"), "{}", ran.stderr);
    let ran = project.run(&["upgrade", "-n", "lax"]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert!(!ran.stderr.contains("warning"), "{}", ran.stderr);
    project.assert_applied(&["a", "b", "c"]);
}

fn other_parents_than_when_it_was_applied_stop_an_upgrade(project: &Project) {
    project.tables(&[("a", ""), ("b", "a"), ("c", "b")]);
    project.takes(&["upgrade", "b"], &["a", "b"], &["b"]);
    project.tables(&[("x", ""), ("b", "a, x")]);
    assert_eq!(project.refused(&["upgrade"], 4)["kind"], "reparented");
}

fn a_version_row_that_no_script_has_is_told(project: &Project) {
    applied_line(project);
    project.database.execute("UPDATE alembic_version SET version_num = 'from_another_branch'");
    for command in [&["upgrade"][..], &["downgrade", "base"], &["stamp", "a"], &["current"]] {
        let error = project.refused(command, 4);
        assert_eq!(error["kind"], "unknown_version_row", "{command:?}");
        assert!(error["message"].to_string().contains("from_another_branch"), "{error}");
    }
}

fn a_foreign_version_table_is_told(project: &Project) {
    project.tables(&[("a", "")]);
    project.database.execute("CREATE TABLE alembic_version (id INTEGER, version_num VARCHAR(32))");
    for command in [&["upgrade"][..], &["stamp", "a"], &["current"], &["ensure-version"]] {
        let ran = project.run(&[command, &["--json"]].concat());
        assert_eq!((ran.status, &ran.error()["kind"]), (4, &"foreign_version_table".into()), "{command:?}");
        assert!(ran.error()["message"].to_string().contains("id, version_num"), "{ran:?}");
    }
    assert_eq!(project.database.tables(), [""; 0]);
    assert_eq!(project.database.ledger(), [""; 0]);
}

/// As Alembic may have done: the rows are authoritative, the ledger follows.
fn a_version_row_moved_by_hand_is_followed(project: &Project) {
    project.tables(&[("a", ""), ("b", "a"), ("c", "b")]);
    project.takes(&["upgrade", "b"], &["a", "b"], &["b"]);
    project.database.execute("DROP TABLE t_b; UPDATE alembic_version SET version_num = 'a'");
    project.takes(&["upgrade"], &["b", "c"], &["c"]);
    project.assert_applied(&["a", "b", "c"]);
    assert!(project.database.events().contains(&"forget b done".to_owned()));
}
