//! What a failed run says: where it failed, and what to do where the script is right.

#[cfg(feature = "sqlite")]
use crate::support::Kind;
use crate::support::{Project, on_each_database};

on_each_database!(
    a_statement_that_is_cut_off_has_its_place,
    what_is_there_already_may_be_somebody_elses,
    what_is_missing_on_the_way_down_is_drift,
    what_is_misspelt_is_recognised,
    edited_scripts_are_not_up_to_date,
    whatever_changes_a_database_names_it,
    what_another_tool_has_made_is_taken_over,
    a_column_that_is_there_is_no_mistake_of_the_script,
    what_is_undone_by_hand_is_mended_and_run_and_never_stamped,
    quotes_in_a_header_are_a_part_of_the_name,
    a_parent_that_the_ledger_has_is_brought_back,
    a_parent_in_a_backup_or_of_another_tool_is_named,
);

fn a_statement_that_is_cut_off_has_its_place(project: &Project) {
    for (id, text) in [("a", "CREATE TABLE t_a (id INTEGER"), ("b", "SELECT 1;\nSELECT 1 +  -- and")] {
        project.script(&crate::support::Script { id, up: text, ..Default::default() });
        let error = project.refused(&["upgrade", id], 1);
        assert!(
            error["file"].as_str().is_some_and(|file| file.ends_with(&format!("{id}_test.up.sql"))),
            "{error}"
        );
        assert!(error["line"].as_u64().is_some_and(|line| line >= 6), "{error}");
        assert_eq!(error["kind"], "step", "{error}");
    }
}

fn what_is_there_already_may_be_somebody_elses(project: &Project) {
    project.tables(&[("a", "")]);
    project.database.execute("CREATE TABLE t_a (id INTEGER)");
    let error = project.refused(&["upgrade"], 1);
    assert!(error["hints"].to_string().contains("revgraph stamp --detect"), "{error}");
    assert!(!error["hints"].to_string().contains("mend the script"), "{error}");
}

fn what_is_missing_on_the_way_down_is_drift(project: &Project) {
    project.tables(&[("a", ""), ("b", "a")]);
    project.json(&["upgrade"]);
    project.database.execute("DROP TABLE t_b");
    let error = project.refused(&["downgrade", "a"], 1);
    assert!(error["hints"].to_string().contains("revgraph diff"), "{error}");
}

fn what_is_misspelt_is_recognised(project: &Project) {
    project.tables(&[("a1b2c3", "")]).table("b2c3d4", "a1b2c3", &["branch_labels: network"]);
    project.configure("[env.production]\nchecksums = \"warn\"");
    for (arguments, meant) in [
        (&["upgrade", "haed"][..], "head"),
        (&["upgrade", "HEAD"], "head"),
        (&["upgrade", "heds"], "heads"),
        (&["upgrade", "haed-1"], "head"),
        (&["downgrade", "bsae"], "base"),
        (&["stamp", "A1B2C3"], "a1b2c3"),
        (&["upgrade", "netwrok@head"], "network"),
        (&["upgrade", "network@haed"], "head"),
        (&["history", "-r", "curent:"], "current"),
        (&["upgrade", "--accept-recorded", "b2c3d5"], "b2c3d4"),
        (&["resolve", "--accept", "b2c3d5"], "b2c3d4"),
        (&["show", "netwrk"], "network"),
        (&["squash", "-m", "x", "haed"], "head"),
        (&["verify", "a1b2d3"], "a1b2c3"),
        (&["-n", "prodution", "status"], "production"),
        (&["upgarde"], "upgrade"),
        (&["database", "crate"], "create"),
        (&["upgrade", "--dryrun"], "--dry-run"),
        (&["import", "alembik"], "alembic"),
        (&["history", "--format", "mermiad"], "mermaid"),
        (&["completions", "bahs"], "bash"),
    ] {
        let ran = project.run(&[&["--json"], arguments].concat());
        let error = ran.error();
        let hint = error["hints"][0].as_str().unwrap_or_default();
        assert!(hint.contains(meant), "{arguments:?}: {error}");
        let plain = project.run(arguments);
        assert!(ran.status != 0 && plain.status == ran.status && plain.stderr.contains(meant), "{plain:?}");
    }
    let output = project.command(&["status"]).env("REVGRAPH_TRANSACTIN", "all").output().expect("it runs");
    let told = "warning: the variable REVGRAPH_TRANSACTIN sets nothing; did you mean REVGRAPH_TRANSACTION?";
    assert!(String::from_utf8_lossy(&output.stderr).contains(told), "{output:?}");
}

