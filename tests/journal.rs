//! Revisions without a transaction: the journal knows how far they came, and they go on from there.

use serde_json::{Value, json};

use crate::support::{Background, Project, Script, eventually, on_each_database};

on_each_database!(
    a_failure_tells_what_has_run_and_what_has_not,
    nothing_is_said_to_be_rolled_back_where_the_first_statement_fails,
    the_next_run_goes_on_at_the_statement_that_failed,
    a_statement_that_has_run_is_not_to_be_changed,
    a_script_that_has_run_in_part_is_not_to_become_transactional,
    a_script_of_which_nothing_has_run_may_become_transactional,
    a_transaction_of_the_scripts_own_runs_again_whole,
    a_killed_statement_is_unknown_and_stops_the_next_run,
    a_killed_statement_that_may_run_twice_runs_again,
    a_killed_statement_of_which_nothing_is_left_runs_again,
    resolved_as_applied_the_line_goes_on,
    resolved_as_rolled_back_it_runs_from_its_beginning,
    a_downgrade_goes_on_too,
    a_downgrade_is_resolved_either_way,
    nothing_else_runs_before_it_is_settled,
    stamping_settles_it,
    only_what_was_left_halfway_is_resolved,
    a_ledger_without_a_journal_is_read_and_gets_one,
    what_the_database_has_in_part_is_not_rebased,
);

const HALFWAY: &str =
    "CREATE TABLE t_b (id INTEGER);\nSELECT nothing FROM t_b;\nCREATE TABLE t_b3 (id INTEGER);";
const MENDED: &str = "CREATE TABLE t_b (id INTEGER);\nSELECT id FROM t_b;\nCREATE TABLE t_b3 (id INTEGER);";

fn without_transaction(project: &Project, id: &str, down_revision: &str, up: &str) {
    let header = &["revgraph: no-transaction"];
    project.script(&Script { id, down_revision, header, up, down: Some("DROP TABLE IF EXISTS t_b;") });
}

/// `a <- b <- c`, of which `b` has failed at its second statement.
fn left_halfway(project: &Project) -> Value {
    project.tables(&[("a", ""), ("c", "b")]);
    without_transaction(project, "b", "a", HALFWAY);
    let ran = project.run(&["upgrade", "--json"]);
    assert_eq!(ran.status, 1, "{ran:?}");
    ran.error()
}

fn journal(project: &Project) -> Vec<String> {
    project.database.column(
        "SELECT operation || ' ' || revision || ' ' || statement || ' ' || state FROM revgraph_statement \
         ORDER BY revision, operation, statement",
    )
}

fn a_failure_tells_what_has_run_and_what_has_not(project: &Project) {
    let error = left_halfway(project);
    assert_eq!((&error["done"], &error["failed"], &error["unknown"]), (&json!([1]), &json!([2]), &json!([])));
    assert_eq!(
        (&error["statement_number"], &error["line"], &error["column"].is_u64()),
        (&json!(2), &json!(8), &true)
    );
    assert!(!error.to_string().contains("rolled back"), "{error}");
    assert_eq!(journal(project), ["upgrade b 1 done", "upgrade b 2 failed"]);
    assert_eq!(
        (project.database.version_rows(), project.database.ledger()),
        (vec!["a".into()], vec!["a".into()])
    );
    assert_eq!(project.database.tables(), ["t_a", "t_b"]);
    assert_eq!(project.database.events(), ["upgrade a done", "upgrade b failed"]);
    let status = project.run(&["status", "--json"]);
    let left = json!([{"revision": "b", "operation": "upgrade", "done": [1], "failed": [2], "unknown": []}]);
    assert_eq!(
        (status.status, &status.json()["state"], &status.json()["left_halfway"]),
        (4, &json!("failed"), &left)
    );
}

