//! Databases that cannot be reached or are none.

use crate::support::{Kind, Project, Ran};

/// Given where a password is given, to be looked for where it must not be.
#[cfg(feature = "postgres")]
const PASSWORD: &str = "Sesame-open%207";

fn with_url(kind: Kind, url: &str) -> Project {
    let project = Project::new(kind);
    project.write("alembic.toml", format!("url = {}\n", serde_json::Value::String(url.to_owned())));
    project.tables(&[("a", "")]);
    project
}

/// Runs commands that connect; all end with this status and, in JSON, this kind.
fn assert_all_end(project: &Project, status: i32, kind: &str) -> Vec<Ran> {
    let mut all = Vec::new();
    for command in [
        &["upgrade"][..],
        &["downgrade", "base"],
        &["stamp", "a"],
        &["current", "-v"],
        &["upgrade", "--dry-run"],
    ] {
        let ran = project.run(&[command, &["--json"]].concat());
        assert_eq!((ran.status, &ran.error()["kind"]), (status, &kind.into()), "{command:?}: {ran:?}");
        all.push(ran);
        all.push(project.run(command));
    }
    all
}

#[cfg(feature = "postgres")]
mod postgres {
    use super::*;
    use crate::support::cluster::cluster;

    fn assert_password_is_nowhere(runs: &[Ran]) {
        for ran in runs {
            for secret in ["Sesame", "open%207", "open 7"] {
                assert!(!format!("{}{}", ran.stdout, ran.stderr).contains(secret), "{ran:?}");
            }
        }
    }

    #[test]
    fn a_server_that_is_not_there() {
        let project = with_url(Kind::Postgres, &format!("postgresql://u:{PASSWORD}@127.0.0.1:1/d"));
        assert_password_is_nowhere(&assert_all_end(&project, 5, "database_unreachable"));
    }

    #[test]
    fn a_wrong_password() {
        let name = format!("guarded_{}", std::process::id());
        let create = format!("CREATE ROLE {name} LOGIN PASSWORD 'another'");
        cluster().connect("postgres").run_batch(&create).expect("a role is made");
        let project = with_url(Kind::Postgres, &cluster().tcp_url("postgres", &name, PASSWORD));
        let runs = assert_all_end(&project, 5, "authentication_failed");
        assert!(runs.iter().all(|ran| ran.stderr.contains("password authentication failed")), "{runs:?}");
        assert_password_is_nowhere(&runs);
        let right = cluster().tcp_url("postgres", &name, "another");
        assert_eq!(project.run(&["current", "--url", &right]).status, 0);
    }

    #[test]
    fn a_wrong_password_from_a_connection_section() {
        let project = with_url(Kind::Postgres, "");
        let port = cluster().port();
        project.write(
            "alembic.toml",
            format!("[connection]\nhost = \"127.0.0.1\"\nport = {port}\nuser = \"nobody\"\npassword = \"{PASSWORD}\"\ndbname = \"postgres\"\n"),
        );
        assert_password_is_nowhere(&assert_all_end(&project, 5, "authentication_failed"));
    }

    #[test]
    fn a_database_that_does_not_exist() {
        let project = with_url(Kind::Postgres, &cluster().url("no_such_database"));
        let runs = assert_all_end(&project, 5, "no_such_database");
        assert!(runs.iter().all(|ran| ran.stderr.contains("revgraph database create")), "{runs:?}");
    }

    /// Each ends with the same kind whatever the command; the server's word for it is there where a server has answered.
    fn is_told(url: &str, kind: &str, sqlstate: Option<&str>) {
        let project = with_url(Kind::Postgres, url);
        for command in [&["status"][..], &["upgrade"], &["diff", "database", "a"], &["backup"]] {
            let ran = project.run(&[command, &["--json"]].concat());
            let error = ran.error();
            assert_eq!((ran.status, &error["kind"]), (5, &kind.into()), "{command:?}: {ran:?}");
            assert_eq!(error["sqlstate"].as_str(), sqlstate, "{command:?}: {ran:?}");
            assert!(error["hints"][0].is_string(), "{ran:?}");
        }
    }

