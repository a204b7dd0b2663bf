//! Scripts whose statements run on their own.

use crate::support::{Project, Script, on_each_database};

on_each_database!(
    what_cannot_run_in_a_transaction_runs,
    what_cannot_run_in_a_transaction_is_refused_elsewhere,
    a_down_script_may_run_without_a_transaction,
    a_script_may_hold_its_own_transaction,
    a_transaction_left_open_is_rolled_back_and_refused,
);

const NO_TRANSACTION: &[&str] = &["revgraph: no-transaction"];

fn without_transaction(project: &Project, id: &str, parent: &str, up: &str) {
    project.script(&Script { id, down_revision: parent, header: NO_TRANSACTION, up, down: None });
}

fn what_cannot_run_in_a_transaction_runs(project: &Project) {
    project.tables(&[("a", "")]);
    let index = if project.database.is_postgres() { "CREATE INDEX CONCURRENTLY" } else { "CREATE INDEX" };
    let vacuum = project.database.vacuum("t_a");
    without_transaction(project, "b", "a", &format!("{vacuum}\n{index} a_index ON t_a (id);\n{vacuum}"));
    project.tables(&[("c", "b")]);
    project.takes(&["upgrade"], &["a", "b", "c"], &["c"]);
    assert_eq!(project.database.ledger(), ["a", "b", "c"]);
    let indexes = if project.database.is_postgres() {
        "SELECT indexrelid::regclass::text FROM pg_index WHERE indisvalid AND indexrelid::regclass::text = 'a_index'"
    } else {
        "SELECT name FROM sqlite_schema WHERE name = 'a_index'"
    };
    assert_eq!(project.database.column(indexes), ["a_index"]);
}

fn what_cannot_run_in_a_transaction_is_refused_elsewhere(project: &Project) {
    project.tables(&[("a", "")]).revision("b", "a", "VACUUM;", "");
    let error = project.refused(&["upgrade"], 1);
    assert_eq!((&error["kind"], &error["line"], &error["column"]), (&"refused".into(), &6.into(), &1.into()));
    assert!(error["hints"].to_string().contains("-- revgraph: no-transaction"), "{error}");
    assert_eq!(project.database.events(), [""; 0], "the revision before it did not run either");
}

fn a_down_script_may_run_without_a_transaction(project: &Project) {
    project.tables(&[("a", "")]);
    let down = format!("-- revgraph: no-transaction\nDROP TABLE t_b;\n{}", project.database.vacuum("t_a"));
    project.revision("b", "a", "CREATE TABLE t_b (id INTEGER);", &down);
    project.takes(&["upgrade"], &["a", "b"], &["b"]);
    project.takes(&["downgrade", "-1"], &["b"], &["a"]);
    project.assert_applied(&["a"]);
}

fn a_script_may_hold_its_own_transaction(project: &Project) {
    let up = format!("BEGIN;\nCREATE TABLE t_a (id INTEGER);\nCOMMIT;\n{}", project.database.vacuum("t_a"));
    without_transaction(project, "a", "", &up);
    project.takes(&["upgrade"], &["a"], &["a"]);
    project.assert_applied(&["a"]);
}

fn a_transaction_left_open_is_rolled_back_and_refused(project: &Project) {
    without_transaction(project, "a", "", "BEGIN;\nCREATE TABLE t_a (id INTEGER);");
    assert_eq!(project.run(&["upgrade"]).status, 1);
    assert_eq!(project.database.version_rows(), [""; 0]);
    project.assert_applied(&[]);
}