fn nothing_is_said_to_be_rolled_back_where_the_first_statement_fails(project: &Project) {
    without_transaction(project, "b", "", "SELECT nothing;\nCREATE TABLE t_b (id INTEGER);");
    let ran = project.run(&["upgrade"]);
    assert_eq!(ran.status, 1);
    assert!(
        ran.stderr.contains("statement 1 failed") && !ran.stderr.contains("rolled back"),
        "{}",
        ran.stderr
    );
    without_transaction(project, "b", "", "CREATE TABLE t_b (id INTEGER);");
    project.takes(&["upgrade"], &["b"], &["b"]);
}

fn the_next_run_goes_on_at_the_statement_that_failed(project: &Project) {
    left_halfway(project);
    without_transaction(project, "b", "a", MENDED);
    // The first statement cannot run twice.
    project.takes(&["upgrade"], &["b", "c"], &["c"]);
    assert_eq!(project.database.tables(), ["t_a", "t_b", "t_b3", "t_c"]);
    assert_eq!(
        (project.database.ledger(), journal(project)),
        (vec!["a".into(), "b".into(), "c".into()], vec![])
    );
}

fn a_statement_that_has_run_is_not_to_be_changed(project: &Project) {
    left_halfway(project);
    without_transaction(project, "b", "a", &MENDED.replace("t_b (", "t_b2 ("));
    let error = project.refused(&["upgrade"], 4);
    assert_eq!((&error["kind"], &error["revision"]), (&json!("unsettled"), &json!("b")));
    assert!(error["message"].to_string().contains("statement 1 has run, and has been changed"), "{error}");
    without_transaction(project, "b", "a", &format!("-- why\n{}", MENDED.replace('\n', "\n\n")));
    project.takes(&["upgrade"], &["b", "c"], &["c"]);
}

fn a_script_that_has_run_in_part_is_not_to_become_transactional(project: &Project) {
    left_halfway(project);
    project.revision("b", "a", MENDED, "");
    let error = project.refused(&["upgrade"], 4);
    assert_eq!(error["kind"], "unsettled");
    assert!(error["hints"].to_string().contains("no-transaction"), "{error}");
}

fn a_script_of_which_nothing_has_run_may_become_transactional(project: &Project) {
    without_transaction(project, "b", "", "SELECT nothing;");
    assert_eq!(project.run(&["upgrade"]).status, 1);
    project.revision("b", "", "CREATE TABLE t_b (id INTEGER);", "DROP TABLE t_b;");
    project.takes(&["upgrade"], &["b"], &["b"]);
    assert_eq!(journal(project), [""; 0]);
    project.takes(&["downgrade", "base"], &["b"], &[]);
}

fn a_transaction_of_the_scripts_own_runs_again_whole(project: &Project) {
    let up = "CREATE TABLE t_b (id INTEGER);\nBEGIN;\nINSERT INTO t_b VALUES (1);\nSELECT nothing;\nCOMMIT;\nINSERT INTO t_b VALUES (2);";
    without_transaction(project, "b", "", up);
    let error = project.run(&["upgrade", "--json"]).error();
    assert_eq!((&error["statement_number"], &error["failed"]), (&json!(4), &json!([2])));
    assert_eq!(project.database.scalar("SELECT count(*) FROM t_b"), "0");
    without_transaction(project, "b", "", &up.replace("SELECT nothing", "INSERT INTO t_b VALUES (3)"));
    project.takes(&["upgrade"], &["b"], &["b"]);
    assert_eq!(project.database.column("SELECT id FROM t_b ORDER BY id"), ["1", "2", "3"]);
}

/// A query that does not end.
fn slow(project: &Project) -> &'static str {
    if project.database.is_postgres() {
        "SELECT count(*) FROM pg_sleep(600)"
    } else {
        "SELECT max(i) FROM (WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n)"
    }
}

