//! What schemas alone do not tell: renames, drops, fills.

use crate::support::{Project, on_each_database};

on_each_database!(
    names_that_mean_nothing_are_refused,
    a_rename_that_nobody_decides_is_refused_with_the_options,
    a_decided_rename_keeps_the_values,
    without_renames_values_go_and_it_is_said,
);

fn begun(project: &Project) {
    project.revision("a", "", "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);", "DROP TABLE users;");
    project.write("schema.sql", "CREATE TABLE users (id INTEGER PRIMARY KEY, full_name TEXT);");
    project.configure("schema = \"schema.sql\"");
}

fn autogenerate<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["revision", "--autogenerate", "-m", "x", "--rev-id", "b"], more].concat()
}

fn names_that_mean_nothing_are_refused(project: &Project) {
    begun(project);
    for (option, value) in [
        ("--rename", "users.name"),
        ("--rename", "users.nam:users.full_name"),
        ("--rename", "users.name:users.nobody"),
        ("--rename", "users.name:users"),
        ("--drop", "people"),
        ("--drop", "users.id"),
        ("--fill", "users.full_name"),
        ("--fill", "users=1"),
        ("--rebuild", "people"),
    ] {
        let error = project.refused(&autogenerate(&[option, value]), 2);
        assert_eq!(error["kind"], "decision", "{option} {value}: {error}");
    }
}

fn a_rename_that_nobody_decides_is_refused_with_the_options(project: &Project) {
    begun(project);
    let error = project.refused(&autogenerate(&["--yes"]), 1);
    assert_eq!(error["kind"], "undecided_renames");
    let options = serde_json::json!(["--rename users.name:users.full_name", "--drop users.name"]);
    assert_eq!(error["questions"][0]["options"], options);
}

fn a_decided_rename_keeps_the_values(project: &Project) {
    begun(project);
    project.takes(&["upgrade"], &["a"], &["a"]);
    project.database.execute("INSERT INTO users VALUES (1, 'x');");
    project.json(&autogenerate(&["--rename", "users.name:full_name"]));
    project.takes(&["upgrade"], &["b"], &["b"]);
    assert_eq!(project.database.column("SELECT full_name FROM users"), ["x"]);
    project.takes(&["downgrade", "a"], &["b"], &["a"]);
    assert_eq!(project.database.column("SELECT name FROM users"), ["x"]);
}

fn without_renames_values_go_and_it_is_said(project: &Project) {
    begun(project);
    for option in [["--renames", "none"], ["--drop", "users.name"]] {
        let ran = project.run(&["diff", "--sql", "a", "schema", option[0], option[1]]);
        assert_eq!(ran.status, 0, "{ran:?}");
        assert!(ran.stdout.contains("-- loses "), "{ran:?}");
    }
}
