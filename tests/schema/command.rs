//! `revgraph schema`.

use crate::support::{Project, on_each_database};

on_each_database! {
    the_schema_is_printed_without_the_bookkeeping,
    an_empty_database_has_an_empty_schema,
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