/// `a <- b <- c`, of which `b` was killed in the middle of its second statement, a `SELECT`.
fn killed(project: &Project) {
    let slow = slow(project);
    project.tables(&[("a", ""), ("c", "b")]);
    without_transaction(project, "b", "a", &MENDED.replace("SELECT id FROM t_b", slow));
    let run = Background::start(project, &["upgrade"], &[]);
    eventually("the second statement runs", || {
        project.database.has_table("revgraph_statement")
            && journal(project) == ["upgrade b 1 done", "upgrade b 2 started"]
    });
    run.kill();
    end_of_the_session(project);
}

/// What a rollback takes back whole is noted in its own transaction, so that nothing of it is ever unknown.
fn a_killed_statement_of_which_nothing_is_left_runs_again(project: &Project) {
    let up = "CREATE TABLE t_b (id INTEGER);\nINSERT INTO t_b VALUES (1);\nINSERT INTO t_b QUERY;\nCREATE TABLE t_b3 (id INTEGER);";
    without_transaction(project, "b", "", &up.replace("QUERY", slow(project)));
    let run = Background::start(project, &["upgrade"], &[]);
    eventually("two statements have run", || {
        project.database.has_table("revgraph_statement") && journal(project).len() == 2
    });
    std::thread::sleep(std::time::Duration::from_millis(200));
    run.kill();
    end_of_the_session(project);
    assert_eq!(journal(project), ["upgrade b 1 done", "upgrade b 2 done"]);
    without_transaction(project, "b", "", &up.replace("QUERY", "SELECT 2"));
    project.takes(&["upgrade"], &["b"], &["b"]);
    assert_eq!(project.database.column("SELECT id FROM t_b ORDER BY id"), ["1", "2"]);
}

/// A PostgreSQL server goes on with the statement of a client that is gone, and keeps its lock as long.
fn end_of_the_session(project: &Project) {
    if project.database.is_postgres() {
        let others = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
                      WHERE state = 'active' AND pid <> pg_backend_pid() AND datname = current_database()";
        eventually("the session ends", || project.database.scalar(others) == "0");
    }
}

fn a_killed_statement_is_unknown_and_stops_the_next_run(project: &Project) {
    killed(project);
    let error = project.refused(&["upgrade"], 4);
    assert_eq!(
        (&error["kind"], &error["done"], &error["unknown"]),
        (&json!("unsettled"), &json!([1]), &json!([2]))
    );
    let hints = error["hints"].to_string();
    for way in ["resolve --applied b", "resolve --rolled-back b", "run the same command again"] {
        assert!(hints.contains(way), "{way}: {hints}");
    }
    let status = project.run(&["status", "--json"]);
    assert_eq!((status.status, &status.json()["left_halfway"][0]["unknown"]), (4, &json!([2])));
}

fn a_killed_statement_that_may_run_twice_runs_again(project: &Project) {
    killed(project);
    without_transaction(
        project,
        "b",
        "a",
        &MENDED.replace("SELECT id FROM t_b", "CREATE TABLE IF NOT EXISTS t_b2 (id INTEGER)"),
    );
    project.takes(&["upgrade"], &["b", "c"], &["c"]);
    assert_eq!(project.database.tables(), ["t_a", "t_b", "t_b2", "t_b3", "t_c"]);
}

fn resolved_as_applied_the_line_goes_on(project: &Project) {
    left_halfway(project);
    project.database.execute("CREATE TABLE t_b3 (id INTEGER)");
    let resolved = project.json(&["resolve", "--applied", "b"]).json();
    assert_eq!(
        (&resolved["revision"], &resolved["resolution"], &resolved["heads"]),
        (&json!("b"), &json!("applied"), &json!(["b"]))
    );
    assert_eq!(
        (project.database.version_rows(), project.database.ledger()),
        (vec!["b".into()], vec!["a".into(), "b".into()])
    );
    assert_eq!(journal(project), [""; 0]);
    project.takes(&["upgrade"], &["c"], &["c"]);
    assert_eq!(
        project.database.events(),
        ["upgrade a done", "upgrade b failed", "stamp b done", "resolve b done", "upgrade c done"]
    );
}

