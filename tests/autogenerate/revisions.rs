//! From a desired schema to a revision that is proved.

use std::fs;

use crate::support::{Project, on_each_database};

on_each_database!(
    the_revision_leads_there_and_back,
    nothing_to_do_writes_nothing,
    several_heads_are_joined,
    a_revision_on_one_of_several_heads_leaves_the_others_theirs,
    a_check_answers_and_writes_nothing,
    the_sql_is_printed_for_two_sides,
    what_is_printed_for_sqlite_loses_no_rows_to_foreign_keys,
    a_title_is_made_up,
    a_title_does_not_tell_what_comes_along,
    what_is_lost_is_said_with_its_number,
    what_the_down_script_may_fail_on_is_said,
    a_database_that_is_elsewhere_is_no_beginning,
);

const BEFORE: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);";
const AFTER: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, email TEXT);\n\
                     CREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT);\n\
                     CREATE INDEX posts_title ON posts (title);\n";

/// The names of the scripts.
fn scripts(project: &Project) -> Vec<String> {
    let names = fs::read_dir(project.path("versions")).expect("a listing").flatten();
    let mut names: Vec<String> =
        names.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.retain(|name| name.ends_with(".sql"));
    names.sort();
    names
}

fn begun(project: &Project) {
    project.revision("a", "", BEFORE, "DROP TABLE users;");
    project.write("schema.sql", AFTER);
    project.configure("schema = \"schema.sql\"");
}

