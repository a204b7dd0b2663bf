//! `--online`: several revisions that hold up others least, each with its way back.

use crate::support::{Kind, Project};

const BEFORE: &str = "CREATE TABLE users (id integer NOT NULL, email text, note text); \
     CREATE UNIQUE INDEX users_key ON users (email); CREATE TABLE posts (id integer, user_id integer);";

fn begun(after: &str) -> Project {
    let project = Project::new(Kind::Postgres);
    project.revision("a", "", BEFORE, "DROP TABLE users; DROP TABLE posts;");
    project.configure("schema = \"schema.sql\"");
    project.write("schema.sql", after);
    project.json(&["upgrade"]);
    project
}

/// The ids of the revisions that are made, from the first on.
fn made(project: &Project) -> Vec<String> {
    let ran =
        project.json(&["revision", "--autogenerate", "--online", "-m", "x", "--renames", "none"]).json();
    let revisions = ran["revisions"].as_array().expect("a list").clone();
    revisions.iter().map(|one| one["revision"].as_str().expect("an id").to_owned()).collect()
}

/// Up through all of them, and back one by one.
fn goes_there_and_back(project: &Project, made: &[String]) {
    let ids: Vec<&str> = made.iter().map(String::as_str).collect();
    let last = *ids.last().expect("there is one");
    project.takes(&["upgrade"], &ids, &[last]);
    assert_eq!(project.run(&["diff", "database", "schema", "--ignore-column-order"]).status, 0);
    for (index, id) in ids.iter().enumerate().rev() {
        let before = index.checked_sub(1).map_or("a", |index| ids[index]);
        project.takes(&["downgrade", "-1"], &[id], &[before]);
        assert_eq!(project.run(&["diff", "database", before]).status, 0, "{before}");
    }
}

#[test]
fn each_of_the_revisions_has_its_way_back() {
    let project = begun(
        "CREATE TABLE users (id integer PRIMARY KEY, email text, note text NOT NULL CHECK (note <> '')); \
         CREATE UNIQUE INDEX users_key ON users (email); CREATE INDEX users_note ON users (note); \
         CREATE TABLE posts (id integer, user_id integer REFERENCES users);",
    );
    let made = made(&project);
    assert!(made.len() > 3, "{made:?}");
    goes_there_and_back(&project, &made);
    assert!(self::made(&project).is_empty(), "nothing is left to do");
}
