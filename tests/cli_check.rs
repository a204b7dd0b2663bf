//! `check`: every problem of the scripts, without a database.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support_authoring::Sandbox;

/// The kinds of the problems, with their files' names and their lines.
fn kinds(sandbox: &Sandbox) -> Vec<(String, String, Option<u64>)> {
    let problems = sandbox.json(&["check", "--json"], 4)["problems"].take();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let name = |file: &Value| text(file).rsplit('/').next().unwrap_or_default().to_owned();
    let problem = |one: &Value| (text(&one["kind"]), name(&one["file"]), one["line"].as_u64());
    problems.as_array().expect("an array").iter().map(problem).collect()
}

fn found(kind: &str, file: &str, line: Option<u64>) -> (String, String, Option<u64>) {
    (kind.to_owned(), file.to_owned(), line)
}

#[test]
fn sound_scripts() {
    let sandbox = Sandbox::new();
    sandbox.revision("aaaa", "", &[]);
    sandbox.write("versions/heads", "aaaa\n");
    assert_snapshot!(sandbox.run(&["check"]), @"
    --- stderr
    the scripts are in order
    --- exit 0
    ");
    assert_eq!(sandbox.json(&["check", "--json"], 0), json!({ "problems": [], "recorded": [] }));
}

#[test]
fn several_heads_and_a_stale_heads_file() {
    let sandbox = Sandbox::new();
    sandbox.revision("aaaa", "", &[]);
    sandbox.revision("bbbb", "", &[]);
    assert_snapshot!(sandbox.run(&["check"]), @"
    error: the scripts have 2 problems
     |
     = note: there are 2 heads: aaaa, bbbb
     = note: $DIR/versions/heads does not name the heads
    help: join them: revgraph merge heads; or, where branches are meant to stay: heads = 2 under [check] in alembic.toml
    help: write it anew: revgraph check --fix
    --- exit 4
    ");
    assert_snapshot!(sandbox.run(&["check", "--fix"]), @"
    error: the scripts have 1 problem
     |
     = note: there are 2 heads: aaaa, bbbb
    help: join them: revgraph merge heads; or, where branches are meant to stay: heads = 2 under [check] in alembic.toml
    --- exit 4
    ");
    assert_eq!(sandbox.read("versions/heads"), "aaaa\nbbbb\n");
    std::fs::remove_file(sandbox.file("versions/heads")).expect("it was there");
    assert_eq!(
        kinds(&sandbox),
        [found("several_heads", "", None), found("missing_heads_file", "heads", None)]
    );
}

/// Branches that are meant to stay are no problem, and one more is.
#[test]
fn as_many_heads_as_are_meant() {
    let sandbox = Sandbox::new();
    sandbox.revision("aaaa", "", &["branch_labels: one"]);
    sandbox.revision("bbbb", "", &["branch_labels: two"]);
    sandbox.write("versions/heads", "aaaa\nbbbb\n");
    let config = sandbox.read("alembic.toml");
    sandbox.write("alembic.toml", format!("{config}\n[check]\nheads = 2\n"));
    assert_eq!(sandbox.json(&["check", "--json"], 0)["problems"], json!([]));
    sandbox.revision("cccc", "aaaa", &[]);
    sandbox.revision("dddd", "aaaa", &[]);
    sandbox.write("versions/heads", "bbbb\ncccc\ndddd\n");
    assert_eq!(kinds(&sandbox), [found("several_heads", "", None)]);
    sandbox.write("alembic.toml", format!("{config}\n[check]\nhead = 2\n"));
    let error = sandbox.run(&["check"]);
    assert!(error.contains("`head` in [check]") && error.contains("heads"), "{error}");
}

#[test]
fn what_is_no_graph() {
    let sandbox = Sandbox::new();
    sandbox.revision("aaaa", "bbbb", &[]);
    sandbox.revision("bbbb", "aaaa", &[]);
    sandbox.revision("cccc", "cccc", &[]);
    sandbox.revision("dddd", "nowhere", &["depends_on: nothing"]);
    sandbox.revision("eeee", "", &[]);
    sandbox.write("versions/again.up.sql", "-- again\n-- revision: eeee\n");
    sandbox.revision("ffff", "", &["branch_labels: aaaa, twice"]);
    sandbox.revision("gggg", "", &["branch_labels: twice"]);
    assert_eq!(
        kinds(&sandbox),
        [
            found("duplicate_id", "eeee.up.sql", None),
            found("duplicate_label", "gggg.up.sql", None),
            found("label_is_id", "ffff.up.sql", None),
            found("unknown_parent", "dddd.up.sql", None),
            found("unknown_dependency", "dddd.up.sql", None),
            found("self_reference", "cccc.up.sql", None),
            found("cycle", "aaaa.up.sql", None),
        ]
    );
}

#[test]
fn what_is_no_script() {
    let sandbox = Sandbox::new();
    sandbox.write("versions/bad.up.sql", "-- t\n-- revision: bad\n-- down_revison: x\n\nSELECT 1;\n");
    sandbox.write("versions/bytes.up.sql", b"-- t\n-- revision: bytes\n\nSELECT '\xff';\n");
    sandbox.write(
        "versions/directive.up.sql",
        "-- t\n-- revision: directive\n\nSELECT 1;\n-- revgraph: onlly\n",
    );
    sandbox.write("versions/empty.up.sql", "");
    sandbox.write("versions/folder.up.sql/x", "");
    sandbox.write("versions/lonely.down.sql", "SELECT 1;\n");
    sandbox.write("versions/stray.sql", "SELECT 1;\n");
    assert_eq!(
        kinds(&sandbox),
        [
            found("down_without_up", "lonely.down.sql", None),
            found("malformed", "bad.up.sql", Some(3)),
            found("unreadable_file", "bytes.up.sql", Some(4)),
            found("malformed", "empty.up.sql", Some(1)),
            found("unreadable_file", "folder.up.sql", None),
            found("not_a_script", "stray.sql", None),
            found("malformed", "directive.up.sql", Some(5)),
        ]
    );
    assert_snapshot!(sandbox.run(&["check"]), @"
    error: the scripts have 7 problems
     --> versions/bad.up.sql:3:1
      |
    3 | -- down_revison: x
      | ^^^^^^^^^^^^^^^^^^ `down_revison` is not a header key; did you mean `down_revision`?
      |
     ::: versions/empty.up.sql:1:1
      |
    1 |
      | ^ the script has no header: it must begin with comment lines, one of them `-- revision: ID`
      |
     ::: versions/directive.up.sql:5:1
      |
    5 | -- revgraph: onlly
      | ^^^^^^^^^^^^^^^^^^ there is no directive `onlly`; there are no-transaction, irreversible, only, end, recorded-empty, recorded-rows and not-imported
      |
      = note: $DIR/versions/lonely.down.sql is a down script without an up script
      = note: $DIR/versions/bytes.up.sql:4 is not UTF-8
      = note: $DIR/versions/folder.up.sql is a folder, and its name is a script's
      = note: $DIR/versions/stray.sql is neither an up script nor a down script
    help: write its up script beside it, or remove it
    help: name it NAME.up.sql or NAME.down.sql, or move it to another folder
    --- exit 4
    ");
}

#[test]
fn statements_that_cannot_run() {
    let sandbox = Sandbox::new();
    sandbox.revision("aaaa", "", &[]);
    sandbox.write("versions/heads", "aaaa\n");
    sandbox.write("versions/aaaa.down.sql", "DROP TABLE a;\nCOMMIT;\nVACUUM;\nSELECT 'open\n");
    assert_eq!(kinds(&sandbox), [found("unsplittable", "aaaa.down.sql", Some(4))]);
    sandbox.write("versions/aaaa.down.sql", "DROP TABLE a;\nCOMMIT;\nVACUUM;\n");
    assert_eq!(
        kinds(&sandbox),
        [
            found("transaction_control", "aaaa.down.sql", Some(2)),
            found("cannot_run_in_transaction", "aaaa.down.sql", Some(3)),
        ]
    );
    assert_snapshot!(sandbox.run(&["check"]), @"
    error: the scripts have 2 problems
     --> versions/aaaa.down.sql:2:1
      |
    2 | COMMIT;
      | ^^^^^^ the script runs in a transaction of its own, and this statement would commit it halfway
      |
     ::: versions/aaaa.down.sql:3:1
      |
    3 | VACUUM;
      | ^^^^^^ VACUUM cannot run inside a transaction
      |
    help: leave the transaction to revgraph, or put `-- revgraph: no-transaction` into the header
    help: put `-- revgraph: no-transaction` into the header; each statement then runs on its own
    --- exit 4
    ");
}

#[test]
fn no_database_is_asked() {
    let sandbox = Sandbox::new();
    sandbox.write("alembic.toml", "url = \"postgresql://u:secret@nowhere.invalid/db\"\n");
    assert_snapshot!(sandbox.run(&["check"]), @"
    --- stderr
    the scripts are in order
    --- exit 0
    ");
}