fn the_revision_leads_there_and_back(project: &Project) {
    begun(project);
    let ran = project.run(&["revision", "--autogenerate", "-m", "more", "--rev-id", "b"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert_eq!(ran.stdout, "[PROJECT]/versions/b_more.up.sql\n[PROJECT]/versions/b_more.down.sql\n");
    let up = fs::read_to_string(project.path("versions/b_more.up.sql")).expect("it is there");
    assert!(up.contains("-- Made from the desired schema; proved up and down on "), "{up}");
    project.takes(&["upgrade"], &["a", "b"], &["b"]);
    assert_eq!(project.run(&["diff", "database", "schema", "--ignore-column-order"]).status, 0);
    project.takes(&["downgrade", "a"], &["b"], &["a"]);
    assert_eq!(project.run(&["diff", "database", "a"]).status, 0);
}

/// Nothing of the other branches comes again, and what is needed of them has to be named.
fn a_revision_on_one_of_several_heads_leaves_the_others_theirs(project: &Project) {
    project.revision("a", "", "CREATE TABLE users (id INTEGER PRIMARY KEY);", "DROP TABLE users;");
    project.revision("b", "", "CREATE TABLE bills (id INTEGER PRIMARY KEY);", "DROP TABLE bills;");
    let schema = |users: &str| {
        format!(
            "CREATE TABLE users (id INTEGER PRIMARY KEY{users}); CREATE TABLE bills (id INTEGER PRIMARY KEY, sum INTEGER);"
        )
    };
    project.write("schema.sql", schema(""));
    project.configure("schema = \"schema.sql\"");
    let on_b =
        |more: &[&'static str]| [&["revision", "--autogenerate", "-m", "x", "--head", "b"], more].concat();
    let made = project.json(&on_b(&["--rev-id", "c"])).json();
    assert_eq!(made["statements"].as_array().map(Vec::len), Some(1), "{made:?}");
    project.json(&["upgrade", "heads"]);
    assert_eq!(project.run(&["diff", "database", "schema"]).status, 0);
    project.write("schema.sql", schema(", name TEXT"));
    let on_c =
        |more: &[&'static str]| [&["revision", "--autogenerate", "-m", "y", "--head", "c"], more].concat();
    let error = project.refused(&on_c(&[]), 1);
    assert!(error["hints"].to_string().contains("--depends-on"), "{error}");
    project.json(&on_c(&["--depends-on", "a"]));
    project.json(&["upgrade", "heads"]);
    assert_eq!(project.run(&["diff", "database", "schema"]).status, 0);
}

fn nothing_to_do_writes_nothing(project: &Project) {
    begun(project);
    project.write("schema.sql", BEFORE);
    let before = scripts(project);
    let ran = project.run(&["revision", "--autogenerate", "-m", "x"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (0, ""), "{ran:?}");
    assert!(ran.stderr.contains("nothing to do"), "{ran:?}");
    assert_eq!(scripts(project), before);
}

fn several_heads_are_joined(project: &Project) {
    project.tables(&[("a", ""), ("b", "a"), ("c", "a")]);
    project.write(
        "schema.sql",
        "CREATE TABLE t_a (id INTEGER PRIMARY KEY); CREATE TABLE t_b (id INTEGER PRIMARY KEY); \
         CREATE TABLE t_c (id INTEGER PRIMARY KEY, n INTEGER);",
    );
    project.configure("schema = \"schema.sql\"");
    let ran = project.json(&["revision", "--autogenerate", "-m", "x", "--rev-id", "d"]).json();
    assert_eq!(ran["revisions"][0]["down_revisions"], serde_json::json!(["b", "c"]));
    assert_eq!(ran["proved"], true);
    assert_eq!(project.json(&["upgrade"]).heads(), ["d"]);
}

fn a_check_answers_and_writes_nothing(project: &Project) {
    begun(project);
    let before = scripts(project);
    assert_eq!(project.run(&["revision", "--autogenerate", "--check"]).status, 3);
    assert_eq!(scripts(project), before);
    project.write("schema.sql", BEFORE);
    assert_eq!(project.run(&["revision", "--autogenerate", "--check"]).status, 0);
}

fn the_sql_is_printed_for_two_sides(project: &Project) {
    begun(project);
    project.write("before.sql", BEFORE);
    let ran = project.run(&["diff", "--sql", "before.sql", "schema"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    project.database.execute(BEFORE);
    project.database.execute(&ran.stdout);
    assert_eq!(project.run(&["diff", "database", "schema", "--ignore-column-order"]).status, 0);
    let none = project.run(&["diff", "--sql", "schema", "schema"]);
    assert_eq!((none.status, none.stdout.as_str()), (0, ""), "{none:?}");
}

fn what_is_printed_for_sqlite_loses_no_rows_to_foreign_keys(project: &Project) {
    if project.database.is_postgres() {
        return;
    }
    let child =
        "CREATE TABLE child (id INTEGER PRIMARY KEY, p INTEGER REFERENCES parent (id) ON DELETE CASCADE);";
    let before = format!("CREATE TABLE parent (id INTEGER PRIMARY KEY, n TEXT); {child}");
    let after = format!("CREATE TABLE parent (id INTEGER PRIMARY KEY, n TEXT UNIQUE); {child}");
    project.write("before.sql", &before);
    project.write("after.sql", &after);
    project
        .database
        .execute(&format!("{before} INSERT INTO parent VALUES (1, 'x'); INSERT INTO child VALUES (1, 1);"));
    let ran = project.run(&["diff", "--sql", "before.sql", "after.sql"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    project.database.execute(&format!("PRAGMA foreign_keys = ON;\n{}", ran.stdout));
    assert_eq!(project.database.column("SELECT p FROM child"), ["1"]);
    assert_eq!(project.run(&["diff", "database", "after.sql"]).status, 0);
}

fn a_title_is_made_up(project: &Project) {
    begun(project);
    let ran = project.json(&["revision", "--autogenerate", "--rev-id", "b"]).json();
    let message = ran["revisions"][0]["message"].as_str().expect("a message");
    assert_eq!(message.lines().next(), Some("add posts and add users.email"));
}

/// The sequence of a new `serial` and the unique key of a renamed column come along.
fn a_title_does_not_tell_what_comes_along(project: &Project) {
    let id = if project.database.is_sqlite() { "INTEGER PRIMARY KEY" } else { "SERIAL PRIMARY KEY" };
    project.configure("schema = \"schema.sql\"");
    let title = |schema: String, arguments: &[&str]| {
        project.write("schema.sql", &schema);
        let ran = project.json(&[&["revision", "--autogenerate"], arguments].concat()).json();
        ran["revisions"][0]["message"].as_str().and_then(|message| message.lines().next()).map(str::to_owned)
    };
    let unique = |name: &str| format!("CREATE TABLE users (id {id}, {name} TEXT UNIQUE);");
    assert_eq!(title(unique("email"), &[]).as_deref(), Some("add users"));
    let renamed = title(unique("mail"), &["--rename", "users.email:mail"]);
    assert_eq!(renamed.as_deref(), Some("rename users.email to users.mail"));
    let plain =
        title(format!("CREATE TABLE users (id {id}, address TEXT);"), &["--rename", "users.mail:address"]);
    let told = plain
        .as_deref()
        .is_some_and(|title| title.contains("users.mail to users.address") && title.contains("drop"));
    assert!(told, "{plain:?}");
}

fn what_is_lost_is_said_with_its_number(project: &Project) {
    begun(project);
    project.takes(&["upgrade"], &["a"], &["a"]);
    project.database.execute("INSERT INTO users VALUES (1, 'x'), (2, 'y'), (3, NULL);");
    project.write("schema.sql", "CREATE TABLE users (id INTEGER PRIMARY KEY);");
    let ran = project.json(&["revision", "--autogenerate", "-m", "x", "--rev-id", "b"]).json();
    assert_eq!(ran["losses"][0]["object"]["name"], "name", "{ran}");
    assert_eq!(ran["losses"][0]["count"], 2, "{ran}");
    let up = fs::read_to_string(project.path("versions/b_x.up.sql")).expect("it is there");
    assert!(up.contains("-- loses "), "{up}");
}

/// Rows of a table that is dropped do not come back, and those that refer to them stand in the way of the down script.
fn what_the_down_script_may_fail_on_is_said(project: &Project) {
    let child = "CREATE TABLE child (id INTEGER PRIMARY KEY, p INTEGER";
    let before = format!("CREATE TABLE parent (id INTEGER PRIMARY KEY); {child} REFERENCES parent (id));");
    project.revision("a", "", &before, "DROP TABLE child; DROP TABLE parent;");
    project.write("schema.sql", format!("{child});"));
    project.configure("schema = \"schema.sql\"");
    let told = project.json(&["revision", "--autogenerate", "-m", "x", "--rev-id", "b"]).json();
    let down = told["down_may_fail"].as_array().expect("a list");
    assert_eq!(down.len(), 1, "{told}");
    assert!(down[0]["what"].to_string().contains("child"), "{told}");
    assert_eq!(told["may_fail"], serde_json::json!([]), "{told}");
}

fn a_database_that_is_elsewhere_is_no_beginning(project: &Project) {
    begun(project);
    let error = project.refused(&["revision", "--autogenerate", "--from", "database", "-m", "x"], 1);
    assert_eq!(error["kind"], "not_at_heads");
    project.takes(&["upgrade"], &["a"], &["a"]);
    project.database.execute("CREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT);");
    let ran = project.json(&["revision", "--autogenerate", "--from", "database", "-m", "x"]).json();
    let statements = ran["statements"].to_string();
    assert!(!statements.contains("CREATE TABLE"), "{statements}");
}

/// The comment on the index behind a key goes only when nothing else differs, which nothing but trying shows.
#[cfg(feature = "postgres")]
#[test]
fn what_was_foreseen_and_is_not_right_is_found_by_trying() {
    use crate::support::Kind;
    let project = Project::new(Kind::Postgres);
    project.revision(
        "a",
        "",
        "CREATE TABLE users (id INTEGER PRIMARY KEY); COMMENT ON INDEX users_pkey IS 'key';",
        "DROP TABLE users;",
    );
    project.write("schema.sql", "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT);");
    project.configure("schema = \"schema.sql\"");
    let ran = project.run(&["revision", "--autogenerate", "-m", "more", "--rev-id", "b"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    let up = fs::read_to_string(project.path("versions/b_more.up.sql")).expect("it is there");
    assert!(up.contains("COMMENT ON INDEX public.users_pkey IS NULL"), "{up}");
    project.takes(&["upgrade"], &["a", "b"], &["b"]);
    project.takes(&["downgrade", "a"], &["b"], &["a"]);
    assert_eq!(project.run(&["diff", "database", "a"]).status, 0);
}
