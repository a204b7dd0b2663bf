//! What cannot be proved is not written.

use super::*;

on_each_database! {
    a_baseline_that_gives_something_else,
    rows_that_only_one_side_has,
    originals_that_give_something_else_each_time,
    an_original_that_fails,
    without_proof,
    a_dry_run_writes_nothing,
}

/// A script that looks at the version rows sees others in a baseline.
fn a_baseline_that_gives_something_else(project: &Project) {
    project.revision("a", "", "CREATE TABLE seen (id TEXT);", "DROP TABLE seen;");
    project.revision(
        "b",
        "a",
        "INSERT INTO seen SELECT version_num FROM alembic_version;",
        "DELETE FROM seen;",
    );
    let error = refused(project, &["--mode", "concat"], "squash_differs", 4);
    assert!(told(&error).contains("rows of table"), "{error}");
    assert_eq!(error["differences"]["rows"][0]["only_left"], 1, "{error}");
    assert_eq!(error["side"], "up");
    // What was seen is a row like any other to a schema.
    squashed(project, &[]);
}

/// A table without a page is not read; one without a row, which has pages, is.
fn rows_that_only_one_side_has(project: &Project) {
    let once_full =
        "CREATE TABLE once_full (id TEXT);\nINSERT INTO once_full VALUES ('x');\nDELETE FROM once_full;";
    project.revision("a", "", once_full, "DROP TABLE once_full;");
    let up = "CREATE TABLE seen (id TEXT);\n\
              INSERT INTO seen SELECT version_num FROM alembic_version WHERE version_num IN ('a', 'b');";
    project.revision("b", "a", up, "DROP TABLE seen;");
    let error = refused(project, &["--mode", "concat"], "squash_differs", 4);
    let rows = &error["differences"]["rows"];
    assert_eq!((rows.as_array().map(Vec::len), &rows[0]["only_left"]), (Some(1), &1.into()), "{error}");
    squashed(project, &[]);
}

fn originals_that_give_something_else_each_time(project: &Project) {
    let up = if project.database.is_postgres() {
        "DO $$ BEGIN EXECUTE format('CREATE TABLE %I (id integer)', 't' || clock_timestamp()); END $$;"
    } else {
        "CREATE TABLE t (id INTEGER);\nINSERT INTO t WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n \
         WHERE i < 100000) SELECT i FROM n LIMIT abs(random() % 100000);"
    };
    project.revision("a", "", up, "SELECT 1;");
    for mode in ["schema", "concat"] {
        let error = refused(project, &["--mode", mode], "squash_differs", 4);
        assert!(error["message"].as_str().expect("a text").starts_with("two replays of the same"), "{error}");
    }
}

fn an_original_that_fails(project: &Project) {
    project.table("a", "", &[]);
    project.revision("b", "a", "CREATE TABLE b (id INTEGER);\nCREATE TABLE t_a (id INTEGER);", "");
    let error = refused(project, &[], "step", 1);
    assert_eq!((&error["revision"], &error["line"]), (&"b".into(), &7.into()), "{error}");
    assert!(error["file"].as_str().expect("a path").ends_with("b_test.up.sql"), "{error}");
}

fn without_proof(project: &Project) {
    project.revision("a", "", "CREATE TABLE seen (id TEXT);", "DROP TABLE seen;");
    project.revision(
        "b",
        "a",
        "INSERT INTO seen SELECT version_num FROM alembic_version;",
        "DELETE FROM seen;",
    );
    let arguments = ["squash", "--rev-id", "base1", "-m", "all of it", "--mode", "concat", "--no-verify"];
    let ran = project.json(&arguments).json();
    assert_eq!(ran["proofs"][0]["outcome"], "not_asked", "{ran}");
    let up = read(project, "versions/base1_all_of_it.up.sql");
    assert!(up.contains("-- Squashed from 2 revisions, a…b; not proved.\n"), "{up}");
}

fn a_dry_run_writes_nothing(project: &Project) {
    branching(project);
    let before = files(project);
    let ran = squashed(project, &["m", "--dry-run"]).json();
    assert_eq!((&ran["dry_run"], &ran["moved"].as_array().map(Vec::len)), (&true.into(), &Some(8)), "{ran}");
    assert!(ran["up_script"].as_str().expect("a text").contains("CREATE TABLE"), "{ran}");
    assert_eq!(files(project), before);
    assert_eq!(project.database.all_tables(), [""; 0]);
}