fn edited_scripts_are_not_up_to_date(project: &Project) {
    project.tables(&[("a", "")]);
    project.json(&["upgrade"]);
    project.revision("a", "", "CREATE TABLE t_other (id INTEGER);", "DROP TABLE t_other;");
    let ran = project.run(&["status"]);
    assert_eq!(ran.status, 4, "{ran:?}");
    assert!(ran.stdout.contains("edited") && !ran.stdout.contains("up to date"), "{}", ran.stdout);
}

/// First of all on standard error, and in the document.
fn whatever_changes_a_database_names_it(project: &Project) {
    project.tables(&[("a", ""), ("b", "a")]);
    project.database.execute(
        "CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY, run_on TIMESTAMP); \
         INSERT INTO __diesel_schema_migrations VALUES ('0001', CURRENT_TIMESTAMP)",
    );
    for side in ["up", "down"] {
        std::fs::create_dir_all(project.path("diesel/0001_x")).expect("a folder");
        project.write(&format!("diesel/0001_x/{side}.sql"), "SELECT 1;\n");
    }
    for command in [
        &["ensure-version"][..],
        &["upgrade", "a"],
        &["downgrade", "base"],
        &["stamp", "--force", "a"],
        &["stamp", "--purge", "base"],
        &["stamp", "--detect", "--yes"],
        &["upgrade"],
        &["resolve", "--accept", "a"],
        &["protect", "it"],
        &["protect", "--off", "it"],
        &["stamp", "--purge", "base"],
        &["import", "diesel", "diesel", "--adopt", "--force"],
        &["stamp", "--from", "diesel", "diesel", "--force"],
    ] {
        let ran = project.run(&[command, &["--json"]].concat());
        assert_eq!(ran.status, 0, "{command:?}: {ran:?}");
        let first = ran.stderr.lines().next().unwrap_or_default();
        assert!(first.starts_with("database: "), "{command:?}: {ran:?}");
        let document = ran.json();
        let named = document["database"].as_str().is_some_and(|database| first.contains(database));
        assert!(named, "{command:?}: {ran:?}");
    }
}

/// The advice of a failed upgrade of `a`, which makes `t_a`.
#[track_caller]
fn hints(project: &Project) -> String {
    project.refused(&["upgrade"], 1)["hints"].to_string()
}

fn what_another_tool_has_made_is_taken_over(project: &Project) {
    project.tables(&[("a", "")]);
    project.database.execute(
        "CREATE TABLE t_a (id INTEGER); \
         CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY, version_id INTEGER, is_applied INTEGER); \
         INSERT INTO goose_db_version VALUES (1, 1, 1)",
    );
    let told = hints(project);
    for way in ["revgraph import goose DIR --adopt", "revgraph stamp --from goose"] {
        assert!(told.contains(way), "{way}: {told}");
    }
    assert!(!told.contains("--detect") && !told.contains("mend the script"), "{told}");
}

fn a_column_that_is_there_is_no_mistake_of_the_script(project: &Project) {
    project.revision("a", "", "ALTER TABLE t_a ADD COLUMN x INTEGER;", "");
    project.database.execute("CREATE TABLE t_a (id INTEGER, x INTEGER)");
    let told = hints(project);
    assert!(told.contains("stamp --detect") && !told.contains("mend the script"), "{told}");
}

