//! `database create`, `drop` and `wait`, and an upgrade of what is not there yet.

use crate::support::{Database, Project, on_each_database, postgres_programs, terminal::on_a_terminal};

on_each_database!(
    a_database_is_made_once_and_dropped_once,
    a_drop_needs_an_agreement,
    a_guarded_database_needs_its_name,
    a_drop_asks_on_a_terminal,
    an_upgrade_makes_what_is_missing,
    a_database_that_others_use_stays,
    a_wait_ends_as_soon_as_the_database_answers,
);

/// A project whose database is not there.
fn without_database(project: &Project) -> &Project {
    project.json(&["database", "drop", "--yes"]);
    project
}

fn exists(project: &Project) -> bool {
    let ran = project.run(&["database", "wait", "--timeout", "5s", "--json"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    // A file that is missing can be made at any time.
    ran.json()["exists"] == true && (project.database.is_postgres() || project.path("test.db").exists())
}

fn a_database_is_made_once_and_dropped_once(project: &Project) {
    without_database(project);
    assert!(!exists(project));
    for (arguments, key, expected) in [
        (&["database", "create"][..], "created", true),
        (&["database", "create"], "created", false),
        (&["database", "drop", "--yes"], "dropped", true),
        (&["database", "drop", "--yes"], "dropped", false),
    ] {
        let document = project.json(arguments).json();
        assert_eq!(document[key], expected, "{arguments:?}");
        assert!(document["database"].is_string(), "{document}");
    }
    assert!(!exists(project));
}

fn a_drop_needs_an_agreement(project: &Project) {
    project.tables(&[("a", "")]);
    project.json(&["upgrade"]);
    let error = project.refused(&["database", "drop"], 1);
    assert_eq!(error["kind"], "not_confirmed", "{error}");
    let error = project.refused(&["database", "drop", "--yes", "--confirm", "another"], 1);
    assert_eq!(error["kind"], "protected", "{error}");
    project.assert_applied(&["a"]);
}

fn a_guarded_database_needs_its_name(project: &Project) {
    project.configure("\n[env.production]\nproduction = true\n");
    project.tables(&[("a", "")]);
    project.json(&["upgrade"]);
    let error = project.refused(&["-n", "production", "database", "drop", "--yes"], 1);
    assert_eq!((&error["kind"], &error["reasons"][0]), (&"protected".into(), &"production".into()));
    project.json(&["protect", "the shop"]);
    let error = project.refused(&["database", "drop", "--yes"], 1);
    assert_eq!(error["reasons"][0], "protected", "{error}");
    assert!(error["hints"][0].as_str().is_some_and(|hint| hint.contains("'the shop'")), "{error}");
    let dropped = project.json(&["database", "drop", "--confirm", "the shop"]).json();
    assert_eq!(dropped["dropped"], true);
}

fn a_drop_asks_on_a_terminal(project: &Project) {
    project.tables(&[("a", "")]);
    project.json(&["upgrade"]);
    let (said, status) = on_a_terminal(project, &["database", "drop"], "n\n");
    assert_eq!(status, 1, "{said}");
    assert!(said.contains("this drops the database"), "{said}");
    project.assert_applied(&["a"]);
    let (said, status) = on_a_terminal(project, &["database", "drop"], "y\n");
    assert_eq!(status, 0, "{said}");
    assert!(!exists(project));
}

fn an_upgrade_makes_what_is_missing(project: &Project) {
    without_database(project);
    project.tables(&[("a", "")]);
    if project.database.is_postgres() {
        let ran = project.run(&["upgrade", "--json"]);
        assert_eq!((ran.status, &ran.error()["kind"]), (5, &"no_such_database".into()), "{ran:?}");
        let (said, status) = on_a_terminal(project, &["upgrade"], "n\n");
        assert_eq!(status, 5, "{said}");
        assert!(said.contains("Make it?"), "{said}");
    }
    project.takes(&["upgrade", "--create", "--wait", "5s"], &["a"], &["a"]);
    project.takes(&["upgrade", "--create"], &[], &["a"]);
}

fn a_database_that_others_use_stays(project: &Project) {
    project.tables(&[("a", "")]);
    project.json(&["upgrade"]);
    let held = Held::of(project);
    let error = project.refused(&["database", "drop", "--yes"], 5);
    assert_eq!(error["kind"], "in_use", "{error}");
    assert!(error["message"].as_str().is_some_and(|told| told.contains("process")), "{error}");
    drop(held);
    project.json(&["database", "drop", "--yes"]);
}

/// Another process that is connected to the database, and does nothing.
struct Held(std::process::Child);

impl Held {
    fn of(project: &Project) -> Self {
        use std::io::{BufRead, BufReader, Write};
        use std::process::{Command, Stdio};
        let mut program = match &project.database {
            Database::Postgres { .. } => {
                let mut psql = postgres_programs::program("psql");
                psql.args(["--no-psqlrc", "--quiet", "--tuples-only", &project.database.url()]);
                psql
            }
            Database::Sqlite { path } => {
                let mut sqlite3 = Command::new("sqlite3");
                sqlite3.arg(path);
                sqlite3
            }
        };
        let mut child = program.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it can be run");
        let mut stdin = child.stdin.take().expect("it is piped");
        stdin.write_all(b"SELECT count(*) FROM t_a;\n").expect("it listens");
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().expect("it is piped")).read_line(&mut line).expect("it answers");
        child.stdin = Some(stdin);
        Self(child)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        self.0.wait().expect("it ends");
    }
}

fn a_wait_ends_as_soon_as_the_database_answers(project: &Project) {
    let document = project.json(&["database", "wait"]).json();
    assert_eq!(document["answers"], true);
    let ran = project.run(&["database", "wait", "--timeout", "3"]);
    assert_eq!(ran.status, 2, "{ran:?}");
    assert!(ran.stderr.contains("did you mean \"3s\""), "{}", ran.stderr);
}

mod postgres_servers {
    use std::time::{Duration, Instant};

    use crate::support::cluster::cluster;
    use crate::support::{Kind, Project};

    #[test]
    fn a_server_that_does_not_come_up_is_told_after_a_second_and_given_up_in_time() {
        let project = Project::new(Kind::Postgres);
        let nobody = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = nobody.local_addr().expect("it is bound").port();
        drop(nobody);
        let url = format!("postgres://me:secret@127.0.0.1:{port}/x");
        for arguments in [&["database", "wait", "--timeout", "2s"][..], &["upgrade", "--wait", "2s"]] {
            let started = Instant::now();
            let ran = project.run(&[arguments, &["--url", &url]].concat());
            assert_eq!(ran.status, 5, "{ran:?}");
            assert!(ran.stderr.contains("notice: waiting for the database to answer"), "{}", ran.stderr);
            assert!(!ran.stderr.contains("secret") && !ran.stderr.contains("connect_timeout"));
            let took = started.elapsed();
            assert!(took >= Duration::from_secs(2) && took < Duration::from_secs(20), "{took:?}");
        }
    }

    #[test]
    fn a_wrong_password_is_not_waited_for() {
        let project = Project::new(Kind::Postgres);
        let started = Instant::now();
        let url = cluster().tcp_url("postgres", "nobody_at_all", "secret");
        let ran = project.run(&["database", "wait", "--timeout", "60s", "--url", &url, "--json"]);
        assert_eq!((ran.status, &ran.error()["kind"]), (5, &"authentication_failed".into()), "{ran:?}");
        assert!(started.elapsed() < Duration::from_secs(30));
    }

    #[test]
    fn who_may_not_make_or_drop_a_database_is_told_so() {
        let project = Project::new(Kind::Postgres);
        let role = format!("low_{}", project.database.name());
        project.database.execute(&format!("CREATE ROLE {role} LOGIN PASSWORD 'secret'"));
        let url = |database: &str| cluster().tcp_url(database, &role, "secret");
        for (action, database) in [("create", "not_there"), ("drop", project.database.name())] {
            let error = project.refused(&["database", action, "--yes", "--url", &url(database)], 1);
            assert_eq!(error["kind"], "not_allowed", "{error}");
            assert!(!error.to_string().contains("secret"));
        }
        project.database.execute(&format!("DROP ROLE {role}"));
    }

    #[test]
    fn a_new_database_has_the_schemas_that_are_named() {
        let project = Project::new(Kind::Postgres);
        project.configure("version_table_schema = \"books\"\n");
        project.tables(&[("a", "")]);
        let url = format!("{}&schema=app", project.database.url());
        project.json(&["database", "drop", "--yes"]);
        project.json(&["upgrade", "--create", "--url", &url]);
        let schemas = "SELECT relname || ' ' || relnamespace::regnamespace FROM pg_class \
                       WHERE relname IN ('t_a', 'alembic_version') ORDER BY 1";
        assert_eq!(project.database.column(schemas), ["alembic_version books", "t_a app"]);
    }
}
