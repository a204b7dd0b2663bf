//! Through a real PgBouncer, which hands each transaction to another session of the server.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Stdio};

use serde_json::json;
use tempfile::TempDir;

use crate::support::cluster::{Account, SUPERUSER, cluster};
use crate::support::{Background, Kind, Project, Script, eventually};

/// A pooler in front of the test server, ended with the test.
struct PgBouncer {
    process: Child,
    port: u16,
    _folder: TempDir,
}

impl PgBouncer {
    /// One in front of the test server, with more settings.
    fn start(pool_mode: &str, settings: &str) -> Self {
        let folder =
            tempfile::Builder::new().prefix("revgraph-pgbouncer-").tempdir_in("/tmp").expect("a folder");
        let port = free_port();
        let server = cluster();
        let (host, server_port) = (server.socket_folder().display(), server.port());
        let configuration = format!(
            "[databases]\n* = host={host} port={server_port} user={SUPERUSER}\n\
             [pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\n\
             pool_mode = {pool_mode}\nmax_client_conn = 200\n{settings}\n"
        );
        fs::write(folder.path().join("pgbouncer.ini"), configuration).expect("it can be written");
        make_readable(folder.path());
        let mut command = Account::for_the_server().command(program());
        command.arg("-q").arg(folder.path().join("pgbouncer.ini")).current_dir("/");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let process = command.spawn().expect("pgbouncer is not installed; scripts/test installs it");
        let pooler = Self { process, port, _folder: folder };
        eventually("the pooler listens", || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok());
        pooler
    }

    /// A project whose database is reached through the pooler.
    fn project(&self) -> Project {
        let project = Project::new(Kind::Postgres);
        let url = format!("postgresql://{SUPERUSER}@127.0.0.1:{}/{}", self.port, project.database.name());
        project.write("alembic.toml", format!("url = \"{url}\"\n"));
        project
    }
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Debian keeps it where only root looks.
fn program() -> &'static Path {
    let debian = Path::new("/usr/sbin/pgbouncer");
    if debian.exists() { debian } else { Path::new("pgbouncer") }
}

fn make_readable(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).expect("it is this process's");
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("it is bound").port()
}

fn without_transaction(project: &Project, id: &str, down_revision: &str, up: &str) {
    let header = &["revgraph: no-transaction"];
    project.script(&Script { id, down_revision, header, up, down: None });
}

fn history_with_index_builds(project: &Project) {
    project.tables(&[("a", "")]);
    without_transaction(
        project,
        "b",
        "a",
        "CREATE INDEX CONCURRENTLY a_1 ON t_a (id);\nCREATE INDEX CONCURRENTLY a_2 ON t_a (id);",
    );
    project.tables(&[("c", "b"), ("d", "c"), ("e", "d")]);
}

const HISTORY: [&str; 5] = ["a", "b", "c", "d", "e"];

#[test]
fn every_command_works_in_transaction_pooling() {
    let pooler = PgBouncer::start("transaction", "default_pool_size = 2");
    let project = pooler.project();
    history_with_index_builds(&project);
    project.takes(&["upgrade"], &HISTORY, &["e"]);
    project.takes(&["downgrade", "b"], &["e", "d", "c"], &["b"]);
    assert_eq!(project.json(&["stamp", "--force", "c"]).heads(), ["c"]);
    assert_eq!(project.run(&["status", "--json"]).json()["state"], "pending");
    project.takes(&["upgrade"], &["d", "e"], &["e"]);
}

#[test]
fn sixteen_processes_share_an_upgrade_in_transaction_pooling() {
    share_an_upgrade(&PgBouncer::start("transaction", "default_pool_size = 2"));
}

#[test]
fn sixteen_processes_share_an_upgrade_in_session_pooling() {
    share_an_upgrade(&PgBouncer::start("session", "default_pool_size = 40"));
}

fn share_an_upgrade(pooler: &PgBouncer) {
    let project = pooler.project();
    history_with_index_builds(&project);
    let runs: Vec<_> = (0..16).map(|_| Background::start(&project, &["upgrade", "--json"], &[])).collect();
    let mut steps = Vec::new();
    for run in runs {
        let ran = run.wait();
        assert_eq!(ran.status, 0, "{ran:?}");
        steps.extend(ran.steps());
    }
    steps.sort();
    assert_eq!(steps, HISTORY);
    assert_eq!(project.database.version_rows(), ["e"]);
    assert_eq!(project.database.events().len(), HISTORY.len());
    assert_no_lock_is_left(&project);
}

