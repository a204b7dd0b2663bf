//! What a script sets for its session reaches neither the next revision nor the bookkeeping.

use crate::support::{Kind, Project, Script};

/// Leaves behind what would break everything after it.
const UNSETTLING: &str = "CREATE SCHEMA other;\n\
    SET search_path = other;\n\
    SET lock_timeout = '1ms';\n\
    SET statement_timeout = '77s';\n\
    SET standard_conforming_strings = off;\n\
    SELECT set_config('work_mem', '64kB', false);\n\
    CREATE TABLE t_a (id INTEGER);\n\
    SET default_transaction_read_only = on;\n\
    SET ROLE pg_monitor;";

/// Keeps what the next revision finds.
const OBSERVING: &str = "CREATE TABLE found AS SELECT current_user::text AS role, \
    current_setting('search_path') AS path, current_setting('lock_timeout') AS timeout, \
    current_setting('statement_timeout') AS statement, current_setting('work_mem') AS memory, \
    current_setting('standard_conforming_strings') AS strings;";

fn project(transaction: &str, header: &[&str]) -> Project {
    let project = Project::new(Kind::Postgres);
    project.configure(&format!("transaction = \"{transaction}\"\nlock_timeout = \"7s\""));
    project.script(&Script { id: "a", header, up: UNSETTLING, ..Script::default() });
    project.revision("b", "a", OBSERVING, "DROP TABLE found;");
    project
}

fn assert_nothing_is_left(project: &Project) {
    project.takes(&["upgrade"], &["a", "b"], &["b"]);
    let found =
        project.database.query("SELECT role, path, timeout, statement, memory, strings FROM public.found");
    let expected = ["postgres", "\"$user\", public", "7s", "0", "4MB", "on"];
    assert_eq!(found, [expected.map(|value| Some(value.to_owned()))]);
    assert_eq!(
        project.database.column("SELECT schemaname::text FROM pg_tables WHERE tablename = 't_a'"),
        ["other"]
    );
    assert_eq!(project.database.column("SELECT DISTINCT schemaname::text FROM pg_tables WHERE tablename LIKE 'revgraph%' OR tablename = 'alembic_version'"), ["public"]);
    assert_eq!(project.database.ledger(), ["a", "b"]);
}

#[test]
fn a_transaction_each() {
    assert_nothing_is_left(&project("each", &[]));
}

#[test]
fn one_transaction_for_all() {
    assert_nothing_is_left(&project("all", &[]));
}

#[test]
fn without_a_transaction() {
    assert_nothing_is_left(&project("each", &["revgraph: no-transaction"]));
}

#[test]
fn what_a_function_sets_is_undone_too() {
    let project = Project::new(Kind::Postgres);
    let up = "CREATE SCHEMA other;\nDO $$ BEGIN PERFORM set_config('search_path', 'other', false); END $$;";
    project.revision("a", "", up, "").tables(&[("b", "a")]);
    project.takes(&["upgrade"], &["a", "b"], &["b"]);
    assert_eq!(
        project.database.column("SELECT schemaname::text FROM pg_tables WHERE tablename = 't_b'"),
        ["public"]
    );
}

#[test]
fn a_lock_that_is_not_had_in_time_is_worth_retrying() {
    let project = Project::new(Kind::Postgres);
    project.configure("lock_timeout = \"50ms\"");
    project.tables(&[("a", "")]).revision("b", "a", "ALTER TABLE t_a ADD COLUMN name TEXT;", "");
    project.takes(&["upgrade", "a"], &["a"], &["a"]);
    let mut holder =
        crate::support::cluster::cluster().connect(&project.database.scalar("SELECT current_database()"));
    holder.run_batch("BEGIN; LOCK TABLE t_a IN ACCESS EXCLUSIVE MODE").expect("the lock is free");
    let error = project.refused(&["upgrade"], 5);
    assert_eq!((&error["sqlstate"], &error["statement_number"]), (&"55P03".into(), &1.into()));
    holder.run_batch("COMMIT").expect("the transaction ends");
    project.takes(&["upgrade"], &["b"], &["b"]);
}

#[test]
fn a_statement_that_takes_too_long_is_stopped() {
    let project = Project::new(Kind::Postgres);
    project.configure("statement_timeout = \"100ms\"");
    project.revision("a", "", "CREATE TABLE t_a (id INTEGER);\nSELECT pg_sleep(60);", "");
    assert_eq!(project.refused(&["upgrade"], 1)["sqlstate"], "57014");
}

/// What a SQLite script sets, and what the next revision does that it would change.
#[cfg(feature = "sqlite")]
const PRAGMAS: &str = "PRAGMA legacy_alter_table = ON;\nPRAGMA recursive_triggers = ON;\n\
    PRAGMA ignore_check_constraints = ON;\nCREATE TABLE t_a (id INTEGER);\nPRAGMA query_only = ON;";

#[cfg(feature = "sqlite")]
const OBSERVING_PRAGMAS: &str = "CREATE TABLE found AS SELECT l.legacy_alter_table AS legacy, \
    r.recursive_triggers AS recursive, i.ignore_check_constraints AS ignored \
    FROM pragma_legacy_alter_table l, pragma_recursive_triggers r, pragma_ignore_check_constraints i;";

#[cfg(feature = "sqlite")]
#[test]
fn what_a_pragma_sets_does_not_reach_the_next_revision() {
    // Statement by statement the journal is written in between, which this would keep from being written.
    let without_read_only = PRAGMAS.replace("PRAGMA query_only = ON;", "");
    for (transaction, header, up) in [
        ("each", &[][..], PRAGMAS),
        ("all", &[][..], PRAGMAS),
        ("each", &["revgraph: no-transaction"][..], &without_read_only),
    ] {
        let project = Project::new(Kind::Sqlite);
        project.configure(&format!("transaction = \"{transaction}\""));
        project.script(&Script { id: "a", header, up, ..Script::default() });
        project.revision("b", "a", OBSERVING_PRAGMAS, "DROP TABLE found;");
        project.takes(&["upgrade"], &["a", "b"], &["b"]);
        assert_eq!(
            project.database.column("SELECT legacy || recursive || ignored FROM found"),
            ["000"],
            "{transaction} {header:?}"
        );
    }
}
