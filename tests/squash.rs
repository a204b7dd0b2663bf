//! `squash`: what a baseline builds, what is refused, and what becomes of the files.

mod concat;
#[cfg(all(feature = "sqlite", target_os = "linux"))]
mod crash;
#[cfg(feature = "postgres")]
mod details;
mod files;
mod forget;
mod proof;
#[cfg(feature = "sqlite")]
mod random;
mod range;
mod schema;

use std::fs;

use crate::support::{Kind, Project, Ran, Script, on_each_database};

/// A project on another database of the same kind, with the scripts of this one.
fn with_scripts_of(project: &Project) -> Project {
    let other = Project::new(project.database.kind());
    for folder in ["versions", "versions/backup"] {
        let _ = fs::create_dir(other.path(folder));
        let Ok(entries) = fs::read_dir(project.path(folder)) else { continue };
        for entry in entries.flatten().filter(|entry| entry.path().is_file()) {
            let name = format!("{folder}/{}", entry.file_name().display());
            fs::copy(entry.path(), other.path(&name)).expect("a copy");
        }
    }
    other
}

/// The files below `versions` with their texts, sorted.
fn files(project: &Project) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut folders = vec![project.path("versions")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a listing").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(project.path("versions")).expect("below").display().to_string();
                files.push((name, fs::read_to_string(path).expect("text")));
            }
        }
    }
    files.sort();
    files
}

fn names(project: &Project) -> Vec<String> {
    files(project).into_iter().map(|(name, _)| name).collect()
}

fn read(project: &Project, name: &str) -> String {
    fs::read_to_string(project.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Squashes all, which is to succeed and be proved.
#[track_caller]
fn squashed(project: &Project, arguments: &[&str]) -> Ran {
    let ran = project.json(&[&["squash", "--rev-id", "base1", "-m", "all of it"], arguments].concat());
    assert_eq!(ran.json()["proved"], true, "{ran:?}");
    ran
}

/// Squashes, which is to be refused with this kind and exit status; nothing is written. The error.
#[track_caller]
fn refused(project: &Project, arguments: &[&str], kind: &str, status: i32) -> serde_json::Value {
    let before = files(project);
    let error =
        project.refused(&[&["squash", "--rev-id", "base1", "-m", "all of it"], arguments].concat(), status);
    assert_eq!(error["kind"], kind, "{error}");
    assert_eq!(files(project), before, "{arguments:?} changed files");
    error
}

/// The text of an error: its message and its causes.
fn told(error: &serde_json::Value) -> String {
    let causes = error["causes"].as_array().expect("causes").iter().filter_map(|cause| cause.as_str());
    let message = error["message"].as_str().expect("a message");
    [message].into_iter().chain(causes).collect::<Vec<_>>().join("\n")
}

/// Asserts that `check` has nothing to say but that there are several heads.
#[track_caller]
fn assert_in_order(project: &Project) {
    let ran = project.run(&["check", "--json"]);
    let kinds: Vec<String> = ran.json()["problems"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|problem| problem["kind"].as_str().expect("a word").to_owned())
        .collect();
    assert!(kinds.iter().all(|kind| kind == "several_heads"), "{ran:?}");
}

/// A history with a branch, a merge and a dependency inside, and revisions on top.
fn branching(project: &Project) -> &Project {
    let down = |table: &str| format!("DROP TABLE {table};");
    project.revision("a", "", "CREATE TABLE a (id INTEGER PRIMARY KEY, name TEXT);", &down("a"));
    project.script(&Script {
        id: "b",
        header: &["branch_labels: left"],
        down_revision: "a",
        up: "CREATE TABLE b (id INTEGER PRIMARY KEY, a INTEGER REFERENCES a (id));\n\
             INSERT INTO a VALUES (1, 'it''s'), (2, NULL);\nINSERT INTO b VALUES (10, 1), (11, NULL);",
        down: Some("DROP TABLE b;\nDELETE FROM a;"),
    });
    project.script(&Script {
        id: "c",
        header: &["depends_on: b"],
        down_revision: "a",
        up: "CREATE VIEW c AS SELECT id FROM b;\nCREATE INDEX b_a ON b (a);",
        down: Some("DROP INDEX b_a;\nDROP VIEW c;"),
    });
    project.revision("m", "b, c", "", "");
    project.table("x", "m", &[]);
    project.table("y", "", &["depends_on: m"]);
    project
}
