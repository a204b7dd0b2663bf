//! Files that were taken for those of another database, imported again.

use std::fs;

use crate::support::{Kind, Project};

/// PostgreSQL's; who takes it for SQLite's takes `END` for the end of a transaction.
const FUNCTION: &str =
    "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END; $$;\n-- a comment\n";
const DIRECTIVE: &str = "-- revgraph: no-transaction\n";

fn project() -> Project {
    let project = Project::new(Kind::Sqlite);
    fs::create_dir(project.path("theirs")).expect("a folder");
    for version in ["1", "2", "3"] {
        project.write(&format!("theirs/{version}_f.up.sql"), FUNCTION);
        project.write(&format!("theirs/{version}_f.down.sql"), "DROP FUNCTION f();\n");
    }
    project
}

fn up(project: &Project, version: &str) -> String {
    fs::read_to_string(project.path(&format!("versions/{version}_f.up.sql"))).expect("a script")
}

#[test]
fn scripts_that_nobody_edited_are_written_anew_and_the_others_named() {
    let project = project();
    project.json(&["import", "sqlx", "theirs", "--dialect", "sqlite"]);
    assert!(up(&project, "1").contains(DIRECTIVE), "{}", up(&project, "1"));
    project.write("versions/2_f.up.sql", up(&project, "2").replace('\n', "\r\n"));
    let edited = up(&project, "3") + "SELECT 1;\n";
    project.write("versions/3_f.up.sql", &edited);

    let dry = project.run(&["import", "sqlx", "theirs", "--dry-run"]);
    assert!(dry.stderr.contains("versions/1_f.up.sql: would be written anew"), "{dry:?}");
    assert!(up(&project, "1").contains(DIRECTIVE));

    let document = project.json(&["import", "sqlx", "theirs"]).json();
    let rewritten = document["rewritten"].as_array().expect("a list").clone();
    assert_eq!(rewritten.len(), 2, "{document}");
    let fresh = self::project();
    fresh.json(&["import", "sqlx", "theirs", "--dialect", "postgres"]);
    for version in ["1", "2"] {
        assert_eq!(up(&project, version), up(&fresh, version));
    }
    assert!(!up(&fresh, "1").contains(DIRECTIVE));
    assert_eq!(up(&project, "3"), edited);
    let notes = document["notes"].to_string();
    assert!(
        notes.contains("versions/3_f.up.sql") && notes.contains("edited since it was imported"),
        "{notes}"
    );
    assert_eq!(project.json(&["import", "sqlx", "theirs"]).json()["rewritten"], serde_json::json!([]));
}

#[test]
fn a_place_that_was_changed_since_stays() {
    let project = project();
    project.json(&["import", "sqlx", "theirs", "--dialect", "sqlite"]);
    let moved = up(&project, "2").replace("-- down_revision: 1", "-- down_revision:");
    project.write("versions/2_f.up.sql", &moved);
    project.json(&["import", "sqlx", "theirs"]);
    assert_eq!(up(&project, "2"), moved.replace(DIRECTIVE, ""));
}

/// Where nobody tells which database the files are for, what was imported stays as it is.
#[test]
fn a_guess_changes_nothing() {
    let project = Project::new(Kind::Sqlite);
    fs::create_dir(project.path("theirs")).expect("a folder");
    project.write("theirs/1_f.up.sql", "DROP DATABASE x;\n");
    project.write("theirs/1_f.down.sql", "SELECT 1;\n");
    project.json(&["import", "sqlx", "theirs", "--dialect", "postgres"]);
    assert!(up(&project, "1").contains(DIRECTIVE), "{}", up(&project, "1"));
    assert_eq!(project.json(&["import", "sqlx", "theirs"]).json()["rewritten"], serde_json::json!([]));
    assert!(up(&project, "1").contains(DIRECTIVE));
    let ran = project.json(&["import", "sqlx", "theirs", "--dialect", "sqlite"]).json();
    assert_eq!(ran["rewritten"].as_array().expect("a list").len(), 1, "{ran}");
}

/// The database has no table of the tool's, so that the import as a whole fails, and with it what it has written anew.
#[test]
fn what_was_written_anew_is_put_back_where_the_database_is_not_adopted() {
    let project = project();
    project.json(&["import", "sqlx", "theirs", "--dialect", "sqlite"]);
    let scripts = || ["1", "2", "3"].map(|version| up(&project, version));
    let before = scripts();
    let error = project.refused(&["import", "sqlx", "theirs", "--adopt"], 1);
    assert_eq!(error["kind"], "no_table", "{error}");
    assert_eq!(scripts(), before);
    project.json(&["import", "sqlx", "theirs"]);
    assert_ne!(scripts(), before, "without --adopt they are written anew");
}
