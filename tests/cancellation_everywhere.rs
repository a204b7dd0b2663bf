//! A signal ends whatever a command does beside a migration: work on scratch databases, programs of the user's with all
//! that they have started, waits. Nothing is left, and the exit status is 130.

use std::collections::BTreeSet;
use std::process::Command;

#[cfg(feature = "sqlite")]
use crate::support::terminal::on_a_terminal_with;
use crate::support::{Background, Project, eventually, on_each_database};

on_each_database!(
    a_command_that_prints_the_schema_ends_with_its_children,
    a_command_that_seeds_ends_with_its_children,
    a_seed_is_rolled_back,
    work_on_scratch_databases,
);

/// Where a program that was run says that it has begun.
const BEGUN: &str = "begun";

/// A command, as TOML, that starts a shell which waits for another program; the name of that one, which is nobody else's.
fn endless_program(project: &Project, name: &str) -> (String, String) {
    let sleeper = project.path(name);
    std::fs::copy("/bin/sleep", &sleeper).expect("there is a sleep");
    let sleeper = sleeper.display().to_string();
    (format!("[\"sh\", \"-c\", \"touch {BEGUN}; {sleeper} 600; true\"]"), sleeper)
}

fn runs(program: &str) -> bool {
    let listed = Command::new("ps").args(["-eo", "args"]).output().expect("ps can be run");
    String::from_utf8_lossy(&listed.stdout).lines().any(|line| line.starts_with(program))
}

fn files(project: &Project) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut folders = vec![project.path("")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder").flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
            }
            found.insert(entry.path().display().to_string());
        }
    }
    found
}

/// Has a PostgreSQL project connect as a role of its own, whose databases can be told from those of other tests.
fn with_role(project: &Project) -> Option<String> {
    let role = project
        .database
        .is_postgres()
        .then(|| format!("scratches_{}", project.database.scalar("SELECT current_database()")))?;
    project.database.execute(&format!("CREATE ROLE {role} SUPERUSER LOGIN"));
    let url = project.database.url().replacen("postgres@", &format!("{role}@"), 1);
    project.write("alembic.toml", format!("url = {}\n", serde_json::Value::String(url)));
    Some(role)
}

/// Interrupts a command once it has begun; it is to end soon, to say so, and to leave no file.
#[track_caller]
fn interrupt(project: &Project, arguments: &[&str], signal: &str, begun: impl FnMut() -> bool) {
    interrupt_with(project, arguments, signal, &[], begun);
}

/// As [`interrupt`], with environment variables.
#[track_caller]
fn interrupt_with(
    project: &Project,
    arguments: &[&str],
    signal: &str,
    environment: &[(&str, &str)],
    begun: impl FnMut() -> bool,
) {
    let before = files(project);
    let run = Background::start(project, &[arguments, &["--json"]].concat(), environment);
    eventually("it has begun", begun);
    run.signal(signal);
    let asked = std::time::Instant::now();
    let ran = run.wait();
    assert!(asked.elapsed().as_secs() < 10, "{arguments:?} took {:?}", asked.elapsed());
    assert_eq!((ran.status, &ran.error()["kind"]), (130, &"interrupted".into()), "{arguments:?}: {ran:?}");
    std::fs::remove_file(project.path(BEGUN)).unwrap_or_default();
    let left: Vec<_> = files(project).difference(&before).cloned().collect();
    assert!(left.is_empty(), "{arguments:?} left {left:?}");
}

fn a_command_that_prints_the_schema_ends_with_its_children(project: &Project) {
    project.tables(&[("a", "")]);
    project.json(&["upgrade"]);
    let (command, sleeper) = endless_program(project, "printing");
    project.configure(&format!("schema_command = {command}"));
    for (arguments, signal) in [
        (&["push"][..], "INT"),
        (&["revision", "--autogenerate", "-m", "x"], "TERM"),
        (&["dev", "-m", "x"], "INT"),
        (&["diff", "database", "schema"], "TERM"),
    ] {
        interrupt(project, arguments, signal, || project.path(BEGUN).exists() && runs(&sleeper));
        eventually("the program has gone", || !runs(&sleeper));
    }
    project.assert_applied(&["a"]);
}

fn a_command_that_seeds_ends_with_its_children(project: &Project) {
    project.tables(&[("a", "")]);
    project.json(&["upgrade"]);
    let (command, sleeper) = endless_program(project, "seeding");
    project.configure(&format!("seed_command = {command}"));
    for (arguments, signal) in [(&["seed"][..], "TERM"), (&["reset", "--yes"], "INT")] {
        interrupt(project, arguments, signal, || project.path(BEGUN).exists() && runs(&sleeper));
        eventually("the program has gone", || !runs(&sleeper));
    }
}

fn endless(project: &Project) -> &'static str {
    if project.database.is_postgres() {
        "SELECT pg_sleep(600);"
    } else {
        "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT max(x) FROM c;"
    }
}

/// There is nothing else to see by that it has come so far.
fn after_a_while() -> impl FnMut() -> bool {
    let begun = std::time::Instant::now();
    move || begun.elapsed().as_millis() > 1_500
}

fn a_seed_is_rolled_back(project: &Project) {
    project.tables(&[("a", "")]);
    project.json(&["upgrade"]);
    project.write("seed.sql", format!("INSERT INTO t_a VALUES (1);\n{}\n", endless(project)));
    project.configure("seed = [\"seed.sql\"]");
    interrupt(project, &["seed"], "TERM", after_a_while());
    assert_eq!(project.database.scalar("SELECT count(*) FROM t_a"), "0");
    project.write("seed.sql", "INSERT INTO t_a VALUES (1);\n");
    project.json(&["seed"]);
    assert_eq!(project.database.scalar("SELECT count(*) FROM t_a"), "1");
}

