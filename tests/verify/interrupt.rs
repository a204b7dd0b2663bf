//! Ctrl-C while a scratch database is at work.

use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::support::{Project, Ran, on_each_database};

on_each_database!(verifying_ends, comparing_ends, detecting_ends);

/// The exit status of a command that gets a signal while its script runs; nothing stays behind.
#[track_caller]
fn assert_ends(project: &Project, arguments: &[&str]) {
    let up = if project.database.is_postgres() {
        "SELECT pg_sleep(600);"
    } else {
        "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT max(x) FROM c;"
    };
    project.tables(&[("a", "")]).revision("b", "a", up, "SELECT 1;");
    let mut command = project.command(arguments);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().expect("the binary can be run");
    std::thread::sleep(Duration::from_millis(700));
    let started = Instant::now();
    let sent = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(sent.expect("kill can be run").success());
    let output = child.wait_with_output().expect("it ends");
    let ran = Ran::new(&output, &project.path(""));
    assert_eq!(ran.status, 130, "{ran:?}");
    assert!(started.elapsed() < Duration::from_secs(20), "{ran:?}");
    #[cfg(feature = "postgres")]
    if project.database.is_postgres() {
        // The tests run side by side, so others may have theirs.
        let mine = format!(
            "SELECT count(*) FROM pg_stat_activity WHERE datname LIKE 'revgraph\\_scratch\\_%' AND query LIKE '%{}%'",
            project.database.name()
        );
        assert_eq!(project.database.scalar(&mine), "0");
    }
    assert_eq!(project.database.tables(), [""; 0]);
}

fn verifying_ends(project: &Project) {
    assert_ends(project, &["verify"]);
}

fn comparing_ends(project: &Project) {
    assert_ends(project, &["diff", "head"]);
}

fn detecting_ends(project: &Project) {
    assert_ends(project, &["stamp", "--detect"]);
}
