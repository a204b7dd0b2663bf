//! What only a server has: roles, other sessions, what it keeps of a database beside the database.

use super::{filled, kept, rows, tamper};
use crate::support::cluster::cluster;
use crate::support::{Kind, Project};

/// A name that no other test has, since roles are the server's.
fn role(project: &Project, what: &str) -> String {
    format!("{what}_{}", project.database.name())
}

fn project() -> Project {
    let project = Project::new(Kind::Postgres);
    filled(&project);
    project
}

#[test]
fn roles_that_the_server_lacks_are_named_and_can_be_left_out() {
    let project = project();
    let (owner, reader) = (role(&project, "owner"), role(&project, "reader"));
    project.database.execute(&format!(
        "CREATE ROLE {owner}; CREATE ROLE {reader}; ALTER TABLE t_a OWNER TO {owner}; GRANT SELECT ON t_a TO {reader}"
    ));
    project.json(&["backup", "first.dump"]);
    project.database.execute(&format!(
        "REASSIGN OWNED BY {owner} TO CURRENT_USER; DROP OWNED BY {reader}; DROP ROLE {owner}; DROP ROLE {reader}"
    ));
    for arguments in [&["restore", "first.dump"][..], &["backup", "--check", "first.dump"]] {
        let error = project.refused(arguments, 1);
        assert_eq!(error["kind"], "missing_roles", "{error}");
        let message = error["message"].as_str().expect("a message");
        assert!(message.contains(&owner) && message.contains(&reader), "{message}");
        assert!(error["hints"].to_string().contains("--no-owner"), "{error}");
    }
    project.json(&["backup", "--check", "first.dump", "--no-owner"]);
    project.json(&["restore", "first.dump", "--no-owner"]);
    assert_eq!(rows(&project), ["one", "two"]);
    assert_eq!(
        project
            .database
            .scalar("SELECT (relowner = current_user::regrole)::text FROM pg_class WHERE relname = 't_a'"),
        "true"
    );
}

#[test]
fn what_the_server_keeps_of_a_database_stays_with_its_name() {
    let project = project();
    let name = project.database.name().to_owned();
    let role = role(&project, "web");
    project.database.execute(&format!(
        "CREATE ROLE {role}; ALTER DATABASE {name} SET search_path = \"$user\", public, \"o'ther\"; \
         ALTER DATABASE {name} SET work_mem = '5MB'; ALTER ROLE {role} IN DATABASE {name} SET statement_timeout = '7s'; \
         REVOKE CONNECT ON DATABASE {name} FROM PUBLIC; GRANT CREATE ON DATABASE {name} TO {role} WITH GRANT OPTION; \
         COMMENT ON DATABASE {name} IS 'it''s mine'; ALTER DATABASE {name} CONNECTION LIMIT 17; \
         ALTER DATABASE {name} OWNER TO {role}"
    ));
    let described = || {
        let sql = format!(
            "SELECT concat_ws('|', datdba::regrole, datconnlimit, datacl, shobj_description(oid, 'pg_database'), \
             pg_encoding_to_char(encoding), datcollate, \
             (SELECT string_agg(setrole::regrole || ':' || setconfig::text, ';' ORDER BY setrole) \
              FROM pg_db_role_setting WHERE setdatabase = d.oid)) FROM pg_database d WHERE datname = '{name}'"
        );
        project.database.scalar(&sql)
    };
    let before = described();
    assert!(before.contains("o'ther") && before.contains("it's mine"), "{before}");
    project.json(&["backup", "first.dump"]);
    project.json(&["restore", "first.dump"]);
    assert_eq!(described(), before);
    project.json(&["restore", "first.dump"]);
    assert_eq!(described(), before);
    assert_eq!(project.json(&["restore", "--drop-old"]).json()["dropped"].as_array().map(Vec::len), Some(2));
}

#[test]
fn others_are_disconnected_where_that_is_asked_for() {
    let project = project();
    project.json(&["backup", "first.dump"]);
    let mut other = cluster().connect(project.database.name());
    project.json(&["restore", "first.dump", "--disconnect"]);
    assert!(other.run_batch("SELECT 1").is_err());
    assert_eq!((rows(&project).len(), kept(&project).len()), (2, 1));
}

#[test]
fn a_role_without_the_right_to_create_databases_is_told_so() {
    let project = project();
    project.json(&["backup", "first.dump"]);
    let role = role(&project, "plain");
    project.database.execute(&format!(
        "CREATE ROLE {role} LOGIN PASSWORD 'sesame'; GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}"
    ));
    let url = cluster().tcp_url(project.database.name(), &role, "sesame");
    let error = project.refused(&["restore", "first.dump", "--url", &url], 1);
    assert_eq!(error["kind"], "not_allowed", "{error}");
    assert!(error["hints"].to_string().contains("CREATEDB"), "{error}");
}

