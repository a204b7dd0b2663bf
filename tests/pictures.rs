//! `history --format` and `show --restore`.

use std::fs;

use crate::support::{Project, on_each_database};

on_each_database!(
    a_history_is_drawn_for_other_programs,
    scripts_that_only_the_ledger_has_are_written_again,
    nothing_is_written_over,
);

fn a_history_is_drawn_for_other_programs(project: &Project) {
    project.tables(&[("a", ""), ("b", "a"), ("c", "a"), ("m", "b, c")]);
    project.json(&["upgrade", "b"]);
    let drawn = |format: &str| {
        let ran = project.run(&["history", "-i", "--format", format]);
        assert_eq!(ran.status, 0, "{ran:?}");
        ran.stdout
    };
    let dot = drawn("dot");
    assert!(dot.starts_with("digraph {") && dot.contains("style = bold"), "{dot}");
    assert!(drawn("mermaid").starts_with("flowchart TD\n"));
    let svg = drawn("svg");
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"), "{svg}");
    assert_eq!(svg.matches("<path").count(), 4);
    assert_eq!(project.run(&["history", "--format", "svg", "--graph"]).status, 2);
}

fn scripts_that_only_the_ledger_has_are_written_again(project: &Project) {
    project.tables(&[("aaaa", ""), ("bbbb", "aaaa"), ("cccc", "bbbb")]);
    project.json(&["upgrade"]);
    let path = |id: &str, side: &str| project.path(&format!("versions/{id}_test.{side}.sql"));
    let texts = ["up", "down"].map(|side| fs::read(path("bbbb", side)).expect("it is there"));
    for side in ["up", "down"] {
        fs::remove_file(path("bbbb", side)).expect("it is there");
    }
    // What is left is no history: the middle is missing.
    assert_ne!(project.run(&["check"]).status, 0);
    let written = project.json(&["show", "--restore", "bbbb"]).json();
    for (side, text) in ["up", "down"].iter().zip(&texts) {
        let found = project.path(&format!("versions/bbbb_test_bbbb.{side}.sql"));
        assert_eq!(&fs::read(&found).expect("it is there"), text);
        assert!(
            written[side].as_str().is_some_and(|path| path.ends_with(&format!("bbbb_test_bbbb.{side}.sql")))
        );
    }
    assert_eq!(project.json(&["check"]).status, 0);
    assert_eq!(project.json(&["status"]).json()["state"], "up_to_date");
    assert_eq!(fs::read_to_string(project.path("versions/heads")).expect("it is there"), "cccc\n");
}

fn nothing_is_written_over(project: &Project) {
    project.tables(&[("aaaa", ""), ("bbbb", "aaaa")]);
    project.json(&["upgrade"]);
    let error = project.refused(&["show", "--restore", "bbbb"], 1);
    assert_eq!(error["kind"], "has_script", "{error}");
    assert_eq!(project.refused(&["show", "--restore", "nothing"], 1)["kind"], "not_recorded");
    for side in ["up", "down"] {
        fs::remove_file(project.path(&format!("versions/bbbb_test.{side}.sql"))).expect("it is there");
    }
    project.write("versions/bbbb_test_bbbb.down.sql", "mine");
    let error = project.refused(&["show", "--restore", "bbbb"], 1);
    assert_eq!(error["kind"], "exists", "{error}");
    assert_eq!(
        fs::read_to_string(project.path("versions/bbbb_test_bbbb.down.sql")).expect("it is there"),
        "mine"
    );
}
