//! `seed_command`: a program that fills the database.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};

use super::SeedError;
use crate::backend::{BackendError, Control, Watch};
use crate::child::{ChildError, Family, LOOKED_UP_AFTER};
use crate::config::{Config, DatabaseUrl};

/// The variable that tells a program where the database is. No other program can read the environment of this one, as
/// it can its arguments.
const URL_VARIABLE: &str = "DATABASE_URL";
/// The variable that tells it what the database speaks.
const DIALECT_VARIABLE: &str = "REVGRAPH_DIALECT";
/// The severity under which the program's own words are told.
const SAID: &str = "notice";

/// Runs the program `command`, with its arguments, in the folder of the configuration. What it says is told to `watch`,
/// line by line, without the password of the database.
///
/// # Errors
/// [`SeedError::Program`] where it cannot be started, [`SeedError::Command`] where it does not succeed, and where
/// `control` has been cancelled.
pub(super) fn run(
    config: &Config,
    command: &[String],
    control: &Control,
    watch: &mut dyn Watch,
) -> Result<(), SeedError> {
    let program = command.first().cloned().unwrap_or_default();
    let url = config.database_url()?;
    let failed = |source| SeedError::Program { program: program.clone(), source };
    let mut child = Family::start(&mut prepared(config, command, url, &config.directory)).map_err(failed)?;
    let (sender, lines) = mpsc::channel();
    let readers = [
        child.stdout().map(|pipe| read_lines(pipe, sender.clone())),
        child.stderr().map(|pipe| read_lines(pipe, sender)),
    ];
    let secret = config.program_url().map(|url| url.reveal().to_owned()).unwrap_or_default();
    loop {
        match lines.recv_timeout(LOOKED_UP_AFTER) {
            Ok(line) => watch.notice(SAID, &without(&line, &secret, url)),
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {}
        }
        control.check().map_err(BackendError::from)?;
    }
    for reader in readers.into_iter().flatten() {
        let _ = reader.join();
    }
    let status = child.wait(control.cancellation()).map_err(|error| match error {
        ChildError::Io(source) => failed(source),
        ChildError::Cancelled(cancelled) => BackendError::from(cancelled).into(),
    })?;
    if status.success() { Ok(()) } else { Err(SeedError::Command { program: program.clone(), status }) }
}

fn prepared(config: &Config, command: &[String], url: &DatabaseUrl, folder: &Path) -> Command {
    let mut prepared = Command::new(command.first().map(String::as_str).unwrap_or_default());
    prepared.args(command.get(1..).unwrap_or_default()).current_dir(folder);
    prepared.env(DIALECT_VARIABLE, url.dialect().name());
    if let Some(url) = config.program_url() {
        prepared.env(URL_VARIABLE, url.reveal());
    }
    prepared.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    prepared
}

fn read_lines(pipe: impl Read + Send + 'static, sender: Sender<String>) -> std::thread::JoinHandle<()> {
    std::thread::spawn(move || {
        let mut pipe = BufReader::new(pipe);
        let mut line = Vec::new();
        while pipe.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
            let text = String::from_utf8_lossy(&line).trim_end().to_owned();
            line.clear();
            if sender.send(text).is_err() {
                return;
            }
        }
    })
}

/// A line of the program's without the URL that it was given, which holds the password.
fn without(line: &str, secret: &str, url: &DatabaseUrl) -> String {
    if secret.is_empty() { line.to_owned() } else { line.replace(secret, &url.to_string()) }
}