/// The pooler keeps its sessions; none of them may have kept anything of revgraph's.
fn assert_no_lock_is_left(project: &Project) {
    let sql = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' \
               AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    eventually("the locks are given back", || project.database.scalar(sql) == "0");
}

#[test]
fn a_script_that_needs_its_session_is_refused_with_the_reason() {
    let pooler = PgBouncer::start("transaction", "");
    let project = pooler.project();
    project.tables(&[("a", "")]);
    without_transaction(
        &project,
        "b",
        "a",
        "SET work_mem = '64MB';\nCREATE INDEX CONCURRENTLY a_1 ON t_a (id);",
    );
    project.takes(&["upgrade", "a"], &["a"], &["a"]);
    let error = project.refused(&["upgrade"], 1);
    assert!(error["message"].to_string().contains("a connection pooler is between"), "{error}");
    assert!(error["causes"].to_string().contains("statement 1 leaves something in the session"), "{error}");
    assert!(error["hints"].to_string().contains("connect to the server itself"), "{error}");
    let direct = project.database.url();
    project.takes(&["upgrade", "--url", &direct], &["b"], &["b"]);
}

/// The settings of a transactional script end with its transaction, also in a session that others use next.
#[test]
fn no_setting_stays_in_a_session_of_the_pooler() {
    let pooler = PgBouncer::start("transaction", "default_pool_size = 2");
    let project = pooler.project();
    project.revision(
        "a",
        "",
        "SET work_mem = '77MB';\nSET ROLE pg_monitor;\nRESET ROLE;\nCREATE TABLE t_a (id integer);",
        "",
    );
    project.revision("b", "a", "CREATE TABLE t_b AS SELECT current_setting('work_mem') AS setting;", "");
    project.takes(&["upgrade"], &["a", "b"], &["b"]);
    assert_ne!(project.database.scalar("SELECT setting FROM t_b"), "77MB");
}

#[test]
fn one_that_waits_too_long_names_the_holder() {
    let pooler = PgBouncer::start("transaction", "default_pool_size = 10");
    let project = pooler.project();
    project.revision("a", "", "SELECT pg_sleep(600);", "");
    let run = Background::start(&project, &["upgrade"], &[]);
    let sleeping = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_sleep(600)%' \
                    AND pid <> pg_backend_pid() AND datname = current_database()";
    eventually("it runs", || project.database.scalar(sleeping) == "1");
    let late =
        Background::start(&project, &["upgrade", "--json"], &[("REVGRAPH_MIGRATION_LOCK_TIMEOUT", "500ms")])
            .wait();
    let error = late.error();
    assert_eq!((late.status, &error["kind"]), (5, &"lock".into()), "{late:?}");
    let holding = "SELECT pid::text FROM pg_locks WHERE locktype = 'advisory' AND granted \
                   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    let named = format!("process {} (revgraph)", project.database.scalar(holding));
    assert!(error["message"].to_string().contains(&named), "{named} in {error}");
    run.kill();
    assert_no_lock_is_left(&project);
}

/// A pooler may end an idle session at any time, and the lock with it.
#[test]
fn a_run_that_has_lost_its_lock_stops_before_its_next_statement() {
    let pooler = PgBouncer::start("transaction", "default_pool_size = 3");
    let project = pooler.project();
    project.tables(&[("a", "")]);
    without_transaction(&project, "b", "a", "SELECT pg_sleep(1);\nCREATE TABLE t_b (id integer);");
    let run = Background::start(&project, &["upgrade", "--json"], &[]);
    let end_the_holder = "SELECT count(pg_terminate_backend(pid)) FROM pg_locks WHERE locktype = 'advisory' \
                          AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
                          AND EXISTS (SELECT 1 FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(1)')";
    eventually("it holds the lock", || project.database.scalar(end_the_holder) == "1");
    let ran = run.wait();
    let error = ran.error();
    assert_eq!((ran.status, &error["done"], &error["unknown"]), (5, &json!([1]), &json!([])), "{ran:?}");
    assert!(error["message"].to_string().contains("the connection that holds the lock"), "{error}");
    assert_eq!(project.database.tables(), ["t_a"]);
    project.takes(&["upgrade"], &["b"], &["b"]);
}

/// With a single session of the server there is none left for the lock.
#[test]
fn a_pool_that_is_too_small_is_told() {
    let pooler = PgBouncer::start("transaction", "default_pool_size = 1\nquery_wait_timeout = 2");
    let project = pooler.project();
    project.tables(&[("a", "")]);
    let error = project.refused(&["upgrade"], 5);
    assert_eq!(error["kind"], "pool_too_small");
    assert!(error["hints"].to_string().contains("at least two connections"), "{error}");
    assert_no_lock_is_left(&project);
}
