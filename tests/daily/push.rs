//! `push`: the database made like the desired schema, and no revision written.

use serde_json::json;

use crate::support::{Project, on_each_database, terminal::on_a_terminal};

on_each_database!(
    the_database_becomes_what_is_desired,
    what_would_be_lost_needs_an_agreement,
    a_terminal_is_asked_before_values_go,
    a_database_with_a_history_is_left_alone,
    what_rows_stand_against_is_rolled_back_whole,
    rows_that_are_known_to_stand_against_it_are_told_before,
    what_may_be_renamed_is_not_guessed,
    a_schema_that_is_missing_is_told,
);

const USERS: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);\n";

fn desired(project: &Project, sql: &str) {
    project.write("schema.sql", sql);
}

fn pushed(project: &Project) {
    project.configure("schema = \"schema.sql\"");
    desired(project, USERS);
    project.json(&["push"]);
    project.database.execute("INSERT INTO users VALUES (1, 'ann'), (2, NULL)");
}

fn is_as_desired(project: &Project) {
    assert_eq!(project.json(&["diff", "schema", "database"]).json()["differences"], serde_json::json!([]));
}

fn the_database_becomes_what_is_desired(project: &Project) {
    pushed(project);
    let more = format!(
        "{USERS}CREATE TABLE posts (id INTEGER PRIMARY KEY, by INTEGER REFERENCES users (id));\nCREATE INDEX posts_by ON posts (by);\n"
    );
    desired(project, &more);
    let document = project.json(&["push"]).json();
    assert_eq!((&document["changed"], &document["losses"]), (&true.into(), &serde_json::json!([])));
    is_as_desired(project);
    assert_eq!(project.json(&["push"]).json()["changed"], false);
    assert_eq!(project.database.column("SELECT id FROM users ORDER BY id"), ["1", "2"]);
    assert_eq!(project.database.version_rows(), [""; 0]);
    assert_eq!(std::fs::read_dir(project.path("versions")).expect("a folder").count(), 0);
    assert_eq!(project.database.events(), ["push  done", "push  done"]);
}

/// What the desired schema grants is granted, and taken away where it says so; where it says nothing, a note tells what is left.
#[cfg(feature = "postgres")]
#[test]
fn the_database_gets_the_grants_of_the_desired_schema() {
    let project = Project::new(crate::support::Kind::Postgres);
    pushed(&project);
    let granted = || {
        project.database.column(
            "SELECT privilege_type FROM pg_class, aclexplode(relacl) WHERE relname = 'users' AND grantee <> relowner",
        )
    };
    let push = |grants: &str, options: &[&str]| {
        desired(&project, &format!("{USERS}{grants}"));
        project.json(&[&["push"], options].concat()).json()
    };
    let document = push("GRANT SELECT ON users TO pg_monitor;", &[]);
    assert_eq!((&document["changed"], &document["notes"]), (&true.into(), &json!([])));
    assert_eq!(granted(), ["SELECT"]);
    push("GRANT UPDATE ON users TO pg_monitor;", &[]);
    assert_eq!(granted(), ["UPDATE"]);
    let silent = push("", &[]);
    let note = silent["notes"][0].as_str().unwrap_or_default();
    assert!(silent["changed"] == false && note.contains("--privileges compares them"), "{silent}");
    assert_eq!(granted(), ["UPDATE"]);
    assert_eq!(push("", &["--privileges"])["changed"], true);
    assert_eq!(granted(), [""; 0]);
    assert_eq!(push("", &[])["notes"], json!([]));
}

fn what_would_be_lost_needs_an_agreement(project: &Project) {
    pushed(project);
    desired(project, "CREATE TABLE users (id INTEGER PRIMARY KEY);\n");
    for arguments in [&["push"][..], &["push", "--yes"]] {
        let error = project.refused(arguments, 1);
        assert_eq!(
            (&error["kind"], &error["losses"][0]["count"]),
            (&"data_loss".into(), &1.into()),
            "{error}"
        );
    }
    assert_eq!(project.database.column("SELECT name FROM users WHERE id = 1"), ["ann"]);
    let document = project.json(&["push", "--accept-data-loss"]).json();
    assert_eq!(document["losses"][0]["count"], 1);
    is_as_desired(project);
    // What holds nothing is no loss.
    desired(project, "CREATE TABLE users (id INTEGER PRIMARY KEY, empty TEXT);\n");
    project.json(&["push"]);
    desired(project, "CREATE TABLE users (id INTEGER PRIMARY KEY);\n");
    project.json(&["push"]);
    is_as_desired(project);
}

