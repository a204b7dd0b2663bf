//! A signal, or a program's [`Cancellation`], ends what runs wherever it is: in a statement, between two, in every wait.
//! What was not committed is rolled back, the exit status is 130, and the ledger says interrupted, not failed.

use std::time::{Duration, Instant};

use revgraph::Migrator;
use revgraph::cancellation::Cancellation;

use crate::support::{Background, Project, Ran, Script, eventually, on_each_database};

on_each_database!(
    in_a_statement,
    between_two_statements,
    in_a_revision_without_transaction,
    waiting_for_another_process,
    waiting_for_a_lock_on_a_table,
    of_two_runs_in_a_program_one,
);

/// A statement that does not end within a test.
fn endless(project: &Project) -> &'static str {
    if project.database.is_postgres() {
        "SELECT pg_sleep(600);"
    } else {
        "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT max(x) FROM c;"
    }
}

/// `a`, applied, and `b`, with a statement that does not end.
fn project_with_endless(project: &Project) -> &Project {
    project.tables(&[("a", "")]);
    let up = format!("CREATE TABLE t_b (id INTEGER);\n{}", endless(project));
    project.revision("b", "a", &up, "DROP TABLE t_b;")
}

/// Waits a moment for a run to get where it stays, and interrupts it.
#[track_caller]
fn interrupted(run: Background, signal: &str) -> Ran {
    std::thread::sleep(Duration::from_millis(2_500));
    interrupted_now(run, signal)
}

/// Ends a run with a signal; it has to end soon.
#[track_caller]
fn interrupted_now(run: Background, signal: &str) -> Ran {
    run.signal(signal);
    let started = Instant::now();
    let ran = run.wait();
    assert_eq!(ran.status, 130, "{ran:?}");
    assert!(started.elapsed() < Duration::from_secs(10), "it took {:?}: {ran:?}", started.elapsed());
    ran
}

fn in_a_statement(project: &Project) {
    project_with_endless(project);
    let ran = interrupted(Background::start(project, &["upgrade", "--json"], &[]), "INT");
    let error = ran.error();
    assert_eq!(error["kind"], "interrupted", "{error}");
    assert_eq!(error["message"], "interrupted during the upgrade to b", "{error}");
    assert!(error["causes"].to_string().contains("it was rolled back; the database stands at a"), "{error}");
    assert_eq!(project.database.events(), ["upgrade a done", "upgrade b interrupted"]);
    project.assert_applied(&["a"]);
}

/// None of the statements lasts; the run as a whole does.
fn between_two_statements(project: &Project) {
    let up = if project.database.is_postgres() {
        "SELECT pg_sleep(0.01);\n".to_owned()
    } else {
        let short = "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 500) SELECT max(x) FROM c;\n";
        short.repeat(20)
    };
    project.tables(&[("a", "")]);
    let mut below = "a".to_owned();
    for number in 0..500 {
        let id = format!("b{number}");
        project.revision(&id, &below, &up, "SELECT 1;");
        below = id;
    }
    let run = Background::start(project, &["upgrade", "--json"], &[]);
    eventually("it has begun", || !project.database.version_rows().is_empty());
    let ran = interrupted_now(run, "TERM");
    let events = project.database.events();
    assert_eq!(ran.error()["kind"], "interrupted", "{ran:?}");
    assert!(!events.iter().any(|event| event.ends_with("failed")), "{events:?}");
    assert_eq!(project.database.version_rows().len(), 1, "{events:?}");
}

fn in_a_revision_without_transaction(project: &Project) {
    project.tables(&[("a", "")]);
    let up = format!("CREATE TABLE t_b (id INTEGER);\n{}", endless(project));
    let header = &["revgraph: no-transaction"];
    project.script(&Script { id: "b", down_revision: "a", header, up: &up, down: None });
    let ran = interrupted(Background::start(project, &["upgrade", "--json"], &[]), "INT");
    assert_eq!(ran.error()["kind"], "interrupted", "{ran:?}");
    assert_eq!(project.database.events(), ["upgrade a done", "upgrade b interrupted"]);
    // Mended, it goes on behind what has run.
    let up = "CREATE TABLE t_b (id INTEGER);\nSELECT 1;";
    project.script(&Script { id: "b", down_revision: "a", header, up, down: None });
    project.takes(&["upgrade"], &["b"], &["b"]);
}

