//! `dev`: from a changed schema to an applied revision, and what stands in its way.

use std::fs;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::{Project, on_each_database, terminal::on_a_terminal};

on_each_database!(
    a_new_project_gets_its_first_revision_and_its_rows,
    a_changed_schema_becomes_a_revision_that_is_applied,
    the_second_time_there_is_nothing_to_do,
    a_revision_may_be_written_and_not_applied,
    without_a_desired_schema_it_brings_up_what_it_has_tried,
    a_pending_revision_that_does_not_come_back_is_not_applied,
    what_no_script_has_done_is_told_with_the_ways_on,
    drift_can_be_undone,
    drift_can_become_a_revision,
    a_terminal_is_asked_what_becomes_of_drift,
    values_go_only_where_somebody_agrees,
    rows_that_stand_against_a_revision_are_told_before_it_is_written,
    a_database_without_version_rows_is_not_touched,
    a_pushed_database_can_be_given_its_history,
    production_is_left_alone,
);

const USERS: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);\n";
const POSTS: &str = "CREATE TABLE posts (id INTEGER PRIMARY KEY);\n";

fn with_schema(project: &Project, sql: &str) {
    if fs::read_to_string(project.path("alembic.toml")).is_ok_and(|text| !text.contains("schema =")) {
        project.configure("schema = \"schema.sql\"");
    }
    project.write("schema.sql", sql);
}

/// The revisions that a document says were written.
fn written(project: &Project, arguments: &[&str]) -> Vec<String> {
    let document = project.json(arguments).json();
    let revisions = document["revisions"].as_array().expect("a list").clone();
    revisions.iter().map(|one| one["revision"].as_str().expect("an id").to_owned()).collect()
}

fn number_of_scripts(project: &Project) -> usize {
    let files = fs::read_dir(project.path("versions")).expect("a folder").flatten();
    files.filter(|file| file.file_name().to_string_lossy().ends_with(".up.sql")).count()
}

fn is_as_desired(project: &Project) {
    assert_eq!(project.json(&["diff", "schema", "database"]).json()["differences"], serde_json::json!([]));
    assert_eq!(project.json(&["diff"]).json()["differences"], serde_json::json!([]));
}