fn resolved_as_rolled_back_it_runs_from_its_beginning(project: &Project) {
    left_halfway(project);
    project.database.execute("DROP TABLE t_b");
    let resolved = project.json(&["resolve", "--rolled-back", "b"]).json();
    assert_eq!(
        (&resolved["revision"], &resolved["resolution"], &resolved["heads"]),
        (&json!("b"), &json!("rolled-back"), &json!(["a"]))
    );
    without_transaction(project, "b", "a", MENDED);
    project.takes(&["upgrade"], &["b", "c"], &["c"]);
    assert_eq!(project.database.tables(), ["t_a", "t_b", "t_b3", "t_c"]);
}

/// `a <- b`, both applied, of which the downgrade of `b` has failed at its second statement.
fn left_halfway_down(project: &Project) {
    let down = "-- revgraph: no-transaction\nDROP TABLE t_b;\nDROP TABLE t_missing;";
    project.tables(&[("a", "")]).revision("b", "a", "CREATE TABLE t_b (id INTEGER);", down);
    project.takes(&["upgrade"], &["a", "b"], &["b"]);
    let ran = project.run(&["downgrade", "base", "--json"]);
    assert_eq!((ran.status, &ran.error()["done"]), (1, &json!([1])), "{ran:?}");
    assert_eq!(project.database.version_rows(), ["b"]);
}

fn a_downgrade_goes_on_too(project: &Project) {
    left_halfway_down(project);
    project.database.execute("CREATE TABLE t_missing (id INTEGER)");
    project.takes(&["downgrade", "base"], &["b", "a"], &[]);
    project.assert_applied(&[]);
}

fn a_downgrade_is_resolved_either_way(project: &Project) {
    left_halfway_down(project);
    project.database.execute("CREATE TABLE t_b (id INTEGER)");
    assert_eq!(project.json(&["resolve", "--applied", "b"]).heads(), ["b"]);
    project.assert_applied(&["a", "b"]);
    assert_eq!(project.run(&["downgrade", "a"]).status, 1);
    assert_eq!(project.json(&["resolve", "--rolled-back", "b"]).heads(), ["a"]);
    project.assert_applied(&["a"]);
}

fn nothing_else_runs_before_it_is_settled(project: &Project) {
    left_halfway(project);
    let error = project.refused(&["downgrade", "base"], 4);
    assert_eq!((&error["kind"], &error["revision"]), (&json!("unsettled"), &json!("b")));
    assert!(error["hints"].to_string().contains("revgraph upgrade b"), "{error}");
    let error = project.refused(&["upgrade", "a"], 4);
    assert_eq!(error["kind"], "unsettled", "also where there is nothing to do");
    assert_eq!(project.refused(&["downgrade", "--dry-run", "base"], 4)["kind"], "unsettled");
    assert_eq!(project.json(&["upgrade", "--dry-run"]).steps(), ["b", "c"]);
}

fn stamping_settles_it(project: &Project) {
    left_halfway(project);
    assert_eq!(project.json(&["stamp", "--force", "b"]).heads(), ["b"]);
    assert_eq!(project.run(&["status", "--json"]).json()["state"], "pending");
    project.takes(&["upgrade"], &["c"], &["c"]);
    assert_eq!(journal(project), [""; 0]);
}

fn only_what_was_left_halfway_is_resolved(project: &Project) {
    left_halfway(project);
    for arguments in [["resolve", "--applied", "c"], ["resolve", "--rolled-back", "a"]] {
        assert_eq!(project.refused(&arguments, 1)["kind"], "nothing_to_resolve");
    }
    assert_eq!(project.run(&["resolve"]).status, 2);
    assert_eq!(project.run(&["resolve", "--applied", "b", "--rolled-back", "b"]).status, 2);
    assert_eq!(journal(project).len(), 2);
}