fn work_on_scratch_databases(project: &Project) {
    let role = with_role(project);
    project.tables(&[("a", "")]).revision("b", "a", endless(project), "SELECT 1;");
    project.json(&["upgrade", "a"]);
    project.write("schema.sql", "CREATE TABLE t_a (id INTEGER PRIMARY KEY);\n");
    project.configure("schema = \"schema.sql\"");
    for (arguments, signal) in [
        (&["verify"][..], "INT"),
        (&["squash", "-m", "x", "b"], "TERM"),
        (&["revision", "--autogenerate", "-m", "x"], "INT"),
        (&["stamp", "b"], "TERM"),
    ] {
        interrupt(project, arguments, signal, after_a_while());
    }
    if let Some(role) = role {
        let left = "SELECT datname FROM pg_database WHERE pg_get_userbyid(datdba) = ";
        assert_eq!(project.database.column(&format!("{left}'{role}'")), [""; 0]);
    }
    project.assert_applied(&["a"]);
}

/// Programs that a command starts, each in the place of the real one, which is looked for on the path.
#[cfg(all(feature = "postgres", feature = "sqlite"))]
#[test]
fn the_programs_of_a_command_end_with_it() {
    use std::os::unix::fs::PermissionsExt;

    let project = Project::new(crate::support::Kind::Postgres);
    project.tables(&[("a", "")]);
    project.json(&["upgrade"]);
    project.json(&["backup", "kept.dump"]);
    let sleeper = project.path("sleeping");
    std::fs::copy("/bin/sleep", &sleeper).expect("there is a sleep");
    let sleeper = sleeper.display().to_string();
    std::fs::create_dir_all(project.path("programs")).expect("a folder");
    let program = |name: &str, first: &str| {
        let path = format!("programs/{name}");
        project.write(&path, format!("#!/bin/sh\n{first}\ntouch {BEGUN}\n{sleeper} 600\ntrue\n"));
        let executable = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(project.path(&path), executable).expect("it can be run");
    };
    let real = crate::support::postgres_programs::program("pg_restore");
    let real = real.get_program().to_string_lossy();
    program("pg_restore", &format!("case \"$*\" in --version|--list*) exec {real} \"$@\";; esac"));
    program("python", "");
    program("editor", "");
    project.configure("schema = \"schema.sql\"");
    std::fs::create_dir(project.path("migrations")).expect("a folder");
    project.write("migrations/env.py", "");
    project.write("alembic.ini", "[alembic]\nscript_location = migrations\n");
    let python = project.path("programs/python").display().to_string();
    let commands: [(&[&str], &str); 4] = [
        (&["restore", "kept.dump", "--yes"], "TERM"),
        (&["import", "alembic", "migrations", "--python", &python], "INT"),
        (&["import", "alembic", "migrations", "--python", &python], "TERM"),
        (&["edit", "a"], "TERM"),
    ];
    let path = std::env::var("PATH").unwrap_or_default();
    let path = format!("{}:{path}", project.path("programs").display());
    let editor = project.path("programs/editor").display().to_string();
    for (arguments, signal) in commands {
        let environment = [("PATH", path.as_str()), ("EDITOR", &editor)];
        interrupt_with(&project, arguments, signal, &environment, || project.path(BEGUN).exists());
        eventually("the program has gone", || !runs(&sleeper));
        project.assert_applied(&["a"]);
    }
    let others =
        format!("SELECT datname FROM pg_database WHERE datname LIKE '{}\\_%'", project.database.name());
    assert_eq!(project.database.column(&others), [""; 0], "what a restore had made");
}

/// An editor answers Ctrl-C itself, and is not left alone with its terminal, however often that is pressed.
#[cfg(feature = "sqlite")]
#[test]
fn an_editor_with_a_terminal_is_waited_for() {
    use std::os::unix::fs::PermissionsExt;

    let project = Project::new(crate::support::Kind::Sqlite);
    project.tables(&[("a", "")]);
    let editor =
        "#!/bin/sh\nfor once in 1 2 3; do kill -INT $PPID; sleep 0.1; done\necho '-- edited' >> \"$1\"\n";
    project.write("editor", editor);
    let executable = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(project.path("editor"), executable).expect("it can be run");
    let editor = project.path("editor").display().to_string();
    let environment = [("VISUAL", ""), ("EDITOR", editor.as_str())];
    for command in [&["edit", "a"][..], &["revision", "-m", "more", "--rev-id", "b", "--edit"]] {
        let (said, status) = on_a_terminal_with(&project, command, "", &environment);
        assert_eq!(status, 0, "{said}");
    }
    for file in ["versions/a_test.up.sql", "versions/b_more.up.sql"] {
        let text = std::fs::read_to_string(project.path(file)).expect("it is there");
        assert!(text.ends_with("-- edited\n"), "{text}");
    }
}

#[cfg(feature = "postgres")]
#[test]
fn pg_dump_that_waits_for_a_lock() {
    let project = Project::new(crate::support::Kind::Postgres);
    project.tables(&[("a", "")]);
    project.json(&["upgrade"]);
    // It makes the folder, which stays.
    project.json(&["backup"]);
    let mut holder = crate::support::cluster::cluster().connect(project.database.name());
    holder.run_batch("BEGIN; LOCK TABLE t_a").expect("nobody else has it");
    let waiting = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pg_dump' \
                   AND datname = current_database() AND wait_event_type = 'Lock'";
    interrupt(&project, &["backup"], "TERM", || project.database.scalar(waiting) == "1");
    eventually("pg_dump has gone", || {
        project.database.scalar(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pg_dump' \
                                 AND datname = current_database()",
        ) == "0"
    });
}
