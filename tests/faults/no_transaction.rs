//! `kill -9` in a revision without a transaction: its journal says what of it the database has, and the same command
//! finishes it.

use super::*;
use crate::support::fault::Fault;
use crate::support::{Script, on_each_database};

on_each_database!(killed_at_a_call);

/// More calls than any run here makes.
const MOST_CALLS: usize = 5_000;

fn write_line(project: &Project) {
    let (build, drop) = if project.database.is_postgres() {
        ("CREATE INDEX CONCURRENTLY i_n ON t_n (text);", "DROP INDEX CONCURRENTLY IF EXISTS i_n;")
    } else {
        ("CREATE INDEX i_n ON t_n (text);", "DROP INDEX i_n;")
    };
    let up = format!(
        "CREATE TABLE t_n (id INTEGER PRIMARY KEY, text TEXT);\nINSERT INTO t_n VALUES (1, 'one'), (2, 'two');\n{build}"
    );
    let down = format!("-- revgraph: no-transaction\n{drop}\nDROP TABLE t_n;");
    project.tables(&[("a", ""), ("z", "n")]);
    project.script(&Script {
        id: "n",
        header: &["revgraph: no-transaction"],
        down_revision: "a",
        up: &up,
        down: Some(&down),
    });
}

fn statements_done(project: &Project, operation: &str) -> String {
    if !project.database.all_tables().iter().any(|table| table == "revgraph_statement") {
        return "0".to_owned();
    }
    project.database.scalar(&format!(
        "SELECT count(*) FROM revgraph_statement WHERE state = 'done' AND operation = '{operation}'"
    ))
}

/// Whether the table is there where the journal or the ledger says so, and only there.
fn assert_told(project: &Project) {
    let is_applied = project.database.ledger().iter().any(|id| id == "n");
    let has_table = project.database.tables().iter().any(|table| table == "t_n");
    let (up, down) = (statements_done(project, "upgrade"), statements_done(project, "downgrade"));
    let expected = if is_applied { down != "2" } else { up != "0" };
    assert_eq!(has_table, expected, "applied: {is_applied}, done: {up} up and {down} down");
}

fn killed_at_a_call(project: &Project) {
    write_line(project);
    let effort = Effort::new(0, 7);
    let first = std::process::id() as usize % effort.stride;
    let mut killed = 0;
    for call in (first..MOST_CALLS).step_by(effort.stride) {
        begin_anew(project);
        let mut neither = true;
        for (arguments, applied) in [(&UPGRADE[..], &["a", "n", "z"][..]), (&DOWNGRADE, &[])] {
            let mut command = project.command(&[arguments, &["--json", "--yes"]].concat());
            Fault::Kill(call).put_into(&mut command);
            let ran = ended(project, &mut command);
            neither &= ran.is_some();
            killed += usize::from(ran.is_none());
            standing::wait_until_alone(project);
            assert_told(project);
            project.json(&[arguments, &["--yes"]].concat());
            project.assert_applied(applied);
        }
        if neither {
            assert!(killed >= 4, "killed only {killed} times");
            return;
        }
    }
    panic!("the runs never come to their ends");
}
