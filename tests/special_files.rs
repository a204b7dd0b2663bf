//! A pipe, a socket or a device where a file belongs: whoever opens a pipe waits, no signal ends that, and a device has no
//! end. So none is read, whatever file it stands for.

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::support::{Kind, Project, Ran};

/// How long a command may take that has nothing to wait for; a loaded machine is slow.
const PATIENCE: Duration = Duration::from_secs(60);

fn pipe(project: &Project, path: &str) {
    let _ = fs::remove_file(project.path(path));
    assert!(Command::new("mkfifo").arg(project.path(path)).status().expect("it can be run").success());
}

/// Runs the binary, and ends it where it waits.
#[track_caller]
fn run(project: &Project, arguments: &[&str]) -> Ran {
    let mut command = project.command(arguments);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().expect("the binary can be run");
    let (id, folder) = (child.id(), project.path(""));
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || drop(sender.send(child.wait_with_output())));
    let Ok(output) = receiver.recv_timeout(PATIENCE) else {
        let _ = Command::new("kill").args(["-KILL", &id.to_string()]).status();
        panic!("{arguments:?} waits for ever");
    };
    Ran::new(&output.expect("it ends"), &folder)
}

fn project() -> Project {
    let project = Project::new(Kind::Sqlite);
    project.tables(&[("a", "")]);
    project
}

/// What to put into the configuration, the file, and the commands that read it.
const FILES: [(&str, &str, &[&[&str]]); 13] = [
    (
        "",
        "versions/a_test.up.sql",
        &[&["upgrade"], &["check"], &["status"], &["history"], &["verify"], &["squash", "a", "-m", "x"]],
    ),
    ("", "versions/a_test.down.sql", &[&["downgrade", "base"], &["verify"], &["export", "sqlx", "out"]]),
    ("", "versions/b_test.up.sql", &[&["upgrade"], &["heads"], &["revision", "-m", "x"]]),
    ("", "alembic.toml", &[&["upgrade"], &["status"]]),
    ("", ".env", &[&["upgrade"]]),
    (
        "schema = \"schema.sql\"",
        "schema.sql",
        &[&["revision", "--autogenerate", "-m", "x"], &["pull"], &["dev", "--yes"], &["push", "--yes"]],
    ),
    (
        "schema = \"schema.prisma\"",
        "schema.prisma",
        &[&["schema", "schema.prisma"], &["pull"], &["dev", "--yes"]],
    ),
    ("seed = \"seed.sql\"", "seed.sql", &[&["seed"]]),
    ("", "kept.db.json", &[&["restore", "kept.db"], &["backup", "--check", "kept.db"]]),
    ("", "kept.db", &[&["restore", "kept.db"], &["backup", "--check", "kept.db"]]),
    ("", "other/V1__x.sql", &[&["import", "flyway", "other"]]),
    ("", "other.sql", &[&["diff", "other.sql", "database"], &["schema", "other.sql"]]),
    ("", "other.db", &[&["current", "--url", "sqlite:other.db"], &["upgrade", "--url", "sqlite:other.db"]]),
];

#[test]
fn what_is_no_file_is_refused_at_once_whatever_it_stands_for() {
    let mut wrong = Vec::new();
    for (configuration, path, commands) in FILES {
        let project = project();
        if path.starts_with("kept") || path.ends_with("down.sql") {
            project.json(&["upgrade"]);
            project.json(&["backup", "kept.db"]);
        }
        project.configure(configuration);
        if path.starts_with("other/") {
            fs::create_dir(project.path("other")).expect("a folder");
        }
        pipe(&project, path);
        for command in commands {
            let ran = run(&project, command);
            let told = format!("{}{}", ran.stdout, ran.stderr);
            let name = path.rsplit('/').next().unwrap_or(path);
            if ran.status == 0
                || !(told.contains("pipe") || told.contains("is no plain file"))
                || !told.contains(name)
            {
                wrong.push(format!("{path} {command:?}: {ran:?}"));
            }
        }
    }
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn sockets_and_devices_are_none_either() {
    let project = project();
    let _listener = UnixListener::bind(project.path("versions/b_test.up.sql")).expect("a socket");
    let ran = run(&project, &["upgrade"]);
    assert!(ran.status != 0 && ran.stderr.contains("it is a socket, and not a file"), "{ran:?}");
    fs::remove_file(project.path("versions/b_test.up.sql")).expect("it is there");
    symlink("/dev/zero", project.path("versions/b_test.up.sql")).expect("a link");
    let ran = run(&project, &["upgrade"]);
    assert!(ran.status != 0 && ran.stderr.contains("it is a device, and not a file"), "{ran:?}");
}

/// What only helps where it is there keeps nobody waiting.
#[test]
fn what_is_looked_for_around_a_project_is_passed_over() {
    let project = project();
    for path in
        ["compose.yaml", "package.json", "prisma.config.ts", "diesel.toml", "alembic.ini", ".env.local"]
    {
        fs::remove_file(project.path("alembic.toml")).unwrap_or_default();
        pipe(&project, path);
        let ran = run(&project, &["init"]);
        assert_eq!(ran.status, 0, "{path}: {ran:?}");
        fs::remove_file(project.path(path)).expect("it is there");
    }
}
