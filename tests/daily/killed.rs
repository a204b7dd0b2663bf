//! `kill -9` in the midst of `push`.

use crate::support::fault::Fault;
use crate::support::{Project, on_each_database};

on_each_database!(a_killed_push_has_changed_everything_or_nothing);

/// More calls than any run here makes.
const MOST_CALLS: usize = 6_000;

const BEFORE: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);\n";
const AFTER: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, age INTEGER);\n\
    CREATE TABLE posts (id INTEGER PRIMARY KEY, by INTEGER REFERENCES users (id));\nCREATE INDEX posts_by ON posts (by);\n";

/// The calls to try: another part of them in each run of the suite.
fn moments(project: &Project) -> impl Iterator<Item = usize> {
    let stride = match std::env::var_os("REVGRAPH_TORTURE") {
        Some(_) => 1,
        None if project.database.is_sqlite() => 7,
        None => 61,
    };
    (std::process::id() as usize % stride..MOST_CALLS).step_by(stride)
}

/// Of the three changes those that have been made.
fn changed(project: &Project) -> Vec<String> {
    project.database.column(if project.database.is_sqlite() {
        "SELECT name FROM sqlite_schema WHERE name IN ('posts', 'posts_by') \
         UNION ALL SELECT name FROM pragma_table_info('users') WHERE name = 'age'"
    } else {
        "SELECT relname::text FROM pg_class WHERE relname IN ('posts', 'posts_by') \
         UNION ALL SELECT attname::text FROM pg_attribute WHERE attrelid = 'users'::regclass AND attname = 'age'"
    })
}

fn a_killed_push_has_changed_everything_or_nothing(project: &Project) {
    project.configure("schema = \"schema.sql\"");
    project.write("schema.sql", BEFORE);
    project.json(&["push"]);
    project.database.execute("INSERT INTO users (id, name) VALUES (1, 'ann')");
    let mut killed = 0;
    for call in moments(project) {
        project.write("schema.sql", AFTER);
        let mut command = project.command(&["push"]);
        Fault::Kill(call).put_into(&mut command);
        let ended = command.output().expect("the binary can be run").status.success();
        let changed = changed(project);
        assert!(changed.is_empty() || changed.len() == 3, "call {call}: {changed:?}");
        let is_changed = !changed.is_empty();
        assert!(is_changed || !ended);
        if is_changed {
            // Nothing is left to do.
            assert_eq!(project.json(&["push"]).json()["changed"], false);
            project.write("schema.sql", BEFORE);
            project.json(&["push", "--accept-data-loss"]);
            assert_eq!(self::changed(project), [""; 0]);
        }
        assert_eq!(project.database.column("SELECT name FROM users"), ["ann"]);
        killed += usize::from(!ended);
        if ended {
            break;
        }
    }
    assert!(killed >= 2, "killed only {killed} times");
    project.write("schema.sql", AFTER);
    project.json(&["push"]);
}