fn what_is_undone_by_hand_is_mended_and_run_and_never_stamped(project: &Project) {
    let up = "-- revgraph: no-transaction\nCREATE TABLE t_a (id INTEGER);\nSELECT nothing FROM t_a;";
    project.revision("a", "", up, "DROP TABLE t_a;");
    assert_eq!(project.run(&["upgrade"]).status, 1);
    let resolved = project.run(&["resolve", "--rolled-back", "a"]);
    assert!(
        resolved.stderr.contains("mend its script where that was wrong, then: revgraph upgrade"),
        "{resolved:?}"
    );
    // It was not undone after all.
    let told = hints(project);
    assert!(told.contains("undo it by hand") && told.contains("run the same command again"), "{told}");
    assert!(!resolved.stderr.contains("stamp") && !told.contains("stamp"), "{told}");
}

fn quotes_in_a_header_are_a_part_of_the_name(project: &Project) {
    for (id, parent) in [("'a1'", "a1"), ("a1", "'a1'"), ("a1", "\"a1\"")] {
        let up = |id: &str, parent: &str| {
            format!("-- revision: {id}\n-- down_revision: {parent}\n\nCREATE TABLE t (x INTEGER);\n")
        };
        project.write("versions/one.up.sql", up(id, ""));
        project.write("versions/two.up.sql", up("b1", parent));
        let error = project.refused(&["upgrade"], 4);
        let told = format!("there is {id}, and {parent} is another name: quotes");
        assert!(error["hints"][0].as_str().is_some_and(|hint| hint.starts_with(&told)), "{error}");
    }
}

fn a_parent_that_the_ledger_has_is_brought_back(project: &Project) {
    project.tables(&[("a1", ""), ("b1", "a1")]);
    assert_eq!(project.run(&["upgrade"]).status, 0);
    for file in std::fs::read_dir(project.path("versions")).expect("the scripts").flatten() {
        if file.file_name().to_string_lossy().starts_with("a1") {
            std::fs::remove_file(file.path()).expect("it is there");
        }
    }
    let error = project.refused(&["upgrade"], 4);
    assert!(error["hints"].to_string().contains("revgraph show --restore a1"), "{error}");
    assert_eq!(project.run(&["show", "--restore", "a1"]).status, 0);
    assert_eq!(project.run(&["status"]).status, 0);
}

fn a_parent_in_a_backup_or_of_another_tool_is_named(project: &Project) {
    project.tables(&[("c1", "b1")]);
    let hint = |kind: &str| {
        let error = project.refused(&["upgrade"], 4);
        let hints = error["hints"].to_string();
        assert!(hints.contains(kind), "{kind}: {error}");
    };
    for folder in ["versions/backup", "alembic/versions"] {
        std::fs::create_dir_all(project.path(folder)).expect("a folder");
    }
    project.write("alembic/env.py", "from alembic import context\n");
    project.write("alembic/versions/b1_make_users.py", "revision = 'b1'\ndown_revision = None\n");
    hint(
        "b1 is among the files of alembic: alembic/versions/b1_make_users.py; take its history over: revgraph import alembic alembic",
    );
    project.write(
        "versions/backup/b1_users.up.sql",
        "-- users\n--\n-- revision: b1\n-- down_revision:\n\nSELECT 1;\n",
    );
    hint(
        "b1 is in the backup of a squash: versions/backup/b1_users.up.sql; let down_revision name the baseline",
    );
}

/// Keys that point nowhere are found behind the script, and are the script's all the same.
#[cfg(feature = "sqlite")]
#[test]
fn keys_that_point_nowhere_have_their_place_in_the_script() {
    for (script, line) in [
        ("INSERT INTO f VALUES (9);\nSELECT 1;", 6),
        ("SELECT 1;\nDELETE FROM t;\nSELECT 2;", 7),
        ("DROP TABLE t;\nCREATE TABLE t (id INTEGER PRIMARY KEY);\nSELECT 1;", 7),
    ] {
        let project = Project::new(Kind::Sqlite);
        let tables = "CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1); \
            CREATE TABLE f (t INTEGER REFERENCES t); INSERT INTO f VALUES (1);";
        project.revision("z", "", tables, "");
        project.json(&["upgrade"]);
        project.revision("a", "z", script, "");
        let error = project.refused(&["upgrade"], 1);
        assert_eq!(error["line"].as_i64(), Some(line), "{script}: {error}");
        assert!(error["hints"].to_string().contains("put right the rows"), "{error}");
    }
}

