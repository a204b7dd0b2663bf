//! Scripts that change the version rows or another table of revgraph's: refused where the text says so, found by the
//! bookkeeping where it does not, and never taken for another process that was faster.

use std::time::{Duration, Instant};

use crate::support::{Project, Script, on_each_database};

on_each_database!(
    what_alembic_prints_is_refused_with_its_lines_and_nothing_changes,
    every_way_to_change_them_is_refused,
    a_script_without_transaction_is_refused_as_well,
    offline_mode_and_check_refuse_it_too,
    what_a_trigger_does_to_them_undoes_the_revision,
    another_tools_row_beside_the_planned_ones_is_no_surprise,
    what_a_trigger_on_the_version_table_refuses_is_told_in_its_words,
);

/// As `alembic upgrade a:b --sql` prints it.
const FROM_ALEMBIC: &str = "CREATE TABLE t_b (id INTEGER);\n\n\
    UPDATE alembic_version SET version_num='b' WHERE alembic_version.version_num = 'a';";

fn what_alembic_prints_is_refused_with_its_lines_and_nothing_changes(project: &Project) {
    project.tables(&[("a", "")]).revision("b", "a", FROM_ALEMBIC, "");
    project.revision("c", "b", "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL);", "");
    let error = project.refused(&["upgrade"], 1);
    assert_eq!((&error["kind"], &error["line"]), (&"refused".into(), &8.into()), "{error}");
    assert_eq!(error["file"], "[PROJECT]/versions/b_test.up.sql");
    let told = project.run(&["upgrade"]).stderr;
    assert!(told.contains("the table alembic_version is kept by revgraph"), "{told}");
    assert!(told.contains("versions/c_test.up.sql:6:14"), "{told}");
    assert_eq!(project.database.all_tables(), [""; 0]);
}

fn every_way_to_change_them_is_refused(project: &Project) {
    project.tables(&[("a", "")]);
    assert_eq!(project.run(&["upgrade"]).status, 0);
    for table in
        ["alembic_version", "\"alembic_version\"", "revgraph_ledger", "revgraph_statement", "ALEMBIC_VERSION"]
    {
        for sql in [
            "DELETE FROM $;",
            "DROP TABLE $;",
            "INSERT INTO $ SELECT * FROM $;",
            "ALTER TABLE $ ADD COLUMN x int;",
        ] {
            project.revision("b", "a", &sql.replace('$', table), "");
            assert_eq!(project.refused(&["upgrade"], 1)["kind"], "refused", "{sql} {table}");
        }
    }
    project.revision("a", "", "CREATE TABLE t_a (id INTEGER PRIMARY KEY);", "DELETE FROM alembic_version;");
    project.revision("b", "a", "", "");
    assert_eq!(project.refused(&["downgrade", "base"], 1)["kind"], "refused");
    // To read them is nobody's harm.
    project.revision("b", "a", "CREATE VIEW v AS SELECT version_num FROM alembic_version;", "DROP VIEW v;");
    project.takes(&["upgrade"], &["b"], &["b"]);
}

fn a_script_without_transaction_is_refused_as_well(project: &Project) {
    let header = &["revgraph: no-transaction"];
    project.tables(&[("a", "")]).script(&Script {
        id: "b",
        down_revision: "a",
        header,
        up: FROM_ALEMBIC,
        down: None,
    });
    assert_eq!(project.refused(&["upgrade"], 1)["kind"], "refused");
    assert_eq!(project.database.all_tables(), [""; 0]);
}