fn a_terminal_is_asked_before_values_go(project: &Project) {
    pushed(project);
    desired(project, "CREATE TABLE users (id INTEGER PRIMARY KEY);\n");
    let (said, status) = on_a_terminal(project, &["push"], "n\n");
    assert_eq!(status, 1, "{said}");
    assert!(said.contains("loses the values of") && said.contains("users.name: 1"), "{said}");
    assert_eq!(project.database.column("SELECT name FROM users WHERE id = 1"), ["ann"]);
    let (said, status) = on_a_terminal(project, &["push"], "y\n");
    assert_eq!(status, 0, "{said}");
    is_as_desired(project);
}

fn a_database_with_a_history_is_left_alone(project: &Project) {
    project.configure("schema = \"schema.sql\"\n[env.live]\nproduction = true");
    desired(project, USERS);
    assert_eq!(project.refused(&["-n", "live", "push"], 1)["kind"], "production");
    project.json(&["protect", "shop"]);
    assert_eq!(project.refused(&["push"], 1)["kind"], "protected");
    project.json(&["protect", "--off", "shop"]);
    project.tables(&[("a", "")]);
    project.json(&["upgrade"]);
    let error = project.refused(&["push", "--accept-data-loss"], 1);
    assert_eq!((&error["kind"], &error["heads"][0]), (&"has_history".into(), &"a".into()), "{error}");
    project.assert_applied(&["a"]);
}

fn what_rows_stand_against_is_rolled_back_whole(project: &Project) {
    pushed(project);
    desired(
        project,
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\nCREATE TABLE posts (id INTEGER PRIMARY KEY);\n",
    );
    // What it is filled with is not looked at before.
    let error = project.refused(&["push", "--fill", "users.name=NULL"], 1);
    assert_eq!(error["kind"], "push", "{error}");
    assert_eq!(project.database.tables(), ["users"]);
}

fn rows_that_are_known_to_stand_against_it_are_told_before(project: &Project) {
    pushed(project);
    desired(
        project,
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\nCREATE TABLE posts (id INTEGER PRIMARY KEY);\n",
    );
    let error = project.refused(&["push"], 1);
    assert_eq!(
        (&error["kind"], &error["rows"][0]["count"]),
        (&json!("rows_in_the_way"), &json!(1)),
        "{error}"
    );
    assert!(
        error["hints"][0].as_str().is_some_and(|hint| hint.ends_with("--fill \"users.name=EXPRESSION\"")),
        "{error}"
    );
    assert_eq!(project.database.tables(), ["users"]);
    project.json(&["push", "--fill", "users.name=''"]);
    is_as_desired(project);
    assert_eq!(project.database.column("SELECT name FROM users WHERE id = 2"), [""]);
}

fn what_may_be_renamed_is_not_guessed(project: &Project) {
    pushed(project);
    desired(project, "CREATE TABLE users (id INTEGER PRIMARY KEY, full_name TEXT);\n");
    assert_eq!(project.refused(&["push", "--accept-data-loss"], 1)["kind"], "undecided_renames");
    project.json(&["push", "--rename", "users.name:users.full_name"]);
    assert_eq!(project.database.column("SELECT full_name FROM users WHERE id = 1"), ["ann"]);
}

fn a_schema_that_is_missing_is_told(project: &Project) {
    assert_eq!(project.refused(&["push"], 2)["kind"], "usage");
    project.configure("schema = \"schema.sql\"");
    assert_eq!(project.refused(&["push"], 1)["kind"], "io");
    desired(project, "CREATE TABL users (id INTEGER);\n");
    let error = project.refused(&["push"], 1);
    assert_eq!((&error["kind"], &error["line"]), (&"sql_file".into(), &1.into()), "{error}");
}
