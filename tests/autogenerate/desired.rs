//! Desired schemas: where they come from, and what is wrong with them.

use crate::support::{Kind, Project, on_each_database};

on_each_database!(
    statements_may_stand_in_any_order,
    a_command_prints_the_schema,
    what_does_not_load_is_told_with_its_place,
    what_is_no_schema_is_refused,
);

const AUTOGENERATE: [&str; 4] = ["revision", "--autogenerate", "-m", "x"];

fn statements_may_stand_in_any_order(project: &Project) {
    std::fs::create_dir(project.path("schema")).expect("a folder");
    project.write("schema/1.sql", "CREATE VIEW v AS SELECT id FROM w;\nCREATE INDEX i ON t (id);\n");
    project.write(
        "schema/2.sql",
        "BEGIN;\nCREATE VIEW w AS SELECT id FROM t;\nCREATE TABLE t (id INTEGER PRIMARY KEY);\nCOMMIT;\n",
    );
    project.configure("schema = \"schema\"");
    project.json(&AUTOGENERATE);
    project.json(&["upgrade"]);
    assert_eq!(project.run(&["diff", "database", "schema"]).status, 0);
}

fn a_command_prints_the_schema(project: &Project) {
    project.write("t.sql", "CREATE TABLE t (id INTEGER PRIMARY KEY);");
    project.configure("schema_command = [\"cat\", \"t.sql\"]");
    project.json(&AUTOGENERATE);
    assert_eq!(project.run(&["diff", "head", "schema"]).status, 0);
    for (command, status) in [
        ("[\"sh\", \"-c\", \"echo no >&2; exit 3\"]", 1),
        ("[\"true\"]", 1),
        ("[\"printf\", \"\\\\377\"]", 1),
        ("[\"nonesuch-command\"]", 2),
    ] {
        project.write(
            "alembic.toml",
            format!("url = '{}'\nschema_command = {command}\n", project.database.url()),
        );
        let error = project.refused(&AUTOGENERATE, status);
        assert_eq!(error["kind"], "schema_command", "{command}: {error}");
    }
}

fn what_does_not_load_is_told_with_its_place(project: &Project) {
    project.write(
        "schema.sql",
        "CREATE TABLE t (id INTEGER PRIMARY KEY);\nCREATE INDEX i ON nowhere (id);\nCREATE TABL u (id INTEGER);\n",
    );
    project.configure("schema = \"schema.sql\"");
    let error = project.refused(&AUTOGENERATE, 1);
    assert_eq!((&error["kind"], &error["line"]), (&"sql_file".into(), &3.into()), "{error}");
    assert_eq!(error["statement_number"], 3, "{error}");
    project.write("schema.sql", "CREATE TABLE t (id INTEGER PRIMARY KEY);\nSELECT 'open;\n");
    let error = project.refused(&AUTOGENERATE, 1);
    assert_eq!((&error["kind"], &error["line"]), (&"sql_file".into(), &2.into()), "{error}");
}

fn what_is_no_schema_is_refused(project: &Project) {
    project.refused(&AUTOGENERATE, 2);
    std::fs::create_dir(project.path("none")).expect("a folder");
    for (path, kind) in [("none/", "no_files"), ("nowhere.sql", "io")] {
        let error = project.refused(&[&AUTOGENERATE[..], &["--to", path]].concat(), 1);
        assert_eq!(error["kind"], kind, "{path}");
    }
    project.configure("schema = \"a.sql\"\nschema_command = [\"true\"]");
    assert_eq!(project.refused(&AUTOGENERATE, 2)["kind"], "config");
}

/// What `.dump` and `.schema` of SQLite's shell write (3.40 and later), virtual tables and tables of SQLite's own included.
#[test]
fn what_sqlites_shell_writes_down_is_a_desired_schema() {
    const SCHEMA: &str = "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT);\n\
        CREATE TABLE sqlite_sequence(name,seq);\n\
        CREATE VIRTUAL TABLE ft USING fts5(body, content='t', content_rowid='id')\n\
        /* ft(body) */;\n\
        CREATE TABLE IF NOT EXISTS 'ft_data'(id INTEGER PRIMARY KEY, block BLOB);\n\
        CREATE TABLE IF NOT EXISTS 'ft_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;\n\
        CREATE TABLE IF NOT EXISTS 'ft_docsize'(id INTEGER PRIMARY KEY, sz BLOB);\n\
        CREATE TABLE IF NOT EXISTS 'ft_config'(k PRIMARY KEY, v) WITHOUT ROWID;\n\
        CREATE TABLE sqlite_stat1(tbl,idx,stat);\n\
        CREATE TRIGGER t_in AFTER INSERT ON t BEGIN INSERT INTO ft(rowid, body) VALUES (new.id, new.body); END;\n";
    const DUMP: &str = "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n\
        CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT);\n\
        INSERT INTO t VALUES(1,'a');\n\
        PRAGMA writable_schema=ON;\n\
        INSERT INTO sqlite_schema(type,name,tbl_name,rootpage,sql)VALUES('table','ft','ft',0,\
        'CREATE VIRTUAL TABLE ft USING fts5(body, content=''t'', content_rowid=''id'')');\n\
        CREATE TABLE IF NOT EXISTS 'ft_data'(id INTEGER PRIMARY KEY, block BLOB);\n\
        INSERT INTO ft_data VALUES(1,X'010101020101');\n\
        CREATE TABLE IF NOT EXISTS 'ft_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;\n\
        CREATE TABLE IF NOT EXISTS 'ft_docsize'(id INTEGER PRIMARY KEY, sz BLOB);\n\
        CREATE TABLE IF NOT EXISTS 'ft_config'(k PRIMARY KEY, v) WITHOUT ROWID;\n\
        INSERT INTO ft_config VALUES('version',4);\n\
        DELETE FROM sqlite_sequence;\nINSERT INTO sqlite_sequence VALUES('t',1);\n\
        CREATE TRIGGER t_in AFTER INSERT ON t BEGIN INSERT INTO ft(rowid, body) VALUES (new.id, new.body); END;\n\
        PRAGMA writable_schema=OFF;\nCOMMIT;\n";
    let project = Project::new(Kind::Sqlite);
    project.configure("schema = \"schema.sql\"");
    project.write("schema.sql", SCHEMA);
    project.json(&AUTOGENERATE);
    project.json(&["upgrade"]);
    project.database.execute("INSERT INTO t VALUES (7, 'word')");
    assert_eq!(project.database.scalar("SELECT rowid FROM ft WHERE ft MATCH 'word'"), "7");
    for text in [SCHEMA, DUMP] {
        project.write("schema.sql", text);
        assert_eq!(project.run(&["diff", "database", "schema"]).status, 0, "{text}");
    }
}

