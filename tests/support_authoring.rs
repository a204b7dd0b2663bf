//! An environment in a temporary folder, and the binary run in it as a script would run it: no terminal, no
//! variables of the developer's.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A temporary folder that commands run in.
pub struct Sandbox {
    folder: TempDir,
}

impl Sandbox {
    /// An empty folder.
    pub fn empty() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder") }
    }

    /// A folder with a configuration and no revisions.
    pub fn new() -> Self {
        let sandbox = Self::empty();
        sandbox.write("alembic.toml", "url = \"sqlite:dev.db\"\n");
        sandbox.write("versions/heads", "");
        sandbox
    }

    /// Adds a revision; `keys` are further lines of its header, without `-- `. The heads file is left alone.
    pub fn revision(&self, id: &str, parents: &str, keys: &[&str]) {
        let keys: String = keys.iter().map(|key| format!("-- {key}\n")).collect();
        self.write(
            &format!("versions/{id}.up.sql"),
            format!("-- add {id}\n--\n-- revision: {id}\n-- down_revision: {parents}\n{keys}\nCREATE TABLE t_{id} (x int);\n"),
        );
        self.write(&format!("versions/{id}.down.sql"), format!("DROP TABLE t_{id};\n"));
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.file(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.file(name)).expect("a file")
    }

    /// The names of the files in `versions`, sorted.
    pub fn versions(&self) -> Vec<String> {
        let entries = fs::read_dir(self.file("versions")).expect("a folder");
        let name = |entry: std::io::Result<fs::DirEntry>| entry.expect("an entry").file_name();
        let mut names: Vec<String> =
            entries.map(|entry| name(entry).to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    /// The command, not yet run.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_revgraph"));
        command
            .args(arguments)
            .current_dir(self.path())
            .stdin(Stdio::null())
            .env_clear()
            .env("HOME", self.path());
        command
    }

    /// Standard output, standard error and the exit status, with the folder's path taken out.
    pub fn run(&self, arguments: &[&str]) -> String {
        self.shown(&self.command(arguments).output().expect("the binary runs"))
    }

    /// What a command said, for a snapshot.
    pub fn shown(&self, output: &Output) -> String {
        let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
        if !output.stderr.is_empty() {
            text.push_str(&format!("--- stderr\n{}", String::from_utf8_lossy(&output.stderr)));
        }
        text.push_str(&format!("--- exit {}", output.status.code().expect("an exit status")));
        text.replace(&self.path().display().to_string(), "$DIR")
    }

    /// Standard output as JSON; the command must have ended with `status`.
    pub fn json(&self, arguments: &[&str], status: i32) -> serde_json::Value {
        let output = self.command(arguments).output().expect("the binary runs");
        assert_eq!(output.status.code(), Some(status), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("one JSON document")
    }

    /// Standard error as JSON; the command must have failed.
    pub fn json_error(&self, arguments: &[&str]) -> serde_json::Value {
        let output = self.command(arguments).output().expect("the binary runs");
        assert!(!output.status.success() && output.stdout.is_empty());
        serde_json::from_slice::<serde_json::Value>(&output.stderr).expect("one JSON document")["error"]
            .take()
    }
}
