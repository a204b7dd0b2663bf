//! PostgreSQL's own programs.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// Where Debian and Ubuntu put each version's server.
const DEBIAN: &str = "/usr/lib/postgresql";

/// The variable that names the folder of another server's programs.
const VARIABLE: &str = "REVGRAPH_TEST_POSTGRES";

/// A program of PostgreSQL's, from the folder that `initdb` is in. Some distributions of the server lack the programs of
/// its clients; these are then the system's.
pub fn program(name: &str) -> Command {
    let path = folder().join(name);
    let of_system = || in_path().or_else(newest_of_debian).map(|folder| folder.join(name));
    let path = if path.exists() { path } else { of_system().unwrap_or(path) };
    Command::new(path)
}

/// The major version of `pg_dump`, which writes nothing of a server that is younger than itself.
fn version_of_pg_dump() -> i32 {
    let output = program("pg_dump").arg("--version").output().expect("pg_dump can be run");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let version = text.split(' ').nth(2).and_then(|version| version.split('.').next());
    version.and_then(|major| major.trim().parse().ok()).expect("pg_dump tells its version")
}

/// Whether `pg_dump` reads the databases of a server of this major version.
pub fn pg_dump_reads(server: i32) -> bool {
    server <= version_of_pg_dump()
}

/// The folder of the server's programs.
///
/// # Panics
/// Where there is none: the tests of PostgreSQL never pass by not running.
pub fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let named = std::env::var_os(VARIABLE).map(PathBuf::from);
        named.or_else(in_path).or_else(newest_of_debian).unwrap_or_else(|| {
            panic!(
                "PostgreSQL's server is not installed: there is no initdb in PATH nor in {DEBIAN}/*/bin. \
                 Run the tests with scripts/test, or: apt-get install -y postgresql"
            )
        })
    })
}

fn in_path() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let initdb = std::env::split_paths(&path).map(|folder| folder.join("initdb"));
    // What stands in PATH may be a link to it, without links to the others.
    initdb.filter_map(|path| path.canonicalize().ok()).find_map(|path| path.parent().map(Path::to_owned))
}

fn newest_of_debian() -> Option<PathBuf> {
    let versions = std::fs::read_dir(DEBIAN).ok()?.flatten();
    let newest = versions.max_by_key(|entry| entry.file_name().to_string_lossy().parse().unwrap_or(0_u32))?;
    let folder = newest.path().join("bin");
    folder.join("initdb").exists().then_some(folder)
}
