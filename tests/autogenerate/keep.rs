//! `--keep` and `kept`: what would be lost is put aside, and the down script brings it back.

use crate::support::{Project, on_each_database};

on_each_database!(
    values_of_a_column_come_back_to_their_rows,
    tables_come_back_with_rows_references_and_positions,
    converted_values_come_back_where_nobody_has_changed_them,
    a_renamed_table_keeps_what_its_columns_lose,
    what_is_kept_is_no_part_of_the_schema_and_a_users_table_of_such_a_name_is,
    what_is_kept_is_listed_and_dropped_and_undoing_goes_on,
    what_would_not_find_its_row_is_refused_by_name,
    a_reset_takes_what_is_kept_along,
);

/// A project whose database stands at `a`, which builds `before`, and whose desired schema is `after`.
fn begun(project: &Project, before: &str, after: &str) {
    project.revision("a", "", before, "");
    project.write("schema.sql", after);
    project.configure("schema = \"schema.sql\"");
    project.takes(&["upgrade"], &["a"], &["a"]);
}

/// Makes the revision `b` that keeps what it loses, and checks it in every way that there is.
fn keep(project: &Project, options: &[&str]) {
    let start = ["revision", "--autogenerate", "--keep", "--renames", "none", "-m", "x", "--rev-id", "b"];
    let ran = project.json(&[&start[..], options].concat()).json();
    assert_eq!(ran["proved"], true, "{ran}");
    let verified = project.run(&["verify"]);
    assert_eq!(verified.status, 0, "{verified:?}");
}

fn up(project: &Project) {
    project.takes(&["upgrade"], &["b"], &["b"]);
    let diff = project.run(&["diff", "database", "schema", "--ignore-column-order"]);
    assert_eq!(diff.status, 0, "{diff:?}");
}

fn down(project: &Project) {
    project.takes(&["downgrade", "a"], &["b"], &["a"]);
    let diff = project.run(&["diff", "database", "a", "--ignore-column-order"]);
    assert_eq!(diff.status, 0, "{diff:?}");
    assert_eq!(project.json(&["kept"]).json()["kept"], serde_json::json!([]));
}

fn values_of_a_column_come_back_to_their_rows(project: &Project) {
    begun(
        project,
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, \"Nick\" TEXT DEFAULT 'none', n INTEGER);",
        "CREATE TABLE users (id INTEGER PRIMARY KEY, n INTEGER);",
    );
    project.database.execute(
        "INSERT INTO users (id, name, \"Nick\", n) VALUES (1, 'it''s', NULL, 1), (2, 'b', 'bee', 2), (3, 'c', 'sea', 3);",
    );
    keep(project, &[]);
    up(project);
    project.database.execute("DELETE FROM users WHERE id = 2; UPDATE users SET n = 7 WHERE id = 3;");
    down(project);
    let rows =
        project.database.column("SELECT id || name || coalesce(\"Nick\", '-') || n FROM users ORDER BY id");
    assert_eq!(rows, ["1it's-1", "3csea7"]);
}

fn tables_come_back_with_rows_references_and_positions(project: &Project) {
    let id = if project.database.is_postgres() {
        "id INTEGER GENERATED ALWAYS AS IDENTITY PRIMARY KEY"
    } else {
        "id INTEGER PRIMARY KEY AUTOINCREMENT"
    };
    let before = format!(
        "CREATE TABLE z ({id}, n TEXT); CREATE TABLE a (id INTEGER PRIMARY KEY, z INTEGER REFERENCES z (id), \
         up INTEGER REFERENCES a (id)); CREATE TABLE rest (id INTEGER);"
    );
    begun(project, &before, "CREATE TABLE rest (id INTEGER);");
    project.database.execute(
        "INSERT INTO z (n) VALUES ('x'), ('y'), ('gone'); DELETE FROM z WHERE n = 'gone'; \
         INSERT INTO a VALUES (1, 2, 2), (2, 1, NULL);",
    );
    keep(project, &[]);
    up(project);
    down(project);
    project.database.execute("INSERT INTO z (n) VALUES ('next');");
    assert_eq!(project.database.column("SELECT id || n FROM z ORDER BY id"), ["1x", "2y", "4next"]);
    assert_eq!(project.database.column("SELECT id || '.' || z FROM a ORDER BY id"), ["1.2", "2.1"]);
}

fn converted_values_come_back_where_nobody_has_changed_them(project: &Project) {
    let (from, to, values) = if project.database.is_postgres() {
        ("NUMERIC(10, 2)", "INTEGER", ["1.25", "2.50", "3.00"])
    } else {
        ("TEXT", "INTEGER", ["007", "08", "9"])
    };
    let table = |data_type: &str| format!("CREATE TABLE t (code VARCHAR(5) PRIMARY KEY, n {data_type});");
    begun(project, &table(from), &table(to));
    let [one, two, three] = values;
    project.database.execute(&format!(
        "INSERT INTO t (code, n) VALUES ('a', '{one}'), ('b', '{two}'), ('c', '{three}'), ('d', NULL);"
    ));
    keep(project, &[]);
    up(project);
    project.database.execute("UPDATE t SET n = 70 WHERE code = 'b';");
    down(project);
    let now =
        project.database.column("SELECT CAST(n AS VARCHAR(20)) FROM t WHERE n IS NOT NULL ORDER BY code");
    let changed = if project.database.is_postgres() { "70.00" } else { "70" };
    assert_eq!(now, [one, changed, three]);
}