/// The password reaches the programs, and nobody who looks at the processes.
#[test]
fn a_password_reaches_the_programs_and_no_command_line() {
    let project = project();
    let role = role(&project, "dumper");
    project.database.execute(&format!("CREATE ROLE {role} SUPERUSER LOGIN PASSWORD 'sesame-open'"));
    let url = cluster().tcp_url(project.database.name(), &role, "sesame-open");
    let folder = project.path("bin");
    std::fs::create_dir(&folder).expect("it is new");
    for name in ["pg_dump", "pg_restore"] {
        let real = crate::support::postgres_programs::program(name);
        let real = real.get_program().to_string_lossy().into_owned();
        let script = format!(
            "#!/bin/sh\necho \"$0 $@\" >> '{}'\nexec '{real}' \"$@\"\n",
            project.path("said").display()
        );
        let path = folder.join(name);
        std::fs::write(&path, script).expect("it can be written");
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755))
            .expect("it is ours");
    }
    for arguments in [&["backup", "first.dump", "--url", &url][..], &["restore", "first.dump", "--url", &url]]
    {
        let mut command = project.command(arguments);
        let path = std::env::var("PATH").unwrap_or_default();
        command.env("PATH", format!("{}:{path}", folder.display()));
        let output = command.output().expect("the binary can be run");
        assert!(output.status.success(), "{output:?}");
        assert!(!String::from_utf8_lossy(&output.stderr).contains("sesame-open"), "{output:?}");
    }
    let said = std::fs::read_to_string(project.path("said")).expect("the programs were run");
    assert!(said.contains("--snapshot=") && said.contains("pg_restore"), "{said}");
    assert!(!said.contains("sesame-open"), "{said}");
    let info = std::fs::read_to_string(project.path("first.dump.json")).expect("it is there");
    assert!(!info.contains("sesame-open"), "{info}");
}

#[test]
fn a_backup_of_a_newer_server_is_refused() {
    let project = project();
    project.json(&["backup", "first.dump"]);
    tamper(&project, "first.dump", |info| {
        info["server_version"] = "PostgreSQL 99.1".into();
        info["server_version_num"] = 990_001.into();
    });
    let error = project.refused(&["restore", "first.dump"], 1);
    assert_eq!(error["kind"], "older_server", "{error}");
    assert!(error["message"].as_str().is_some_and(|message| message.contains("PostgreSQL 99.1")), "{error}");
}

#[test]
fn several_tables_at_once_are_a_folder() {
    let project = project();
    project.json(&["backup", "folder", "--jobs", "2"]);
    assert!(project.path("folder/toc.dat").exists());
    project.json(&["backup", "--check", "folder"]);
    project.database.execute("DELETE FROM t_a");
    project.json(&["restore", "folder", "-j", "2"]);
    assert_eq!(rows(&project), ["one", "two"]);
    let file =
        std::fs::read_dir(project.path("folder")).expect("it is there").flatten().next().expect("a file");
    std::fs::write(file.path(), "else").expect("it can be written");
    assert_eq!(project.refused(&["restore", "folder"], 4)["kind"], "damaged");
}

/// The name of the one that is kept has to fit, too.
#[test]
fn a_long_name_is_shortened_and_found_again() {
    let project = project();
    let long = format!("{}_{}", "n".repeat(35), project.database.name());
    let long = &long[..long.len().min(63)];
    let copy = format!("CREATE DATABASE {long} TEMPLATE {}", project.database.name());
    cluster().connect("postgres").run_batch(&copy).expect("it is made");
    let url = cluster().url(long);
    project.json(&["backup", "first.dump", "--url", &url]);
    let restored = project.json(&["restore", "first.dump", "--url", &url]).json();
    let kept = restored["kept"].as_str().expect("a name").to_owned();
    assert!(kept.len() <= 63 && kept.contains("_before_restore_"), "{kept}");
    let dropped = project.json(&["restore", "--drop-old", "--url", &url]).json();
    assert_eq!(dropped["dropped"], serde_json::json!([kept]));
}

/// What a dump holds is what the database was when it began, also of tables that others write to meanwhile.
#[test]
fn rows_that_come_meanwhile_are_in_neither() {
    let project = project();
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut session = cluster().connect(project.database.name());
            let mut id = 100;
            while !stop.load(std::sync::atomic::Ordering::SeqCst) {
                id += 1;
                session
                    .run_batch(&format!("INSERT INTO t_a VALUES ({id}, 'new')"))
                    .expect("it can be written");
            }
        });
        for number in 0..3 {
            let file = format!("{number}.dump");
            project.json(&["backup", &file]);
            let checked = project.run(&["backup", "--check", &file]);
            if checked.status != 0 {
                stop.store(true, std::sync::atomic::Ordering::SeqCst);
            }
            assert_eq!(checked.status, 0, "{checked:?}");
        }
        stop.store(true, std::sync::atomic::Ordering::SeqCst);
    });
}

#[test]
fn large_objects_that_are_other_than_they_were_are_told_by_number() {
    let project = project();
    project.database.execute("SELECT lo_from_bytea(4711, 'abc'); SELECT lo_create(4712)");
    project.json(&["backup", "first.dump"]);
    project.json(&["backup", "--check", "first.dump"]);
    tamper(&project, "first.dump", |info| {
        assert_eq!(info["large_objects"], serde_json::json!({ "4711": 3, "4712": 0 }));
        info["large_objects"] = serde_json::json!({ "4711": 2, "4713": 0 });
    });
    for arguments in [&["restore", "first.dump"][..], &["backup", "--check", "first.dump"]] {
        let causes = project.refused(arguments, 4)["causes"].to_string();
        for told in ["4711: 3 bytes instead of 2", "4712 is new", "4713 is missing"] {
            assert!(causes.contains(&format!("large object {told}")), "{causes}");
        }
    }
}