/// The first ledgers had none.
fn a_ledger_without_a_journal_is_read_and_gets_one(project: &Project) {
    project.tables(&[("a", "")]);
    without_transaction(project, "b", "a", HALFWAY);
    project.takes(&["upgrade", "a"], &["a"], &["a"]);
    project.database.execute("DROP TABLE revgraph_statement");
    assert_eq!(project.run(&["status", "--json"]).json()["state"], "pending");
    assert_eq!(project.run(&["upgrade"]).status, 1);
    assert_eq!(journal(project), ["upgrade b 1 done", "upgrade b 2 failed"]);
}

fn what_the_database_has_in_part_is_not_rebased(project: &Project) {
    left_halfway(project);
    project.tables(&[("x", "a")]);
    let error = project.refused(&["rebase", "b", "--onto", "x"], 1);
    assert_eq!(error["kind"], "applied");
}

/// Foreign keys are off while the script runs, and looked at behind its last statement.
#[cfg(feature = "sqlite")]
#[test]
fn keys_that_point_nowhere_are_not_taken_for_granted_the_next_time() {
    let project = &Project::new(crate::support::Kind::Sqlite);
    let up = "CREATE TABLE t_p (id INTEGER PRIMARY KEY);\nCREATE TABLE t_b (p INTEGER REFERENCES t_p);\nINSERT INTO t_b VALUES (7);";
    without_transaction(project, "b", "", up);
    for _ in 0..2 {
        let ran = project.run(&["upgrade"]);
        assert_eq!(ran.status, 1);
        assert!(ran.stderr.contains("1 row of t_b without their t_p"), "{}", ran.stderr);
        assert!(
            !ran.stderr.contains("rolled back") && ran.stderr.contains("put the rows right"),
            "{}",
            ran.stderr
        );
        assert_eq!(project.database.version_rows(), [""; 0]);
    }
    project.database.execute("INSERT INTO t_p VALUES (7)");
    project.takes(&["upgrade"], &["b"], &["b"]);
}

#[cfg(feature = "postgres")]
mod indexes {
    use super::*;
    use crate::support::Kind;
    use crate::support::cluster::cluster;

    const BUILD: &str = "CREATE UNIQUE INDEX CONCURRENTLY t_a_value ON t_a (value)";

    /// `a` with a table that holds a value twice, and `b` with the index.
    fn project(build: &str) -> Project {
        let project = Project::new(Kind::Postgres);
        project.revision("a", "", "CREATE TABLE t_a (value integer);\nINSERT INTO t_a VALUES (1), (1);", "");
        without_transaction(&project, "b", "a", &format!("{build};"));
        project.takes(&["upgrade", "a"], &["a"], &["a"]);
        project
    }

    fn indexes(project: &Project) -> Vec<String> {
        let sql = "SELECT indexrelid::regclass || CASE WHEN indisvalid THEN ' valid' ELSE ' invalid' END \
                   FROM pg_index WHERE indrelid = 't_a'::regclass ORDER BY 1";
        project.database.column(sql)
    }

    #[test]
    fn an_invalid_index_is_told_and_built_anew() {
        let project = project(BUILD);
        let error = project.refused(&["upgrade"], 1);
        assert_eq!(error["sqlstate"], "23505");
        let causes = error["causes"].to_string();
        assert!(causes.contains("public.t_a_value is there, but PostgreSQL calls it invalid"), "{causes}");
        assert_eq!(indexes(&project), ["t_a_value invalid"]);
        project.refused(&["upgrade"], 1);
        project.database.execute("DELETE FROM t_a");
        project.takes(&["upgrade"], &["b"], &["b"]);
        assert_eq!(indexes(&project), ["t_a_value valid"]);
    }

