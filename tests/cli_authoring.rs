//! `init`, `revision`, `merge`, `edit`: what they write and what they refuse.

use std::process::Command;

use insta::assert_snapshot;
use serde_json::json;

use crate::support_authoring::Sandbox;

/// What `revision` or `merge` wrote, without the date.
fn up_script(sandbox: &Sandbox, name: &str) -> String {
    let text = sandbox.read(&format!("versions/{name}.up.sql"));
    text.lines().filter(|line| !line.starts_with("-- created: ")).map(|line| format!("{line}\n")).collect()
}

#[test]
fn init_makes_an_environment_that_the_other_commands_take() {
    let sandbox = Sandbox::empty();
    assert_snapshot!(sandbox.run(&["init"]), @"");
    assert_eq!(sandbox.versions(), ["heads"]);
    assert!(sandbox.read("alembic.toml").starts_with("url = \"${DATABASE_URL:-sqlite:dev.db}\""));
    assert_snapshot!(sandbox.run(&["check"]), @"");
    assert_snapshot!(sandbox.run(&["current"]), @"");
}

#[test]
fn init_leaves_what_is_there_alone() {
    let sandbox = Sandbox::empty();
    sandbox.write("db/alembic.toml", "# mine\n");
    assert_snapshot!(sandbox.run(&["init", "db"]), @"");
    assert_eq!(sandbox.read("db/alembic.toml"), "# mine\n");
    sandbox.write("broken/alembic.toml", "no toml");
    assert_eq!(sandbox.json(&["init", "broken/inside", "--json"], 0)["config"], "broken/inside/alembic.toml");
}

#[test]
fn a_revision_stands_on_the_head() {
    let sandbox = Sandbox::new();
    assert_snapshot!(sandbox.run(&["revision", "-m", "Add users\n\nand why", "--rev-id", "aaaa"]), @"");
    assert_snapshot!(sandbox.run(&["revision", "-m", "Add posts", "--rev-id", "bbbb"]), @"");
    assert_snapshot!(up_script(&sandbox, "aaaa_add_users"), @"");
    assert_snapshot!(up_script(&sandbox, "bbbb_add_posts"), @"");
    assert_snapshot!(sandbox.read("versions/bbbb_add_posts.down.sql"), @"");
    assert_eq!(sandbox.read("versions/heads"), "bbbb\n");
    assert_snapshot!(sandbox.run(&["check"]), @"");
}

#[test]
fn a_revision_in_json() {
    let sandbox = Sandbox::new();
    sandbox.revision("aaaa", "", &["branch_labels: net"]);
    sandbox.revision("bbbb", "", &[]);
    let arguments =
        ["revision", "--json", "-m", "t", "--rev-id", "cccc", "--head", "bbbb", "--depends-on", "net,aaaa"];
    let written = sandbox.json(&arguments, 0);
    assert_eq!(written["down_revisions"], json!(["bbbb"]));
    assert_eq!(written["depends_on"], json!(["net", "aaaa"]));
    assert_eq!(written["up"], json!(sandbox.file("versions/cccc_t.up.sql")));
    assert_eq!(written["down"], json!(sandbox.file("versions/cccc_t.down.sql")));
    assert_eq!(sandbox.read("versions/heads"), "aaaa\ncccc\n");
}

#[test]
fn an_id_is_made_where_none_is_given() {
    let sandbox = Sandbox::new();
    let id = sandbox.json(&["revision", "--json", "-m", "t"], 0)["revision"].as_str().map(str::to_owned);
    assert!(id.is_some_and(|id| id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_hexdigit())));
}

#[test]
fn of_several_heads_one_must_be_named() {
    let sandbox = Sandbox::new();
    sandbox.revision("aaaa", "", &[]);
    sandbox.revision("bbbb", "aaaa", &["branch_labels: left"]);
    sandbox.revision("cccc", "aaaa", &[]);
    assert_snapshot!(sandbox.run(&["revision", "-m", "t"]), @"");
    assert_snapshot!(sandbox.run(&["revision", "-m", "t", "--rev-id", "dddd", "--head", "left@head"]), @"");
    assert_snapshot!(up_script(&sandbox, "dddd_t"), @"");
    assert_snapshot!(sandbox.run(&["revision", "-m", "t", "--rev-id", "eeee", "--head", "base", "--branch-label", "apart"]), @"");
    assert_snapshot!(up_script(&sandbox, "eeee_t"), @"");
}

#[test]
fn a_revision_that_is_not_a_head_needs_splice() {
    let sandbox = Sandbox::new();
    sandbox.revision("aaaa", "", &[]);
    sandbox.revision("bbbb", "aaaa", &[]);
    assert_snapshot!(sandbox.run(&["revision", "-m", "t", "--rev-id", "cccc", "--head", "aaaa"]), @"");
    assert_snapshot!(sandbox.run(&["revision", "-m", "t", "--rev-id", "cccc", "--head", "-1", "--splice"]), @"");
}

