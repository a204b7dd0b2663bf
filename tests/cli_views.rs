//! `history`, `heads`, `branches`, `show`, `status`, `log`: what they say of scripts and databases.

use insta::assert_snapshot;
use serde_json::json;

use crate::support_authoring::Sandbox;

/// Two branches from one base, a merge, and a line of its own that depends on the base.
fn branching() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.revision("aaaa", "", &["created: 2025-11-21T09:23:00Z"]);
    sandbox.revision("bbbb", "aaaa", &["branch_labels: left"]);
    sandbox.revision("cccc", "aaaa", &[]);
    sandbox.revision("mmmm", "bbbb, cccc", &["replaces: old1, old2"]);
    sandbox.revision("n111", "", &["depends_on: aaaa", "branch_labels: net"]);
    sandbox.revision("n222", "n111", &["depends_on: left"]);
    sandbox
}

#[test]
fn history_is_newest_first() {
    let sandbox = branching();
    assert_snapshot!(sandbox.run(&["history"]), @"");
    assert_snapshot!(sandbox.run(&["history", "-r", "aaaa:cccc", "-v"]), @"");
    assert_snapshot!(sandbox.run(&["history", "-r", "-1:"]), @"");
    assert_snapshot!(sandbox.run(&["history", "-r", "aaaa"]), @"");
    assert_snapshot!(sandbox.run(&["history", "-r", "cccc:bbbb"]), @"");
}

#[test]
fn history_as_a_graph() {
    let sandbox = branching();
    assert_snapshot!(sandbox.run(&["history", "--graph"]), @"");
    assert_snapshot!(sandbox.run(&["history", "--graph", "-r", "cccc:mmmm"]), @"");
    sandbox.run(&["upgrade", "mmmm"]);
    assert_snapshot!(sandbox.run(&["history", "--graph", "-i"]), @"");
}

#[test]
fn history_marks_what_the_database_stands_at() {
    let sandbox = branching();
    sandbox.run(&["upgrade", "bbbb"]);
    assert_snapshot!(sandbox.run(&["history", "-i"]), @"");
    assert_snapshot!(sandbox.run(&["history", "-r", "current:left@head"]), @"");
}

#[test]
fn history_in_json_has_every_key() {
    let sandbox = branching();
    let history = sandbox.json(&["history", "--json"], 0);
    let of = |id: &str| {
        history.as_array().and_then(|all| all.iter().find(|one| one["revision"] == id)).expect("it")
    };
    let merge = json!({
        "revision": "mmmm", "down_revisions": ["bbbb", "cccc"], "depends_on": [], "branch_labels": ["left"],
        "replaces": ["old1", "old2"], "message": "add mmmm", "created": null, "is_head": true,
        "is_effective_head": true, "is_base": false, "is_branch_point": false, "is_merge_point": true,
        "applied": null, "up": sandbox.file("versions/mmmm.up.sql"), "down": sandbox.file("versions/mmmm.down.sql"),
    });
    assert_eq!(*of("mmmm"), merge);
    assert_eq!(of("aaaa")["created"], "2025-11-21T09:23:00Z");
    assert_eq!((&of("aaaa")["is_base"], &of("aaaa")["is_branch_point"]), (&json!(true), &json!(true)));
    assert_eq!(of("n222")["depends_on"], json!(["left"]));
    sandbox.run(&["upgrade", "bbbb"]);
    for entry in sandbox.json(&["history", "--json", "-i"], 0).as_array().expect("an array") {
        let is_applied = entry["revision"] == "aaaa" || entry["revision"] == "bbbb";
        assert_eq!(entry["applied"], json!(is_applied), "{entry}");
    }
    assert_eq!(sandbox.json(&["history", "--json", "-r", ":current"], 0)[0]["applied"], json!(true));
}

#[test]
fn heads_and_branches() {
    let sandbox = branching();
    sandbox.revision("side", "", &[]);
    sandbox.revision("user", "", &["depends_on: side"]);
    assert_snapshot!(sandbox.run(&["heads"]), @"");
    assert_snapshot!(sandbox.run(&["heads", "--resolve-dependencies"]), @"");
    assert_snapshot!(sandbox.run(&["heads", "-v", "--resolve-dependencies"]), @"");
    assert_snapshot!(sandbox.run(&["branches"]), @"");
    assert_snapshot!(sandbox.run(&["branches", "-v"]), @"");
    assert_eq!(sandbox.json(&["branches", "--json"], 0)[0]["children"], json!(["bbbb", "cccc"]));
    assert_eq!(sandbox.json(&["heads", "--json"], 0)[0]["revision"], "mmmm");
}

#[test]
fn show_takes_every_target() {
    let sandbox = branching();
    assert_snapshot!(sandbox.run(&["show", "aaaa"]), @"");
    assert_snapshot!(sandbox.run(&["show", "net@head"]), @"");
    assert_snapshot!(sandbox.run(&["show", "mmm"]), @"");
    assert_snapshot!(sandbox.run(&["show", "current"]), @"");
    sandbox.run(&["upgrade", "bbbb"]);
    assert_eq!(sandbox.json(&["show", "current", "--json"], 0)[0]["revision"], "bbbb");
    assert_eq!(sandbox.json(&["show", "net@-1", "--json"], 0)[0]["revision"], "n111");
    assert_eq!(sandbox.json(&["show", "bbbb-1", "--json"], 0)[0]["revision"], "aaaa");
    assert_eq!(sandbox.json(&["show", "heads", "--json"], 0).as_array().map(Vec::len), Some(2));
}

fn line_of_three() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.revision("aaaa", "", &[]);
    sandbox.revision("bbbb", "aaaa", &[]);
    sandbox.revision("cccc", "bbbb", &[]);
    sandbox
}