/// Two replays at once may meet at what belongs to the whole server: then they are made one after the other.
#[cfg(feature = "postgres")]
#[test]
fn originals_that_cannot_run_at_once() {
    let project = Project::new(Kind::Postgres);
    let role = format!("shared_{}", project.database.name());
    let up = format!(
        "CREATE TABLE a (id integer);\nDO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN \
         PERFORM pg_sleep(0.5); CREATE ROLE {role}; END IF; END $$;"
    );
    project.revision("a", "", &up, "DROP TABLE a;");
    let ran = project.json(&["squash", "--rev-id", "base1", "-m", "all of it", "--mode", "concat"]);
    project.database.execute(&format!("DROP ROLE {role}"));
    assert_eq!(ran.json()["proved"], true, "{ran:?}");
}

/// The one behind asks the clock a second later, be the clock's hand as slow.
#[cfg(feature = "postgres")]
#[test]
fn clocks_that_show_seconds() {
    for clock in ["now()", "clock_timestamp()", "statement_timestamp()", "timeofday()::timestamptz"] {
        let project = Project::new(Kind::Postgres);
        project.revision("a", "", "CREATE TABLE a (id integer, at timestamptz);", "DROP TABLE a;");
        let up = format!("INSERT INTO a VALUES (1, date_trunc('second', {clock}));");
        project.revision("b", "a", &up, "DELETE FROM a;");
        let ran = squashed(&project, &["--mode", "concat"]).json();
        assert_eq!(ran["proofs"][0]["volatile"][0]["column"], "at", "{clock}: {ran}");
    }
}

/// A clock below the range is asked by what the range fires, within one second by both replays if nobody waits.
#[cfg(feature = "postgres")]
#[test]
fn clocks_below_the_range() {
    let project = Project::new(Kind::Postgres);
    let up = "CREATE TABLE a (id integer, at timestamptz DEFAULT date_trunc('second', now()));";
    project.revision("a", "", up, "DROP TABLE a;");
    project.revision("b", "a", "INSERT INTO a VALUES (1);", "DELETE FROM a;");
    let ran = project.json(&["squash", "b:b", "-m", "all", "--mode", "concat"]).json();
    assert_eq!(ran["proofs"][0]["volatile"][0]["column"], "at", "{ran}");
}

#[cfg(feature = "postgres")]
#[test]
fn a_scratch_database_that_cannot_be_had() {
    let project = Project::new(Kind::Postgres);
    project.table("a", "", &[]);
    project.configure("scratch_url = \"postgresql:///?host=/nowhere\"");
    refused(&project, &[], "database_unreachable", 5);
}

#[cfg(feature = "postgres")]
#[test]
fn what_a_schema_has_no_words_for() {
    let project = Project::new(Kind::Postgres);
    let up = "CREATE CONVERSION mine FOR 'UTF8' TO 'LATIN1' FROM utf8_to_iso8859_1;";
    project.revision("a", "", up, "DROP CONVERSION mine;");
    let error = refused(&project, &[], "unmodelled", 1);
    assert_eq!(error["objects"], serde_json::json!(["conversion public.mine"]), "{error}");
    squashed(&project, &["--mode", "concat"]);
    // This was so once.
    let up = "CREATE TYPE pair AS (a INTEGER);\nCOMMENT ON COLUMN pair.a IS 'first';";
    project.revision("b", "base1", up, "DROP TYPE pair;");
    assert_eq!(project.json(&["squash", "b:b", "-m", "again"]).json()["proved"], true);
}

#[cfg(feature = "sqlite")]
#[test]
fn without_a_database_nothing_is_proved() {
    let project = Project::new(Kind::Sqlite);
    project.write("alembic.toml", "url = \"sqlite:x.db\"\n");
    project.table("a", "", &[]);
    refused(&project, &["--dialect", "postgres"], "usage", 2);
    let arguments = ["squash", "-m", "all of it", "--dialect", "postgres", "--mode", "concat", "--no-verify"];
    let id = project.json(&arguments).json()["revision"].as_str().expect("an id").to_owned();
    assert_eq!(id.len(), 12);
}
