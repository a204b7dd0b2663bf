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
    assert_snapshot!(sandbox.run(&["init"]), @r#"
    alembic.toml
    versions
    --- stderr
    the database is dev.db beside alembic.toml, unless DATABASE_URL names another
    next: revgraph revision -m "what it does", then write its SQL, then revgraph upgrade
    --- exit 0
    "#);
    assert_eq!(sandbox.versions(), ["heads"]);
    assert!(sandbox.read("alembic.toml").starts_with("url = \"${DATABASE_URL:-sqlite:dev.db}\""));
    assert_snapshot!(sandbox.run(&["check"]), @"
    --- stderr
    the scripts are in order
    --- exit 0
    ");
    assert_snapshot!(sandbox.run(&["current"]), @"
    --- stderr
    notice: sqlite:$DIR/dev.db: there is no such file; it counts as an empty database
    --- exit 0
    ");
}

#[test]
fn init_leaves_what_is_there_alone() {
    let sandbox = Sandbox::empty();
    sandbox.write("db/alembic.toml", "# mine\n");
    assert_snapshot!(sandbox.run(&["init", "db"]), @"
    --- stderr
    error: db/alembic.toml exists already, and stays as it is
     |
    help: name another folder: revgraph init DIR
    --- exit 1
    ");
    assert_eq!(sandbox.read("db/alembic.toml"), "# mine\n");
    sandbox.write("broken/alembic.toml", "no toml");
    assert_eq!(sandbox.json(&["init", "broken/inside", "--json"], 0)["config"], "broken/inside/alembic.toml");
}

#[test]
fn init_does_what_the_global_options_say() {
    let sandbox = Sandbox::empty();
    assert_snapshot!(sandbox.run(&["-c", "db/other.toml", "--url", "sqlite:app.db", "init"]), @r#"
    db/other.toml
    db/versions
    --- stderr
    the database is sqlite:app.db
    next: cd db && revgraph -c other.toml revision -m "what it does", then write its SQL, then revgraph -c other.toml upgrade
    --- exit 0
    "#);
    assert!(sandbox.read("db/other.toml").starts_with("url = \"sqlite:app.db\"\n"));
    assert!(sandbox.run(&["-c", "db/other.toml", "check"]).ends_with("--- exit 0"));
    assert!(sandbox.run(&["-c", "pg/a.toml", "--url", "postgres://u@h/x", "init"]).ends_with("--- exit 0"));
    assert!(sandbox.read("pg/a.toml").starts_with("url = \"postgres://u@h/x\"\n"));
    assert_snapshot!(sandbox.run(&["init", "--url", "postgres://u:secret@h/x"]), @r"
    --- stderr
    error: the URL holds a password, and a configuration is a file that others read
     |
    help: set DATABASE_URL, or write the URL to .env, and run revgraph init without --url
    --- exit 2
    ");
    assert_snapshot!(sandbox.run(&["init", "--url", "mysql://h/x"]), @r"
    --- stderr
    error: --url: `mysql://` is MySQL, and revgraph works with PostgreSQL and SQLite
     |
    help: the forms are postgres://, postgresql://, postgresql+DRIVER://, sqlite:PATH, sqlite:///PATH, sqlite:////ABSOLUTE and file:PATH
    --- exit 2
    ");
    assert_snapshot!(sandbox.run(&["-c", "x.toml", "init", "x"]), @r"
    --- stderr
    error: --config and DIR both say where the configuration is to be
     |
    help: give one of them
    --- exit 2
    ");
    // What was refused has left no file.
    assert!(sandbox.run(&["init"]).starts_with("alembic.toml\n"));
}

#[test]
fn a_revision_stands_on_the_head() {
    let sandbox = Sandbox::new();
    assert_snapshot!(sandbox.run(&["revision", "-m", "Add users\n\nand why", "--rev-id", "aaaa"]), @"
    $DIR/versions/aaaa_add_users.up.sql
    $DIR/versions/aaaa_add_users.down.sql
    --- stderr
    revision aaaa stands on the base
    --- exit 0
    ");
    assert_snapshot!(sandbox.run(&["revision", "-m", "Add posts", "--rev-id", "bbbb"]), @"
    $DIR/versions/bbbb_add_posts.up.sql
    $DIR/versions/bbbb_add_posts.down.sql
    --- stderr
    revision bbbb stands on aaaa
    --- exit 0
    ");
    assert_snapshot!(up_script(&sandbox, "aaaa_add_users"), @"
    -- Add users
    --
    -- and why
    --
    -- revision: aaaa
    -- down_revision:
    ");
    assert_snapshot!(up_script(&sandbox, "bbbb_add_posts"), @"
    -- Add posts
    --
    -- revision: bbbb
    -- down_revision: aaaa
    ");
    assert_snapshot!(sandbox.read("versions/bbbb_add_posts.down.sql"), @"-- undoes bbbb: Add posts");
    assert_eq!(sandbox.read("versions/heads"), "bbbb\n");
    assert_snapshot!(sandbox.run(&["check"]), @"
    --- stderr
    the scripts are in order
    --- exit 0
    ");
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
    assert_snapshot!(sandbox.run(&["revision", "-m", "t"]), @"
    --- stderr
    error: there are several heads; which one is the new revision to stand on?
     |
     = note: bbbb: add bbbb
     = note: cccc: add cccc
    help: name one of them: --head bbbb
    help: or join them first: revgraph merge heads
    --- exit 1
    ");
    assert_snapshot!(sandbox.run(&["revision", "-m", "t", "--rev-id", "dddd", "--head", "left@head"]), @"
    $DIR/versions/dddd_t.up.sql
    $DIR/versions/dddd_t.down.sql
    --- stderr
    revision dddd stands on bbbb
    --- exit 0
    ");
    assert_snapshot!(up_script(&sandbox, "dddd_t"), @"
    -- t
    --
    -- revision: dddd
    -- down_revision: bbbb
    ");
    assert_snapshot!(sandbox.run(&["revision", "-m", "t", "--rev-id", "eeee", "--head", "base", "--branch-label", "apart"]), @"
    $DIR/versions/eeee_t.up.sql
    $DIR/versions/eeee_t.down.sql
    --- stderr
    revision eeee stands on the base
    --- exit 0
    ");
    assert_snapshot!(up_script(&sandbox, "eeee_t"), @"
    -- t
    --
    -- revision: eeee
    -- down_revision:
    -- branch_labels: apart
    ");
}

#[test]
fn a_revision_that_is_not_a_head_needs_splice() {
    let sandbox = Sandbox::new();
    sandbox.revision("aaaa", "", &[]);
    sandbox.revision("bbbb", "aaaa", &[]);
    assert_snapshot!(sandbox.run(&["revision", "-m", "t", "--rev-id", "cccc", "--head", "aaaa"]), @"
    --- stderr
    error: revision aaaa is not a head
     |
    help: to begin a new branch at aaaa: --splice
    --- exit 1
    ");
    assert_snapshot!(sandbox.run(&["revision", "-m", "t", "--rev-id", "cccc", "--head", "-1", "--splice"]), @"
    $DIR/versions/cccc_t.up.sql
    $DIR/versions/cccc_t.down.sql
    --- stderr
    revision cccc stands on aaaa
    --- exit 0
    ");
}

#[test]
fn names_that_are_taken_are_refused() {
    let sandbox = Sandbox::new();
    sandbox.revision("aaaa", "", &["branch_labels: net", "replaces: old1"]);
    let refusal = |extra: &[&str]| {
        let arguments: Vec<&str> = ["revision", "--json", "-m", "t"].iter().chain(extra).copied().collect();
        let message = sandbox.json_error(&arguments)["message"].as_str().unwrap_or_default().to_owned();
        message.replace(&sandbox.path().display().to_string(), "$DIR")
    };
    assert_snapshot!(refusal(&["--rev-id", "aaaa"]), @"there is a revision or a branch `aaaa` already");
    assert_snapshot!(refusal(&["--rev-id", "net"]), @"there is a revision or a branch `net` already");
    assert_snapshot!(refusal(&["--rev-id", "old1"]), @"`old1` is the id of a revision that aaaa has replaced, and stays reserved");
    assert_snapshot!(refusal(&["--rev-id", "a-b"]), @"`a-b` holds '-', which a name must not contain");
    assert_snapshot!(refusal(&["--rev-id", "../b"]), @"revision id `../b` holds a path separator, and files are named after it");
    assert_snapshot!(refusal(&["--branch-label", "aaaa"]), @"there is a revision or a branch `aaaa` already");
    assert_snapshot!(refusal(&["--branch-label", "net"]), @"there is a revision or a branch `net` already");
    assert_snapshot!(refusal(&["--branch-label", "x", "--branch-label", "x"]), @"there is a revision or a branch `x` already");
    assert_snapshot!(refusal(&["--branch-label", "heads"]), @"`heads` is a target of its own and cannot be a name");
    assert_snapshot!(refusal(&["--depends-on", "nowhere"]), @"there is no revision or branch `nowhere`");
    assert_snapshot!(refusal(&["--depends-on", "base"]), @"`base` is not a single revision, so nothing can depend on it");
    assert_snapshot!(refusal(&["--version-path", "elsewhere"]), @"$DIR/elsewhere is not one of the version_locations");
    assert_eq!(sandbox.versions(), ["aaaa.down.sql", "aaaa.up.sql", "heads"]);
}

#[test]
fn a_message_is_wanted_and_cannot_be_a_header() {
    let sandbox = Sandbox::new();
    assert_snapshot!(sandbox.run(&["revision"]), @"
    --- stderr
    error: a revision needs a message
     |
    help: give it: -m MSG
    --- exit 2
    ");
    assert_snapshot!(sandbox.run(&["revision", "-m", " "]), @"
    --- stderr
    error: the message is empty
     |
    help: say what the revision is for: -m MSG
    --- exit 2
    ");
    assert_snapshot!(sandbox.run(&["revision", "-m", "t\nreplaces: x"]), @"
    --- stderr
    error: this line of the message would be read as part of the header: replaces: x
     |
    help: put another word in front of the colon
    --- exit 1
    ");
    assert_snapshot!(sandbox.run(&["revision", "-m", "t\nrevgraph: no-transaction"]), @"
    --- stderr
    error: this line of the message would be read as part of the header: revgraph: no-transaction
     |
    help: put another word in front of the colon
    --- exit 1
    ");
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
    assert_snapshot!(sandbox.run(&["merge", "bbbb"]), @"
    --- stderr
    error: a merge joins two revisions or more, and this names only bbbb
     |
    help: name the heads: revgraph merge bbbb cccc
    --- exit 1
    ");
    assert_snapshot!(sandbox.run(&["merge", "bbbb", "bbbb"]), @"
    --- stderr
    error: a merge joins two revisions or more, and this names only bbbb
     |
    help: name the heads: revgraph merge bbbb cccc
    --- exit 1
    ");
    assert_snapshot!(sandbox.run(&["merge", "aaaa", "bbbb"]), @"
    --- stderr
    error: revision aaaa is not a head
     |
    help: to begin a new branch at aaaa: --splice
    --- exit 1
    ");
    assert_snapshot!(sandbox.run(&["merge", "aaaa", "bbbb", "--splice"]), @"
    --- stderr
    error: bbbb comes after aaaa already: they cannot both be parents
    --- exit 1
    ");
    assert_snapshot!(sandbox.run(&["merge", "heads", "--rev-id", "mmmm"]), @"
    $DIR/versions/mmmm_merge_bbbb_and_cccc.up.sql
    $DIR/versions/mmmm_merge_bbbb_and_cccc.down.sql
    --- stderr
    revision mmmm stands on bbbb and cccc
    --- exit 0
    ");
    assert_snapshot!(up_script(&sandbox, "mmmm_merge_bbbb_and_cccc"), @"
    -- merge bbbb and cccc
    --
    -- revision: mmmm
    -- down_revision: bbbb, cccc
    ");
    assert_snapshot!(sandbox.run(&["merge", "heads", "-m", "again"]), @"
    --- stderr
    error: a merge joins two revisions or more, and this names only mmmm
     |
    help: there is one head, mmmm: nothing needs to be merged
    --- exit 1
    ");
}

#[test]
fn merging_heads_leaves_out_those_that_others_depend_on() {
    let sandbox = Sandbox::new();
    sandbox.revision("aaaa", "", &[]);
    sandbox.revision("bbbb", "", &["depends_on: aaaa"]);
    assert_snapshot!(sandbox.run(&["merge", "heads"]), @"
    --- stderr
    error: a merge joins two revisions or more, and this names only bbbb
     |
    help: name the heads: revgraph merge aaaa bbbb
    --- exit 1
    ");
    assert_snapshot!(sandbox.run(&["merge", "aaaa", "bbbb", "--rev-id", "mmmm"]), @"
    $DIR/versions/mmmm_merge_aaaa_and_bbbb.up.sql
    $DIR/versions/mmmm_merge_aaaa_and_bbbb.down.sql
    --- stderr
    revision mmmm stands on aaaa and bbbb
    --- exit 0
    ");
}

#[test]
fn edit_opens_both_scripts() {
    let sandbox = Sandbox::new();
    sandbox.revision("aaaa", "", &[]);
    assert_snapshot!(sandbox.run(&["edit", "aaaa"]), @"
    --- stderr
    error: neither $VISUAL nor $EDITOR names an editor
     |
    help: for this once: EDITOR=nano revgraph edit REV
    --- exit 1
    ");
    let with = |visual: &str| {
        let mut command: Command = sandbox.command(&["edit", "head"]);
        command.env("VISUAL", visual).env("EDITOR", "false").env("PATH", "/usr/bin:/bin");
        sandbox.shown(&command.output().expect("the binary runs"))
    };
    assert_snapshot!(with("printf '%s\\n' 'an argument'"), @"
    an argument
    $DIR/versions/aaaa.up.sql
    $DIR/versions/aaaa.down.sql
    --- exit 0
    ");
    assert_snapshot!(with("false"), @"
    --- stderr
    error: the editor `false` ended with exit status: 1
    --- exit 1
    ");
    assert_snapshot!(with("'no-such-editor' -w"), @"
    --- stderr
    error: the editor `'no-such-editor' -w` cannot be started
     |
     = note: No such file or directory (os error 2)
    --- exit 1
    ");
    assert_snapshot!(with("'open"), @"
    --- stderr
    error: the editor `'open` cannot be read: missing closing quote
    --- exit 1
    ");
    assert_snapshot!(sandbox.run(&["edit", "base"]), @"
    --- stderr
    error: `base` stands for no revision
    --- exit 1
    ");
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
    assert_snapshot!(sandbox.run(&["check"]), @"
    --- stderr
    the scripts are in order
    --- exit 0
    ");
}
