//! A backup before `upgrade` and `downgrade`.

use super::{backups, rows};
use crate::support::{Project, on_each_database};

on_each_database!(
    it_is_taken_where_there_are_steps_and_only_there,
    the_configuration_asks_for_it_and_a_flag_does_not,
    one_that_fails_stops_the_run_before_anything_has_changed,
    what_is_backed_up_is_what_was_before,
);

fn two(project: &Project) {
    super::filled(project);
    project.tables(&[("b", "a")]);
}

fn it_is_taken_where_there_are_steps_and_only_there(project: &Project) {
    two(project);
    project.json(&["upgrade", "--dry-run"]);
    assert_eq!(backups(project).len(), 0);
    let document = project.json(&["upgrade", "--backup"]).json();
    assert_eq!(backups(project).len(), 1);
    assert_eq!(
        document["backup"].as_str(),
        backups(project)[0]
            .to_str()
            .map(|path| path.replace(&project.path("").display().to_string(), "[PROJECT]/"))
            .as_deref()
    );
    let document = project.json(&["upgrade", "--backup"]).json();
    assert_eq!((backups(project).len(), &document["backup"]), (1, &serde_json::Value::Null));
    project.json(&["downgrade", "-1", "--backup", "--yes"]);
    assert_eq!(backups(project).len(), 2);
}

fn the_configuration_asks_for_it_and_a_flag_does_not(project: &Project) {
    two(project);
    let mut command = project.command(&["upgrade"]);
    command.env("REVGRAPH_BACKUP", "before");
    assert!(command.output().expect("it can be run").status.success());
    assert_eq!(backups(project).len(), 1);
    project.configure("backup = \"before\"");
    project.json(&["downgrade", "-1", "--no-backup"]);
    assert_eq!(backups(project).len(), 1);
    project.json(&["upgrade"]);
    assert_eq!(backups(project).len(), 2);
}

fn one_that_fails_stops_the_run_before_anything_has_changed(project: &Project) {
    two(project);
    project.write("in-the-way", "a file, where a folder is to be");
    project.configure("backup = \"before\"\nbackup_location = \"in-the-way\"");
    for arguments in [&["upgrade"][..], &["downgrade", "base"]] {
        let error = project.refused(arguments, 1);
        assert_eq!(error["kind"], "io", "{error}");
        assert!(error["causes"].to_string().contains("nothing has run"), "{error}");
    }
    project.assert_applied(&["a"]);
}

fn what_is_backed_up_is_what_was_before(project: &Project) {
    two(project);
    project.json(&["downgrade", "base", "--backup"]);
    let backup = backups(project)[0].display().to_string();
    project.json(&["restore", &backup]);
    assert_eq!(rows(project), ["one", "two"]);
    project.takes(&["upgrade"], &["b"], &["b"]);
}
