//! `reset`: a database emptied, brought to the heads and seeded.

use std::time::Duration;

use crate::support::{Background, Database, Project, eventually, on_each_database, terminal::on_a_terminal};

on_each_database!(
    everything_goes_and_comes_back,
    nobody_agrees_where_nobody_is,
    it_asks_and_names_the_database,
    a_guarded_database_needs_its_name,
    what_was_left_halfway_goes_too,
    a_database_that_is_missing_is_made,
    it_can_be_dropped_whole_instead,
    what_cannot_be_had_in_time_leaves_all_as_it_was,
    a_kill_leaves_all_or_nothing,
    seeds_that_cannot_be_read_are_told_before_anything_goes,
    what_is_ignored_stays,
);

/// Revisions, a seed, and what somebody else has made beside them, each needing another.
fn project_with_more(project: &Project) {
    project.tables(&[("a", ""), ("b", "a")]);
    project.configure("seed = \"seed.sql\"");
    project.write("seed.sql", "INSERT INTO t_a VALUES (1);\n");
    project.json(&["upgrade"]);
    project.json(&["seed"]);
    project.database.execute(
        "CREATE TABLE extra (id INTEGER PRIMARY KEY, a INTEGER REFERENCES t_a (id));\
         INSERT INTO extra VALUES (1, 1);\
         CREATE VIEW seen AS SELECT e.id, t.id AS a FROM extra e JOIN t_a t ON t.id = e.a;\
         CREATE VIEW seen_again AS SELECT * FROM seen;\
         CREATE INDEX extra_a ON extra (a);\
         INSERT INTO t_a VALUES (2);",
    );
    if project.database.is_postgres() {
        project.database.execute(
            "CREATE SCHEMA inner_one; CREATE TYPE inner_one.mood AS ENUM ('ok', 'bad');\
             CREATE DOMAIN inner_one.short AS text CHECK (length(value) < 10);\
             CREATE TABLE inner_one.people (id serial PRIMARY KEY, m inner_one.mood, s inner_one.short, best int);\
             ALTER TABLE inner_one.people ADD FOREIGN KEY (best) REFERENCES inner_one.people (id);\
             CREATE TABLE one (id int PRIMARY KEY, other int); CREATE TABLE other (id int PRIMARY KEY, one int REFERENCES one);\
             ALTER TABLE one ADD FOREIGN KEY (other) REFERENCES other;\
             CREATE FUNCTION f(inner_one.people) RETURNS int LANGUAGE sql AS 'SELECT 1';\
             CREATE MATERIALIZED VIEW totals AS SELECT count(*) FROM inner_one.people;\
             CREATE TABLE parts (id int) PARTITION BY RANGE (id); CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (1) TO (9);\
             CREATE AGGREGATE total(int) (sfunc = int4pl, stype = int);\
             CREATE SEQUENCE numbers;",
        );
    }
}

fn untouched(project: &Project) {
    assert_eq!(project.database.version_rows(), ["b"]);
    assert_eq!(project.database.column("SELECT id FROM t_a ORDER BY id"), ["1", "2"]);
    assert_eq!(project.database.column("SELECT id FROM seen_again"), ["1"]);
}

fn fresh(project: &Project) {
    assert_eq!(project.database.tables(), ["t_a", "t_b"]);
    assert_eq!(project.database.column("SELECT id FROM t_a"), ["1"]);
    assert_eq!(
        (project.database.version_rows(), project.database.ledger()),
        (vec!["b".into()], vec!["a".into(), "b".into()])
    );
    assert_eq!(project.json(&["diff", "heads", "database"]).json()["differences"], serde_json::json!([]));
}

fn everything_goes_and_comes_back(project: &Project) {
    project_with_more(project);
    let ran = project.json(&["reset", "--yes"]);
    assert_eq!((ran.steps(), ran.heads()), (vec!["a".into(), "b".into()], vec!["b".into()]));
    assert_eq!(ran.json()["seeds"][0]["ran"], true);
    fresh(project);
    let events = project.database.events();
    assert!(events.contains(&"reset  done".to_owned()), "{events:?}");
    // Once more, from where that ended.
    project.json(&["reset", "--yes"]);
    fresh(project);
}

