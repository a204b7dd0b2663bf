//! One process at a time works on a database; the others wait, look again, and fail only where they wait too long.

use crate::support::{Background, Project, Script, eventually, on_each_database};

on_each_database!(
    sixteen_processes_share_a_history_of_every_kind,
    one_that_waits_too_long_names_the_holder,
    without_a_limit_it_waits,
    status_names_who_is_at_work,
    a_killed_holder_leaves_no_lock,
);

const PROCESSES: usize = 16;

fn without_transaction(project: &Project, id: &str, down_revision: &str, up: &str) {
    let header = &["revgraph: no-transaction"];
    project.script(&Script { id, down_revision, header, up, down: None });
}

/// Nothing in it can run twice, and each index build waits for every transaction that is open.
fn sixteen_processes_share_a_history_of_every_kind(project: &Project) {
    let index = if project.database.is_postgres() { "CREATE INDEX CONCURRENTLY" } else { "CREATE INDEX" };
    let vacuum = project.database.vacuum("t_c");
    project.tables(&[("a", "")]);
    without_transaction(project, "b", "a", &format!("{index} a_1 ON t_a (id);\n{index} a_2 ON t_a (id);"));
    project.tables(&[("c", "b"), ("d", "a"), ("m", "c, d")]);
    without_transaction(
        project,
        "n",
        "m",
        &format!("{index} c_1 ON t_c (id);\n{vacuum}\nCREATE TABLE t_n (id INTEGER);"),
    );
    project.tables(&[("z", "n")]);
    let runs: Vec<_> =
        (0..PROCESSES).map(|_| Background::start(project, &["upgrade", "--json"], &[])).collect();
    let mut steps = Vec::new();
    for run in runs {
        let ran = run.wait();
        assert_eq!((ran.status, ran.heads()), (0, vec!["z".to_owned()]), "{ran:?}");
        steps.extend(ran.steps());
    }
    steps.sort();
    assert_eq!(steps, ["a", "b", "c", "d", "m", "n", "z"]);
    let mut events = project.database.events();
    events.sort();
    assert_eq!(events, ["a", "b", "c", "d", "m", "n", "z"].map(|id| format!("upgrade {id} done")));
    assert_eq!(project.database.version_rows(), ["z"]);
    assert_eq!(project.database.scalar("SELECT count(*) FROM revgraph_statement"), "0");
    if project.database.is_postgres() {
        assert_eq!(project.database.scalar("SELECT count(*) FROM pg_index WHERE NOT indisvalid"), "0");
    }
}

/// A run that is in the middle of a statement which lasts long; it has the lock.
fn holder(project: &Project) -> Background {
    let slow = if project.database.is_postgres() {
        "SELECT pg_sleep(600);"
    } else {
        "SELECT max(i) FROM (WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n);"
    };
    project.tables(&[("a", ""), ("c", "b")]);
    without_transaction(project, "b", "a", slow);
    let run = Background::start(project, &["upgrade"], &[]);
    eventually("the statement runs", || {
        project.database.has_table("revgraph_statement")
            && project.database.column("SELECT state FROM revgraph_statement") == ["started"]
    });
    run
}

/// What the message has to name: of PostgreSQL the process that serves the client, else the client.
fn process(project: &Project, holder: &Background) -> String {
    if project.database.is_postgres() {
        let sleeping = "SELECT pid::text FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' \
                        AND datname = current_database() AND pid <> pg_backend_pid()";
        project.database.scalar(sleeping)
    } else {
        holder.id().to_string()
    }
}

