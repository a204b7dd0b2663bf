//! A real standby: what writes is refused before anything is written, and what only reads works.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::support::cluster::{Account, Cluster, place};
use crate::support::postgres_programs::program;
use crate::support::{Database, Project, eventually};

/// A standby of a server, which is stopped and removed at the end.
struct Standby {
    folder: tempfile::TempDir,
    account: Account,
    port: u16,
}

impl Standby {
    fn of(primary: &Cluster) -> Self {
        let folder = tempfile::Builder::new().prefix("revgraph-sb-").tempdir_in(place()).expect("a folder");
        let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let account = Account::for_the_server();
        account.give(folder.path());
        let standby = Self { folder, account, port: port.expect("a free port").port() };
        let data = standby.folder.path().join("data").display().to_string();
        let (host, from) = (primary.socket_folder().display().to_string(), primary.port().to_string());
        standby.run(
            "pg_basebackup",
            &[
                "-h", &host, "-p", &from, "-U", "postgres", "-D", &data, "-R", "-X", "stream", "-c", "fast",
                "-N",
            ],
        );
        let options = format!(
            "-k {} -p {} -c max_prepared_transactions=10",
            standby.folder.path().display(),
            standby.port
        );
        let log = standby.folder.path().join("log").display().to_string();
        standby.run("pg_ctl", &["start", "-w", "-s", "-D", &data, "-l", &log, "-o", &options]);
        standby
    }

    fn url(&self, database: &str) -> String {
        format!(
            "postgresql://postgres@localhost:{}/{database}?host={}",
            self.port,
            self.folder.path().display()
        )
    }

    fn run(&self, name: &str, arguments: &[&str]) {
        let found = program(name);
        let mut command: Command = self.account.command(Path::new(found.get_program()));
        // A server that goes on would keep a pipe open.
        let status = command.args(arguments).current_dir("/").stdout(std::process::Stdio::null()).status();
        assert!(status.expect("it can be run").success(), "{name}");
    }
}

impl Drop for Standby {
    fn drop(&mut self) {
        let data = self.folder.path().join("data").display().to_string();
        let found = program("pg_ctl");
        let mut stop = self.account.command(Path::new(found.get_program()));
        let _ = stop.args(["stop", "-m", "immediate", "-s", "-D", &data]).current_dir("/").status();
    }
}

#[test]
fn nothing_is_written_to_a_standby() {
    let primary = Cluster::own_with_standbys();
    let project = Project::with(|_| Database::on(primary));
    project.tables(&[("a", ""), ("b", "a")]);
    project.write("schema.sql", "CREATE TABLE t_a (id integer);\n");
    project.write("seed.sql", "SELECT 1;\n");
    project.configure("schema = \"schema.sql\"\nseed = [\"seed.sql\"]");
    project.json(&["upgrade", "a"]);
    let standby = Standby::of(primary);
    let url = standby.url(project.database.name());
    eventually("it has all", || project.run(&["current", "--url", &url]).stdout == "a\n");
    let of_primary = "connect to the primary";
    for (command, kind, hint) in [
        (&["upgrade"][..], "read_only", of_primary),
        (&["downgrade", "base", "--yes"], "read_only", of_primary),
        (&["stamp", "--force", "b"], "read_only", of_primary),
        (&["stamp", "--purge", "base"], "read_only", of_primary),
        (&["protect", "x"], "read_only", of_primary),
        (&["resolve", "--accept", "a"], "read_only", of_primary),
        (&["seed"], "read_only", of_primary),
        (&["push", "--accept-data-loss"], "read_only", of_primary),
        (&["reset", "--yes"], "read_only", of_primary),
        (&["reset", "--yes", "--recreate"], "read_only", of_primary),
        (&["database", "drop", "--yes"], "read_only", of_primary),
        (&["diff", "database", "b"], "scratch", "scratch_url"),
        (&["verify"], "scratch", "scratch_url"),
        (&["stamp", "b"], "scratch", "scratch_url"),
        (&["squash", "-m", "x", "b"], "scratch", "scratch_url"),
    ] {
        let ran = project.run(&[command, &["--json", "--url", &url]].concat());
        let error = ran.error();
        assert_eq!(
            (&error["kind"], &error["sqlstate"]),
            (&kind.into(), &"25006".into()),
            "{command:?}: {ran:?}"
        );
        let hints = error["hints"].to_string();
        assert!(hints.contains(hint) && !hints.contains("CREATEDB"), "{command:?}: {ran:?}");
    }
    for command in [&["current"][..], &["history", "-i"], &["log"], &["schema", "database"], &["backup"]] {
        let ran = project.run(&[command, &["--url", &url]].concat());
        assert_eq!(ran.status, 0, "{command:?}: {ran:?}");
    }
    assert_eq!(project.run(&["status", "--url", &url]).status, 3);
    // A scratch database elsewhere is all that a comparison needs.
    let scratch = primary.create_database();
    project.configure(&format!("scratch_url = {}", Value::String(primary.url(&scratch))));
    assert_eq!(project.run(&["diff", "database", "a", "--url", &url]).status, 0);
    project.assert_applied(&["a"]);
}
