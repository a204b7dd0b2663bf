//! What a script leaves in its session beside settings reaches no other: one run and two make the same database, and so
//! does `--sql`.

#[cfg(feature = "sqlite")]
use crate::support::Kind;
use crate::support::{Project, Script, on_each_database};

on_each_database!(
    a_temporary_table_does_not_stand_before_the_next_revisions,
    one_run_and_two_make_the_same_database,
    offline_mode_makes_the_same_database,
);

const MODES: [(&str, &[&str]); 3] = [("each", &[]), ("all", &[]), ("each", &["revgraph: no-transaction"])];

/// Keeps what the second revision finds of what the first has left.
fn leaving_and_finding(project: &Project) -> (String, String) {
    if project.database.is_sqlite() {
        // In a transaction over several revisions an attached database cannot be detached: it has tests of its own.
        let leaving = "CREATE TEMP TABLE stage (x TEXT);\nCREATE TEMP VIEW v AS SELECT 1;\n\
             CREATE TABLE t_a (x TEXT);\nCREATE TEMP TRIGGER g AFTER INSERT ON t_a BEGIN DELETE FROM t_a; END;\n\
             PRAGMA case_sensitive_like = ON;\nPRAGMA recursive_triggers = ON;\n";
        let finding = "CREATE TABLE stage (x TEXT);\nINSERT INTO stage VALUES ('real');\n\
             INSERT INTO t_a VALUES ('kept');\n\
             CREATE TABLE found AS SELECT 'a' LIKE 'A' AS likes, \
             (SELECT count(*) FROM sqlite_temp_schema WHERE name NOT LIKE 'revgraph%') AS temporary, \
             (SELECT count(*) FROM pragma_database_list WHERE name NOT IN ('main', 'temp')) AS attached, \
             (SELECT recursive_triggers FROM pragma_recursive_triggers) AS recursive;";
        return (leaving.to_owned(), finding.to_owned());
    }
    let leaving = "CREATE TEMP TABLE stage (x text);\nCREATE TABLE t_a (x text);\n\
         CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql AS 'SELECT 1';\n\
         PREPARE \"a,b\" AS SELECT 1;\nDO $$ BEGIN EXECUTE 'PREPARE hidden AS SELECT 1'; END $$;\n\
         LISTEN channel;\nSELECT pg_advisory_lock(42), pg_advisory_lock_shared(1, 2);\n\
         CREATE SEQUENCE s;\nSELECT nextval('s');\nDECLARE c CURSOR WITH HOLD FOR SELECT 1;\n";
    let finding = "CREATE TABLE stage (x text);\nINSERT INTO stage VALUES ('real');\n\
         INSERT INTO t_a VALUES ('kept');\nPREPARE hidden AS SELECT 2;\n\
         CREATE TABLE found AS SELECT \
         (SELECT count(*) FROM pg_class WHERE relnamespace = pg_my_temp_schema() AND relkind = 'r') AS temporary, \
         (SELECT count(*) FROM pg_prepared_statements WHERE name IN ('a,b')) AS prepared, \
         (SELECT count(*) FROM pg_listening_channels()) AS channels, \
         (SELECT count(*) FROM pg_cursors WHERE is_holdable) AS cursors, \
         (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() \
          AND objid IN (42, 2) AND classid IN (0, 1)) AS locks;\n\
         DO $$ BEGIN PERFORM currval('s'); RAISE EXCEPTION 'remembered'; \
         EXCEPTION WHEN object_not_in_prerequisite_state THEN NULL; END $$;";
    (leaving.to_owned(), finding.to_owned())
}

fn write(project: &Project, transaction: &str, header: &[&str]) {
    let (leaving, finding) = leaving_and_finding(project);
    let url = project.database.url();
    project.write("alembic.toml", format!("url = \"{url}\"\ntransaction = \"{transaction}\"\n"));
    project.script(&Script { id: "a", header, up: &leaving, ..Script::default() });
    project.script(&Script { id: "b", down_revision: "a", up: &finding, ..Script::default() });
    project.table("c", "b", &[]);
}

/// Nothing is left, and the real tables hold what the second script has put into them.
#[track_caller]
fn assert_nothing_was_found(project: &Project, how: &str) {
    assert_eq!(project.database.column("SELECT x FROM stage"), ["real"], "{how}");
    assert_eq!(project.database.column("SELECT x FROM t_a"), ["kept"], "{how}");
    let found = project.database.query("SELECT * FROM found");
    let nothing: Vec<Option<String>> = if project.database.is_sqlite() {
        ["1", "0", "0", "0"].map(|value| Some(value.to_owned())).to_vec()
    } else {
        vec![Some("0".to_owned()); 5]
    };
    assert_eq!(found, [nothing], "{how}");
    assert_eq!(project.database.version_rows(), ["c"], "{how}");
}