fn waiting_for_another_process(project: &Project) {
    project_with_endless(project);
    let holder = Background::start(project, &["upgrade"], &[]);
    eventually("the other one has begun", || project.database.version_rows() == ["a"]);
    for arguments in
        [&["upgrade", "--json"][..], &["stamp", "--force", "--json", "b"], &["downgrade", "--json", "base"]]
    {
        let ran = interrupted(Background::start(project, arguments, &[]), "TERM");
        assert_eq!(ran.error()["kind"], "interrupted", "{arguments:?}: {ran:?}");
        let told = "notice: waiting until the database is free: process ";
        assert!(ran.stderr.contains(told), "{arguments:?}: {}", ran.stderr);
    }
    let ran = interrupted(Background::start(project, &["upgrade", "--log-format", "json"], &[]), "TERM");
    let documents =
        ran.stderr.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let waiting = |document: &serde_json::Value| {
        let message = document["message"].as_str().unwrap_or_default();
        document["level"] == "notice" && message.starts_with("waiting until the database is free: process ")
    };
    assert!(
        documents.clone().any(|document| waiting(&document) && document["time"].is_string()),
        "{}",
        ran.stderr
    );
    assert_eq!(documents.count(), ran.stderr.lines().count(), "{}", ran.stderr);
    holder.kill();
    eventually("the killed one has gone", || project.database.events() == ["upgrade a done"]);
    project.assert_applied(&["a"]);
}

/// On PostgreSQL the lock is not had in time, and the run is in the pause before it tries again.
fn waiting_for_a_lock_on_a_table(project: &Project) {
    project.tables(&[("a", "")]).revision("b", "a", "ALTER TABLE t_a ADD COLUMN b INTEGER;", "SELECT 1;");
    project.takes(&["upgrade", "a"], &["a"], &["a"]);
    let limits = [("REVGRAPH_LOCK_TIMEOUT", "10ms")];
    let ran = project.database.while_held("t_a", || {
        interrupted(Background::start(project, &["upgrade", "--json"], &limits), "TERM")
    });
    assert_eq!(ran.error()["kind"], "interrupted", "{ran:?}");
    let events = project.database.events();
    assert!(!events.iter().any(|event| event.ends_with("failed")), "{events:?}");
    project.takes(&["upgrade"], &["b"], &["b"]);
}

fn of_two_runs_in_a_program_one(project: &Project) {
    project_with_endless(project);
    let migrator = Migrator::from_directory(project.path("versions")).expect("the scripts are good");
    let (one, other) = (Cancellation::default(), Cancellation::default());
    let run = |cancellation: &Cancellation, target: &str| {
        let database = migrator.connect(&project.database.url()).expect("it is there");
        database.cancelled_by(cancellation).upgrade(target)
    };
    std::thread::scope(|scope| {
        assert_eq!(run(&other, "a").expect("it runs").steps.len(), 1);
        let cancelled = scope.spawn(|| run(&one, "b"));
        std::thread::sleep(Duration::from_millis(500));
        one.cancel();
        let error = cancelled.join().expect("it does not panic").expect_err("it was cancelled");
        assert!(error.is_cancelled() && error.may_succeed_later(), "{error:?}");
        assert!(run(&other, "a").is_ok(), "the other goes on");
    });
    assert_eq!(project.database.events(), ["upgrade a done", "upgrade b interrupted"]);
}

/// A server that takes the connection and never answers.
#[cfg(feature = "postgres")]
#[test]
fn waiting_for_a_server() {
    let project = Project::new(crate::support::Kind::Postgres);
    project.tables(&[("a", "")]);
    let mute = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("postgres://somebody@{}/shop", mute.local_addr().expect("it is bound"));
    let run = Background::start(&project, &["upgrade", "--json", "--url", &url], &[]);
    let ran = interrupted(run, "TERM");
    assert_eq!(ran.error()["kind"], "interrupted", "{ran:?}");
    assert!(ran.stderr.contains("waiting for the server"), "{}", ran.stderr);
}