#[test]
fn status_says_what_to_do_next() {
    let sandbox = line_of_three();
    assert_snapshot!(sandbox.run(&["status"]), @"");
    assert!(!sandbox.file("dev.db").exists(), "looking makes no database");
    sandbox.run(&["upgrade", "bbbb"]);
    assert_snapshot!(sandbox.run(&["status"]), @"");
    sandbox.run(&["upgrade"]);
    assert_snapshot!(sandbox.run(&["status"]), @"");
    let status = sandbox.json(&["status", "--json"], 0);
    assert_eq!(status["state"], "up_to_date");
    for key in ["pending", "missing", "edited", "failed"] {
        assert_eq!(status[key], json!([]));
    }
}

#[test]
fn status_tells_edited_scripts() {
    let sandbox = line_of_three();
    sandbox.run(&["upgrade", "bbbb"]);
    let edited = sandbox.read("versions/aaaa.up.sql").replace("x int", "x bigint");
    sandbox.write("versions/aaaa.up.sql", edited);
    assert_snapshot!(sandbox.run(&["status"]), @"");
    assert_eq!(sandbox.json(&["status", "--json"], 4)["edited"], json!(["aaaa"]));
}

#[test]
fn status_tells_ahead_from_diverged() {
    let sandbox = line_of_three();
    sandbox.run(&["upgrade"]);
    for id in ["bbbb", "cccc"] {
        for side in ["up", "down"] {
            std::fs::remove_file(sandbox.file(&format!("versions/{id}.{side}.sql"))).expect("it was there");
        }
    }
    let status = sandbox.json(&["status", "--json"], 4);
    assert_eq!((&status["state"], &status["missing"]), (&json!("ahead"), &json!(["bbbb", "cccc"])));
    assert_snapshot!(sandbox.run(&["status"]), @"");
    sandbox.revision("dddd", "aaaa", &[]);
    let status = sandbox.json(&["status", "--json"], 4);
    assert_eq!((&status["state"], &status["pending"]), (&json!("diverged"), &json!(["dddd"])));
}

#[test]
fn status_tells_moved_revisions() {
    let sandbox = line_of_three();
    sandbox.run(&["upgrade"]);
    sandbox.revision("cccc", "aaaa", &[]);
    let status = sandbox.json(&["status", "--json"], 4);
    assert_eq!((&status["state"], &status["reparented"]), (&json!("diverged"), &json!(["cccc"])));
}

#[test]
fn status_tells_what_failed_without_a_transaction() {
    let sandbox = line_of_three();
    let broken = "-- t\n-- revision: dddd\n-- down_revision: cccc\n-- revgraph: no-transaction\n\nCREATE TABLE d (x int);\nSELECT nothing;\n";
    sandbox.write("versions/dddd.up.sql", broken);
    sandbox.run(&["upgrade"]);
    let status = sandbox.json(&["status", "--json"], 4);
    assert_eq!((&status["state"], &status["failed"]), (&json!("failed"), &json!(["dddd"])));
    sandbox.write(
        "versions/dddd.up.sql",
        broken.replace("SELECT nothing", "SELECT 1").replace("TABLE d ", "TABLE d2 "),
    );
    sandbox.run(&["upgrade"]);
    assert_eq!(sandbox.json(&["status", "--json"], 0)["state"], "up_to_date");
}

#[test]
fn a_failure_that_was_rolled_back_is_only_pending() {
    let sandbox = line_of_three();
    sandbox.write(
        "versions/dddd.up.sql",
        "-- t\n-- revision: dddd\n-- down_revision: cccc\n\nSELECT nothing;\n",
    );
    sandbox.run(&["upgrade"]);
    let status = sandbox.json(&["status", "--json"], 3);
    assert_eq!((&status["state"], &status["failed"]), (&json!("pending"), &json!([])));
    let events = sandbox.json(&["log", "--json", "--limit", "1"], 0);
    assert_eq!((&events[0]["revision"], &events[0]["outcome"]), (&json!("dddd"), &json!("failed")));
}

#[test]
fn the_log_is_newest_first() {
    let sandbox = line_of_three();
    assert_snapshot!(sandbox.run(&["log"]), @"");
    sandbox.run(&["upgrade", "bbbb"]);
    sandbox.run(&["downgrade", "-1"]);
    let events = sandbox.json(&["log", "--json"], 0);
    let told: Vec<_> = events
        .as_array()
        .into_iter()
        .flatten()
        .map(|event| (&event["operation"], &event["revision"]))
        .collect();
    let (up, down) = (json!("upgrade"), json!("downgrade"));
    assert_eq!(told, [(&down, &json!("bbbb")), (&up, &json!("bbbb")), (&up, &json!("aaaa"))]);
    let text = sandbox.run(&["log", "-N", "1"]);
    assert!(text.contains("  downgrade  bbbb  done  "), "{text}");
    assert_eq!(text.lines().count(), 2, "{text}");
}

#[test]
fn completions_are_those_of_the_shell() {
    let sandbox = Sandbox::empty();
    assert!(sandbox.run(&["completions", "bash"]).contains("complete -F _revgraph"));
    assert!(sandbox.run(&["completions", "zsh"]).starts_with("#compdef revgraph"));
    assert!(sandbox.run(&["completions", "tcsh"]).ends_with("--- exit 2"));
}

#[test]
fn without_an_environment_the_way_to_one_is_told() {
    let sandbox = Sandbox::empty();
    assert_snapshot!(sandbox.run(&["history"]), @"");
    assert_eq!(sandbox.run(&["check"]), sandbox.run(&["history"]));
    assert_eq!(sandbox.run(&["revision", "-m", "t"]), sandbox.run(&["history"]));
}