fn a_temporary_table_does_not_stand_before_the_next_revisions(project: &Project) {
    project.revision("a", "", "CREATE TEMP TABLE stage (x INTEGER);", "");
    project.revision("b", "a", "CREATE TABLE stage (x INTEGER);", "");
    project.revision("c", "b", "INSERT INTO stage VALUES (1);", "");
    project.takes(&["upgrade"], &["a", "b", "c"], &["c"]);
    assert_eq!(project.database.column("SELECT x FROM stage"), ["1"]);
}

fn one_run_and_two_make_the_same_database(project: &Project) {
    for (transaction, header) in MODES {
        let project = Project::new(project.database.kind());
        write(&project, transaction, header);
        project.takes(&["upgrade"], &["a", "b", "c"], &["c"]);
        assert_nothing_was_found(&project, &format!("one run, {transaction} {header:?}"));
        let other = Project::new(project.database.kind());
        write(&other, transaction, header);
        other.takes(&["upgrade", "a"], &["a"], &["a"]);
        other.takes(&["upgrade"], &["b", "c"], &["c"]);
        assert_nothing_was_found(&other, &format!("two runs, {transaction} {header:?}"));
        assert_eq!(project.database.schema(), other.database.schema());
    }
}

fn offline_mode_makes_the_same_database(project: &Project) {
    for (transaction, header) in MODES {
        let project = Project::new(project.database.kind());
        write(&project, transaction, header);
        let text = project.run(&["upgrade", "--sql"]);
        assert_eq!(text.status, 0, "{text:?}");
        let piped = project.database.pipe(&text.stdout);
        assert!(piped.status.success(), "{transaction} {header:?}: {piped:?}\n{}", text.stdout);
        assert_nothing_was_found(&project, &format!("offline, {transaction} {header:?}"));
    }
}

#[cfg(feature = "sqlite")]
mod on_sqlite {
    use super::*;
    use crate::support::Kind;

    fn attaching(project: &Project, header: &[&str]) {
        let up = "ATTACH ':memory:' AS other;\nCREATE TABLE other.x (y TEXT);";
        project.script(&Script { id: "a", header, up, ..Script::default() });
        project.revision(
            "b",
            "a",
            "CREATE TABLE found AS SELECT count(*) AS attached FROM pragma_database_list WHERE name = 'other';",
            "",
        );
    }

    #[test]
    fn an_attached_database_is_detached() {
        for header in [&[][..], &["revgraph: no-transaction"]] {
            let project = Project::new(Kind::Sqlite);
            attaching(&project, header);
            project.takes(&["upgrade"], &["a", "b"], &["b"]);
            assert_eq!(project.database.scalar("SELECT attached FROM found"), "0");
            let project = Project::new(Kind::Sqlite);
            attaching(&project, header);
            let text = project.run(&["upgrade", "--sql"]).stdout;
            assert!(project.database.pipe(&text).status.success(), "{text}");
            assert_eq!(project.database.scalar("SELECT attached FROM found"), "0");
        }
    }

    #[test]
    fn what_cannot_be_detached_in_time_is_refused() {
        let project = Project::new(Kind::Sqlite);
        project.configure("transaction = \"all\"");
        attaching(&project, &[]);
        let error = project.refused(&["upgrade"], 1);
        assert!(error["message"].as_str().is_some_and(|told| told.contains("detaching")), "{error}");
    }

    #[test]
    fn a_journal_mode_of_the_connection_ends_with_its_script() {
        let project = Project::new(Kind::Sqlite);
        let header = &["revgraph: no-transaction"];
        project.script(&Script { id: "a", header, up: "PRAGMA journal_mode = OFF;", ..Script::default() });
        let up = "CREATE TABLE t_b (x INTEGER); INSERT INTO t_b VALUES (1);\nSELECT nothing FROM t_b;";
        project.revision("b", "a", up, "");
        assert_eq!(project.run(&["upgrade"]).status, 1);
        assert_eq!(
            (project.database.tables(), project.database.version_rows()),
            (vec![], vec!["a".to_owned()])
        );
    }
}

#[cfg(feature = "postgres")]
mod on_postgres {
    use super::*;
    use crate::support::Kind;

