//! `kill -9`.

use std::process::Stdio;

use super::*;
use crate::support::fault::Fault;

macro_rules! in_each_mode {
    ($test:ident) => {
        mod $test {
            use super::*;
            #[test]
            #[cfg(feature = "sqlite")]
            fn sqlite_each() {
                super::$test(Kind::Sqlite, "each");
            }
            #[test]
            #[cfg(feature = "sqlite")]
            fn sqlite_all() {
                super::$test(Kind::Sqlite, "all");
            }
            #[test]
            #[cfg(feature = "postgres")]
            fn postgres_each() {
                super::$test(Kind::Postgres, "each");
            }
            #[test]
            #[cfg(feature = "postgres")]
            fn postgres_all() {
                super::$test(Kind::Postgres, "all");
            }
        }
    };
}

in_each_mode!(at_a_call_to_file_or_server);
in_each_mode!(at_a_random_time);

/// More calls than any run here makes.
const MOST_CALLS: usize = 5_000;

#[test]
#[cfg(feature = "sqlite")]
fn at_a_call_in_wal_mode() {
    let project = history(Kind::Sqlite, "each", false);
    project.database.execute("PRAGMA journal_mode = WAL");
    at_calls(&project);
    assert_eq!(project.database.scalar("PRAGMA journal_mode"), "wal");
}

fn at_a_call_to_file_or_server(kind: Kind, transaction: &str) {
    at_calls(&history(kind, transaction, false));
}

fn at_calls(project: &Project) {
    let effort = Effort::new(0, if project.database.is_sqlite() { 13 } else { 5 });
    // Another part of the moments in each run of the suite.
    let first = std::process::id() as usize % effort.stride;
    let mut killed = 0;
    for call in (first..MOST_CALLS).step_by(effort.stride) {
        begin_anew(project);
        let mut neither = true;
        interrupt_both_ways(project, |command| {
            Fault::Kill(call).put_into(command);
            let ran = ended(project, command);
            neither &= ran.is_some();
            killed += usize::from(ran.is_none());
            if call % 2 == 1 {
                // The next to look is revgraph itself, which is to get over what is left, reading only.
                let status = project.run(&["status", "--json"]);
                assert!(matches!(status.status, 0 | 3), "{status:?}");
            }
            ran.is_none()
        });
        if neither {
            println!("killed: {killed} times ({})", std::thread::current().name().unwrap_or_default());
            assert!(killed >= 4, "killed only {killed} times");
            return;
        }
    }
    panic!("the runs never come to their ends");
}

fn at_a_random_time(kind: Kind, transaction: &str) {
    let project = history(kind, transaction, true);
    let effort = Effort::new(3, 1);
    let started = std::time::Instant::now();
    finish(&project, &UPGRADE, &["a", "b", "c", "m", "x", "z"]);
    finish(&project, &DOWNGRADE, &[]);
    let most = started.elapsed() / 2;
    let mut killed = 0;
    for _ in 0..effort.rounds {
        interrupt_both_ways(&project, |command| {
            command.stdout(Stdio::null()).stderr(Stdio::null());
            let mut child = command.spawn().expect("the binary can be run");
            std::thread::sleep(random_moment(most));
            child.kill().expect("it is this process's child");
            let killed_it = child.wait().expect("it ends").code().is_none();
            killed += usize::from(killed_it);
            killed_it
        });
    }
    println!("killed at random {kind:?} {transaction}: {killed} of {} times", effort.rounds * 2);
}
