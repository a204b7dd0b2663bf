//! `history --format`, `show --restore`, what a shell is offered, and `revgraph` alone.

use std::fs;

use crate::support::{Project, on_each_database};

on_each_database!(
    a_history_is_drawn_for_other_programs,
    scripts_that_only_the_ledger_has_are_written_again,
    nothing_is_written_over,
    ids_labels_and_environments_are_offered_to_shells,
    without_a_command_the_state_and_what_comes_next_are_shown,
    colours_go_only_where_they_are_wanted,
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

fn ids_labels_and_environments_are_offered_to_shells(project: &Project) {
    project.table("aaaa", "", &["branch_labels: left"]).tables(&[("abcd", "aaaa")]);
    project.configure("[env.production]\ntransaction = \"all\"");
    let offered = |shell: &str, words: &[&str]| {
        let mut command = project.command(&[&["--", "revgraph"], words].concat());
        command.env("REVGRAPH_COMPLETE", shell).env("_CLAP_COMPLETE_INDEX", words.len().to_string());
        command.env("_CLAP_IFS", "\n").env("_CLAP_COMPLETE_COMP_TYPE", "9");
        let output = command.output().expect("the binary can be run");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).expect("it is UTF-8")
    };
    for shell in ["bash", "zsh", "fish"] {
        let revisions = offered(shell, &["show", "a"]);
        assert!(revisions.contains("aaaa") && revisions.contains("abcd"), "{shell}: {revisions}");
        assert!(!offered(shell, &["show", "ab"]).contains("aaaa"));
        assert!(offered(shell, &["upgrade", "le"]).contains("left@head"), "{shell}");
        assert!(offered(shell, &["-n", "pro"]).contains("production"), "{shell}");
        assert!(offered(shell, &["upg"]).contains("upgrade"), "{shell}");
    }
}

fn without_a_command_the_state_and_what_comes_next_are_shown(project: &Project) {
    project.tables(&[("a", "")]);
    let ran = project.run(&[]);
    assert_eq!(ran.status, 3, "{ran:?}");
    assert!(ran.stdout.contains("1 revision pending"), "{ran:?}");
    assert!(ran.stdout.contains("revgraph upgrade --dry-run"), "{ran:?}");
    project.json(&["upgrade"]);
    let ran = project.run(&[]);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert!(ran.stdout.contains("up to date") && ran.stdout.contains("revgraph revision -m"), "{ran:?}");
    assert_eq!(project.json(&[]).json()["state"], "up_to_date");
}

fn colours_go_only_where_they_are_wanted(project: &Project) {
    project.tables(&[("a", "")]);
    project.json(&["upgrade"]);
    for arguments in [&["status"][..], &["history", "-i"], &["log"]] {
        let with = |colour: &str| project.run(&[&["--color", colour], arguments].concat()).stdout;
        assert!(with("always").contains("\u{1b}[32m"), "{arguments:?}");
        assert!(!with("auto").contains('\u{1b}') && !with("never").contains('\u{1b}'), "{arguments:?}");
        let mut command = project.command(arguments);
        let output = command.env("NO_COLOR", "1").output().expect("the binary can be run");
        assert!(!output.stdout.contains(&0x1b), "{arguments:?}");
    }
}
