//! `check --base`: the tree that a git merge would give, and what git itself makes of `versions/heads`.

use serde_json::Value;

use crate::support::{Kind, Project, Script};

/// `a <- b` on `main`, committed; the branch `feature` begins there and is checked out.
fn repository() -> Project {
    let project = Project::new(Kind::Sqlite);
    project.tables(&[("a", ""), ("b", "a")]);
    project.write("versions/heads", "b\n");
    project.git_init().git_ok(&["checkout", "--quiet", "-b", "feature"]);
    project
}

/// Adds revisions on `main`, and comes back.
fn on_main(project: &Project, change: impl FnOnce(&Project)) {
    project.git_ok(&["checkout", "--quiet", "main"]);
    change(project);
    project.commit("on main");
    project.git_ok(&["checkout", "--quiet", "feature"]);
}

#[track_caller]
fn problems(project: &Project) -> Vec<Value> {
    let ran = project.run(&["check", "--base", "main", "--json"]);
    let document = ran.json();
    let problems = document["merge"]["problems"].as_array().expect("problems").clone();
    assert_eq!(ran.status, if problems.is_empty() { 0 } else { 4 }, "{ran:?}");
    assert_eq!(document["merge"]["base"], "main");
    problems
}

#[track_caller]
fn kinds(project: &Project) -> Vec<String> {
    problems(project).iter().map(|problem| problem["kind"].as_str().expect("a kind").to_owned()).collect()
}

#[test]
fn two_heads_are_named_with_what_joins_them() {
    let project = repository();
    on_main(&project, |project| {
        project.tables(&[("m1", "b"), ("m2", "m1")]).write("versions/heads", "m2\n");
    });
    // One committed, one not.
    project.tables(&[("f1", "b")]).commit("f1").tables(&[("f2", "f1")]);
    project.write("versions/heads", "f2\n");
    let found = problems(&project);
    let [problem] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(problem["kind"], "several_heads");
    assert_eq!(
        problem["heads"],
        serde_json::json!([
            { "revision": "f2", "file": "versions/f2_test.up.sql", "side": "ours" },
            { "revision": "m2", "file": "main:versions/m2_test.up.sql", "side": "theirs" },
        ])
    );
    assert_eq!(problem["common_ancestors"], serde_json::json!(["b"]));
    assert_eq!(
        problem["commands"],
        serde_json::json!(["revgraph rebase f1 --onto m2", "revgraph merge f2 m2 -m \"merge main\""])
    );
    let told = project.run(&["check", "--base", "main"]).stdout;
    for part in ["f2 (versions/f2_test.up.sql)", "m2 (main:versions/m2_test.up.sql)", "both stand on b"] {
        assert!(told.contains(part), "{part} in {told}");
    }
}

#[test]
fn both_commands_mend_the_merged_tree() {
    for command in [0, 1] {
        let project = repository();
        on_main(&project, |project| {
            project.tables(&[("m1", "b")]).write("versions/heads", "m1\n");
        });
        project.tables(&[("f1", "b"), ("f2", "f1")]).write("versions/heads", "f2\n");
        project.commit("feature");
        let command = problems(&project)[0]["commands"][command].as_str().expect("a command").to_owned();
        assert!(!project.git(&["merge", "main"]).status.success(), "versions/heads does not conflict");
        let conflicts = project.git_ok(&["diff", "--name-only", "--diff-filter=U"]);
        assert_eq!(conflicts, "versions/heads\n");
        let words = command.replace("\"merge main\"", "merged");
        let arguments: Vec<&str> = words.split(' ').skip(1).collect();
        let ran = project.run(&arguments);
        assert_eq!(ran.status, 0, "{command}: {ran:?}");
        project.git_ok(&["add", "--all"]);
        project.git_ok(&["commit", "--quiet", "-m", "merged"]);
        assert_eq!(kinds(&project), [""; 0]);
        assert_eq!(project.run(&["check"]).status, 0);
    }
}

