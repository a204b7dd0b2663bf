//! One temporary PostgreSQL server for the whole test binary, started when the first test asks for it, and servers of
//! a test's own, which may crash.
//!
//! A shell is a server's guardian: it reads from a pipe that only this process holds, so that it sees the end of this
//! process however that comes about, stops the server and removes its folder.

use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use revgraph::backend::postgres::Session;

use super::postgres_programs::program;

/// The superuser of the server, who needs no password over the socket. Over TCP everybody needs one.
pub const SUPERUSER: &str = "postgres";

/// What a test run leaves free at its worst is a good part of this: the servers, their logs of changes, and the
/// databases of the tests that run at the same time.
const ENOUGH_KIBIBYTES: u64 = 4 << 20;

/// How long a server may take to start; a loaded machine is slow.
const PATIENCE: Duration = Duration::from_secs(60);

/// Starts the server anew, once it has ended, for each line on standard input; stops it and removes its folder when
/// that ends. Signals that a terminal sends to the whole
/// group are for the test process.
const GUARDIAN: &str = r#"
trap '' INT HUP TERM
folder=$1; shift
"$@" >"$folder/log" 2>&1 </dev/null &
server=$!
while read -r _; do
    wait $server
    "$@" >>"$folder/log" 2>&1 </dev/null &
    server=$!
done
kill -QUIT $server 2>/dev/null
wait $server
rm -rf "$folder"
"#;

/// Crash safety is what costs time, and nobody needs it here.
const SETTINGS: &[&str] = &[
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "autovacuum=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "max_wal_size=256MB",
    "max_connections=400",
    "max_prepared_transactions=10",
    "shared_buffers=64MB",
    "listen_addresses=127.0.0.1",
    "password_encryption=scram-sha-256",
    "timezone=UTC",
];

const HOST_BASED_AUTHENTICATION: &str =
    "local all all trust\nlocal replication all trust\nhost all all 127.0.0.1/32 scram-sha-256\n";

/// What a server of [`Cluster::own`] changes: what it has said to be committed survives its crash.
const DURABLE: &[&str] = &["synchronous_commit=on", "max_connections=20"];

/// The server.
pub struct Cluster {
    folder: PathBuf,
    port: u16,
    account: Account,
    /// Its standard input is what the guardian waits on; it is closed when this process ends.
    guardian: Child,
}

/// The server of this test binary.
pub fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(|| Cluster::start(SETTINGS))
}

impl Cluster {
    /// The folder of its socket.
    pub fn socket_folder(&self) -> &Path {
        &self.folder
    }

    /// Its port, on the socket and on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The URL of a database for the superuser, over the socket.
    pub fn url(&self, database: &str) -> String {
        let (folder, port) = (self.folder.display(), self.port);
        format!("postgresql://{SUPERUSER}@localhost:{port}/{database}?host={folder}")
    }

    /// The URL of a database for a user with a password, over TCP.
    pub fn tcp_url(&self, database: &str, user: &str, password: &str) -> String {
        format!("postgresql://{user}:{password}@127.0.0.1:{}/{database}", self.port)
    }

    /// libpq's keywords and values for the superuser.
    pub fn parameters(&self, database: &str) -> Vec<(String, String)> {
        let values = [
            ("host", self.folder.display().to_string()),
            ("port", self.port.to_string()),
            ("user", SUPERUSER.to_owned()),
            ("dbname", database.to_owned()),
        ];
        values.into_iter().map(|(keyword, value)| (keyword.to_owned(), value)).collect()
    }

    /// A session of the superuser.
    pub fn connect(&self, database: &str) -> Session {
        Session::connect(&self.parameters(database)).expect("the test server accepts connections")
    }

    /// The major version of the server.
    pub fn major_version(&self) -> i32 {
        self.connect("postgres").server_version() / 10_000
    }

    /// Makes an empty database of its own for a test; its name.
    pub fn create_database(&self) -> String {
        self.create_database_like("template0")
    }

    /// Makes a copy of a database, to which nobody may be connected; its name.
    pub fn create_database_like(&self, template: &str) -> String {
        static NEXT: AtomicUsize = AtomicUsize::new(1);
        let name = format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let sql = format!("CREATE DATABASE {name} TEMPLATE {template}");
        self.connect("postgres").run_batch(&sql).expect("a database is made");
        name
    }

