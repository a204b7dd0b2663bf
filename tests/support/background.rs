//! A run of the binary that goes on while the test does something else.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::{Project, Ran};

/// How long something that has to happen may take; a loaded machine is slow.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running process, which is killed where a test forgets it.
pub struct Background {
    child: Option<Child>,
    folder: PathBuf,
}

impl Background {
    /// Starts the binary with environment variables of its own.
    pub fn start(project: &Project, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut command = project.command(arguments);
        command.envs(environment.iter().copied()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.spawn().expect("the binary can be run");
        Self { child: Some(child), folder: project.path("") }
    }

    /// The process's id.
    pub fn id(&self) -> u32 {
        self.child.as_ref().expect("it has not been waited for").id()
    }

    /// Waits for its end.
    pub fn wait(mut self) -> Ran {
        let child = self.child.take().expect("it has not been waited for");
        Ran::new(&child.wait_with_output().expect("it ends"), &self.folder)
    }

    /// Sends a signal, such as `INT`.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([format!("-{name}"), self.id().to_string()]).status();
        assert!(sent.expect("kill can be run").success());
    }

    /// Ends it as `kill -9` does.
    pub fn kill(mut self) {
        self.end();
    }

    fn end(&mut self) {
        if let Some(mut child) = self.child.take() {
            // It may have ended by itself.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        self.end();
    }
}

/// Waits until something is so.
#[track_caller]
pub fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < PATIENCE, "it never happened: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