fn offline_mode_and_check_refuse_it_too(project: &Project) {
    project.tables(&[("a", "")]).revision("b", "a", FROM_ALEMBIC, "");
    let ran = project.run(&["upgrade", "--sql", "--json"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (1, ""), "{ran:?}");
    assert_eq!(ran.error()["kind"], "refused");
    let told = project.run(&["check"]);
    assert_eq!(told.status, 4);
    assert!(format!("{}{}", told.stdout, told.stderr).contains("b_test.up.sql:8"), "{told:?}");
}

/// A trigger that another program has made is not in any script.
fn what_a_trigger_does_to_them_undoes_the_revision(project: &Project) {
    project.tables(&[("a", "")]).revision("b", "a", "INSERT INTO t_a VALUES (1);", "").tables(&[("c", "b")]);
    assert_eq!(project.run(&["upgrade", "a"]).status, 0);
    for change in [
        "DELETE FROM alembic_version",
        "UPDATE alembic_version SET version_num = 'zzz'",
        "INSERT INTO alembic_version VALUES ('zzz')",
    ] {
        project.database.execute(&trigger(project, change));
        let started = Instant::now();
        let error = project.refused(&["upgrade"], 1);
        assert!(started.elapsed() < Duration::from_secs(20));
        let message = error["message"].as_str().expect("a text");
        assert!(message.contains("changes the version rows itself"), "{change}: {error}");
        assert_eq!((&error["revision"], &error["completed"]), (&"b".into(), &0.into()), "{change}");
        assert_eq!(project.database.version_rows(), ["a"], "{change}");
        project.database.execute(drop_trigger(project));
    }
    project.takes(&["upgrade"], &["b", "c"], &["c"]);
}

fn trigger(project: &Project, change: &str) -> String {
    if project.database.is_sqlite() {
        return format!("CREATE TRIGGER meddling AFTER INSERT ON t_a BEGIN {change}; END");
    }
    format!(
        "CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {change}; RETURN NULL; END $$; \
         CREATE TRIGGER meddling AFTER INSERT ON t_a EXECUTE FUNCTION meddle()"
    )
}

fn drop_trigger(project: &Project) -> &'static str {
    if project.database.is_sqlite() { "DROP TRIGGER meddling" } else { "DROP FUNCTION meddle CASCADE" }
}

/// Rows that other tools have left are planned with, and go with the first step where they are none any more.
fn another_tools_row_beside_the_planned_ones_is_no_surprise(project: &Project) {
    project.tables(&[("a", ""), ("b", "a"), ("c", "b")]);
    assert_eq!(project.run(&["upgrade", "b"]).status, 0);
    project.database.execute("INSERT INTO alembic_version VALUES ('a')");
    project.takes(&["upgrade"], &["c"], &["c"]);
}

/// Somebody who guards the version table is not somebody who has moved its rows.
fn what_a_trigger_on_the_version_table_refuses_is_told_in_its_words(project: &Project) {
    project.tables(&[("a", ""), ("b", "a")]);
    assert_eq!(project.run(&["upgrade", "a"]).status, 0);
    project.database.execute(if project.database.is_sqlite() {
        "CREATE TRIGGER guard BEFORE UPDATE ON alembic_version BEGIN SELECT RAISE(ABORT, 'the guard says no'); END"
    } else {
        "CREATE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
         RAISE unique_violation USING MESSAGE = 'the guard says no'; END $$; \
         CREATE TRIGGER guard BEFORE UPDATE ON alembic_version EXECUTE FUNCTION guard()"
    });
    let error = project.refused(&["upgrade"], 1);
    assert_eq!(error["kind"], "step", "{error}");
    assert!(error.to_string().contains("the guard says no"), "{error}");
    assert_eq!(project.database.version_rows(), ["a"]);
}

/// What only PostgreSQL has: text that is made while the script runs.
#[cfg(feature = "postgres")]
mod on_postgres {
    use super::*;
    use crate::support::Kind;

    const HIDDEN: [&str; 6] = [
        "EXECUTE 'UPDATE ' || 'alembic' || '_version SET version_num = ''b''';",
        "EXECUTE 'DELETE FROM ' || 'alembic' || '_version';",
        "EXECUTE 'INSERT INTO ' || 'alembic' || '_version VALUES (''zzz'')';",
        "EXECUTE 'DROP TABLE ' || 'alembic' || '_version';",
        "EXECUTE 'DROP TABLE ' || 'revgraph' || '_ledger';",
        "EXECUTE 'ALTER TABLE ' || 'alembic' || '_version RENAME version_num TO x';",
    ];

    fn hidden(change: &str) -> String {
        format!("CREATE TABLE t_b (id INTEGER);\nDO $$ BEGIN {change} END $$;")
    }

    #[test]
    fn what_is_put_together_while_it_runs_undoes_the_revision() {
        for transaction in ["each", "all"] {
            let project = Project::new(Kind::Postgres);
            project.configure(&format!("transaction = \"{transaction}\""));
            project.tables(&[("a", "")]);
            assert_eq!(project.run(&["upgrade"]).status, 0);
            for change in HIDDEN {
                project.revision("b", "a", &hidden(change), "").tables(&[("c", "b")]);
                let error = project.refused(&["upgrade"], 1);
                let message = error["message"].as_str().expect("a text");
                assert!(message.contains("changes the version rows itself"), "{change}: {error}");
            }
        }
    }

