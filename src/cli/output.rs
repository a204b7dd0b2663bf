//! Writing to standard output and standard error.

use std::io::{self, Write};

use serde::Serialize;

use super::error::CliError;

/// Writes a line of a result to standard output. A reader that has gone away ends the process quietly, as `head`
/// expects it.
pub fn print_line(line: &str) {
    print_text(&format!("{line}\n"));
}

/// Writes text of a result to standard output.
pub fn print_text(text: &str) {
    let written = anstream::stdout().lock().write_all(text.as_bytes());
    end_quietly_without_reader(written);
}

/// Writes a JSON document to standard output.
pub fn print_json(document: &serde_json::Value) {
    print_line(&document.to_string());
}

/// Writes anything that can be JSON to standard output, as one document.
pub fn print_document(document: &impl Serialize) -> Result<(), CliError> {
    let text = serde_json::to_string(document).map_err(|error| {
        CliError::failed("json", "the result cannot be written as JSON").cause(error.to_string())
    })?;
    print_line(&text);
    Ok(())
}

/// Writes a message to standard error.
pub fn tell(line: &str) {
    // A message that nobody can read is no reason to stop a migration.
    let _ = writeln!(anstream::stderr().lock(), "{line}");
}

fn end_quietly_without_reader(written: io::Result<()>) {
    if let Err(error) = written
        && error.kind() == io::ErrorKind::BrokenPipe
    {
        std::process::exit(0);
    }
}