#[test]
fn names_that_are_taken_are_refused() {
    let sandbox = Sandbox::new();
    sandbox.revision("aaaa", "", &["branch_labels: net", "replaces: old1"]);
    let refusal = |extra: &[&str]| {
        let arguments: Vec<&str> = ["revision", "--json", "-m", "t"].iter().chain(extra).copied().collect();
        sandbox.json_error(&arguments)["message"].as_str().unwrap_or_default().to_owned()
    };
    assert_snapshot!(refusal(&["--rev-id", "aaaa"]), @"");
    assert_snapshot!(refusal(&["--rev-id", "net"]), @"");
    assert_snapshot!(refusal(&["--rev-id", "old1"]), @"");
    assert_snapshot!(refusal(&["--rev-id", "a-b"]), @"");
    assert_snapshot!(refusal(&["--rev-id", "../b"]), @"");
    assert_snapshot!(refusal(&["--branch-label", "aaaa"]), @"");
    assert_snapshot!(refusal(&["--branch-label", "net"]), @"");
    assert_snapshot!(refusal(&["--branch-label", "x", "--branch-label", "x"]), @"");
    assert_snapshot!(refusal(&["--branch-label", "heads"]), @"");
    assert_snapshot!(refusal(&["--depends-on", "nowhere"]), @"");
    assert_snapshot!(refusal(&["--depends-on", "base"]), @"");
    assert_snapshot!(refusal(&["--version-path", "elsewhere"]), @"");
    assert_eq!(sandbox.versions(), ["aaaa.down.sql", "aaaa.up.sql", "heads"]);
}

#[test]
fn a_message_is_wanted_and_cannot_be_a_header() {
    let sandbox = Sandbox::new();
    assert_snapshot!(sandbox.run(&["revision"]), @"");
    assert_snapshot!(sandbox.run(&["revision", "-m", " "]), @"");
    assert_snapshot!(sandbox.run(&["revision", "-m", "t\nreplaces: x"]), @"");
    assert_snapshot!(sandbox.run(&["revision", "-m", "t\nrevgraph: no-transaction"]), @"");
    assert_eq!(sandbox.versions(), ["heads"]);
}

#[test]
fn with_several_folders_a_revision_goes_where_its_parent_is() {
    let sandbox = Sandbox::new();
    sandbox.write("alembic.toml", "version_locations = [\"versions\", \"billing\"]\n");
    sandbox.revision("aaaa", "", &[]);
    let folder = |arguments: &[&str]| {
        let arguments: Vec<&str> =
            ["revision", "--json", "-m", "t"].iter().chain(arguments).copied().collect();
        let up = sandbox.json(&arguments, 0)["up"].as_str().map(std::path::PathBuf::from).expect("a path");
        up.parent()
            .and_then(|folder| folder.strip_prefix(sandbox.path()).ok())
            .map(|path| path.display().to_string())
    };
    let base = ["--head", "base", "--version-path", "./billing", "--rev-id", "bbbb"];
    assert_eq!(folder(&base).as_deref(), Some("billing"));
    assert_eq!(folder(&["--head", "bbbb", "--rev-id", "b2"]).as_deref(), Some("billing"));
    assert_eq!(folder(&["--head", "aaaa", "--rev-id", "a2"]).as_deref(), Some("versions"));
    assert_eq!(folder(&["--head", "base"]).as_deref(), Some("versions"));
}

#[test]
fn merge_joins_heads() {
    let sandbox = Sandbox::new();
    sandbox.revision("aaaa", "", &[]);
    sandbox.revision("bbbb", "aaaa", &[]);
    sandbox.revision("cccc", "aaaa", &[]);
    assert_snapshot!(sandbox.run(&["merge", "bbbb"]), @"");
    assert_snapshot!(sandbox.run(&["merge", "bbbb", "bbbb"]), @"");
    assert_snapshot!(sandbox.run(&["merge", "aaaa", "bbbb"]), @"");
    assert_snapshot!(sandbox.run(&["merge", "aaaa", "bbbb", "--splice"]), @"");
    assert_snapshot!(sandbox.run(&["merge", "heads", "--rev-id", "mmmm"]), @"");
    assert_snapshot!(up_script(&sandbox, "mmmm_merge_bbbb_and_cccc"), @"");
    assert_snapshot!(sandbox.run(&["merge", "heads", "-m", "again"]), @"");
}

#[test]
fn merging_heads_leaves_out_those_that_others_depend_on() {
    let sandbox = Sandbox::new();
    sandbox.revision("aaaa", "", &[]);
    sandbox.revision("bbbb", "", &["depends_on: aaaa"]);
    assert_snapshot!(sandbox.run(&["merge", "heads"]), @"");
    assert_snapshot!(sandbox.run(&["merge", "aaaa", "bbbb", "--rev-id", "mmmm"]), @"");
}

#[test]
fn edit_opens_both_scripts() {
    let sandbox = Sandbox::new();
    sandbox.revision("aaaa", "", &[]);
    assert_snapshot!(sandbox.run(&["edit", "aaaa"]), @"");
    let with = |visual: &str| {
        let mut command: Command = sandbox.command(&["edit", "head"]);
        command.env("VISUAL", visual).env("EDITOR", "false").env("PATH", "/usr/bin:/bin");
        sandbox.shown(&command.output().expect("the binary runs"))
    };
    assert_snapshot!(with("printf '%s\\n' 'an argument'"), @"");
    assert_snapshot!(with("false"), @"");
    assert_snapshot!(with("'no-such-editor' -w"), @"");
    assert_snapshot!(with("'open"), @"");
    assert_snapshot!(sandbox.run(&["edit", "base"]), @"");
}

#[test]
fn revisions_created_at_once_make_one_line() {
    const PROCESSES: usize = 8;
    let sandbox = Sandbox::new();
    let start = |index: usize| sandbox.command(&["revision", "-m", &format!("number {index}")]).spawn();
    let children: Vec<_> = (0..PROCESSES).map(|index| start(index).expect("the binary runs")).collect();
    for mut child in children {
        assert!(child.wait().expect("an end").success());
    }
    assert_eq!(sandbox.json(&["history", "--json"], 0).as_array().map(Vec::len), Some(PROCESSES));
    assert_snapshot!(sandbox.run(&["check"]), @"");
}
