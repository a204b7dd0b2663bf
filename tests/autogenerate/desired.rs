//! Desired schemas: where they come from, and what is wrong with them.

use crate::support::{Project, on_each_database};

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
