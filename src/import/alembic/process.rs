//! The Python process: a question, lines of answers, and what it writes besides.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use serde::Serialize;

use super::answer::Answer;
use super::error::AlembicError;
use crate::cancellation::{Cancellation, Registration};
use crate::child::Family;

/// The files are one program; `python/protocol.py` says so.
const PROGRAM: &str = concat!(
    include_str!("python/protocol.py"),
    "\n\n",
    include_str!("python/literals.py"),
    "\n\n",
    include_str!("python/offline.py"),
    "\n\n",
    include_str!("python/recording.py"),
    "\n\n",
    include_str!("python/environment.py"),
);

/// How many lines of what else Python has written are worth telling.
const LAST_LINES: usize = 5;
/// How long to sleep until it is looked again whether the process is gone.
const PAUSE: Duration = Duration::from_millis(5);

/// What the program is told to begin with, as JSON: which environment to load, and how.
#[derive(Debug, Serialize)]
pub(super) struct Question<'q> {
    pub directory: &'q Path,
    pub dialect: Option<&'static str>,
    pub run_env: bool,
    pub x: &'q [String],
    pub version_table: &'q str,
    pub version_table_schema: Option<&'q str>,
    pub starting_schema: &'q [String],
}

/// Python, running our program. Dropping it ends it.
pub(super) struct Process {
    python: PathBuf,
    child: Arc<Mutex<Family>>,
    /// Ends it where the work is cancelled.
    _ending: Registration,
    input: ChildStdin,
    answers: BufReader<ChildStdout>,
    /// Reads the standard error, so that the process never waits for somebody to do so.
    errors: Option<JoinHandle<String>>,
    has_answered: bool,
}

impl Process {
    /// Starts it and asks.
    ///
    /// # Errors
    /// [`AlembicError::NoPython`] and [`AlembicError::Ended`].
    pub(super) fn start(
        python: &Path,
        question: &Question<'_>,
        cancellation: &Cancellation,
    ) -> Result<Self, AlembicError> {
        let mut command = Command::new(python);
        command.args(["-c", PROGRAM]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = Family::start(&mut command)
            .map_err(|source| AlembicError::NoPython { python: python.to_owned(), source })?;
        let pipes = (child.stdin(), child.stdout(), child.stderr());
        let (Some(input), Some(output), Some(mut errors)) = pipes else {
            return Err(AlembicError::Ended { python: python.to_owned(), said: String::new() });
        };
        let errors = std::thread::spawn(move || {
            let mut said = Vec::new();
            let _ = errors.read_to_end(&mut said);
            String::from_utf8_lossy(&said).into_owned()
        });
        let child = Arc::new(Mutex::new(child));
        let ended = Arc::clone(&child);
        let _ending = cancellation.on_cancel(move || lock(&ended).end());
        let answers = BufReader::new(output);
        let errors = Some(errors);
        let mut process =
            Self { python: python.to_owned(), child, _ending, input, answers, errors, has_answered: false };
        process.send(question)?;
        Ok(process)
    }

    /// The path of the Python that runs the program.
    pub(super) fn python(&self) -> &Path {
        &self.python
    }

    /// Sends `message` as a line of JSON. That the program has ended shows in its answers.
    ///
    /// # Errors
    /// [`AlembicError::Garbled`] where the message cannot be written as JSON.
    pub(super) fn send(&mut self, message: &impl Serialize) -> Result<(), AlembicError> {
        let line = serde_json::to_string(message).map_err(|source| self.garbled(source))?;
        // A process that has ended is told by its answers.
        let _ = writeln!(self.input, "{line}").and_then(|()| self.input.flush());
        Ok(())
    }

    /// The next answer.
    ///
    /// # Errors
    /// [`AlembicError::Ended`] where there is none, and [`AlembicError::Garbled`].
    pub(super) fn answer(&mut self) -> Result<Answer, AlembicError> {
        let mut line = String::new();
        match self.answers.read_line(&mut line) {
            Ok(length) if length > 0 => {
                self.has_answered = true;
                serde_json::from_str(&line).map_err(|source| self.garbled(source))
            }
            _ => Err(self.ended()),
        }
    }

    /// Waits until the program has ended; a cancellation may end it meanwhile.
    pub(super) fn finish(self) {
        // The lock is let go between two looks, so that it can still be ended.
        while matches!(lock(&self.child).ended(), Ok(None)) {
            std::thread::sleep(PAUSE);
        }
    }

    fn garbled(&self, source: serde_json::Error) -> AlembicError {
        AlembicError::Garbled { python: self.python.clone(), source }
    }

    fn ended(&mut self) -> AlembicError {
        let said = self.errors.take().and_then(|reader| reader.join().ok()).unwrap_or_default();
        // What an application logs may hold anything; before the first answer only Python itself has spoken.
        let said = if self.has_answered { String::new() } else { last_lines(&said) };
        AlembicError::Ended { python: self.python.clone(), said }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It has ended already, or nobody wants its answers any more.
        lock(&self.child).end();
    }
}

fn lock(child: &Mutex<Family>) -> MutexGuard<'_, Family> {
    child.lock().unwrap_or_else(PoisonError::into_inner)
}

fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.trim_end().lines().collect();
    lines.get(lines.len().saturating_sub(LAST_LINES)..).unwrap_or_default().join("\n")
}
