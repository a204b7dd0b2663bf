//! What another session was in the way of is rolled back whole and tried again; who it was is named.

use std::time::Duration;

use revgraph::backend::postgres::Session;

use crate::support::cluster::cluster;
use crate::support::{Background, Kind, Project, Script, eventually};

/// `a`, applied, and `b`, which needs all of `t_a`.
fn project() -> Project {
    let project = Project::new(Kind::Postgres);
    project.tables(&[("a", "")]);
    project.revision("b", "a", "CREATE TABLE t_b (id integer);\nALTER TABLE t_a ADD COLUMN b integer;", "");
    project.takes(&["upgrade", "a"], &["a"], &["a"]);
    project
}

fn session(project: &Project) -> Session {
    cluster().connect(project.database.name())
}

/// A session in a transaction that has looked at `t_a`, after a statement with a secret in it.
fn reader(project: &Project) -> Session {
    let mut reader = session(project);
    reader.run_batch("BEGIN; SELECT 'hunter2' FROM t_a").expect("it may be read");
    reader
}

fn waits_for_a_lock(project: &Project) -> bool {
    let sql = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
    project.database.scalar(sql) != "0"
}

#[test]
fn a_lock_that_is_given_back_in_time_is_had_by_a_later_try() {
    let project = project();
    let mut reader = reader(&project);
    let run = Background::start(&project, &["upgrade"], &[("REVGRAPH_LOCK_TIMEOUT", "100ms")]);
    eventually("it waits", || waits_for_a_lock(&project));
    std::thread::sleep(Duration::from_millis(300));
    reader.run_batch("ROLLBACK").expect("it is open");
    let ran = run.wait();
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("was rolled back: canceling statement due to lock timeout"),
        "{}",
        ran.stderr
    );
    project.assert_applied(&["a", "b"]);
    assert_eq!(project.database.events(), ["upgrade a done", "upgrade b done"], "tries are no events");
}

#[test]
fn a_lock_that_is_never_had_names_its_holder_without_secrets() {
    let project = project();
    let mut reader = reader(&project);
    let limits = [("REVGRAPH_LOCK_TIMEOUT", "50ms"), ("REVGRAPH_MIGRATION_LOCK_TIMEOUT", "1s")];
    let ran = Background::start(&project, &["upgrade", "--json"], &limits).wait();
    let error = ran.error();
    assert_eq!((ran.status, &error["sqlstate"]), (5, &"55P03".into()), "{ran:?}");
    let causes = error["causes"].to_string();
    let who =
        format!("process {} (revgraph) of user postgres holds AccessShareLock on t_a", reader.backend_pid());
    for told in [&who, "with: BEGIN; SELECT '…' FROM t_a", "it was rolled back", "it was tried "] {
        assert!(causes.contains(told), "{told} in {causes}");
    }
    assert!(!ran.stderr.contains("hunter2"), "{}", ran.stderr);
    assert!(error["hints"].to_string().contains("wait for those that are in the way"), "{error}");
    reader.run_batch("ROLLBACK").expect("it is open");
    project.takes(&["upgrade"], &["b"], &["b"]);
}

#[test]
fn the_lock_timeout_is_ten_seconds_where_nothing_says_otherwise() {
    let project = Project::new(Kind::Postgres);
    let up = "CREATE TABLE t_a AS SELECT current_setting('lock_timeout') AS lock, current_setting('statement_timeout') AS statement;";
    project.revision("a", "", up, "DROP TABLE t_a;");
    project.takes(&["upgrade"], &["a"], &["a"]);
    assert_eq!(project.database.scalar("SELECT lock || ' ' || statement FROM t_a"), "10s 0");
    project.takes(&["downgrade", "base"], &["a"], &[]);
    project.configure("lock_timeout = \"3s\"\nstatement_timeout = \"4s\"");
    project.takes(&["upgrade"], &["a"], &["a"]);
    assert_eq!(project.database.scalar("SELECT lock || ' ' || statement FROM t_a"), "3s 4s");
}

