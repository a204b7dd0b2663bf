//! A run that is killed, cut off or starved, at every moment at which it reaches a file or the server: afterwards
//! version rows, ledger and schema agree, nothing is locked, and the same command finishes the job.
//!
//! The suite tries a part of the moments. With `REVGRAPH_TORTURE=N` it tries all of them, and N random ones;
//! `scripts/torture` does that.

mod disk;
mod killed;
mod no_transaction;
#[cfg(feature = "postgres")]
mod proxy;
#[cfg(feature = "postgres")]
mod server;
mod standing;

use std::process::Command;
use std::time::Duration;

use crate::support::{Kind, Project, Ran};
use standing::assert_agreement;

/// The revisions and their parents: a fork, a merge and a dependency.
const HISTORY: [(&str, &str, Option<&str>); 6] = [
    ("a", "", None),
    ("b", "a", None),
    ("c", "a", None),
    ("m", "b, c", None),
    ("x", "", Some("b")),
    ("z", "m, x", None),
];

const UPGRADE: [&str; 1] = ["upgrade"];
const DOWNGRADE: [&str; 2] = ["downgrade", "base"];

/// How many rounds of random moments there are, and every how many-th of the others is tried.
#[derive(Debug, Clone, Copy)]
struct Effort {
    rounds: usize,
    stride: usize,
}

impl Effort {
    fn new(rounds: usize, stride: usize) -> Self {
        match std::env::var("REVGRAPH_TORTURE").ok().and_then(|rounds| rounds.parse().ok()) {
            Some(rounds) => Self { rounds, stride: 1 },
            None => Self { rounds, stride },
        }
    }
}

/// Writes the history. Each script holds several statements, and takes a while where `slow`.
fn write_history(project: &Project, transaction: &str, slow: bool) {
    project.configure(&format!("transaction = \"{transaction}\"\nmigration_lock_timeout = \"5s\""));
    let wait = match (slow, project.database.is_postgres()) {
        (false, _) => "",
        (true, true) => "SELECT pg_sleep(0.01);\n",
        (true, false) => {
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000) SELECT max(i) FROM n;\n"
        }
    };
    for (id, parents, dependency) in HISTORY {
        let up = format!(
            "CREATE TABLE t_{id} (id INTEGER PRIMARY KEY, text TEXT);\n{wait}\
             INSERT INTO t_{id} VALUES (1, 'one'), (2, 'two');\nCREATE INDEX i_{id} ON t_{id} (text);"
        );
        let down = format!("DROP INDEX i_{id};\n{wait}DROP TABLE t_{id};");
        let header = dependency.map(|dependency| format!("depends_on: {dependency}"));
        let header: Vec<&str> = header.iter().map(String::as_str).collect();
        project.script(&crate::support::Script {
            id,
            header: &header,
            down_revision: parents,
            up: &up,
            down: Some(&down),
        });
    }
}

fn history(kind: Kind, transaction: &str, slow: bool) -> Project {
    let project = Project::new(kind);
    write_history(&project, transaction, slow);
    project
}

/// Takes a database through an upgrade and a downgrade, each of which `interrupt` gets as a command to run in a way
/// that may end it early; then it is run again, to its end. Whether any run was not ended early.
fn interrupt_both_ways(project: &Project, mut interrupt: impl FnMut(&mut Command) -> bool) -> bool {
    let mut all_ended_early = true;
    for (arguments, applied) in [(&UPGRADE[..], &["a", "b", "c", "m", "x", "z"][..]), (&DOWNGRADE, &[])] {
        let mut command = project.command(&[arguments, &["--json", "--yes"]].concat());
        all_ended_early &= interrupt(&mut command);
        assert_agreement(project);
        finish(project, arguments, applied);
    }
    !all_ended_early
}

/// Runs a command that nothing interrupts, which is to leave these revisions applied.
fn finish(project: &Project, arguments: &[&str], applied: &[&str]) {
    project.json(&[arguments, &["--yes"]].concat());
    assert_agreement(project);
    project.assert_applied(applied);
}

/// A database as new, so that the first run makes its tables again.
fn begin_anew(project: &Project) {
    for table in ["alembic_version", "revgraph_ledger", "revgraph_statement"] {
        project.database.execute(&format!("DROP TABLE IF EXISTS {table}"));
    }
}

/// Waits for a run whose end is not known; its result where it has not been killed.
fn ended(project: &Project, command: &mut Command) -> Option<Ran> {
    let output = command.output().expect("the binary can be run");
    output.status.code().map(|_| Ran::new(&output, &project.path("")))
}

/// Another moment of a run, from nothing up to `most`.
fn random_moment(most: Duration) -> Duration {
    use std::hash::{BuildHasher, Hasher};
    let random = std::collections::hash_map::RandomState::new().build_hasher().finish();
    most.mul_f64((random % 10_000) as f64 / 10_000.0)
}