    /// What fires at the commit may need the temporary tables.
    #[test]
    fn deferred_triggers_still_find_a_temporary_table() {
        let project = Project::new(Kind::Postgres);
        let up = "CREATE TABLE t_a (x int);\nCREATE TEMP TABLE stage (x int);\nINSERT INTO stage VALUES (7);\n\
             CREATE TABLE kept (x int);\n\
             CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN INSERT INTO kept SELECT x FROM stage; RETURN NULL; END $$;\n\
             CREATE CONSTRAINT TRIGGER g AFTER INSERT ON t_a DEFERRABLE INITIALLY DEFERRED \
             FOR EACH ROW EXECUTE FUNCTION keep();\nINSERT INTO t_a VALUES (1);";
        project.revision("a", "", up, "").tables(&[("b", "a")]);
        project.takes(&["upgrade"], &["a", "b"], &["b"]);
        assert_eq!(project.database.column("SELECT x FROM kept"), ["7"]);
    }

    /// A script that releases all advisory locks releases revgraph's as well.
    #[test]
    fn the_migration_lock_is_looked_for_again_after_each_script() {
        let locks = "CREATE TABLE IF NOT EXISTS found (held boolean); INSERT INTO found SELECT EXISTS (SELECT FROM pg_locks \
             WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND granted);";
        let releasing = [
            ("SELECT pg_advisory_unlock_all();", MODES[0]),
            ("SELECT pg_advisory_unlock_all();", MODES[1]),
            ("SELECT pg_advisory_unlock_all();", MODES[2]),
            ("DISCARD ALL;", MODES[2]),
        ];
        for (release, (transaction, header)) in releasing {
            let project = Project::new(Kind::Postgres);
            project.configure(&format!("transaction = \"{transaction}\""));
            project.script(&Script { id: "a", header, up: release, ..Script::default() });
            // The statement after it, and the next revision.
            project.script(&Script { id: "b", header, down_revision: "a", up: locks, ..Script::default() });
            project.takes(&["upgrade"], &["a", "b"], &["b"]);
            assert_eq!(
                project.database.column("SELECT held::text FROM found"),
                ["true"],
                "{release} {transaction}"
            );
        }
    }

    /// A failed try leaves nothing that the next try of the same script would trip over.
    #[test]
    fn a_failure_leaves_nothing_in_the_session_either() {
        let project = Project::new(Kind::Postgres);
        // It fails the first time, as a deadlock would; sequences are not rolled back.
        let up = "PREPARE p AS SELECT 1;\nEXECUTE p;\nSELECT pg_advisory_lock(42);\n\
             DO $$ BEGIN IF nextval('tries') = 1 THEN RAISE EXCEPTION 'again' USING ERRCODE = '40P01'; END IF; END $$;\n\
             CREATE TABLE found AS SELECT count(*) AS locks FROM pg_locks \
             WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND objid = 42;";
        project.revision("a", "", "CREATE SEQUENCE tries;", "").revision("b", "a", up, "");
        project.takes(&["upgrade"], &["a", "b"], &["b"]);
    }
}

/// On SQLite a script does not see which rows the script before it, or the bookkeeping, has written last.
#[cfg(feature = "sqlite")]
#[test]
fn a_script_sees_no_write_of_the_one_before_it() {
    let found = |transaction: &str, runs: &[&[&str]], header: &[&str]| {
        let project = Project::new(Kind::Sqlite);
        let url = project.database.url();
        project.write("alembic.toml", format!("url = \"{url}\"\ntransaction = \"{transaction}\"\n"));
        let writing = "CREATE TABLE t (id INTEGER PRIMARY KEY);\nINSERT INTO t VALUES (7), (8);";
        let asking = "CREATE TABLE found AS SELECT last_insert_rowid() AS id, changes() AS rows;";
        project.script(&Script { id: "a", header, up: writing, ..Script::default() });
        project.script(&Script { id: "b", header, down_revision: "a", up: asking, ..Script::default() });
        for run in runs {
            project.json(run);
        }
        project.database.column("SELECT id || ' ' || rows FROM found")
    };
    for (transaction, header) in MODES {
        let once = found(transaction, &[&["upgrade"]], header);
        let twice = found(transaction, &[&["upgrade", "a"], &["upgrade"]], header);
        assert_eq!(
            (once, twice),
            (vec!["0 1".to_owned()], vec!["0 1".to_owned()]),
            "{transaction} {header:?}"
        );
    }
}