    #[test]
    fn each_reason_why_a_server_is_not_reached_has_a_kind() {
        let role = format!("crowded_{}", std::process::id());
        let create = format!("CREATE ROLE {role} LOGIN CONNECTION LIMIT 0 PASSWORD 'p'");
        cluster().connect("postgres").run_batch(&create).expect("a role is made");
        is_told(&cluster().tcp_url("postgres", &role, "p"), "too_many_connections", Some("53300"));
        is_told("postgres://u@no-such-host.invalid/d", "unknown_host", None);
        let nobody = cluster().url("postgres").replace("postgres@", "nobody_of_that_name@");
        is_told(&nobody, "no_such_role", Some("28000"));
        is_told(&cluster().url("no_such_database"), "no_such_database", Some("3D000"));
        is_told(&cluster().tcp_url("postgres", &role, "q"), "authentication_failed", Some("28P01"));
        let encrypted = format!("{}?sslmode=require", cluster().tcp_url("postgres", &role, "p"));
        is_told(&encrypted, "tls", None);
        is_told("postgres://u@127.0.0.1:1/d", "database_unreachable", None);
    }

    #[test]
    fn a_server_that_does_not_answer_in_time() {
        let mute = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = mute.local_addr().expect("it is bound");
        let project = with_url(Kind::Postgres, &format!("postgres://u@{address}/d?connect_timeout=2"));
        let ran = project.run(&["current", "--json"]);
        assert_eq!((ran.status, &ran.error()["kind"]), (5, &"connect_timeout".into()), "{ran:?}");
    }

    #[test]
    fn a_malformed_url_shows_no_password() {
        for url in [
            format!("postgresql//u:{PASSWORD}@h/d"),
            format!("mysql://u:{PASSWORD}@h/d"),
            format!("postgresql://u:{PASSWORD}@h:port/d"),
        ] {
            let project = with_url(Kind::Postgres, &url);
            let runs = [project.run(&["current"]), project.run(&["current", "--json"])];
            assert!(runs.iter().all(|ran| ran.status == 2), "{runs:?}");
            assert_password_is_nowhere(&runs);
        }
    }

    #[test]
    fn a_user_who_may_not_create_tables_changes_nothing() {
        let project = Project::new(Kind::Postgres);
        project.tables(&[("a", "")]);
        let name = format!("reader_{}", std::process::id());
        project.database.execute(&format!(
            "CREATE ROLE {name} LOGIN PASSWORD 'p'; REVOKE CREATE ON SCHEMA public FROM PUBLIC"
        ));
        let url = cluster().tcp_url(&project.database.scalar("SELECT current_database()"), &name, "p");
        assert_eq!(project.refused(&["upgrade", "--url", &url], 1)["sqlstate"], "42501");
        project.database.execute(&format!("DROP OWNED BY {name}; DROP ROLE {name}"));
    }
}

#[cfg(feature = "sqlite")]
mod sqlite {
    use super::*;

    #[test]
    fn a_file_that_is_no_database() {
        let project = with_url(Kind::Sqlite, "sqlite:notes.txt");
        let notes = "These are notes, not a database. ".repeat(100);
        project.write("notes.txt", &notes);
        assert_all_end(&project, 1, "not_a_database");
        assert_eq!(std::fs::read_to_string(project.path("notes.txt")).expect("it is there"), notes);
    }

    #[test]
    fn a_file_in_a_folder_that_is_none() {
        let project = with_url(Kind::Sqlite, "sqlite:notes.txt/test.db");
        project.write("notes.txt", "");
        let ran = project.run(&["upgrade", "--json"]);
        assert_eq!((ran.status, &ran.error()["kind"]), (5, &"database_unreachable".into()), "{ran:?}");
    }

    #[test]
    fn a_folder_that_does_not_exist() {
        let project = with_url(Kind::Sqlite, "sqlite:nowhere/test.db");
        let ran = project.run(&["upgrade", "--json"]);
        assert_eq!((ran.status, &ran.error()["kind"]), (5, &"database_unreachable".into()), "{ran:?}");
        assert!(!project.path("nowhere").exists());
    }

