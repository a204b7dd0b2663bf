//! `revgraph schema`.

use crate::support::{Project, on_each_database};

on_each_database! {
    the_schema_is_printed_without_the_bookkeeping,
    an_empty_database_has_an_empty_schema,
    a_target_is_what_the_scripts_build_there,
    what_scripts_build_needs_no_database_of_sqlite,
}

fn the_schema_is_printed_without_the_bookkeeping(project: &Project) {
    project.revision(
        "a",
        "",
        "CREATE TABLE account (id integer PRIMARY KEY, name text);",
        "DROP TABLE account;",
    );
    assert_eq!(project.run(&["upgrade"]).status, 0);
    let ran = project.run(&["schema"]);
    let expected = if project.database.is_postgres() {
        "CREATE TABLE public.account (\n    id integer NOT NULL,\n    name text,\n    \
         CONSTRAINT account_pkey PRIMARY KEY (id)\n);\n"
    } else {
        "CREATE TABLE account (\n    id integer PRIMARY KEY,\n    name text\n);\n"
    };
    assert_eq!((ran.status, ran.stdout.as_str(), ran.stderr.as_str()), (0, expected, ""));
    assert_eq!(project.json(&["schema", "database"]).json()["sql"], expected);
}

fn an_empty_database_has_an_empty_schema(project: &Project) {
    let ran = project.run(&["schema"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (0, ""));
    assert!(project.database.tables().is_empty());
}

/// The tables of what `schema TARGET` prints.
#[track_caller]
fn tables_at(project: &Project, target: &str) -> Vec<String> {
    let ran = project.run(&["schema", target]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{target}");
    let names = ran.stdout.lines().filter_map(|line| line.strip_prefix("CREATE TABLE "));
    names.map(|line| line.trim_start_matches("public.").trim_end_matches(" (").to_owned()).collect()
}

fn a_target_is_what_the_scripts_build_there(project: &Project) {
    project.tables(&[("a", ""), ("b", "a"), ("c", "b")]);
    assert_eq!(project.run(&["upgrade", "a"]).status, 0);
    assert_eq!(tables_at(project, "head"), ["t_a", "t_b", "t_c"]);
    assert_eq!(tables_at(project, "b"), ["t_a", "t_b"]);
    assert_eq!(tables_at(project, "head-1"), ["t_a", "t_b"]);
    assert_eq!(tables_at(project, "base"), [""; 0]);
    for target in ["database", "current"] {
        assert_eq!(tables_at(project, target), ["t_a"]);
    }
    assert_eq!(project.database.tables(), ["t_a"]);
    let database = project.run(&["schema"]).stdout;
    assert_eq!(project.json(&["schema", "a"]).json()["sql"], database);
    assert_eq!(project.refused(&["schema", "nowhere"], 1)["kind"], "unknown_revision");
}

fn what_scripts_build_needs_no_database_of_sqlite(project: &Project) {
    project.tables(&[("a", "")]);
    let ran = project.run(&["schema", "head", "--url", "sqlite:nowhere/there.db"]);
    assert_eq!(
        (ran.status, ran.stdout.as_str()),
        (0, "CREATE TABLE t_a (\n    id INTEGER PRIMARY KEY\n);\n")
    );
}