#[test]
fn what_the_other_side_has_not_touched_is_in_order() {
    let project = repository();
    assert_eq!(kinds(&project), [""; 0]);
    on_main(&project, |project| project.write("README", "text"));
    project.tables(&[("f1", "b")]).write("versions/heads", "f1\n");
    assert_eq!(kinds(&project), [""; 0]);
    let ran = project.run(&["check", "--base", "main"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (0, ""), "{ran:?}");
}

#[test]
fn a_branch_behind_is_in_order() {
    let project = repository();
    on_main(&project, |project| {
        project.tables(&[("m1", "b"), ("m2", "m1")]).write("versions/heads", "m2\n");
    });
    assert_eq!(kinds(&project), [""; 0]);
}

#[test]
fn a_parent_that_the_other_side_removed_is_missed() {
    let project = repository();
    on_main(&project, |project| {
        project.git_ok(&["rm", "--quiet", "versions/b_test.up.sql", "versions/b_test.down.sql"]);
    });
    project.tables(&[("f1", "b")]);
    assert_eq!(kinds(&project), ["graph"]);
    assert!(
        problems(&project)[0]["message"]
            .as_str()
            .expect("a message")
            .contains("names b as its down_revision")
    );
}

#[test]
fn one_id_for_two_scripts_is_found() {
    let project = repository();
    on_main(&project, |project| {
        project.tables(&[("x1", "b")]);
    });
    project
        .write("versions/other.up.sql", "-- another\n--\n-- revision: x1\n-- down_revision: b\nSELECT 1;\n");
    assert_eq!(kinds(&project), ["duplicate_id"]);
    let message = problems(&project)[0]["message"].as_str().expect("a message").to_owned();
    assert!(
        message.contains("main:versions/x1_test.up.sql") && message.contains("versions/other.up.sql"),
        "{message}"
    );
}

#[test]
fn one_file_with_two_contents_is_found() {
    let project = repository();
    on_main(&project, |project| {
        project.tables(&[("x1", "b")]);
    });
    project.script(&Script { id: "x1", down_revision: "b", up: "SELECT 2;", ..Script::default() });
    assert_eq!(kinds(&project), ["changed_on_both_sides"]);
}

#[test]
fn one_script_added_by_both_sides_alike_is_one() {
    let project = repository();
    on_main(&project, |project| {
        project.tables(&[("x1", "b")]);
    });
    project.tables(&[("x1", "b")]);
    project.write("versions/heads", "x1\n");
    assert_eq!(kinds(&project), [""; 0]);
}

#[test]
fn what_others_have_may_not_be_edited_moved_or_removed() {
    let project = repository();
    project.script(&Script {
        id: "b",
        down_revision: "a",
        up: "SELECT 1;",
        down: Some(""),
        ..Script::default()
    });
    assert_eq!(kinds(&project), ["edited"]);
    project.git_ok(&["checkout", "--quiet", "."]);
    project.tables(&[("b", "")]);
    assert_eq!(kinds(&project), ["reparented", "several_heads"]);
    project.git_ok(&["checkout", "--quiet", "."]);
    project.git_ok(&["rm", "--quiet", "versions/b_test.up.sql", "versions/b_test.down.sql"]);
    project.write("versions/heads", "a\n");
    assert_eq!(kinds(&project), ["removed"]);
    assert_eq!(problems(&project)[0]["revision"], "b");
}

#[test]
fn what_is_local_may_be_edited_and_messages_always() {
    let project = repository();
    project.tables(&[("f1", "b")]).write("versions/heads", "f1\n");
    project.commit("f1");
    project.script(&Script {
        id: "f1",
        down_revision: "b",
        up: "SELECT 3;",
        down: Some(""),
        ..Script::default()
    });
    let text = std::fs::read_to_string(project.path("versions/a_test.up.sql")).expect("it is there");
    project
        .write("versions/a_test.up.sql", text.replace("-- test a", "-- better words").replace('\n', "\r\n"));
    assert_eq!(kinds(&project), [""; 0]);
}

#[test]
fn a_squash_replaces_what_others_have() {
    let project = repository();
    for file in ["a_test.up.sql", "a_test.down.sql", "b_test.up.sql", "b_test.down.sql"] {
        project.git_ok(&["rm", "--quiet", &format!("versions/{file}")]);
    }
    project.table("s", "", &["replaces: a, b"]).write("versions/heads", "s\n");
    assert_eq!(kinds(&project), [""; 0]);
}

#[test]
fn scripts_elsewhere_in_the_repository_are_found() {
    let project = Project::new(Kind::Sqlite);
    let config = std::fs::read_to_string(project.path("alembic.toml")).expect("it is there");
    project.write("alembic.toml", format!("version_locations = [\"db/one\", \"db/two\"]\n{config}"));
    for folder in ["db/one", "db/two", "sub"] {
        std::fs::create_dir_all(project.path(folder)).expect("a folder");
    }
    project.write("db/one/a.up.sql", "-- revision: a\nSELECT 1;\n");
    project.write("db/two/b.up.sql", "-- revision: b\n-- down_revision: a\nSELECT 1;\n");
    project.git_init().git_ok(&["checkout", "--quiet", "-b", "feature"]);
    on_main(&project, |project| project.write("db/one/c.up.sql", "-- revision: c\n-- down_revision: b\n"));
    project.write("db/two/d.up.sql", "-- revision: d\n-- down_revision: b\nSELECT 1;\n");
    let mut command = project.command(&["check", "--base", "main", "--json"]);
    let output = command.current_dir(project.path("sub")).output().expect("the binary can be run");
    assert_eq!(output.status.code(), Some(4), "{output:?}");
    let document: Value = serde_json::from_slice(&output.stdout).expect("a document");
    assert_eq!(document["merge"]["problems"][0]["kind"], "several_heads");
}

#[test]
fn git_says_no() {
    let project = Project::new(Kind::Sqlite);
    project.tables(&[("a", "")]);
    let error = |arguments: &[&str], status: i32| {
        let ran = project.run(&[arguments, &["--json"]].concat());
        assert_eq!((ran.status, ran.stdout.as_str()), (status, ""), "{ran:?}");
        ran.error()["kind"].as_str().expect("a kind").to_owned()
    };
    assert_eq!(error(&["check", "--base", "main"], 1), "git");
    project.git_init();
    assert_eq!(error(&["check", "--base", "nowhere"], 2), "usage");
    assert_eq!(error(&["check", "--base", "--upload-pack=x"], 2), "usage");
    project.git_ok(&["checkout", "--quiet", "--orphan", "alone"]);
    project.commit("another beginning");
    assert_eq!(error(&["check", "--base", "main"], 1), "git");
}

#[test]
fn without_git_it_says_so() {
    let project = repository();
    let mut command = project.command(&["check", "--base", "main", "--json"]);
    let output = command.env("PATH", project.path("")).output().expect("the binary can be run");
    let error = crate::support::Ran::new(&output, &project.path("")).error();
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert_eq!(error["message"], "git is not installed, or not in PATH");
}

#[test]
fn a_hook_may_run_it() {
    let project = repository();
    on_main(&project, |project| {
        project.tables(&[("m1", "b")]);
    });
    project.tables(&[("f1", "b")]);
    let mut command = project.command(&["check", "--base", "main"]);
    // What git sets for hooks, relative to the folder it runs them in.
    command.env("GIT_DIR", "../elsewhere").env("GIT_INDEX_FILE", ".git/index").env("GIT_PREFIX", "");
    let output = command.output().expect("the binary can be run");
    assert_eq!(output.status.code(), Some(4), "{output:?}");
}

#[test]
fn two_revisions_made_on_two_branches_make_git_conflict() {
    let project = Project::new(Kind::Sqlite);
    project.json(&["revision", "-m", "first", "--rev-id", "a"]);
    project.git_init().git_ok(&["checkout", "--quiet", "-b", "feature"]);
    on_main(&project, |project| drop(project.json(&["revision", "-m", "theirs", "--rev-id", "m1"])));
    project.json(&["revision", "-m", "ours", "--rev-id", "f1"]);
    project.json(&["revision", "-m", "more", "--rev-id", "f2", "--depends-on", "a"]);
    project.commit("feature");
    assert!(!project.git(&["merge", "main"]).status.success());
    assert_eq!(project.git_ok(&["diff", "--name-only", "--diff-filter=U"]), "versions/heads\n");
    let before = std::fs::read_to_string(project.path("versions/f2_more.up.sql")).expect("it is there");
    project.json(&["rebase", "f1", "--onto", "m1"]);
    let after = std::fs::read_to_string(project.path("versions/f2_more.up.sql")).expect("it is there");
    assert_eq!(after, before);
    project.takes(&["upgrade"], &["a", "m1", "f1", "f2"], &["f2"]);
    assert_eq!(project.run(&["check"]).status, 0);
}