    #[test]
    fn a_folder_in_place_of_the_file() {
        let project = with_url(Kind::Sqlite, "sqlite:versions");
        let runs = assert_all_end(&project, 1, "not_a_database");
        assert!(runs.iter().all(|ran| ran.stderr.contains("is a folder")), "{runs:?}");
    }

    /// To open it would wait for somebody who writes to it.
    #[cfg(unix)]
    #[test]
    fn a_pipe_in_place_of_the_file() {
        let project = with_url(Kind::Sqlite, "sqlite:pipe");
        let made = std::process::Command::new("mkfifo").arg(project.path("pipe")).status();
        assert!(made.expect("mkfifo can be run").success());
        assert_all_end(&project, 1, "not_a_database");
    }

    #[test]
    fn a_file_that_is_cut_off() {
        let project = Project::new(Kind::Sqlite);
        project.tables(&[("a", ""), ("b", "a")]);
        project.json(&["upgrade"]);
        let whole = std::fs::read(project.path("test.db")).expect("it is there");
        for length in [60, whole.len() / 2] {
            project.write("test.db", &whole[..length]);
            let runs = assert_all_end(&project, 1, "damaged_database");
            assert!(runs.iter().all(|ran| ran.stderr.contains("revgraph restore")), "{runs:?}");
        }
        project.write("test.db", whole.iter().map(|byte| byte ^ 0x5a).collect::<Vec<_>>());
        assert_all_end(&project, 1, "not_a_database");
    }

    /// A connection that is not closed would leave its write-ahead log, and the file of the lock.
    #[test]
    fn no_command_leaves_files_beside_the_database() {
        for mode in ["delete", "wal"] {
            let project = Project::new(Kind::Sqlite);
            project.tables(&[("a", ""), ("b", "a")]);
            project.json(&["upgrade", "a"]);
            project.database.execute(&format!("PRAGMA journal_mode = {mode}"));
            for command in [
                ["current"].as_slice(),
                &["status"],
                &["upgrade"],
                &["upgrade"],
                &["history", "-i"],
                &["downgrade", "base"],
            ] {
                project.run(command);
                let files = std::fs::read_dir(project.path("")).expect("a folder");
                let names =
                    files.map(|file| file.expect("a file").file_name().to_string_lossy().into_owned());
                let beside: Vec<String> = names.filter(|name| name.starts_with("test.db")).collect();
                assert_eq!(beside, ["test.db"], "{mode} {command:?}");
            }
            assert_eq!(project.database.scalar("PRAGMA journal_mode"), mode);
        }
    }

    #[test]
    fn a_database_that_may_not_be_written() {
        let project = Project::new(Kind::Sqlite);
        project.tables(&[("a", ""), ("b", "a")]);
        project.takes(&["upgrade", "a"], &["a"], &["a"]);
        let url = format!("{}?mode=ro", project.database.url().replace("sqlite:", "file:"));
        let error = project.refused(&["upgrade", "--url", &url], 1);
        assert!(error["message"].to_string().contains("readonly"), "{error}");
        assert_eq!(project.run(&["current", "--url", &url]).stdout, "a\n");
    }

    #[test]
    fn looking_makes_no_file() {
        let project = Project::new(Kind::Sqlite);
        project.tables(&[("a", "")]);
        for command in
            [&["current"][..], &["upgrade", "--dry-run"], &["upgrade", "nowhere"], &["upgrade", "--sql"]]
        {
            project.run(command);
            assert!(!project.path("test.db").exists(), "{command:?}");
        }
    }

    /// A file that is locked for longer than a migration waits.
    #[test]
    fn a_lock_that_is_not_had_in_time() {
        let project = Project::new(Kind::Sqlite);
        project.configure("migration_lock_timeout = \"100ms\"");
        project.tables(&[("a", ""), ("b", "a")]);
        project.takes(&["upgrade", "a"], &["a"], &["a"]);
        let holder = rusqlite::Connection::open(project.path("test.db")).expect("the file can be opened");
        holder.execute_batch("BEGIN IMMEDIATE").expect("the lock is free");
        let ran = project.run(&["upgrade", "--json"]);
        assert_eq!(ran.status, 5, "{ran:?}");
        holder.execute_batch("COMMIT").expect("the transaction ends");
        project.takes(&["upgrade"], &["b"], &["b"]);
    }
}
