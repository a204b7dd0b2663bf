//! `protect`: what would erase a protected database whole needs its name.

use crate::support::{Project, on_each_database};

on_each_database!(
    downgrading_everything_needs_the_name,
    a_downgrade_that_happens_to_leave_nothing_needs_it_too,
    what_leaves_something_does_not,
    stamping_base_needs_the_name,
    the_mark_is_changed_by_its_name_alone,
    an_unprotected_database_asks_for_nothing,
    the_mark_is_no_table_of_the_users,
    one_transaction_for_all_is_guarded_alike,
    status_shows_the_mark,
);

fn protected(project: &Project) {
    project.tables(&[("a", ""), ("b", "a")]);
    project.json(&["upgrade"]);
    let document = project.json(&["protect", "production"]).json();
    assert_eq!(document["protected_as"], "production");
}

#[track_caller]
fn refused(project: &Project, arguments: &[&str]) {
    let error = project.refused(arguments, 1);
    assert_eq!(error["kind"], "protected", "{error}");
}

fn downgrading_everything_needs_the_name(project: &Project) {
    protected(project);
    for arguments in [
        &["downgrade", "base"][..],
        &["downgrade", "base", "--yes"],
        &["downgrade", "--yes", "--confirm", "staging", "base"],
        &["downgrade", "base", "--confirm", ""],
        &["downgrade", "base", "--confirm", "Production"],
        &["downgrade", "-2"],
    ] {
        refused(project, arguments);
    }
    project.assert_applied(&["a", "b"]);
    assert_eq!(project.json(&["downgrade", "base", "--dry-run"]).steps(), ["b", "a"]);
    project.takes(&["downgrade", "base", "--confirm", "production"], &["b", "a"], &[]);
    project.assert_applied(&[]);
    // It is the database that is protected, not what was in it.
    project.takes(&["upgrade"], &["a", "b"], &["b"]);
    refused(project, &["downgrade", "base"]);
}

fn a_downgrade_that_happens_to_leave_nothing_needs_it_too(project: &Project) {
    protected(project);
    project.takes(&["downgrade", "-1"], &["b"], &["a"]);
    refused(project, &["downgrade", "-1"]);
    refused(project, &["downgrade", "a@base"]);
}

fn what_leaves_something_does_not(project: &Project) {
    protected(project);
    project.tables(&[("x", "")]);
    project.takes(&["upgrade", "heads"], &["x"], &["b", "x"]);
    project.takes(&["downgrade", "a@base"], &["b", "a"], &["x"]);
    refused(project, &["downgrade", "base"]);
}

fn stamping_base_needs_the_name(project: &Project) {
    protected(project);
    refused(project, &["stamp", "base"]);
    refused(project, &["stamp", "--purge", "base", "--yes"]);
    project.json(&["stamp", "--force", "a"]);
    project.database.execute("UPDATE alembic_version SET version_num = 'foreign'");
    refused(project, &["stamp", "--purge", "base"]);
    project.json(&["stamp", "--purge", "base", "--confirm", "production"]);
    assert_eq!(project.database.version_rows(), [""; 0]);
}

fn the_mark_is_changed_by_its_name_alone(project: &Project) {
    protected(project);
    refused(project, &["protect", "staging"]);
    refused(project, &["protect", "staging", "--off"]);
    assert_eq!(project.json(&["protect", "production"]).json()["changed"], false);
    assert_eq!(project.run(&["protect", "--off"]).status, 2);
    assert_eq!(project.run(&["protect", " "]).status, 2);
    let document = project.json(&["protect", "production", "--off"]).json();
    assert_eq!((&document["changed"], &document["protected_as"]), (&true.into(), &serde_json::Value::Null));
    assert_eq!(project.json(&["protect", "production", "--off"]).json()["changed"], false);
    project.takes(&["downgrade", "base"], &["b", "a"], &[]);
    let events =
        project.database.column("SELECT operation FROM revgraph_ledger WHERE revision = '' ORDER BY id");
    assert_eq!(events, ["protect", "unprotect"]);
}

fn an_unprotected_database_asks_for_nothing(project: &Project) {
    project.tables(&[("a", ""), ("b", "a")]);
    project.takes(&["upgrade"], &["a", "b"], &["b"]);
    project.takes(&["downgrade", "base"], &["b", "a"], &[]);
    assert!(!project.database.has_table("revgraph_protection"));
}

fn the_mark_is_no_table_of_the_users(project: &Project) {
    project.tables(&[("a", "")]);
    project.json(&["protect", "O'Brien \"prod\""]);
    let ran = project.run(&["status", "--json"]);
    assert_eq!(ran.json()["state"], "empty", "{ran:?}");
    project.json(&["upgrade"]);
    refused(project, &["downgrade", "base"]);
    project.json(&["downgrade", "base", "--confirm", "O'Brien \"prod\""]);
}

fn one_transaction_for_all_is_guarded_alike(project: &Project) {
    project.configure("transaction = \"all\"");
    protected(project);
    refused(project, &["downgrade", "base"]);
    project.takes(&["downgrade", "base", "--confirm", "production"], &["b", "a"], &[]);
}

fn status_shows_the_mark(project: &Project) {
    project.tables(&[("a", "")]);
    assert_eq!(project.run(&["status", "--json"]).json()["protected_as"], serde_json::Value::Null);
    project.json(&["upgrade"]);
    assert!(!project.run(&["status"]).stdout.contains("protected"));
    project.json(&["protect", "production"]);
    assert_eq!(project.json(&["status"]).json()["protected_as"], "production");
    assert!(project.run(&["status"]).stdout.contains("\nprotected as production\n"));
}

/// What is typed on a terminal reaches the command, and what it says is shown there.
#[cfg(all(target_os = "linux", feature = "sqlite"))]
mod on_a_terminal {
    use super::*;
    use crate::support::Kind;
    use crate::support::terminal::on_a_terminal;

    #[test]
    fn the_name_is_asked_for_and_typed() {
        let project = Project::new(Kind::Sqlite);
        protected(&project);
        for arguments in [&["downgrade", "base"][..], &["downgrade", "base", "--yes"], &["stamp", "base"]] {
            let (shown, status) = on_a_terminal(&project, arguments, "yes\n");
            assert_eq!(status, 1, "{arguments:?}: {shown}");
            assert!(shown.contains("type its name (production)"), "{shown}");
            assert!(shown.contains("`yes` is not its name"), "{shown}");
            project.assert_applied(&["a", "b"]);
        }
        let (shown, status) = on_a_terminal(&project, &["downgrade", "base"], "production\n");
        assert_eq!(status, 0, "{shown}");
        assert!(!shown.contains("Go on?"), "the name has been typed, that is agreement: {shown}");
        project.assert_applied(&[]);
    }

    #[test]
    fn without_protection_a_downgrade_asks_whether_to_go_on() {
        let project = Project::new(Kind::Sqlite);
        project.tables(&[("a", "")]);
        project.json(&["upgrade"]);
        let (shown, status) = on_a_terminal(&project, &["downgrade", "base"], "n\n");
        assert_eq!(status, 1, "{shown}");
        assert!(shown.contains("Go on?") && !shown.contains("type its name"), "{shown}");
        project.assert_applied(&["a"]);
        let (shown, status) = on_a_terminal(&project, &["downgrade", "base"], "y\n");
        assert_eq!(status, 0, "{shown}");
    }
}