/// What a type is made of is another type under the same name: values are kept as what they were.
#[cfg(feature = "postgres")]
#[test]
fn values_beneath_domains_and_within_types_come_back() {
    let project = Project::new(crate::support::Kind::Postgres);
    let schema = |data_type: &str| {
        format!(
            "CREATE DOMAIN amount AS {data_type}; CREATE TYPE pair AS (x {data_type}, y text); \
             CREATE TABLE t (id integer PRIMARY KEY, a amount, b amount[], c pair, d pair[]);"
        )
    };
    begun(&project, &schema("numeric(8,2)"), &schema("integer"));
    project.database.execute(
        "INSERT INTO t VALUES (1, 1.25, '{2.5,3}', '(4.75,y)', '{\"(5.25,z)\"}'), (2, NULL, NULL, NULL, NULL);",
    );
    let rows = || project.database.column("SELECT t::text FROM t ORDER BY id");
    let before = rows();
    keep(&project, &[]);
    up(&project);
    assert_ne!(rows(), before);
    down(&project);
    assert_eq!(rows(), before);
}

fn a_renamed_table_keeps_what_its_columns_lose(project: &Project) {
    begun(
        project,
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);",
        "CREATE TABLE people (id INTEGER PRIMARY KEY, age INTEGER);",
    );
    project.database.execute("INSERT INTO users VALUES (1, 'x');");
    let start = ["revision", "--autogenerate", "--keep", "-m", "x", "--rev-id", "b"];
    project.json(&[&start[..], &["--rename", "users:people", "--drop", "users.name"]].concat());
    up(project);
    down(project);
    assert_eq!(project.database.column("SELECT name FROM users"), ["x"]);
}

fn what_is_kept_is_no_part_of_the_schema_and_a_users_table_of_such_a_name_is(project: &Project) {
    begun(
        project,
        "CREATE TABLE t (id INTEGER PRIMARY KEY, gone TEXT);",
        "CREATE TABLE t (id INTEGER PRIMARY KEY);",
    );
    project.database.execute("INSERT INTO t VALUES (1, 'x');");
    keep(project, &[]);
    up(project);
    assert_eq!(project.run(&["revision", "--autogenerate", "--check"]).status, 0);
    assert_eq!(project.run(&["diff"]).status, 0);
    let schema = project.run(&["schema"]);
    assert!(!schema.stdout.contains("revgraph_kept_"), "{schema:?}");
    project.database.execute("CREATE TABLE revgraph_kept_0123456789ab (id INTEGER);");
    let diff = project.run(&["diff"]);
    assert!(diff.status == 4 && diff.stdout.contains("revgraph_kept_0123456789ab"), "{diff:?}");
    assert_eq!(project.json(&["kept"]).json()["kept"].as_array().map(Vec::len), Some(1));
}

fn what_is_kept_is_listed_and_dropped_and_undoing_goes_on(project: &Project) {
    begun(
        project,
        "CREATE TABLE t (id INTEGER PRIMARY KEY, gone TEXT); CREATE TABLE u (id INTEGER);",
        "CREATE TABLE t (id INTEGER PRIMARY KEY);",
    );
    project.database.execute("INSERT INTO t VALUES (1, 'x'), (2, NULL); INSERT INTO u VALUES (1);");
    keep(project, &[]);
    up(project);
    let kept = project.json(&["kept"]).json()["kept"].clone();
    let of_column =
        kept.as_array().and_then(|kept| kept.iter().find(|one| one["what"].to_string().contains("gone")));
    let of_column = of_column.expect("it is kept");
    assert_eq!((&of_column["revision"], &of_column["rows"]), (&"b".into(), &2.into()), "{kept}");
    let name = of_column["table"].as_str().expect("a name");
    assert!(name.len() == 26 && name.starts_with("revgraph_kept_"), "{name}");
    project.refused(&["kept", "--drop"], 2);
    project.refused(&["kept", "--yes", "--drop", "t"], 2);
    assert_eq!(project.json(&["kept"]).json()["kept"].as_array().map(Vec::len), Some(2));
    assert_eq!(project.run(&["kept", "--yes", "--drop", name]).status, 0);
    assert_eq!(project.json(&["kept"]).json()["kept"].as_array().map(Vec::len), Some(1));
    assert_eq!(project.run(&["kept", "--yes", "--drop"]).status, 0);
    down(project);
    assert_eq!(project.database.column("SELECT gone FROM t"), [""; 0]);
}

fn what_would_not_find_its_row_is_refused_by_name(project: &Project) {
    begun(project, "CREATE TABLE t (id INTEGER, gone TEXT);", "CREATE TABLE t (id INTEGER);");
    let start = ["revision", "--autogenerate", "--keep", "--renames", "none", "-m", "x"];
    let error = project.refused(&start, 1);
    assert!(error.to_string().contains("it has no key"), "{error}");
}

fn a_reset_takes_what_is_kept_along(project: &Project) {
    begun(
        project,
        "CREATE TABLE t (id INTEGER PRIMARY KEY, gone TEXT);",
        "CREATE TABLE t (id INTEGER PRIMARY KEY);",
    );
    keep(project, &[]);
    up(project);
    let ran = project.run(&["reset", "--yes"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    // What it has made again is of the revision that was applied again.
    assert_eq!(project.json(&["kept"]).json()["kept"].as_array().map(Vec::len), Some(1));
    assert_eq!(project.database.version_rows(), ["b"]);
}