fn nobody_agrees_where_nobody_is(project: &Project) {
    project_with_more(project);
    for arguments in [&["reset"][..], &["reset", "--recreate"]] {
        assert_eq!(project.refused(arguments, 1)["kind"], "not_confirmed");
    }
    untouched(project);
}

fn it_asks_and_names_the_database(project: &Project) {
    project_with_more(project);
    let (said, status) = on_a_terminal(project, &["reset"], "n\n");
    let name = if project.database.is_postgres() { "/test_" } else { "test.db" };
    assert_eq!(status, 1, "{said}");
    assert!(said.contains("this erases all that") && said.contains(name), "{said}");
    untouched(project);
    let (said, status) = on_a_terminal(project, &["reset"], "y\n");
    assert_eq!(status, 0, "{said}");
    fresh(project);
}

fn a_guarded_database_needs_its_name(project: &Project) {
    project_with_more(project);
    project.configure("\n[env.live]\nproduction = true");
    assert_eq!(project.refused(&["-n", "live", "reset", "--yes"], 1)["reasons"][0], "production");
    project.json(&["protect", "shop"]);
    assert_eq!(project.refused(&["reset", "--yes"], 1)["reasons"][0], "protected");
    assert_eq!(project.refused(&["reset", "--yes", "--confirm", "Shop"], 1)["kind"], "protected");
    untouched(project);
    project.json(&["reset", "--confirm", "shop"]);
    fresh(project);
    // It is the database that is protected, not what was in it.
    assert_eq!(project.refused(&["reset", "--yes"], 1)["kind"], "protected");
}

fn what_was_left_halfway_goes_too(project: &Project) {
    project_with_more(project);
    let script = |last: &str| format!("-- revgraph: no-transaction\nCREATE TABLE t_c (id INTEGER);\n{last};");
    project.revision("c", "b", &script("SELECT * FROM nowhere"), "DROP TABLE t_c;");
    assert_eq!(project.run(&["upgrade"]).status, 1);
    assert_eq!(project.run(&["status"]).status, 4);
    project.revision("c", "b", &script("INSERT INTO t_c VALUES (1)"), "DROP TABLE t_c;");
    assert_eq!(project.json(&["reset", "--yes"]).heads(), ["c"]);
    assert_eq!(project.database.column("SELECT id FROM t_c"), ["1"]);
}

fn a_database_that_is_missing_is_made(project: &Project) {
    project.tables(&[("a", "")]);
    project.json(&["database", "drop", "--yes"]);
    assert_eq!(project.json(&["reset", "--yes"]).heads(), ["a"]);
}

fn it_can_be_dropped_whole_instead(project: &Project) {
    project_with_more(project);
    assert_eq!(project.json(&["reset", "--yes", "--recreate"]).heads(), ["b"]);
    fresh(project);
    assert!(!project.database.events().contains(&"reset  done".to_owned()));
}

/// Holds up whoever would drop the tables, until it is dropped.
fn blocker(project: &Project) -> Box<dyn std::any::Any> {
    match &project.database {
        Database::Postgres { cluster, name } => {
            let mut session = cluster.connect(name);
            session.run_batch("BEGIN; SELECT * FROM t_a").expect("it can be read");
            Box::new(session)
        }
        Database::Sqlite { path } => {
            let connection = rusqlite::Connection::open(path).expect("it can be opened");
            connection.execute_batch("BEGIN IMMEDIATE").expect("it is free");
            Box::new(connection)
        }
    }
}

fn what_cannot_be_had_in_time_leaves_all_as_it_was(project: &Project) {
    project_with_more(project);
    project.configure("lock_timeout = \"200ms\"\nmigration_lock_timeout = \"200ms\"");
    let blocker = blocker(project);
    let ran = project.run(&["reset", "--yes", "--json"]);
    assert_eq!(ran.status, 5, "{ran:?}");
    drop(blocker);
    untouched(project);
}