fn one_that_waits_too_long_names_the_holder(project: &Project) {
    let holder = holder(project);
    let started = std::time::Instant::now();
    let late =
        Background::start(project, &["upgrade", "--json"], &[("REVGRAPH_MIGRATION_LOCK_TIMEOUT", "500ms")])
            .wait();
    let waited = started.elapsed();
    let error = late.error();
    assert_eq!((late.status, &error["kind"]), (5, &"lock".into()), "{late:?}");
    assert!((500..10_000).contains(&waited.as_millis()), "{waited:?}");
    let message = error["message"].as_str().expect("a message");
    let named = format!("process {} (revgraph)", process(project, &holder));
    assert!(message.contains(&named) && message.contains(", since 2"), "{named} in {message}");
    holder.kill();
}

fn without_a_limit_it_waits(project: &Project) {
    let holder = holder(project);
    let waiting =
        Background::start(project, &["upgrade", "--json"], &[("REVGRAPH_MIGRATION_LOCK_TIMEOUT", "0")]);
    std::thread::sleep(std::time::Duration::from_millis(500));
    assert_in_no_transaction(project);
    holder.kill();
    end_of_the_statement(project);
    // It has read where the first one was stopped.
    assert_eq!(
        (waiting.wait().error()["kind"].as_str(), project.database.version_rows()),
        (Some("unsettled"), vec!["a".to_owned()])
    );
}

/// A waiter in a transaction would keep an index build from ever ending.
fn assert_in_no_transaction(project: &Project) {
    if project.database.is_postgres() {
        let waiting = "SELECT state || coalesce(' ' || xact_start::text, '') || coalesce(' ' || backend_xmin::text, '') \
                       FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() \
                       AND query NOT LIKE '%pg_sleep%'";
        eventually("it waits between two tries", || project.database.column(waiting) == ["idle"]);
    }
}

/// A PostgreSQL server goes on with the statement of a client that is gone, and keeps its lock as long.
fn end_of_the_statement(project: &Project) {
    if project.database.is_postgres() {
        project.database.query(
            "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' \
             AND datname = current_database() AND pid <> pg_backend_pid()",
        );
    }
}

fn status_names_who_is_at_work(project: &Project) {
    let holder = holder(project);
    let status = project.run(&["status", "--json"]);
    let document = status.json();
    let named = format!("process {} (revgraph)", process(project, &holder));
    assert!(document["at_work"].as_str().is_some_and(|who| who.starts_with(&named)), "{document}");
    assert_eq!((status.status, &document["state"]), (3, &"pending".into()));
    holder.kill();
    end_of_the_statement(project);
    eventually("nobody is at work", || project.run(&["status", "--json"]).json()["state"] == "failed");
}

fn a_killed_holder_leaves_no_lock(project: &Project) {
    let holder = holder(project);
    holder.kill();
    end_of_the_statement(project);
    assert_eq!(project.json(&["resolve", "--applied", "b"]).heads(), ["b"]);
    project.takes(&["upgrade"], &["c"], &["c"]);
    let left: Vec<_> = std::fs::read_dir(project.path(""))
        .expect("a folder")
        .flatten()
        .map(|entry| entry.file_name())
        .collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().contains("lock")), "{left:?}");
}

/// Whoever else has locked the file is named as well, though not since when.
#[cfg(all(feature = "sqlite", target_os = "linux"))]
#[test]
fn another_program_that_writes_is_named() {
    let project = Project::new(crate::support::Kind::Sqlite);
    project.tables(&[("a", ""), ("b", "a")]);
    project.takes(&["upgrade", "a"], &["a"], &["a"]);
    let application = rusqlite::Connection::open(project.path("test.db")).expect("it can be opened");
    application.execute_batch("BEGIN IMMEDIATE").expect("nobody else writes");
    let late =
        Background::start(&project, &["upgrade", "--json"], &[("REVGRAPH_MIGRATION_LOCK_TIMEOUT", "300ms")])
            .wait();
    let error = late.error();
    let named = format!("process {} (", std::process::id());
    assert_eq!(late.status, 5, "{late:?}");
    assert!(error.to_string().contains(&named), "{named} in {error}");
    application.execute_batch("ROLLBACK").expect("it is open");
    project.takes(&["upgrade"], &["b"], &["b"]);
}