#[test]
fn a_folder_without_its_slash_is_told() {
    let project = Project::new(Kind::Sqlite);
    std::fs::create_dir(project.path("tables")).expect("a folder");
    project.write("tables/t.sql", "CREATE TABLE t (id INTEGER PRIMARY KEY);");
    let arguments = ["revision", "--autogenerate", "-m", "x", "--to"];
    let error = project.refused(&[&arguments[..], &["tables"]].concat(), 1);
    assert_eq!(error["kind"], "unknown_revision", "{error}");
    assert!(error["hints"].to_string().contains("tables/"), "{error}");
    project.json(&[&arguments[..], &["tables/"]].concat());
}

#[test]
fn a_database_where_sql_is_meant_is_told() {
    let project = Project::new(Kind::Sqlite);
    project.database.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)");
    std::fs::copy(project.path("test.db"), project.path("want.db")).expect("a copy");
    std::fs::copy(project.path("test.db"), project.path("want.sql")).expect("a copy");
    let arguments = ["revision", "--autogenerate", "-m", "x", "--to"];
    for (file, status) in [("want.db", 1), ("want.sql", 2)] {
        let error = project.refused(&[&arguments[..], &[file]].concat(), status);
        assert!(error["hints"].to_string().contains("sqlite:"), "{error}");
    }
    project.json(&[&arguments[..], &["sqlite:want.db"]].concat());
}

#[test]
fn a_database_that_is_not_there_is_told_once() {
    let project = Project::new(Kind::Sqlite);
    project.write("t.sql", "CREATE TABLE t (id INTEGER PRIMARY KEY);");
    let made = project.run(&["revision", "--autogenerate", "-m", "x", "--to", "t.sql", "--from", "database"]);
    assert_eq!(made.stderr.matches("there is no such file").count(), 1, "{}", made.stderr);
}

/// What is set for a connection is no part of a schema, also where no transaction takes it.
#[cfg(feature = "sqlite")]
#[test]
fn settings_of_a_connection_are_passed_over() {
    let project = Project::new(Kind::Sqlite);
    let pragmas = "PRAGMA synchronous=OFF; PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON; PRAGMA user_version = 3; VACUUM;";
    project.write("schema.sql", format!("{pragmas}\nCREATE TABLE t (a INTEGER);"));
    project.configure("schema = \"schema.sql\"");
    project.json(&["revision", "--autogenerate", "-m", "x", "--rev-id", "a"]);
    project.takes(&["upgrade"], &["a"], &["a"]);
}

/// A label that is one of another type too is added in place, and the script runs.
#[cfg(feature = "postgres")]
#[test]
fn a_label_of_another_type_is_no_use_of_it() {
    let project = Project::new(Kind::Postgres);
    project.revision(
        "a",
        "",
        "CREATE TYPE e AS ENUM ('a'); CREATE TABLE t (x e, y e);",
        "DROP TABLE t; DROP TYPE e;",
    );
    project.write(
        "schema.sql",
        "CREATE TYPE e AS ENUM ('a', 'b'); CREATE TYPE e2 AS ENUM ('b'); CREATE TYPE other AS ENUM ('c', 'b'); \
         CREATE TABLE t (x e, y e); CREATE TABLE u (x e2 DEFAULT 'b', y text DEFAULT 'b');",
    );
    project.configure("schema = \"schema.sql\"");
    project.json(&["revision", "--autogenerate", "-m", "x", "--rev-id", "b"]);
    let up = std::fs::read_to_string(project.path("versions/b_x.up.sql")).expect("it is there");
    assert!(up.contains("ADD VALUE 'b'") && !up.contains("RENAME"), "{up}");
    project.takes(&["upgrade"], &["a", "b"], &["b"]);
}
