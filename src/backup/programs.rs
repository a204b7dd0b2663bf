//! `pg_dump` and `pg_restore`: which of those on the machine, and how they are run.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::JoinHandle;

use super::BackupError;
use super::tool::Tool;
use crate::backend::Control;
use crate::child::{ChildError, Family};
use crate::config::PostgresUrl;

/// Where packages put the programs of each version, beside the folders of `PATH`; `*` is the version.
const PLACES: [(&str, &str, &str); 6] = [
    ("/usr/lib/postgresql", "", "bin"),
    ("/usr/libexec/postgresql", "", ""),
    ("/usr", "pgsql-", "bin"),
    ("/Library/PostgreSQL", "", "bin"),
    ("/opt/homebrew/opt", "postgresql@", "bin"),
    ("/usr/local/opt", "postgresql@", "bin"),
];
/// Debian's script in front of the programs, which chooses a version by the cluster of the machine.
const WRAPPER: &str = "pg_wrapper";
/// A program of PostgreSQL's that is on the machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Program {
    pub path: PathBuf,
    pub name: Tool,
    /// The major version of PostgreSQL that it is of.
    pub major: u32,
}

/// A program that is running. Dropping it ends it.
pub(super) struct Running {
    child: Family,
    name: Tool,
    said: Option<JoinHandle<String>>,
}

/// Finds a program that is of PostgreSQL `needed` or later: of that version where there is one, else of the one nearest
/// to it, since a program writes for servers of its own version. `needed` is a major version, as 15.
///
/// # Errors
/// [`BackupError`] where the machine has none, or only older ones.
pub(super) fn find(name: Tool, needed: u32) -> Result<Program, BackupError> {
    choose(name, needed, all(name))
}

fn choose(name: Tool, needed: u32, found: Vec<Program>) -> Result<Program, BackupError> {
    let newest = found.iter().max_by_key(|program| program.major);
    let newest = newest.map(|program| (program.path.clone(), program.major));
    let fitting = found.into_iter().filter(|program| program.major >= needed);
    fitting.min_by_key(|program| program.major).ok_or(BackupError::NoProgram {
        program: name,
        needed,
        newest,
    })
}

/// All programs of this name, those of `PATH` first.
fn all(name: Tool) -> Vec<Program> {
    let mut seen = BTreeSet::new();
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let in_path: Vec<PathBuf> = std::env::split_paths(&paths).collect();
    in_path
        .into_iter()
        .chain(PLACES.iter().flat_map(|(folder, prefix, below)| versions_in(folder, prefix, below)))
        .map(|folder| folder.join(name.file_name()))
        .filter_map(|path| {
            let real = fs::canonicalize(&path).ok()?;
            let is_wrapper = real.file_name().is_some_and(|name| name == WRAPPER);
            (!is_wrapper && real.is_file() && seen.insert(real)).then_some(path)
        })
        .filter_map(|path| Some(Program { major: major_of(&path)?, path, name }))
        .collect()
}

fn versions_in(folder: &str, prefix: &str, below: &str) -> Vec<PathBuf> {
    let is_version = |name: &str| name.strip_prefix(prefix).is_some_and(|rest| rest.parse::<f32>().is_ok());
    let mut folders: Vec<PathBuf> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.file_name().to_str().is_some_and(is_version))
        .map(|entry| entry.path().join(below))
        .collect();
    folders.sort();
    folders
}

fn major_of(program: &Path) -> Option<u32> {
    let output = Command::new(program).arg("--version").stdin(Stdio::null()).output().ok()?;
    major_in(&String::from_utf8_lossy(&output.stdout))
}

/// The major version in `pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`.
fn major_in(text: &str) -> Option<u32> {
    let version = text.split("(PostgreSQL)").nth(1)?.split_whitespace().next()?;
    let digits = version.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}

impl Program {
    /// Starts the program, to connect to the database of `url`. No secret is in its arguments.
    ///
    /// # Errors
    /// [`BackupError::Program`] where it cannot be started, and of a URL that cannot be given to it.
    pub(super) fn start(&self, url: &PostgresUrl, arguments: &[OsString]) -> Result<Running, BackupError> {
        let connection = Connection::of(url)?;
        let failed = |said: String| BackupError::Program { program: self.name, said };
        let mut command = Command::new(&self.path);
        command
            .arg("--no-password")
            .arg(format!("--dbname={}", connection.shown))
            .args(arguments)
            .envs(connection.secret)
            // What it says is read.
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let mut child = Family::start(&mut command)
            .map_err(|error| failed(format!("{} cannot be run: {error}", self.path.display())))?;
        let said = child.stderr().map(|mut pipe| {
            std::thread::spawn(move || {
                let mut said = Vec::new();
                let _ = pipe.read_to_end(&mut said);
                String::from_utf8_lossy(&said).trim().to_owned()
            })
        });
        Ok(Running { child, name: self.name, said })
    }
}

