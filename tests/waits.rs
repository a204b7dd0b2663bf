//! Whatever is waited for is told after a second, also where nobody looks: in a log.

use serde_json::Value;

use crate::support::{Background, Project, Ran, eventually, on_each_database};
#[cfg(feature = "postgres")]
use crate::support::{Kind, terminal::on_a_terminal_with};

on_each_database!(
    for_another_run_of_revgraph,
    for_a_lock_that_others_hold,
    for_a_database_that_does_not_answer_yet,
);

/// What a log of JSON lines tells at this level.
#[track_caller]
fn told(ran: &Ran, level: &str) -> Vec<String> {
    let lines = ran.stderr.lines().map(|line| {
        let document: Value =
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}: {ran:?}"));
        assert!(document["time"].is_string(), "{document}");
        document
    });
    let of_level = lines.filter(|document| document["level"] == level);
    of_level.map(|document| document["message"].as_str().unwrap_or_default().to_owned()).collect()
}

#[track_caller]
fn assert_told_once(ran: &Ran, beginning: &str) {
    let told = told(ran, "notice");
    let of_wait: Vec<_> = told.iter().filter(|line| line.starts_with("waiting ")).collect();
    assert!(of_wait.len() == 1 && of_wait[0].starts_with(beginning), "{told:?} in {ran:?}");
}

const LOG: &str = "--log-format=json";

fn for_another_run_of_revgraph(project: &Project) {
    let endless = if project.database.is_postgres() {
        "SELECT pg_sleep(600);"
    } else {
        "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT max(x) FROM c;"
    };
    project.tables(&[("a", "")]).revision("b", "a", endless, "SELECT 1;");
    let holder = Background::start(project, &["upgrade"], &[]);
    eventually("it has begun", || project.database.version_rows() == ["a"]);
    // Until the second transaction of the first has its lock, the second run would take the first for overtaken.
    eventually("it is at work", || project.run(&["status", "--json"]).json()["at_work"].is_string());
    let limit = [("REVGRAPH_MIGRATION_LOCK_TIMEOUT", "1500ms")];
    let ran = Background::start(project, &["upgrade", LOG], &limit).wait();
    assert_eq!(ran.status, 5, "{ran:?}");
    assert_told_once(&ran, "waiting until the database is free: process ");
    let quiet = Background::start(project, &["upgrade", LOG, "--quiet"], &limit).wait();
    assert!(told(&quiet, "notice").is_empty(), "{quiet:?}");
    holder.kill();
}

/// On PostgreSQL the server waits, within a statement.
fn for_a_lock_that_others_hold(project: &Project) {
    project.tables(&[("a", "")]).revision("b", "a", "ALTER TABLE t_a ADD COLUMN b INTEGER;", "SELECT 1;");
    project.takes(&["upgrade", "a"], &["a"], &["a"]);
    let limits = [("REVGRAPH_LOCK_TIMEOUT", "2s"), ("REVGRAPH_MIGRATION_LOCK_TIMEOUT", "2s")];
    let ran =
        project.database.while_held("t_a", || Background::start(project, &["upgrade", LOG], &limits).wait());
    assert_eq!(ran.status, 5, "{ran:?}");
    let beginning = if project.database.is_postgres() {
        "waiting for a lock on t_a: process "
    } else {
        "waiting until the database is free: process "
    };
    assert_told_once(&ran, beginning);
}

/// On a terminal there is a bar below what is told, and not in the same line.
#[cfg(feature = "postgres")]
#[test]
fn beside_a_bar_on_postgres() {
    let project = Project::new(Kind::Postgres);
    project.tables(&[("a", "")]).revision("b", "a", "ALTER TABLE t_a ADD COLUMN b INTEGER;", "SELECT 1;");
    project.takes(&["upgrade", "a"], &["a"], &["a"]);
    project.revision("c", "b", "CREATE TABLE t_c (id INTEGER);", "SELECT 1;");
    let limits = [("REVGRAPH_LOCK_TIMEOUT", "2s"), ("REVGRAPH_MIGRATION_LOCK_TIMEOUT", "2s")];
    let (said, status) =
        project.database.while_held("t_a", || on_a_terminal_with(&project, &["upgrade"], "", &limits));
    assert_eq!(status, 5, "{said}");
    // The line of the bar is erased first.
    assert!(said.contains("\r\u{1b}[2Knotice: waiting "), "{said:?}");
}

/// Whoever has nothing but Enter to say changes nothing, and knows of which database it was.
#[cfg(feature = "postgres")]
#[test]
fn for_enter_before_anything_is_lost_on_postgres() {
    let project = Project::new(Kind::Postgres);
    project.tables(&[("a", ""), ("b", "a")]).takes(&["upgrade"], &["a", "b"], &["b"]);
    project.json(&["backup", "kept.backup"]);
    let before = project.database.schema();
    for arguments in
        [&["downgrade", "base"][..], &["restore", "kept.backup"], &["reset"], &["database", "drop"]]
    {
        let (said, status) = on_a_terminal_with(&project, arguments, "\n", &[]);
        assert_eq!(status, 1, "{said}");
        // The terminal may break the line within the name.
        let plain: String = said.chars().filter(|c| !c.is_whitespace()).collect();
        assert!(plain.contains(project.database.name()) && plain.contains("Goon?"), "{said}");
        assert_eq!(project.database.schema(), before, "{arguments:?}");
    }
}

fn for_a_database_that_does_not_answer_yet(project: &Project) {
    let url = if project.database.is_postgres() {
        "postgres://somebody@127.0.0.1:1/shop".to_owned()
    } else {
        format!("sqlite:{}", project.path("not-mounted/shop.db").display())
    };
    project.tables(&[("a", "")]);
    for arguments in [&["database", "wait", "--timeout", "1500ms"][..], &["upgrade", "--wait", "1500ms"]] {
        let ran = project.run(&[arguments, &["--url", &url, LOG]].concat());
        if project.database.is_postgres() {
            assert_eq!(ran.status, 5, "{ran:?}");
            assert_told_once(&ran, "waiting for the database to answer: ");
        } else {
            // A file that is not there counts as an empty database: nothing is waited for.
            assert!(told(&ran, "notice").iter().all(|line| !line.starts_with("waiting ")), "{ran:?}");
        }
    }
}
