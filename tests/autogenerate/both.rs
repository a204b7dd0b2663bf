//! Scripts that serve both kinds of databases: one revision, with blocks for each, proved on both.

use std::fs;

use crate::support::{Project, on_each_database};

on_each_database!(
    a_schema_for_each_makes_blocks_for_each,
    one_file_with_blocks_makes_the_same,
    without_a_server_for_the_other_kind_the_revision_says_so,
    a_decision_may_mean_something_for_one_kind_alone,
);

const BEFORE: &str = "CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT);";

/// The options by which a project can try on both kinds; none where there is no server.
#[cfg(all(feature = "postgres", feature = "sqlite"))]
fn other_server(project: &Project) -> String {
    if project.database.is_postgres() {
        return String::new();
    }
    let cluster = crate::support::cluster::cluster();
    format!("scratch_url = '{}'", cluster.url(&cluster.create_database()))
}

fn begun(project: &Project, lines: &str) {
    project.revision("a", "", BEFORE, "DROP TABLE t;");
    project.configure(&format!("{lines}\n{}", other_server(project)));
}

fn up_script(project: &Project) -> String {
    fs::read_to_string(project.path("versions/b_x.up.sql")).expect("it is there")
}

/// Both blocks, and that the own one leads to the schema and back.
fn check(project: &Project) {
    let up = up_script(project);
    assert!(up.contains("-- revgraph: only postgres\n") && up.contains("-- revgraph: only sqlite\n"), "{up}");
    let proved = up.replace('\n', " ");
    assert!(proved.contains("proved up and down on PostgreSQL") && proved.contains("and on SQLite"), "{up}");
    project.takes(&["upgrade"], &["a", "b"], &["b"]);
    assert_eq!(project.run(&["diff", "database", "schema", "--ignore-column-order"]).status, 0);
    let again = project.json(&["revision", "--autogenerate", "-m", "y"]).json();
    assert_eq!(again["revisions"], serde_json::json!([]));
    project.takes(&["downgrade", "a"], &["b"], &["a"]);
    assert_eq!(project.run(&["diff", "database", "a"]).status, 0);
}

fn a_schema_for_each_makes_blocks_for_each(project: &Project) {
    begun(project, "schema = { postgres = \"pg.sql\", sqlite = \"lite.sql\" }");
    project
        .write("pg.sql", "CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT, made timestamptz DEFAULT now());");
    project.write("lite.sql", "CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT, made TEXT);");
    project.json(&["revision", "--autogenerate", "-m", "x", "--rev-id", "b"]);
    check(project);
}

fn one_file_with_blocks_makes_the_same(project: &Project) {
    begun(project, "schema = \"schema.sql\"");
    project.write(
        "schema.sql",
        format!(
            "{BEFORE}\n-- revgraph: only postgres\nCREATE TABLE u (id uuid PRIMARY KEY);\n-- revgraph: end\n\
             -- revgraph: only sqlite\nCREATE TABLE u (id TEXT PRIMARY KEY) STRICT;\n-- revgraph: end\n"
        ),
    );
    project.json(&["revision", "--autogenerate", "-m", "x", "--rev-id", "b"]);
    check(project);
}

fn without_a_server_for_the_other_kind_the_revision_says_so(project: &Project) {
    if project.database.is_postgres() {
        return;
    }
    project.revision("a", "", BEFORE, "DROP TABLE t;");
    project.configure("schema = { postgres = \"pg.sql\", sqlite = \"lite.sql\" }");
    project.write("pg.sql", BEFORE);
    project.write("lite.sql", "CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT, made TEXT);");
    let ran = project.run(&["revision", "--autogenerate", "-m", "x", "--rev-id", "b"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert!(ran.stderr.contains("nothing for postgres"), "{ran:?}");
    let up = up_script(project);
    assert!(up.contains("only sqlite\n") && up.contains("nothing for postgres"), "{up}");
    project.takes(&["upgrade"], &["a", "b"], &["b"]);
}

fn a_decision_may_mean_something_for_one_kind_alone(project: &Project) {
    begun(project, "schema = { postgres = \"pg.sql\", sqlite = \"lite.sql\" }");
    project.write("pg.sql", "CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT, made TEXT);");
    project.write("lite.sql", "CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT, born TEXT NOT NULL);");
    let start = ["revision", "--autogenerate", "-m", "x", "--rev-id", "b"];
    project.refused(&[&start[..], &["--fill", "t.nothing=''"]].concat(), 2);
    project.json(&[&start[..], &["--fill", "t.born=''"]].concat());
    check(project);
}
