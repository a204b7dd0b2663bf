//! A folder with an `alembic.toml`, scripts and a database.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use super::{Database, Kind, Ran};

/// An environment of its own for one test.
pub struct Project {
    folder: TempDir,
    pub database: Database,
}

/// A revision that is about to be written.
#[derive(Default)]
pub struct Script<'s> {
    pub id: &'s str,
    /// More header lines, such as `depends_on: a`.
    pub header: &'s [&'s str],
    pub down_revision: &'s str,
    pub up: &'s str,
    /// None writes no down script.
    pub down: Option<&'s str>,
}

impl Project {
    /// An empty environment with an empty database.
    pub fn new(kind: Kind) -> Self {
        Self::with(|folder| Database::new(kind, folder))
    }

    /// An empty environment with a database that is made for its folder.
    pub fn with(database: impl FnOnce(&Path) -> Database) -> Self {
        let folder = tempfile::Builder::new().prefix("revgraph-test-").tempdir().expect("a folder");
        let database = database(folder.path());
        let project = Self { folder, database };
        project.write("alembic.toml", format!("url = {}\n", Value::String(project.database.url())));
        fs::create_dir(project.path("versions")).expect("a folder");
        project
    }

    /// A path in the folder.
    pub fn path(&self, relative: &str) -> PathBuf {
        self.folder.path().join(relative)
    }

    /// Writes a file.
    pub fn write(&self, relative: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(relative), content).unwrap_or_else(|error| panic!("{relative}: {error}"));
    }

    /// Adds lines to `alembic.toml`.
    pub fn configure(&self, lines: &str) {
        let known = fs::read_to_string(self.path("alembic.toml")).expect("the file is there");
        self.write("alembic.toml", format!("{known}{lines}\n"));
    }

    /// Writes a revision's scripts, `versions/ID_test.up.sql` and `.down.sql`.
    pub fn script(&self, script: &Script<'_>) -> &Self {
        let Script { id, header, down_revision, up, down } = script;
        let more: String = header.iter().map(|line| format!("-- {line}\n")).collect();
        let text =
            format!("-- test {id}\n--\n-- revision: {id}\n-- down_revision: {down_revision}\n{more}\n{up}\n");
        self.write(&format!("versions/{id}_test.up.sql"), text);
        if let Some(down) = down {
            self.write(&format!("versions/{id}_test.down.sql"), format!("{down}\n"));
        }
        self
    }

    /// Writes a revision with these scripts.
    pub fn revision(&self, id: &str, down_revision: &str, up: &str, down: &str) -> &Self {
        self.script(&Script { id, down_revision, up, down: Some(down), ..Script::default() })
    }

    /// Writes revisions that each make the table `t_ID`, and drop it on their way down.
    pub fn tables(&self, revisions: &[(&str, &str)]) -> &Self {
        for (id, down_revision) in revisions {
            self.table(id, down_revision, &[]);
        }
        self
    }

    /// As [`Project::tables`], with more header lines.
    pub fn table(&self, id: &str, down_revision: &str, header: &[&str]) -> &Self {
        let up = format!("CREATE TABLE t_{id} (id INTEGER PRIMARY KEY);");
        let down = format!("DROP TABLE t_{id};");
        self.script(&Script { id, header, down_revision, up: &up, down: Some(&down) })
    }

    /// The binary, in this folder and with nothing of the environment but `PATH`.
    pub fn command(&self, arguments: &[&str]) -> Command {
        command_in(self.folder.path(), arguments)
    }

    /// Runs the binary.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        let output = self.command(arguments).output().expect("the binary can be run");
        Ran::new(&output, self.folder.path())
    }

    /// Runs the binary, which is to succeed, with `--json`.
    pub fn json(&self, arguments: &[&str]) -> Ran {
        let ran = self.run(&[arguments, &["--json"]].concat());
        assert_eq!(ran.status, 0, "{arguments:?}: {}", ran.stderr);
        ran
    }

    /// Runs the binary, which is to fail with this exit status, with `--json`; the error. What stands in the
    /// database must be what stood there before, but for events of failures.
    pub fn refused(&self, arguments: &[&str], status: i32) -> Value {
        let before = (self.database.version_rows(), self.database.ledger(), self.database.tables());
        let ran = self.run(&[arguments, &["--json"]].concat());
        assert_eq!(ran.status, status, "{arguments:?}: {ran:?}");
        assert_eq!(ran.stdout, "", "{arguments:?}");
        let after = (self.database.version_rows(), self.database.ledger(), self.database.tables());
        assert_eq!(after, before, "{arguments:?} changed something");
        ran.error()
    }

    /// Runs a command, which is to take these steps and leave these version rows.
    #[track_caller]
    pub fn takes(&self, arguments: &[&str], steps: &[&str], rows: &[&str]) {
        let ran = self.json(arguments);
        assert_eq!(ran.steps(), steps, "{arguments:?}: steps");
        assert_eq!(ran.heads(), rows, "{arguments:?}: heads");
        assert_eq!(self.database.version_rows(), rows, "{arguments:?}: version rows");
    }

    /// Asserts which revisions of [`Project::tables`] have run, by their tables and by the ledger.
    #[track_caller]
    pub fn assert_applied(&self, ids: &[&str]) {
        let tables: Vec<String> = ids.iter().map(|id| format!("t_{id}")).collect();
        assert_eq!(self.database.tables(), tables);
        assert_eq!(self.database.ledger(), ids);
    }
}

/// The binary in a folder, with nothing of the environment but `PATH`.
pub fn command_in(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_revgraph"));
    command.args(arguments).current_dir(folder).env_clear();
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.env("HOME", folder).env("USER", "tester").env("LANG", "C.UTF-8").env("COLUMNS", "100");
    command.stdin(std::process::Stdio::null());
    command
}