#[cfg(feature = "postgres")]
mod on_postgres {
    use super::hints;
    use crate::support::cluster::cluster;
    use crate::support::{Kind, Project};

    #[test]
    fn a_missing_right_is_told_as_the_grant() {
        let project = Project::new(Kind::Postgres);
        project.tables(&[("a", "")]);
        let role = format!("granted_{}", project.database.name());
        project.database.execute(&format!(
            "CREATE ROLE {role} LOGIN PASSWORD 'p'; REVOKE CREATE ON SCHEMA public FROM PUBLIC"
        ));
        let url = cluster().tcp_url(project.database.name(), &role, "p");
        let told = project.refused(&["upgrade", "--url", &url], 1)["hints"].to_string();
        assert!(told.contains("CREATE ON SCHEMA") && told.contains("public"), "{told}");
        assert!(!told.contains("mend the script"), "{told}");
        project.database.execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}"));
    }

    #[test]
    fn what_ends_transactions_is_to_run_without_one() {
        let project = Project::new(Kind::Postgres);
        project.revision("a", "", "CREATE TABLE t_a (id INTEGER);\nDO $$ BEGIN COMMIT; END $$;", "");
        let told = hints(&project);
        assert!(told.contains("-- revgraph: no-transaction") && !told.contains("mend the script"), "{told}");
    }

    /// What a script leaves to the end of its transaction is its own, and not of the bookkeeping.
    #[test]
    fn what_is_deferred_to_the_end_has_its_place() {
        let tables = "CREATE TABLE t (id integer PRIMARY KEY);\n\
            CREATE TABLE \"U\" (t integer REFERENCES t DEFERRABLE INITIALLY DEFERRED);";
        let raising = "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;\n\
            CREATE TABLE v (id integer);\n\
            CREATE CONSTRAINT TRIGGER tr AFTER INSERT ON v DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION f();";
        for (script, line, sqlstate) in [
            (format!("{tables}\nINSERT INTO \"U\" VALUES (7);\nSELECT 1;"), 8, "23503"),
            (format!("{raising}\nINSERT INTO v VALUES (7);"), 9, "P0001"),
        ] {
            for before in ["", "z"] {
                let project = Project::new(Kind::Postgres);
                if !before.is_empty() {
                    project.configure("transaction = \"all\"");
                    project.revision("z", "", "CREATE TABLE z (id integer);", "DROP TABLE z;");
                }
                project.revision("a", before, &script, "");
                let error = project.refused(&["upgrade"], 1);
                assert_eq!(
                    (error["line"].as_i64(), error["sqlstate"].as_str()),
                    (Some(line), Some(sqlstate)),
                    "{error}"
                );
                assert!(
                    error["message"].as_str().is_some_and(|text| text.contains("failed at its end")),
                    "{error}"
                );
            }
        }
    }

    /// The next step is that of the error, on the whole way from the server to the reader; see `diagnostic::step_advice`.
    #[test]
    fn where_the_script_is_right_something_else_is_advised() {
        for (before, script, advice) in [
            ("", "GRANT pg_monitor TO nobody_here;", "make the role there first (CREATE ROLE)"),
            ("", "CREATE EXTENSION no_such_extension;", "install its package there"),
            ("", "DO $$ BEGIN RAISE 'broken' USING ERRCODE = 'XX001'; END $$;", "damaged data"),
            (
                "CREATE TABLE t (a integer); INSERT INTO t VALUES (1), (1);",
                "CREATE UNIQUE INDEX i ON t (a);",
                "put right the rows that are in its way",
            ),
        ] {
            let project = Project::new(Kind::Postgres);
            project.revision("z", "", before, "");
            project.json(&["upgrade"]);
            project.revision("a", "z", script, "");
            let told = hints(&project);
            assert!(told.contains(advice), "{script}: {told}");
        }
    }
}
