//! Importing once more, and beside what is there.

use std::fs;

use serde_json::Value;

use super::tools::{Tool, history};
use crate::support::{Kind, Project, Script};

fn project() -> Project {
    Project::new(Kind::Sqlite)
}

fn imported(project: &Project, key: &str) -> Vec<Value> {
    let document = project.json(&["import", "diesel", "theirs"]).json();
    document[key].as_array().expect("a list").clone()
}

fn files(project: &Project) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(project.path("versions")).expect("a listing").flatten();
    let mut files: Vec<_> = entries
        .map(|entry| {
            let name = entry.file_name().into_string().expect("a name");
            (name, fs::read(entry.path()).expect("a file"))
        })
        .collect();
    files.sort();
    files
}

#[test]
fn what_is_imported_is_an_environment_of_its_own() {
    let project = project();
    Tool::Diesel.write(&project, &history(&project));
    project.json(&["import", "diesel", "theirs"]);
    let up =
        fs::read_to_string(project.path("versions/20240101000002_create_orders.up.sql")).expect("a script");
    let digest = up.split("(sha256 ").nth(1).and_then(|rest| rest.split(')').next()).expect("a digest");
    assert_eq!(digest.len(), 64);
    insta::assert_snapshot!(up.replace(digest, "[SHA-256]"), @"
    -- create_orders
    --
    -- revision: 20240101000002
    -- down_revision: 20240101000001
    -- created: 2024-01-01T00:00:02Z

    -- imported from diesel: 2024-01-01-000002_create_orders (sha256 [SHA-256])

    CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id));
    ");
    let down =
        fs::read_to_string(project.path("versions/20240101000010_index_orders.down.sql")).expect("a script");
    insta::assert_snapshot!(down, @"
    -- undoes 20240101000010: index_orders
    -- revgraph: no-transaction

    DROP INDEX orders_user;
    ");
    assert_eq!(fs::read_to_string(project.path("versions/heads")).expect("it is kept"), "20240101000011\n");
}