#[test]
fn a_statement_that_takes_too_long_is_not_tried_again() {
    let project = Project::new(Kind::Postgres);
    project.configure("statement_timeout = \"100ms\"");
    project.revision("a", "", "CREATE TABLE t_a (id integer);\nSELECT pg_sleep(600);", "");
    let ran = project.run(&["upgrade", "--json"]);
    let error = ran.error();
    assert_eq!((ran.status, &error["sqlstate"], &error["statement_number"]), (1, &"57014".into(), &2.into()));
    assert_eq!(project.database.events(), ["upgrade a failed"]);
    project.assert_applied(&[]);
}

#[test]
fn a_deadlock_is_tried_again() {
    let project = Project::new(Kind::Postgres);
    project.tables(&[("a", ""), ("b", "a")]);
    project.revision(
        "c",
        "b",
        "ALTER TABLE t_b ADD COLUMN c integer;\nALTER TABLE t_a ADD COLUMN c integer;",
        "",
    );
    project.takes(&["upgrade", "b"], &["a", "b"], &["b"]);
    let mut other = session(&project);
    other.run_batch("BEGIN; SET LOCAL deadlock_timeout = '60s'; LOCK TABLE t_a").expect("nobody has it");
    let run = Background::start(&project, &["upgrade"], &[]);
    eventually("it waits", || waits_for_a_lock(&project));
    other.run_batch("LOCK TABLE t_b; COMMIT").expect("the other one is the victim");
    let ran = run.wait();
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("was rolled back: deadlock detected"), "{}", ran.stderr);
    assert_eq!(project.database.version_rows(), ["c"]);
}

/// A sequence is what a rollback leaves as it is.
const FAILS_TWICE: &str = "CREATE TABLE t_a (id integer);\n\
    DO $$ BEGIN IF nextval('tries') < 3 THEN RAISE SQLSTATE '40001'; END IF; END $$;";

#[test]
fn a_serialization_failure_is_tried_again() {
    for mode in ["each", "all"] {
        let project = Project::new(Kind::Postgres);
        project.configure(&format!("transaction = \"{mode}\""));
        project.database.execute("CREATE SEQUENCE tries");
        project.revision("a", "", FAILS_TWICE, "").tables(&[("b", "a")]);
        project.takes(&["upgrade"], &["a", "b"], &["b"]);
        project.assert_applied(&["a", "b"]);
        assert_eq!(project.database.scalar("SELECT last_value FROM tries"), "3", "{mode}");
    }
}

/// What had run before the failing step was rolled back with it, and is reported once. A message holds 64 revisions: the
/// first one is over when the next one fails.
#[test]
fn steps_of_a_try_that_was_rolled_back_are_not_reported() {
    let project = Project::new(Kind::Postgres);
    project.configure("transaction = \"all\"");
    project.database.execute("CREATE SEQUENCE tries");
    let ids: Vec<String> = (0..70).map(|number| format!("r{number:02}")).collect();
    for (id, parent) in ids.iter().zip([""].into_iter().chain(ids.iter().map(String::as_str))) {
        project.revision(id, parent, &format!("CREATE TABLE t_{id} (id integer);"), "");
    }
    project.revision("a", "r69", FAILS_TWICE, "");
    let steps: Vec<&str> = ids.iter().map(String::as_str).chain(["a"]).collect();
    project.takes(&["upgrade"], &steps, &["a"]);
    assert_eq!(project.database.scalar("SELECT last_value FROM tries"), "3");
}

#[test]
fn what_was_not_rolled_back_whole_is_not_tried_again() {
    let project = Project::new(Kind::Postgres);
    project.database.execute("CREATE SEQUENCE tries");
    project.script(&Script {
        id: "a",
        header: &["revgraph: no-transaction"],
        up: FAILS_TWICE,
        ..Script::default()
    });
    let ran = project.run(&["upgrade", "--json"]);
    assert_eq!((ran.status, &ran.error()["sqlstate"]), (1, &"40001".into()), "{ran:?}");
    assert_eq!(project.database.scalar("SELECT last_value FROM tries"), "1");
    assert!(!ran.stderr.contains("rolled back"), "{}", ran.stderr);
}