    /// PostgreSQL itself is content with it.
    #[test]
    fn if_not_exists_does_not_hide_an_invalid_index() {
        let project = project(&BUILD.replace("CONCURRENTLY", "CONCURRENTLY IF NOT EXISTS"));
        cluster().connect(project.database.name()).run_batch(BUILD).expect_err("a value is there twice");
        let error = project.refused(&["upgrade"], 1);
        assert!(error["message"].to_string().contains("left the index public.t_a_value invalid"), "{error}");
        assert!(!error.to_string().contains("rolled back"), "{error}");
        project.database.execute("DELETE FROM t_a");
        project.takes(&["upgrade"], &["b"], &["b"]);
        assert_eq!(indexes(&project), ["t_a_value valid"]);
    }

    #[test]
    fn a_build_that_was_killed_is_done_again() {
        let project = project(BUILD);
        project.database.execute("DELETE FROM t_a");
        let mut reader = cluster().connect(project.database.name());
        // The build waits for whoever could still see the table without the index.
        reader.run_batch("BEGIN; DELETE FROM t_a").expect("it is allowed");
        let run = Background::start(&project, &["upgrade"], &[("REVGRAPH_LOCK_TIMEOUT", "0")]);
        eventually("the index is begun", || indexes(&project) == ["t_a_value invalid"]);
        run.kill();
        end_of_the_session(&project);
        reader.run_batch("ROLLBACK").expect("it is allowed");
        assert_eq!(journal(&project), ["upgrade b 1 started"]);
        let ran = project.run(&["upgrade"]);
        assert_eq!(ran.status, 0, "{}", ran.stderr);
        assert!(
            ran.stderr.contains("an earlier try left the index public.t_a_value invalid"),
            "{}",
            ran.stderr
        );
        assert_eq!(
            (indexes(&project), project.database.version_rows()),
            (vec!["t_a_value valid".into()], vec!["b".into()])
        );
    }

    /// The server goes on with the build of a client that is gone.
    #[test]
    fn a_build_that_went_on_without_its_client_counts() {
        let project = project(BUILD);
        project.database.execute("DELETE FROM t_a");
        let mut reader = cluster().connect(project.database.name());
        reader.run_batch("BEGIN; DELETE FROM t_a").expect("it is allowed");
        let run = Background::start(&project, &["upgrade"], &[("REVGRAPH_LOCK_TIMEOUT", "0")]);
        eventually("the index is begun", || indexes(&project) == ["t_a_value invalid"]);
        run.kill();
        reader.run_batch("ROLLBACK").expect("it is allowed");
        let ran = project.run(&["upgrade"]);
        assert_eq!(ran.status, 0, "{}", ran.stderr);
        assert!(ran.stderr.contains("the index public.t_a_value had been built"), "{}", ran.stderr);
        assert_eq!(
            (indexes(&project), project.database.version_rows()),
            (vec!["t_a_value valid".into()], vec!["b".into()])
        );
    }

    #[test]
    fn what_is_checked_at_the_end_of_a_transaction_is_the_statements_failure() {
        let project = Project::new(Kind::Postgres);
        let up = "CREATE TABLE t_b (id integer UNIQUE DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO t_b VALUES (1), (1);";
        without_transaction(&project, "b", "", up);
        let error = project.run(&["upgrade", "--json"]).error();
        assert_eq!((&error["statement_number"], &error["sqlstate"]), (&json!(2), &json!("23505")), "{error}");
        assert_eq!(journal(&project), ["upgrade b 1 done", "upgrade b 2 failed"]);
    }

    #[test]
    fn what_a_script_has_set_is_set_again() {
        let project = Project::new(Kind::Postgres);
        project.database.execute("CREATE SCHEMA other");
        let up = "SET search_path = other;\nSELECT nothing;\nCREATE TABLE t_b (id integer);";
        without_transaction(&project, "b", "", up);
        assert_eq!(project.run(&["upgrade"]).status, 1);
        without_transaction(&project, "b", "", &up.replace("SELECT nothing", "SELECT 1"));
        project.takes(&["upgrade"], &["b"], &["b"]);
        let sql = "SELECT relnamespace::regnamespace::text FROM pg_class WHERE relname = 't_b'";
        assert_eq!(project.database.scalar(sql), "other");
    }
}