#[test]
fn a_dry_run_lists_and_writes_nothing() {
    let project = project();
    Tool::Prisma.write(&project, &history(&project));
    insta::assert_snapshot!(project.run(&["import", "prisma", "theirs", "--dry-run"]).snapshot(), @"
    exit 0
    -- stdout
    20240101000001_create_users
        [PROJECT]/versions/20240101000001_create_users.up.sql
        [PROJECT]/versions/20240101000001_create_users.down.sql
    20240101000002_create_orders
        [PROJECT]/versions/20240101000002_create_orders.up.sql
        [PROJECT]/versions/20240101000002_create_orders.down.sql
    20240101000010_index_orders
        [PROJECT]/versions/20240101000010_index_orders.up.sql
        [PROJECT]/versions/20240101000010_index_orders.down.sql
    20240101000011_count_users
        [PROJECT]/versions/20240101000011_count_users.up.sql
        [PROJECT]/versions/20240101000011_count_users.down.sql
    -- stderr
    theirs/20240101000002_create_orders/migration.sql:1: BEGIN and COMMIT around the whole are dropped: transactions are revgraph's
    theirs/20240101000010_index_orders/migration.sql:2: VACUUM cannot run in a transaction: the script is to run without one, statement by statement
    4 revisions would be imported
    ");
    assert_eq!(files(&project), []);
}

#[test]
fn only_what_is_new_is_imported() {
    let project = project();
    let history = history(&project);
    Tool::Diesel.write(&project, &history[..2]);
    assert_eq!(imported(&project, "revisions").len(), 2);
    let before = files(&project);
    assert_eq!(imported(&project, "known"), ["20240101000001", "20240101000002"]);
    assert_eq!(files(&project), before);
    Tool::Diesel.write(&project, &history);
    let new = imported(&project, "revisions");
    assert_eq!(new[0]["down_revisions"], serde_json::json!(["20240101000002"]));
    assert_eq!(new.len(), 2);
    assert_eq!(&files(&project)[..4], &before[..4]);
}

#[test]
fn a_source_that_has_changed_is_named_with_its_script() {
    let project = project();
    Tool::Diesel.write(&project, &history(&project));
    project.json(&["import", "diesel", "theirs"]);
    let before = files(&project);
    project.write("theirs/2024-01-01-000001_create_users/down.sql", "DROP TABLE users; -- now\n");
    let error = project.refused(&["import", "diesel", "theirs"], 4);
    assert_eq!(error["kind"], "clash");
    let cause = error["causes"][0].as_str().expect("a cause");
    assert!(cause.starts_with("theirs/2024-01-01-000001_create_users/up.sql has changed since"), "{cause}");
    assert!(cause.ends_with("versions/20240101000001_create_users.up.sql"), "{cause}");
    // Line endings are git's business.
    project.write("theirs/2024-01-01-000001_create_users/down.sql", "DROP TABLE users;\r\n");
    assert_eq!(imported(&project, "known").len(), 4);
    assert_eq!(files(&project), before);
}

#[test]
fn an_id_that_another_revision_has_is_a_clash() {
    let project = project();
    project.table("20240101000002", "", &[]);
    Tool::Diesel.write(&project, &history(&project));
    let error = project.refused(&["import", "diesel", "theirs"], 4);
    let cause = error["causes"][0].as_str().expect("a cause");
    assert!(
        cause.contains("2024-01-01-000002_create_orders/up.sql would be revision 20240101000002"),
        "{cause}"
    );
    assert!(cause.contains("versions/20240101000002_test.up.sql"), "{cause}");
    assert_eq!(files(&project).len(), 2);
}

#[test]
fn what_comes_in_between_later_begins_a_branch() {
    let project = project();
    let [users, orders, index, _] = history(&project);
    Tool::Diesel.write(&project, &[users, index]);
    project.json(&["import", "diesel", "theirs"]);
    Tool::Diesel.write(&project, &[orders]);
    let document = project.json(&["import", "diesel", "theirs"]).json();
    assert_eq!(document["heads"], serde_json::json!(["20240101000002", "20240101000010"]));
    assert!(document["notes"][0]["message"].as_str().expect("a note").contains("it begins a branch"));
}

#[test]
#[cfg(target_os = "linux")]
fn a_killed_import_has_written_all_or_nothing() {
    use crate::support::fault::Fault;
    let project = project();
    Tool::Diesel.write(&project, &history(&project));
    let (mut none, mut all) = (0, 0);
    for call in 0.. {
        fs::remove_dir_all(project.path("versions")).expect("it is there");
        fs::create_dir(project.path("versions")).expect("a folder");
        let mut command = project.command(&["import", "diesel", "theirs"]);
        Fault::Kill(call).put_into(&mut command);
        let killed = command.output().expect("the binary can be run").status.code().is_none();
        match project.json(&["history"]).json().as_array().map(Vec::len) {
            Some(0) => none += 1,
            Some(4) => all += 1,
            other => panic!("call {call}: {other:?} revisions"),
        }
        assert_eq!(imported(&project, "heads"), ["20240101000011"]);
        assert_eq!(files(&project).len(), 9, "call {call}: something is left behind");
        if !killed {
            break;
        }
    }
    assert!(none >= 2 && all >= 2, "killed {none} times before, {all} times after");
}

#[test]
fn an_imported_history_can_go_on_under_revgraph() {
    let project = project();
    let history = history(&project);
    Tool::Diesel.write(&project, &history[..2]);
    project.json(&["import", "diesel", "theirs"]);
    let up = "CREATE TABLE own (id INTEGER);";
    project.script(&Script { id: "own", down_revision: "20240101000002", up, ..Script::default() });
    project.takes(&["upgrade"], &["20240101000001", "20240101000002", "own"], &["own"]);
    // Both lines go on: they have to be joined.
    Tool::Diesel.write(&project, &history[..3]);
    let document = project.json(&["import", "diesel", "theirs"]).json();
    assert_eq!(document["heads"], serde_json::json!(["20240101000010", "own"]));
}