impl Running {
    /// Waits for its end; an error that `excuses` says no to is none.
    pub(super) fn wait(mut self, control: &Control, excuses: fn(&str) -> bool) -> Result<(), BackupError> {
        let status = self.child.wait(control.cancellation()).map_err(|error| match error {
            ChildError::Io(error) => BackupError::Program { program: self.name, said: error.to_string() },
            ChildError::Cancelled(cancelled) => cancelled.into(),
        })?;
        let said = self.said.take().and_then(|said| said.join().ok()).unwrap_or_default();
        if status.success() || excuses(&said) {
            return Ok(());
        }
        let said = if said.is_empty() { format!("it ended with {status}") } else { said };
        Err(BackupError::Program { program: self.name, said })
    }
}

/// How a program is told where to connect to.
struct Connection {
    /// libpq's keywords and values, for its arguments.
    shown: String,
    /// Variables of libpq's.
    secret: Vec<(&'static str, String)>,
}

impl Connection {
    fn of(url: &PostgresUrl) -> Result<Self, BackupError> {
        let (mut shown, mut secret) = (Vec::new(), Vec::new());
        for (keyword, value) in url.parameters() {
            match keyword.as_str() {
                "password" => secret.push(("PGPASSWORD", value.clone())),
                // Settings of any extension's, secrets of theirs included.
                "options" => secret.push(("PGOPTIONS", value.clone())),
                _ if PostgresUrl::is_secret(keyword) => {
                    return Err(BackupError::Secret { keyword: keyword.clone() });
                }
                _ => shown.push(format!("{keyword}={}", quoted(value))),
            }
        }
        Ok(Self { shown: shown.join(" "), secret })
    }
}

/// A value as a connection string has it.
fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\\', "\\\\").replace('\'', "\\'"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::DatabaseUrl;

    fn program(major: u32) -> Program {
        Program { path: PathBuf::from(format!("/{major}/pg_dump")), name: Tool::Dump, major }
    }

    #[test]
    fn none_is_older_than_the_server_and_the_nearest_is_taken() {
        let found = || vec![program(14), program(18), program(16)];
        let chosen = |needed| choose(Tool::Dump, needed, found()).map(|program| program.major);
        assert_eq!(chosen(16).ok(), Some(16));
        assert_eq!(chosen(15).ok(), Some(16));
        assert_eq!(chosen(17).ok(), Some(18));
        let error = chosen(19).expect_err("all are older").to_string();
        assert!(
            error.contains("PostgreSQL 19 or later is needed") && error.contains("/18/pg_dump"),
            "{error}"
        );
        let none = choose(Tool::Dump, 15, Vec::new()).expect_err("there is none").to_string();
        assert!(none.ends_with("and there is none"), "{none}");
    }

    #[test]
    fn versions_are_read() {
        assert_eq!(major_in("pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"), Some(15));
        assert_eq!(major_in("pg_dump (PostgreSQL) 18beta1"), Some(18));
        assert_eq!(major_in("pg_dump 15"), None);
    }

    #[test]
    fn secrets_are_variables_and_the_rest_is_quoted() {
        let url =
            "postgres://me:pass'word@h/a%20b?sslmode=verify-full&options=-c%20x.key%3D1&sslrootcert=/c%5C'a";
        let DatabaseUrl::Postgres(url) = DatabaseUrl::parse(url, Path::new("/")).expect("a URL") else {
            panic!("it is PostgreSQL's")
        };
        let connection = Connection::of(&url).expect("it has no other secret");
        assert!(connection.shown.contains("dbname='a b'"), "{}", connection.shown);
        assert!(connection.shown.contains("sslmode='verify-full'"), "{}", connection.shown);
        assert!(connection.shown.contains("sslrootcert='/c\\\\\\'a'"), "{}", connection.shown);
        assert!(
            !connection.shown.contains("word") && !connection.shown.contains("key"),
            "{}",
            connection.shown
        );
        let secret = [("PGPASSWORD", "pass'word".to_owned()), ("PGOPTIONS", "-c x.key=1".to_owned())];
        assert!(secret.iter().all(|one| connection.secret.contains(one)));
        let url = DatabaseUrl::parse("postgres://h/a?sslpassword=x", Path::new("/")).expect("a URL");
        let DatabaseUrl::Postgres(url) = url else { panic!("it is PostgreSQL's") };
        assert!(matches!(Connection::of(&url), Err(BackupError::Secret { .. })));
    }
}
