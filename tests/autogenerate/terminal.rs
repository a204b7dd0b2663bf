//! What autogenerate asks where there is a terminal.

use std::fs;

use crate::support::terminal::on_a_terminal;
use crate::support::{Project, on_each_database};

on_each_database!(
    missing_values_are_asked_for,
    what_may_have_been_renamed_is_asked_with_what_it_holds,
    no_answer_leaves_it_to_the_script,
    kept_tables_go_where_the_user_agrees
);

fn begun(project: &Project) {
    project.revision("a", "", "CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT);", "DROP TABLE t;");
    project.write("schema.sql", "CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT, email TEXT NOT NULL);");
    project.configure("schema = \"schema.sql\"");
    project.takes(&["upgrade"], &["a"], &["a"]);
    project.database.execute("INSERT INTO t (id) VALUES (1), (2);");
}

fn missing_values_are_asked_for(project: &Project) {
    begun(project);
    let command = ["revision", "--autogenerate", "-m", "x", "--rev-id", "b"];
    let (said, status) = on_a_terminal(project, &command, "'none'\n");
    assert_eq!(status, 0, "{said}");
    assert!(said.contains("t.email takes no NULL") && said.contains("2 rows"), "{said}");
    project.takes(&["upgrade"], &["b"], &["b"]);
    assert_eq!(project.database.column("SELECT email FROM t"), ["none", "none"]);
}

fn what_may_have_been_renamed_is_asked_with_what_it_holds(project: &Project) {
    let (make, is_postgres) = ("CREATE TYPE mood AS ENUM ('sad', 'ok');", project.database.is_postgres());
    let of = |table: &str, column: &str, label: &str| {
        let (make, data_type) =
            if is_postgres { (make.replace("sad", label), "mood") } else { Default::default() };
        format!(
            "{make} CREATE TABLE t (id INTEGER PRIMARY KEY, {column} TEXT, m {data_type}); CREATE TABLE {table} (x TEXT);"
        )
    };
    let down = "DROP TABLE t; DROP TABLE u;".to_owned() + if is_postgres { " DROP TYPE mood;" } else { "" };
    project.revision("a", "", &of("u", "n", "sad"), &down);
    project.write("schema.sql", of("v", "o", "low"));
    project.configure("schema = \"schema.sql\"");
    project.takes(&["upgrade"], &["a"], &["a"]);
    project
        .database
        .execute("INSERT INTO t (id, n) VALUES (1, 'a'), (2, 'b'), (3, NULL); INSERT INTO u VALUES ('x');");
    let command = ["revision", "--autogenerate", "-m", "x", "--rev-id", "b"];
    let (said, status) = on_a_terminal(project, &command, if is_postgres { "\r\r\r" } else { "\r\r" });
    assert_eq!(status, 0, "{said}");
    for question in ["table u is not", "lost (1 row)", "column t.n is not", "lost (2 values)"] {
        assert!(said.contains(question), "{question}: {said}");
    }
    assert_eq!(said.contains("label mood.sad is not"), is_postgres, "{said}");
    project.takes(&["upgrade"], &["b"], &["b"]);
    assert_eq!(project.database.column("SELECT o FROM t WHERE id < 3 ORDER BY id"), ["a", "b"]);
}

fn no_answer_leaves_it_to_the_script(project: &Project) {
    begun(project);
    let command = ["revision", "--autogenerate", "-m", "x", "--rev-id", "b"];
    let (said, status) = on_a_terminal(project, &command, "\n");
    assert_eq!(status, 0, "{said}");
    let up = fs::read_to_string(project.path("versions/b_x.up.sql")).expect("it is there");
    assert!(up.contains("-- may fail"), "{up}");
}

fn kept_tables_go_where_the_user_agrees(project: &Project) {
    begun(project);
    project.write("schema.sql", "CREATE TABLE t (id INTEGER PRIMARY KEY);");
    project.json(&["revision", "--autogenerate", "--keep", "-m", "x", "--rev-id", "b"]);
    project.takes(&["upgrade"], &["b"], &["b"]);
    let (said, status) = on_a_terminal(project, &["kept", "--drop"], "n\n");
    assert_eq!(status, 1, "{said}");
    assert_eq!(project.json(&["kept"]).json()["kept"].as_array().map(Vec::len), Some(1));
    let (said, status) = on_a_terminal(project, &["kept", "--drop"], "y\n");
    assert_eq!(status, 0, "{said}");
    assert_eq!(project.json(&["kept"]).json()["kept"].as_array().map(Vec::len), Some(0));
}