    #[test]
    fn offline_it_stops_there() {
        for change in HIDDEN {
            let project = Project::new(Kind::Postgres);
            project.tables(&[("a", "")]).revision("b", "a", &hidden(change), "");
            let text = project.run(&["upgrade", "--sql"]);
            assert_eq!(text.status, 0);
            let piped = project.database.pipe(&text.stdout);
            assert!(!piped.status.success(), "{change}: {piped:?}");
            assert_eq!(project.database.version_rows(), ["a"], "{change}");
            assert_eq!(project.database.tables(), ["t_a"], "{change}");
        }
    }

    #[test]
    fn without_a_transaction_it_ends_the_run_and_runs_nothing_twice() {
        for change in &HIDDEN[..3] {
            let project = Project::new(Kind::Postgres);
            project.tables(&[("a", "")]);
            let header = &["revgraph: no-transaction"];
            project.script(&Script { id: "b", down_revision: "a", header, up: &hidden(change), down: None });
            project.tables(&[("c", "b")]);
            let ran = project.run(&["upgrade", "--json"]);
            assert_eq!(ran.status, 1, "{change}: {ran:?}");
            let error = ran.error();
            assert!(
                error["message"].as_str().is_some_and(|told| told.contains("changes the version rows")),
                "{error}"
            );
            assert_eq!(project.database.tables(), ["t_a", "t_b"], "{change}");
        }
    }

    /// A table of that name in a schema that is not revgraph's is anybody's.
    #[test]
    fn a_table_of_that_name_elsewhere_may_be_changed() {
        let project = Project::new(Kind::Postgres);
        let up = "CREATE SCHEMA old; CREATE TABLE old.alembic_version (version_num text); \
                  INSERT INTO old.alembic_version VALUES ('x'); DROP TABLE old.alembic_version;";
        project.revision("a", "", up, "DROP SCHEMA old;");
        project.takes(&["upgrade"], &["a"], &["a"]);
    }

    /// A clash of the script's own keys is the script's, and no sign that version rows have moved.
    #[test]
    fn a_duplicate_key_of_the_script_is_told_as_that() {
        let project = Project::new(Kind::Postgres);
        project.tables(&[("a", "")]);
        assert_eq!(project.run(&["upgrade"]).status, 0);
        let up =
            "CREATE TABLE u (x int UNIQUE DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO u VALUES (1), (1);";
        project.revision("b", "a", up, "");
        let error = project.refused(&["upgrade"], 1);
        assert_eq!((&error["kind"], &error["sqlstate"]), (&"step".into(), &"23505".into()), "{error}");
    }
}

/// A connection goes on with the tables that it knows, whatever is written into the schema table.
#[cfg(feature = "sqlite")]
#[test]
fn what_is_written_into_the_schema_table_undoes_the_revision() {
    use crate::support::Kind;
    const TAKEN: [&str; 3] = [
        "DELETE FROM sqlite_master WHERE name LIKE 'alembic%' OR tbl_name LIKE 'alembic%';",
        "DELETE FROM sqlite_schema WHERE tbl_name LIKE 'revgraph%';",
        "UPDATE sqlite_schema SET name = 'elsewhere', tbl_name = 'elsewhere', sql = replace(sql, tbl_name, 'elsewhere') \
         WHERE name LIKE 'alembic%' AND type = 'table';",
    ];
    for header in [&[][..], &["revgraph: no-transaction"]] {
        for end in ["", "PRAGMA writable_schema = OFF;\n"] {
            for taken in TAKEN {
                let project = Project::new(Kind::Sqlite);
                project.tables(&[("a", "")]).takes(&["upgrade"], &["a"], &["a"]);
                let up = format!("PRAGMA writable_schema = ON;\n{taken}\n{end}");
                project.script(&Script { id: "b", down_revision: "a", header, up: &up, ..Script::default() });
                let ran = project.run(&["upgrade"]);
                assert_ne!(ran.status, 0, "{header:?} {up}: {ran:?}");
                if header.is_empty() {
                    assert_eq!(project.database.version_rows(), ["a"], "{up}");
                    assert_eq!(project.database.ledger(), ["a"], "{up}");
                }
            }
        }
    }
}
