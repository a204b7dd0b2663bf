//! Writing to standard output and standard error.
//!
//! SQL and JSON are bytes for programs, and go out as they are. What people read may hold anything that a script, a
//! database or an argument says; its control characters are shown and not sent, since a terminal would obey them.

use std::borrow::Cow;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use serde_json::json;

use super::bar;
use super::global_args::LogFormat;
use crate::diagnostic::{Diagnostic, ErrorKind, ExitStatus};

/// Writes a line of a result for people to standard output. A reader that has gone away ends the process quietly, as
/// `head` expects it.
pub fn print_line(line: &str) {
    print_text(&format!("{line}\n"));
}

/// Writes text of a result for people to standard output.
pub fn print_text(text: &str) {
    print_raw(&readable(text));
}

/// Writes a result for programs to standard output: SQL, JSON, a script of a shell's.
pub fn print_raw(text: &str) {
    let mut stdout = io::stdout().lock();
    end_where_unwritable(stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()));
}

/// Writes what `rendering::as_text` has made to standard output, with its colours where they are wanted.
pub fn print_styled(text: &str) {
    let mut stdout = anstream::stdout().lock();
    end_where_unwritable(writeln!(stdout, "{text}").and_then(|()| stdout.flush()));
}

/// Writes a result that is safe to show but for the colours in it to standard output, with these where they are wanted.
pub fn print_safe(text: &str) {
    let mut stdout = anstream::stdout().lock();
    end_where_unwritable(stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()));
}

/// Writes a document to standard output as JSON, its keys in the order of their names.
pub fn print_json(document: &impl Serialize) {
    match serde_json::to_value(document) {
        Ok(document) => print_raw(&format!("{document}\n")),
        Err(error) => end_where_unwritable(Err(error.into())),
    }
}

/// Writes anything that can be JSON to standard output, as one document.
pub fn print_document(document: &impl Serialize) -> Result<(), Diagnostic> {
    let text = serde_json::to_string(document).map_err(|error| {
        Diagnostic::new(ErrorKind::Json, "the result cannot be written as JSON").cause(error.to_string())
    })?;
    print_raw(&format!("{text}\n"));
    Ok(())
}

/// Whether messages are lines of JSON. It is the process's, like its standard error.
static LOGS_JSON: AtomicBool = AtomicBool::new(false);

/// Has messages written in this format from now on.
pub fn log_as(format: LogFormat) {
    LOGS_JSON.store(format == LogFormat::Json, Ordering::Relaxed);
}

/// Whether `--log-format json` was given, so that each message is a line of JSON.
pub fn logs_json() -> bool {
    LOGS_JSON.load(Ordering::Relaxed)
}

/// Writes a message to standard error; where machines read it, as a document with its time.
pub fn tell(line: &str) {
    if !logs_json() {
        return tell_raw(&readable(line));
    }
    let (level, message) = match line.split_once(": ") {
        Some((level @ ("notice" | "warning" | "error"), message)) => (level, message),
        _ => ("info", line),
    };
    log(&json!({ "level": level, "message": message }));
}

/// Writes a document with the time to standard error.
pub fn log(document: &impl Serialize) {
    let mut document = serde_json::to_value(document).unwrap_or_default();
    if let Some(object) = document.as_object_mut() {
        let now = DateTime::<Utc>::from(SystemTime::now()).to_rfc3339_opts(SecondsFormat::Millis, true);
        object.insert("time".to_owned(), now.into());
    }
    tell_raw(&document.to_string());
}

/// Writes a line for programs to standard error.
pub fn tell_raw(line: &str) {
    // A message that nobody can read is no reason to stop a migration.
    bar::above(|| {
        let _ = writeln!(io::stderr().lock(), "{line}");
    });
}

/// Writes what `rendering::as_text` or clap has made to standard error, with its colours where they are wanted.
pub fn tell_styled(text: &str) {
    let _ = writeln!(anstream::stderr().lock(), "{text}");
}

/// A text for people: control characters, and characters that change the direction of what follows, are written as
/// escapes; ends of lines and tabs stay.
pub fn readable(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_obeyed) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\r' => shown.push_str("\\r"),
            c if is_obeyed(c) && c.is_ascii() => shown.push_str(&format!("\\x{:02x}", u32::from(c))),
            c if is_obeyed(c) => shown.extend(c.escape_unicode()),
            c => shown.push(c),
        }
    }
    Cow::Owned(shown)
}

/// Whether a terminal would obey a character instead of showing it.
fn is_obeyed(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\t')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A result that is not written to its end is not one: a script that was cut off, say, on a disk that is full.
fn end_where_unwritable(written: io::Result<()>) {
    match written {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => std::process::exit(0),
        Err(error) => {
            tell(&format!("error: standard output cannot be written: {error}"));
            std::process::exit(i32::from(ExitStatus::Failed.number()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_shown() {
        assert_eq!(readable("a\u{1b}[31mb\u{7f}\r\u{9b}2J\u{202e}"), "a\\x1b[31mb\\x7f\\r\\u{9b}2J\\u{202e}");
        assert!(matches!(readable("Äpfel\tund\nBirnen 🍐"), Cow::Borrowed(_)));
    }
}