fn a_new_project_gets_its_first_revision_and_its_rows(project: &Project) {
    project.json(&["database", "drop", "--yes"]);
    with_schema(project, USERS);
    project.configure("seed = \"seed.sql\"");
    project.write("seed.sql", "INSERT INTO users VALUES (1, 'ann');\n");
    let ran = project.run(&["dev", "-m", "users"]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert!(ran.stdout.starts_with("CREATE TABLE ") && ran.stdout.contains("users ("), "{}", ran.stdout);
    assert!(ran.stderr.contains("proved up and down"), "{}", ran.stderr);
    // A schema that says nothing of owners gives nothing away to the role that happens to run it.
    assert!(!ran.stdout.contains("OWNER"), "{}", ran.stdout);
    is_as_desired(project);
    assert_eq!(project.database.column("SELECT name FROM users"), ["ann"]);
    assert_eq!((number_of_scripts(project), project.database.version_rows().len()), (1, 1));
}

fn a_changed_schema_becomes_a_revision_that_is_applied(project: &Project) {
    with_schema(project, USERS);
    let first = written(project, &["dev"]);
    with_schema(project, &format!("{USERS}{POSTS}"));
    let document = project.json(&["dev", "-m", "posts"]).json();
    let second = document["revisions"][0]["revision"].as_str().expect("an id").to_owned();
    assert_eq!(
        (&document["steps"][0]["revision"], &document["heads"][0]),
        (&second.clone().into(), &second.clone().into())
    );
    assert_eq!(document["statements"].as_array().map(Vec::len), Some(1));
    assert_eq!(project.database.ledger().len(), 2);
    is_as_desired(project);
    let history = project.json(&["history"]).json();
    assert_eq!(history[0]["down_revisions"], serde_json::json!(first));
    project.json(&["downgrade", "base", "--yes"]);
    assert_eq!(project.database.tables(), [""; 0]);
    assert_eq!(written(project, &["dev"]), [""; 0]);
    is_as_desired(project);
}

fn the_second_time_there_is_nothing_to_do(project: &Project) {
    let tables: String = (0..100)
        .map(|n| format!("CREATE TABLE t{n} (id INTEGER PRIMARY KEY, a TEXT, b INTEGER);\n"))
        .collect();
    with_schema(project, &tables);
    project.json(&["dev"]);
    let before = project.database.bookkeeping();
    let started = Instant::now();
    let ran = project.run(&["dev"]);
    // The promise is 150 ms for a release build on an idle machine.
    assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
    assert!(ran.stderr.contains("nothing to do"), "{}", ran.stderr);
    assert_eq!(project.database.bookkeeping(), before);
    // Whatever changes is seen.
    project.database.execute("CREATE TABLE extra (id INTEGER)");
    assert_eq!(project.run(&["dev", "--json"]).error()["kind"], "drift");
    project.database.execute("DROP TABLE extra");
    assert_eq!(project.run(&["dev"]).status, 0);
    with_schema(project, &tables.replace("t7 (id", "t7 (more INTEGER, id"));
    assert_eq!(written(project, &["dev"]).len(), 1);
    project.table("z", &project.database.version_rows()[0], &[]);
    project.write(
        "schema.sql",
        tables.replace("t7 (id", "t7 (more INTEGER, id") + "CREATE TABLE t_z (id INTEGER PRIMARY KEY);\n",
    );
    assert_eq!(project.json(&["dev"]).heads(), ["z"]);
}

fn a_revision_may_be_written_and_not_applied(project: &Project) {
    with_schema(project, USERS);
    let first = written(project, &["dev", "--create-only"]);
    assert_eq!(first.len(), 1);
    assert_eq!(project.database.tables(), [""; 0]);
    assert_eq!(project.json(&["dev"]).heads(), first);
    is_as_desired(project);
    assert_eq!(number_of_scripts(project), 1);
}

fn without_a_desired_schema_it_brings_up_what_it_has_tried(project: &Project) {
    project.tables(&[("a", ""), ("b", "a")]);
    let ran = project.json(&["dev"]);
    assert_eq!(ran.steps(), ["a", "b"]);
    assert!(ran.stderr.contains("2 pending revisions tried"), "{}", ran.stderr);
    project.assert_applied(&["a", "b"]);
    assert!(project.run(&["dev"]).stderr.contains("nothing to do"));
    project.database.execute("ALTER TABLE t_a ADD COLUMN by_hand TEXT");
    assert_eq!(project.run(&["dev", "--json"]).error()["kind"], "drift");
}

fn a_pending_revision_that_does_not_come_back_is_not_applied(project: &Project) {
    project.tables(&[("a", "")]);
    project.revision("b", "a", "CREATE TABLE t_b (id INTEGER);", "SELECT 1;");
    let error = project.refused(&["dev"], 4);
    assert_eq!(error["kind"], "verify", "{error}");
    assert!(
        error["causes"][0].as_str().is_some_and(|cause| cause.starts_with("b does not come back")),
        "{error}"
    );
    assert_eq!(project.database.tables(), [""; 0]);
}

fn with_drift(project: &Project) {
    with_schema(project, USERS);
    project.json(&["dev"]);
    project.database.execute("ALTER TABLE users ADD COLUMN by_hand TEXT");
    project.database.execute("INSERT INTO users (id, by_hand) VALUES (1, 'x')");
}

fn what_no_script_has_done_is_told_with_the_ways_on(project: &Project) {
    with_drift(project);
    for arguments in [&["dev"][..], &["dev", "--yes"]] {
        let error = project.refused(arguments, 4);
        assert_eq!(error["kind"], "drift", "{error}");
        let hints = error["hints"].to_string();
        assert!(
            ["--drift write", "--drift undo", "revgraph reset"].iter().all(|way| hints.contains(way)),
            "{hints}"
        );
        assert!(error["causes"][0].as_str().is_some_and(|cause| cause.contains("by_hand")), "{error}");
    }
    assert_eq!(number_of_scripts(project), 1);
}

fn drift_can_be_undone(project: &Project) {
    with_drift(project);
    let error = project.refused(&["dev", "--drift", "undo"], 1);
    assert_eq!((&error["kind"], &error["losses"][0]["count"]), (&"data_loss".into(), &1.into()), "{error}");
    project.json(&["dev", "--drift", "undo", "--accept-data-loss"]);
    is_as_desired(project);
    assert_eq!(
        (number_of_scripts(project), project.database.column("SELECT id FROM users")),
        (1, vec!["1".into()])
    );
}

fn drift_can_become_a_revision(project: &Project) {
    with_drift(project);
    let revisions = written(project, &["dev", "--drift", "write", "-m", "by hand"]);
    assert_eq!(revisions.len(), 1);
    assert_eq!(project.database.version_rows(), revisions);
    // The desired schema has not got it yet, and takes nothing away in the same breath.
    assert_eq!(project.database.column("SELECT by_hand FROM users"), ["x"]);
    with_schema(project, "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, by_hand TEXT);\n");
    assert_eq!(written(project, &["dev"]), [""; 0]);
    is_as_desired(project);
    assert_eq!(project.run(&["verify"]).status, 0);
}

fn a_terminal_is_asked_what_becomes_of_drift(project: &Project) {
    with_drift(project);
    let (said, status) = on_a_terminal(project, &["dev"], "\n");
    assert_eq!(status, 4, "{said}");
    assert!(said.contains("What is to become of it?"), "{said}");
    assert_eq!(project.database.column("SELECT by_hand FROM users"), ["x"]);
}

fn values_go_only_where_somebody_agrees(project: &Project) {
    with_schema(project, USERS);
    project.json(&["dev"]);
    project.database.execute("INSERT INTO users VALUES (1, 'ann')");
    with_schema(project, "CREATE TABLE users (id INTEGER PRIMARY KEY);\n");
    let error = project.refused(&["dev"], 1);
    assert_eq!(error["kind"], "data_loss", "{error}");
    assert_eq!(number_of_scripts(project), 1);
    let (said, status) = on_a_terminal(project, &["dev"], "n\n");
    assert_eq!((status, number_of_scripts(project)), (1, 1), "{said}");
    assert_eq!(project.database.column("SELECT name FROM users"), ["ann"]);
    assert_eq!(written(project, &["dev", "--accept-data-loss"]).len(), 1);
    is_as_desired(project);
}

fn rows_that_stand_against_a_revision_are_told_before_it_is_written(project: &Project) {
    with_schema(project, USERS);
    project.json(&["dev"]);
    project.database.execute("INSERT INTO users VALUES (1, 'ann'), (2, NULL), (3, 'ann')");
    let is_unique = USERS.replace("name TEXT", "name TEXT UNIQUE");
    let has_new = USERS.replace("name TEXT", "name TEXT, born DATE NOT NULL");
    let takes_no_null = USERS.replace("name TEXT", "name TEXT NOT NULL");
    for (schema, fill) in
        [(&is_unique, None), (&has_new, Some("users.born")), (&takes_no_null, Some("users.name"))]
    {
        with_schema(project, schema);
        let error = project.refused(&["dev"], 1);
        assert_eq!((&error["kind"], number_of_scripts(project)), (&json!("rows_in_the_way"), 1), "{error}");
        let hint = error["hints"][0].as_str().unwrap_or_default();
        assert_eq!(fill, hint.split(['"', '=']).nth(1).filter(|_| hint.contains("--fill")), "{error}");
    }
    assert_eq!(written(project, &["dev", "--fill", "users.name='?'"]).len(), 1);
    is_as_desired(project);
    assert_eq!(project.database.column("SELECT name FROM users ORDER BY id"), ["ann", "?", "ann"]);
}

fn a_database_without_version_rows_is_not_touched(project: &Project) {
    project.tables(&[("a", "")]);
    project.database.execute("CREATE TABLE others (id INTEGER)");
    let error = project.refused(&["dev"], 4);
    assert_eq!(error["kind"], "unmanaged", "{error}");
    assert_eq!(project.database.tables(), ["others"]);
}

fn a_pushed_database_can_be_given_its_history(project: &Project) {
    with_schema(project, USERS);
    project.json(&["push"]);
    project.database.execute("INSERT INTO users VALUES (1, 'ann')");
    assert_eq!(project.run(&["dev", "--json"]).error()["kind"], "drift");
    assert_eq!(written(project, &["dev", "--drift", "write", "-m", "baseline"]).len(), 1);
    is_as_desired(project);
    assert_eq!(project.database.column("SELECT name FROM users"), ["ann"]);
    with_schema(project, &format!("{USERS}{POSTS}"));
    assert_eq!(written(project, &["dev"]).len(), 1);
    is_as_desired(project);
}

fn production_is_left_alone(project: &Project) {
    with_schema(project, USERS);
    project.configure("\n[env.live]\nproduction = true");
    assert_eq!(project.refused(&["-n", "live", "dev"], 1)["kind"], "production");
}
