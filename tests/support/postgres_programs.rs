//! PostgreSQL's own programs.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// Where Debian and Ubuntu put each version's server.
const DEBIAN: &str = "/usr/lib/postgresql";

/// A program of PostgreSQL's, from the folder that `initdb` is in.
pub fn program(name: &str) -> Command {
    Command::new(folder().join(name))
}

/// The folder of the server's programs.
///
/// # Panics
/// Where there is none: the tests of PostgreSQL never pass by not running.
pub fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        in_path().or_else(newest_of_debian).unwrap_or_else(|| {
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