fn a_kill_leaves_all_or_nothing(project: &Project) {
    project_with_more(project);
    let blocker = blocker(project);
    let running = Background::start(project, &["reset", "--yes"], &[]);
    // On PostgreSQL the first drops have run by then, and wait for the table that is read.
    std::thread::sleep(Duration::from_millis(1500));
    running.kill();
    drop(blocker);
    // A server may carry out what it has been sent, as it learns of the end only afterwards.
    let tables = || project.database.tables();
    eventually("the server has come to an end", || {
        tables().is_empty() || project.run(&["current", "--json"]).status == 0
    });
    if tables().is_empty() {
        assert_eq!((project.database.version_rows(), project.database.ledger()), (vec![], vec![]));
    } else {
        untouched(project);
    }
    project.json(&["reset", "--yes"]);
    fresh(project);
}

fn seeds_that_cannot_be_read_are_told_before_anything_goes(project: &Project) {
    project_with_more(project);
    std::fs::remove_file(project.path("seed.sql")).expect("it is there");
    assert_eq!(project.refused(&["reset", "--yes"], 1)["kind"], "io");
    untouched(project);
    project.json(&["reset", "--yes", "--skip-seed"]);
}

fn what_is_ignored_stays(project: &Project) {
    project.tables(&[("a", "")]);
    project.json(&["upgrade"]);
    project.configure("ignore = [\"*kept*\"]");
    project.database.execute(
        "CREATE TABLE kept (id INTEGER); INSERT INTO kept VALUES (5); CREATE TABLE gone (id INTEGER);",
    );
    project.json(&["reset", "--yes"]);
    assert_eq!(project.database.column("SELECT id FROM kept"), ["5"]);
    assert_eq!(project.database.tables(), ["kept", "t_a"]);
}

mod on_postgres {
    use crate::support::cluster::cluster;
    use crate::support::{Kind, Project};

    #[test]
    fn extensions_and_what_belongs_to_others_stay() {
        let project = Project::new(Kind::Postgres);
        let name = project.database.name();
        let (owner, other) = (format!("owner_{name}"), format!("other_{name}"));
        project.database.execute(&format!(
            "CREATE ROLE {owner} LOGIN PASSWORD 'p'; CREATE ROLE {other}; GRANT ALL ON SCHEMA public TO {owner}, {other}"
        ));
        let url = cluster().tcp_url(name, &owner, "p");
        project.write("alembic.toml", format!("url = {url:?}\n"));
        project.tables(&[("a", "")]);
        project.json(&["upgrade"]);
        project.database.execute(&format!(
            "SET ROLE {owner}; CREATE TABLE needed (id int PRIMARY KEY); GRANT REFERENCES ON needed TO {other};\
             CREATE TABLE mine (id int); SET ROLE {other}; CREATE TABLE theirs (id int REFERENCES needed)"
        ));
        let document = project.json(&["reset", "--yes"]).json();
        assert_eq!(project.database.tables(), ["needed", "t_a", "theirs"]);
        let stays: Vec<&str> = document["stays"]
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(|one| one["why"].as_str())
            .collect();
        assert!(stays.contains(&format!("it belongs to {other}").as_str()), "{stays:?}");
        assert!(stays.contains(&"table public.theirs needs it"), "{stays:?}");
        let extensions = project.database.column("SELECT extname FROM pg_extension");
        assert_eq!(extensions, ["plpgsql"]);
        project
            .database
            .execute(&format!("DROP OWNED BY {owner}, {other} CASCADE; DROP ROLE {owner}, {other}"));
    }

    #[test]
    fn only_the_schema_of_the_url_is_emptied() {
        let project = Project::new(Kind::Postgres);
        project.tables(&[("a", "")]);
        project.database.execute("CREATE SCHEMA app; CREATE TABLE public.mine (id int)");
        let url = format!("{}&schema=app", project.database.url());
        project.json(&["upgrade", "--url", &url]);
        project.database.execute("CREATE TABLE app.extra (id int)");
        project.json(&["reset", "--yes", "--url", &url]);
        assert_eq!(project.database.tables(), ["mine", "t_a"]);
    }
}
