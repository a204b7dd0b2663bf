//! The files, and what is refused.

use std::fs;

use crate::support::{Project, Script, on_each_database};

on_each_database!(
    versions_follow_the_graph,
    the_files_build_the_same_again,
    a_range_has_the_versions_of_the_whole,
    what_is_there_stays,
);

/// A branch, a merge, dates that do not follow it, lines for one database, settings, and one way only.
pub fn history(project: &Project) {
    let script = |script: Script<'_>| {
        project.script(&script);
    };
    script(Script {
        id: "aa",
        header: &["created: 2024-05-06T07:08:09Z"],
        up: "-- both\n-- revgraph: only postgres\nCREATE TYPE mood AS ENUM ('sad');\n-- revgraph: end\n\
             CREATE TABLE a (x INTEGER PRIMARY KEY, y TEXT DEFAULT '%;');",
        down: Some("DROP TABLE a;\n-- revgraph: only postgres\nDROP TYPE mood;\n-- revgraph: end"),
        ..Script::default()
    });
    script(Script {
        id: "bb",
        header: &["created: 2020-01-01T00:00:00Z"],
        down_revision: "aa",
        up: "CREATE TABLE b (x INTEGER);\nINSERT INTO b VALUES (1), (2);",
        down: Some("DROP TABLE b;"),
    });
    script(Script {
        id: "cc",
        down_revision: "aa",
        header: &["revgraph: no-transaction"],
        up: "-- revgraph: only postgres\nALTER TYPE mood ADD VALUE 'glad';\n\
             CREATE INDEX CONCURRENTLY a_y ON a (y);\n-- revgraph: end\n\
             -- revgraph: only sqlite\nCREATE INDEX a_y ON a (y);\n-- revgraph: end",
        down: Some("DROP INDEX a_y;"),
    });
    script(Script { id: "dd", down_revision: "bb, cc", up: "", down: Some(""), ..Script::default() });
    let sets = if project.database.is_postgres() { "CREATE SCHEMA s;\nSET search_path = s;\n" } else { "" };
    let up = format!("{sets}CREATE TABLE e (x INTEGER);");
    script(Script { id: "ee", down_revision: "dd", up: &up, down: None, ..Script::default() });
    script(Script {
        id: "ff",
        down_revision: "ee",
        up: "CREATE TABLE f (x INTEGER);",
        down: Some("DROP TABLE f;"),
        ..Script::default()
    });
}

#[track_caller]
pub fn exported(project: &Project, arguments: &[&str]) -> Vec<String> {
    let ran = project.json(&[&["export"], arguments].concat());
    let files = ran.json()["files"].as_array().expect("a list").clone();
    files.iter().map(|file| file.as_str().expect("a path").to_owned()).collect()
}

fn versions_follow_the_graph(project: &Project) {
    history(project);
    let files = exported(project, &["diesel", "out"]);
    let folders: Vec<&str> = files.iter().filter_map(|file| file.strip_suffix("/up.sql")).collect();
    let expected = if project.database.is_postgres() {
        [
            "2024-05-06-070809_test_aa",
            "2024-05-06-070810_test_cc_1",
            "2024-05-06-070811_test_cc_2",
            "2024-05-06-070812_test_bb",
            "2024-05-06-070813_test_dd",
            "2024-05-06-070814_test_ee",
            "2024-05-06-070815_test_ff",
        ]
        .as_slice()
    } else {
        [
            "2024-05-06-070809_test_aa",
            "2024-05-06-070810_test_cc",
            "2024-05-06-070811_test_bb",
            "2024-05-06-070812_test_dd",
            "2024-05-06-070813_test_ee",
            "2024-05-06-070814_test_ff",
        ]
        .as_slice()
    };
    assert_eq!(folders, expected);
    let without_down = folders.iter().filter(|folder| !files.contains(&format!("{folder}/down.sql")));
    assert_eq!(without_down.map(|folder| &folder[18..]).collect::<Vec<_>>(), ["test_ee"]);
    let read = |file: &str| fs::read_to_string(project.path("out").join(file)).expect("it was written");
    let metadata: Vec<&String> = files.iter().filter(|file| file.ends_with("metadata.toml")).collect();
    assert!(!metadata.is_empty() && metadata.iter().all(|file| file.contains("test_cc")), "{metadata:?}");
    let first = read("2024-05-06-070809_test_aa/up.sql");
    assert!(first.starts_with("-- test aa\n--\n-- revision aa of revgraph\n\n-- both\nCREATE T"), "{first}");
    assert!(!first.contains("-- revgraph:"), "{first}");
    assert_eq!(first.contains("CREATE TYPE"), project.database.is_postgres());

    let sqlx = exported(project, &["sqlx", "sqlx"]);
    let no_transaction: Vec<&String> = sqlx
        .iter()
        .filter(|file| {
            let text = fs::read_to_string(project.path("sqlx").join(file)).expect("it was written");
            text.starts_with("-- no-transaction\n")
        })
        .collect();
    assert!(no_transaction.iter().all(|file| file.contains("_test_cc") && file.ends_with(".up.sql")));
    assert_eq!(no_transaction.len(), if project.database.is_postgres() { 2 } else { 1 });
    assert!(sqlx.contains(&"20240506070809_test_aa.down.sql".to_owned()), "{sqlx:?}");
}

/// Imported again they are the same history, in one line.
fn the_files_build_the_same_again(project: &Project) {
    history(project);
    project.json(&["upgrade"]);
    for kind in ["diesel", "sqlx"] {
        exported(project, &[kind, kind]);
        let again = Project::new(project.database.kind());
        let folder = project.path(kind);
        again.json(&["import", kind, folder.to_str().expect("a path")]);
        again.json(&["upgrade"]);
        let ran = again.run(&["diff", &project.database.url(), &again.database.url()]);
        assert_eq!(ran.status, 0, "{kind}: {}{}", ran.stdout, ran.stderr);
        assert_eq!(again.database.column("SELECT x FROM b ORDER BY x"), ["1", "2"]);
    }
}

fn a_range_has_the_versions_of_the_whole(project: &Project) {
    history(project);
    let whole = exported(project, &["sqlx", "whole"]);
    let range = exported(project, &["sqlx", "range", "bb:ee"]);
    assert!(range.iter().all(|file| whole.contains(file)), "{range:?}");
    let names: Vec<bool> = ["aa", "bb", "cc", "dd", "ee", "ff"]
        .iter()
        .map(|id| range.iter().any(|file| file.contains(&format!("test_{id}"))))
        .collect();
    assert_eq!(names, [false, false, true, true, true, false]);
    let error = project.refused(&["export", "sqlx", "other", "bb"], 2);
    assert!(error["hints"].to_string().contains(":bb"), "{error}");
}

fn what_is_there_stays(project: &Project) {
    history(project);
    fs::create_dir(project.path("out")).expect("a folder");
    exported(project, &["diesel", "out", ":aa"]);
    let error = project.refused(&["export", "sqlx", "out"], 1);
    assert_eq!(error["kind"], "not_empty");
    assert_eq!(fs::read_dir(project.path("out")).expect("it is there").count(), 1);
    let error = project.refused(&["export", "psql", "other", "--dialect", "sqlite"], 2);
    assert!(error["message"].to_string().contains("psql runs no scripts for sqlite"), "{error}");
    assert!(!project.path("other").exists());
}
