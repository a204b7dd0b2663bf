//! Whether version rows, ledger, events and schema say the same.

use std::collections::{BTreeMap, BTreeSet};

use super::HISTORY;
use crate::support::Project;

/// What the rows stand for: themselves, their ancestors and dependencies.
fn implied_by(rows: &[String]) -> Vec<String> {
    let mut implied = BTreeSet::new();
    let mut open: Vec<&str> = rows.iter().map(String::as_str).collect();
    while let Some(id) = open.pop() {
        let (_, parents, dependency) =
            HISTORY.iter().find(|(known, ..)| *known == id).unwrap_or_else(|| panic!("a foreign row: {id}"));
        implied.insert(id.to_owned());
        open.extend(parents.split(", ").filter(|parent| !parent.is_empty()).chain(*dependency));
    }
    implied.into_iter().collect()
}

/// How often each revision has been applied and not undone, by the events.
fn applied_by_events(project: &Project) -> Vec<String> {
    let mut balance: BTreeMap<String, i32> = BTreeMap::new();
    for event in project.database.events() {
        let words: Vec<&str> = event.split(' ').collect();
        let change = match words.as_slice() {
            ["upgrade", _, "done"] => 1,
            ["downgrade", _, "done"] => -1,
            [_, _, "failed"] => 0,
            other => panic!("an event of another kind: {other:?}"),
        };
        *balance.entry(words[1].to_owned()).or_default() += change;
    }
    assert!(balance.values().all(|times| (0..=1).contains(times)), "{balance:?}");
    balance.into_iter().filter(|(_, times)| *times == 1).map(|(id, _)| id).collect()
}

/// Asserts that all say the same, and that no run of the past holds a lock.
#[track_caller]
pub fn assert_agreement(project: &Project) {
    let database = &project.database;
    wait_until_alone(project);
    let rows = database.version_rows();
    let implied = implied_by(&rows);
    assert_eq!(database.ledger(), implied, "the ledger beside the rows {rows:?}");
    assert_eq!(applied_by_events(project), implied, "the events beside the rows {rows:?}");
    let tables: Vec<String> = implied.iter().map(|id| format!("t_{id}")).collect();
    assert_eq!(database.tables(), tables, "the schema beside the rows {rows:?}");
    for table in tables {
        assert_eq!(database.scalar(&format!("SELECT count(*) FROM {table}")), "2", "{table} is half filled");
    }
    if database.is_sqlite() {
        assert_eq!(database.scalar("PRAGMA integrity_check"), "ok");
    }
}

/// A server notices the end of a client when it next listens to it. What it does until then belongs to the run.
pub fn wait_until_alone(project: &Project) {
    if project.database.is_sqlite() {
        return;
    }
    let others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                  AND pid <> pg_backend_pid() AND backend_type = 'client backend'";
    for _ in 0..1000 {
        if project.database.scalar(others) == "0" {
            let locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = \
                         (SELECT oid FROM pg_database WHERE datname = current_database())";
            assert_eq!(project.database.scalar(locks), "0", "a lock is left behind");
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("a session of a run that has ended goes on");
}
