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
    assert_snapshot!(sandbox.run(&["history"]), @"
    n111 (left) -> n222 (net) (head), add n222
    <base> (aaaa) -> n111 (net), add n111
    bbbb, cccc -> mmmm (left) (head) (mergepoint) (baseline), add mmmm
    aaaa -> cccc, add cccc
    aaaa -> bbbb (left), add bbbb
    <base> -> aaaa (branchpoint), add aaaa
    --- exit 0
    ");
    assert_snapshot!(sandbox.run(&["history", "-r", "aaaa:cccc", "-v"]), @"
    Rev: cccc
    Parent: aaaa
    Path: $DIR/versions/cccc.up.sql

        add cccc

    Rev: aaaa (branchpoint)
    Parent: <base>
    Branches into: bbbb, cccc
    Created: 2025-11-21T09:23:00Z
    Path: $DIR/versions/aaaa.up.sql

        add aaaa

    --- exit 0
    ");
    assert_snapshot!(sandbox.run(&["history", "-r", "-1:"]), @"
    --- stderr
    error: `-1` is ambiguous: from mmmm the next step could be bbbb, cccc
     |
    help: name the revision instead
    --- exit 1
    ");
    assert_snapshot!(sandbox.run(&["history", "-r", "aaaa"]), @"
    --- stderr
    error: `aaaa` is not a range; write START:END, START: or :END
     |
    help: targets are head, heads, base, an id or its beginning, a label, ID+N, ID-N, +N, -N and LABEL@TARGET
    --- exit 2
    ");
    assert_snapshot!(sandbox.run(&["history", "-r", "cccc:bbbb"]), @"
    --- stderr
    error: cccc is not an ancestor of bbbb
     |
    help: revgraph history --graph shows how they are related
    --- exit 1
    ");
}

#[test]
fn history_as_a_graph() {
    let sandbox = branching();
    assert_snapshot!(sandbox.run(&["history", "--graph"]), @"
    ○    n222 (net) (head), add n222
    ├─╮
    ╷ │
    ╷ ○  n111 (net) (base), add n111
    ╷ ╷
    ╷ ╷ ○  mmmm (left) (head) (mergepoint) (baseline), add mmmm
    ╭───┤
    │ ╷ │
    │ ╷ ○  cccc, add cccc
    │ ╭─╯
    ○ │  bbbb (left), add bbbb
    ├─╯
    ○  aaaa (base) (branchpoint), add aaaa
    --- exit 0
    ");
    assert_snapshot!(sandbox.run(&["history", "--graph", "-r", "cccc:mmmm"]), @"
    ○    mmmm (left) (head) (mergepoint) (baseline), add mmmm
    ├─╮
    │ │
    │ ~
    │
    ○  cccc, add cccc
    │
    ~
    --- exit 0
    ");
    sandbox.run(&["upgrade", "mmmm"]);
    assert_snapshot!(sandbox.run(&["history", "--graph", "-i"]), @"
    ○    n222 (net) (head), add n222
    ├─╮
    ╷ │
    ╷ ○  n111 (net) (base), add n111
    ╷ ╷
    ╷ ╷ @  mmmm (left) (head) (current) (mergepoint) (baseline), add mmmm
    ╭───┤
    │ ╷ │
    │ ╷ ●  cccc, add cccc
    │ ╭─╯
    ● │  bbbb (left), add bbbb
    ├─╯
    ●  aaaa (base) (branchpoint), add aaaa
    --- exit 0
    ");
}

#[test]
fn history_marks_what_the_database_stands_at() {
    let sandbox = branching();
    sandbox.run(&["upgrade", "bbbb"]);
    assert_snapshot!(sandbox.run(&["history", "-i"]), @"
    n111 (left) -> n222 (net) (head), add n222
    <base> (aaaa) -> n111 (net), add n111
    bbbb, cccc -> mmmm (left) (head) (mergepoint) (baseline), add mmmm
    aaaa -> cccc, add cccc
    aaaa -> bbbb (left) (current), add bbbb
    <base> -> aaaa (branchpoint), add aaaa
    --- exit 0
    ");
    assert_snapshot!(sandbox.run(&["history", "-r", "current:left@head"]), @"
    bbbb, cccc -> mmmm (left) (head) (mergepoint) (baseline), add mmmm
    aaaa -> bbbb (left), add bbbb
    --- exit 0
    ");
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
    assert_snapshot!(sandbox.run(&["heads"]), @"
    mmmm (left) (head)
    n222 (net) (head)
    side (effective head)
    user (head)
    --- exit 0
    ");
    assert_snapshot!(sandbox.run(&["heads", "--resolve-dependencies"]), @"
    mmmm (left) (head)
    n222 (net) (head)
    user (head)
    --- exit 0
    ");
    assert_snapshot!(sandbox.run(&["heads", "-v", "--resolve-dependencies"]), @"
    Rev: mmmm (head) (mergepoint) (baseline)
    Merges: bbbb, cccc
    Branch names: left
    Replaces: old1, old2
    Path: $DIR/versions/mmmm.up.sql

        add mmmm

    Rev: n222 (head)
    Parent: n111
    Also depends on: left
    Branch names: net
    Path: $DIR/versions/n222.up.sql

        add n222

    Rev: user (head)
    Parent: <base>
    Also depends on: side
    Path: $DIR/versions/user.up.sql

        add user

    --- exit 0
    ");
    assert_snapshot!(sandbox.run(&["branches"]), @"
    aaaa (branchpoint)
         -> bbbb (left)
         -> cccc

    --- exit 0
    ");
    assert_snapshot!(sandbox.run(&["branches", "-v"]), @"
    Rev: aaaa (branchpoint)
    Parent: <base>
    Branches into: bbbb, cccc
    Created: 2025-11-21T09:23:00Z
    Path: $DIR/versions/aaaa.up.sql

        add aaaa

         -> bbbb (left), add bbbb
         -> cccc, add cccc

    --- exit 0
    ");
    assert_eq!(sandbox.json(&["branches", "--json"], 0)[0]["children"], json!(["bbbb", "cccc"]));
    assert_eq!(sandbox.json(&["heads", "--json"], 0)[0]["revision"], "mmmm");
}

#[test]
fn show_takes_every_target() {
    let sandbox = branching();
    assert_snapshot!(sandbox.run(&["show", "aaaa"]), @"
    Rev: aaaa (branchpoint)
    Parent: <base>
    Branches into: bbbb, cccc
    Created: 2025-11-21T09:23:00Z
    Path: $DIR/versions/aaaa.up.sql

        add aaaa

    --- exit 0
    ");
    assert_snapshot!(sandbox.run(&["show", "net@head"]), @"
    Rev: n222 (head)
    Parent: n111
    Also depends on: left
    Branch names: net
    Path: $DIR/versions/n222.up.sql

        add n222

    --- exit 0
    ");
    assert_snapshot!(sandbox.run(&["show", "mmm"]), @"
    --- stderr
    error: there is no revision or branch `mmm`, and the beginning of one needs at least four characters
     |
    help: it begins mmmm
    --- exit 1
    ");
    assert_snapshot!(sandbox.run(&["show", "current"]), @"
    --- stderr
    notice: sqlite:$DIR/dev.db: there is no such file; it counts as an empty database
    --- exit 0
    ");
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
    assert_snapshot!(sandbox.run(&["status"]), @"
    database  sqlite:$DIR/dev.db
    state     the database is empty; 3 revisions pending
    pending   aaaa  add aaaa
              bbbb  add bbbb
              cccc  add cccc
    next      revgraph upgrade
    --- stderr
    notice: sqlite:$DIR/dev.db: there is no such file; it counts as an empty database
    --- exit 3
    ");
    assert!(!sandbox.file("dev.db").exists(), "looking makes no database");
    sandbox.run(&["upgrade", "bbbb"]);
    assert_snapshot!(sandbox.run(&["status"]), @"
    database  sqlite:$DIR/dev.db
    state     1 revision pending
    stands at bbbb  add bbbb
    pending   cccc  add cccc
    next      revgraph upgrade
    --- exit 3
    ");
    sandbox.run(&["upgrade"]);
    assert_snapshot!(sandbox.run(&["status"]), @"
    database  sqlite:$DIR/dev.db
    state     up to date
    stands at cccc  add cccc
    --- exit 0
    ");
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
    assert_snapshot!(sandbox.run(&["status"]), @"
    database  sqlite:$DIR/dev.db
    state     1 revision pending
    stands at bbbb  add bbbb
    pending   cccc  add cccc
    edited    aaaa  $DIR/versions/aaaa.up.sql
    next      put the edited scripts back as they were, and write the change as a new revision
              or take them as they are: revgraph resolve --accept REV
              revgraph upgrade
    --- exit 4
    ");
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
    assert_snapshot!(sandbox.run(&["status"]), @"
    database  sqlite:$DIR/dev.db
    state     the database has revisions that these scripts lack
    stands at cccc  (no script)
    missing   bbbb
              cccc
    next      bring the checkout up to date: are these the scripts of this database?
              or go back to what both have: revgraph downgrade aaaa (the ledger has the down scripts)
    --- exit 4
    ");
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
    let left =
        json!([{"revision": "dddd", "operation": "upgrade", "done": [1], "failed": [2], "unknown": []}]);
    assert_eq!(status["left_halfway"], left);
    assert_snapshot!(sandbox.run(&["status"]), @"
    database  sqlite:$DIR/dev.db
    state     a revision that runs without a transaction has failed halfway
    stands at cccc  add cccc
    pending   dddd  t
    failed    dddd  t
                statement 1 has run and stays
                statement 2 failed
    next      mend what made it fail, and run the upgrade again: it goes on there
              or finish it by hand: revgraph resolve --applied dddd
              or undo it by hand: revgraph resolve --rolled-back dddd
    --- exit 4
    ");
    sandbox.write("versions/dddd.up.sql", broken.replace("SELECT nothing", "SELECT 1"));
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
    assert_snapshot!(sandbox.run(&["log"]), @"
    --- stderr
    notice: sqlite:$DIR/dev.db: there is no such file; it counts as an empty database
    nothing has been recorded yet
    --- exit 0
    ");
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
    assert!(sandbox.run(&["completions", "bash"]).contains("_clap_complete_revgraph revgraph"));
    assert!(sandbox.run(&["completions", "zsh"]).starts_with("#compdef revgraph"));
    assert!(sandbox.run(&["completions", "tcsh"]).ends_with("--- exit 2"));
}

#[test]
fn without_an_environment_the_way_to_one_is_told() {
    let sandbox = Sandbox::empty();
    assert_snapshot!(sandbox.run(&["history"]), @"
    --- stderr
    error: there is no alembic.toml here or in a folder above, and no folder `versions`
     |
    help: make them: revgraph init
    help: or name the file: revgraph -c FILE …
    --- exit 2
    ");
    assert_eq!(sandbox.run(&["check"]), sandbox.run(&["history"]));
    assert_eq!(sandbox.run(&["revision", "-m", "t"]), sandbox.run(&["history"]));
}

#[test]
fn a_mistyped_command_is_named_in_json_too() {
    let sandbox = Sandbox::empty();
    assert_eq!(sandbox.json_error(&["frob", "--json"])["message"], "unrecognized subcommand 'frob'");
    assert_eq!(
        sandbox.json_error(&["upgrade", "--json", "--frob"])["message"],
        "unexpected argument '--frob' found"
    );
}