    /// A server for one test alone, which keeps its promises when it crashes.
    pub fn own() -> &'static Self {
        Box::leak(Box::new(Self::start(&[SETTINGS, DURABLE].concat())))
    }

    /// One whose changes can be followed by standbys.
    pub fn own_with_standbys() -> &'static Self {
        let settings = [SETTINGS, &["max_connections=20", "wal_level=replica", "max_wal_senders=4"]].concat();
        Box::leak(Box::new(Self::start(&settings)))
    }

    /// Ends the server as `pg_ctl stop -m immediate` does: without a checkpoint, and without saying goodbye.
    pub fn crash(&self) {
        let pg_ctl = program("pg_ctl");
        let mut stop = self.account.command(Path::new(pg_ctl.get_program()));
        stop.args(["stop", "-m", "immediate", "-s", "-D"]).arg(self.folder.join("data")).current_dir("/");
        let output = stop.output().expect("pg_ctl can be run");
        assert!(output.status.success(), "pg_ctl: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// Starts the server after a crash, and waits until it has recovered.
    pub fn start_again(&self) {
        let mut guardian = self.guardian.stdin.as_ref().expect("it is piped");
        guardian.write_all(b"\n").expect("the guardian lives");
        self.wait_until_ready();
    }

    /// Limits the files of sessions that begin from now on to `bytes`, or no longer.
    pub fn limit_files(&self, bytes: Option<u64>) {
        let pid_file = fs::read_to_string(self.folder.join("data/postmaster.pid")).expect("it runs");
        let pid = pid_file.lines().next().expect("a process id").to_owned();
        let limit = bytes.map_or_else(|| "unlimited".to_owned(), |bytes| bytes.to_string());
        let mut prlimit = self.account.command(Path::new("prlimit"));
        prlimit.args(["--pid", &pid, &format!("--fsize={limit}:unlimited")]);
        let output = prlimit.output().expect("prlimit can be run");
        assert!(output.status.success(), "prlimit: {}", String::from_utf8_lossy(&output.stderr));
    }

    fn start(settings: &[&str]) -> Self {
        let folder = new_folder();
        let account = Account::for_the_server();
        account.give(&folder);
        initialise(&folder, &account);
        let port = free_port();
        let guardian = guard(&folder, &account, port, settings);
        let cluster = Self { folder, port, account, guardian };
        cluster.wait_until_ready();
        cluster
    }

    fn wait_until_ready(&self) {
        let started = Instant::now();
        while Session::connect(&self.parameters("postgres")).is_err() {
            if started.elapsed() > PATIENCE {
                let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
                panic!("the PostgreSQL server does not start:\n{log}");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Where the folders of servers are made, whose paths have to be short enough for a socket's: in memory where there is
/// room. Each database is 300 files, and some file systems find room for a new file the slower the more have just been
/// removed.
pub fn place() -> &'static Path {
    static PLACE: OnceLock<&Path> = OnceLock::new();
    PLACE.get_or_init(|| {
        let memory = Path::new("/dev/shm");
        if kibibytes_free(memory) >= ENOUGH_KIBIBYTES { memory } else { Path::new("/tmp") }
    })
}

/// How much room a folder has; none where nobody knows.
fn kibibytes_free(folder: &Path) -> u64 {
    let Ok(told) = Command::new("df").arg("-Pk").arg(folder).output() else { return 0 };
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    let available = told.lines().nth(1).and_then(|line| line.split_whitespace().nth(3));
    available.and_then(|number| number.parse().ok()).unwrap_or(0)
}

fn new_folder() -> PathBuf {
    let folder = tempfile::Builder::new().prefix("revgraph-pg-").tempdir_in(place());
    let folder = folder.expect("a folder for a server");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("it is this process's");
    folder.keep()
}

fn initialise(folder: &Path, account: &Account) {
    let initdb = program("initdb");
    let output = account
        .command(Path::new(initdb.get_program()))
        .arg("-D")
        .arg(folder.join("data"))
        .args(["-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"])
        .current_dir("/")
        .output()
        .expect("initdb can be run");
    assert!(output.status.success(), "initdb: {}", String::from_utf8_lossy(&output.stderr));
    let mut access = fs::File::create(folder.join("data/pg_hba.conf")).expect("the file is there");
    access.write_all(HOST_BASED_AUTHENTICATION.as_bytes()).expect("it can be written");
}

fn guard(folder: &Path, account: &Account, port: u16, settings: &[&str]) -> Child {
    let postgres = program("postgres");
    let server = account.command(Path::new(postgres.get_program()));
    let mut guardian = Command::new("/bin/sh");
    guardian.args(["-c", GUARDIAN, "guardian"]).arg(folder);
    guardian.arg(server.get_program()).args(server.get_args());
    guardian.arg("-D").arg(folder.join("data")).arg("-k").arg(folder).args(["-p", &port.to_string()]);
    for setting in settings {
        guardian.args(["-c", setting]);
    }
    guardian.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).current_dir("/");
    guardian.spawn().expect("a shell can be run")
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("it is bound").port()
}

/// Who runs servers: root may not.
pub struct Account {
    /// User and group, where it is not this process's own.
    other: Option<(u32, u32)>,
}

impl Account {
    /// This process's own, unless that is root's.
    pub fn for_the_server() -> Self {
        let id = Command::new("id").arg("-u").output().expect("id can be run");
        let is_root = String::from_utf8_lossy(&id.stdout).trim() == "0";
        Self { other: is_root.then(|| ids_of("postgres").or_else(|| ids_of("nobody"))).flatten() }
    }

    /// Gives a folder of this process to it.
    pub fn give(&self, folder: &Path) {
        if let Some((user, group)) = self.other {
            chown(folder, Some(user), Some(group)).expect("root may give a folder away");
        }
    }

    /// A program run by it.
    pub fn command(&self, program: &Path) -> Command {
        let Some((user, group)) = self.other else { return Command::new(program) };
        let mut command = Command::new("setpriv");
        command.arg(format!("--reuid={user}")).arg(format!("--regid={group}")).arg("--clear-groups");
        command.arg(program);
        command
    }
}

fn ids_of(user: &str) -> Option<(u32, u32)> {
    let accounts = fs::read_to_string("/etc/passwd").ok()?;
    let line = accounts.lines().find(|line| line.split(':').next() == Some(user))?;
    let mut fields = line.split(':').skip(2);
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}
