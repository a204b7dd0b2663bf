//! The user's editor.

use crate::diagnostic::{Diagnostic, ErrorKind};
use std::path::PathBuf;
use std::process::Command;

/// What `$VISUAL`, or else `$EDITOR`, says.
pub fn from_environment() -> Option<String> {
    let set = |name| std::env::var(name).ok().filter(|value: &String| !value.trim().is_empty());
    set("VISUAL").or_else(|| set("EDITOR"))
}

/// Opens files in the editor and waits for it to end.
pub fn open(paths: &[PathBuf]) -> Result<(), Diagnostic> {
    let Some(editor) = from_environment() else {
        return Err(Diagnostic::new(ErrorKind::Editor, "neither $VISUAL nor $EDITOR names an editor")
            .hint("for this once: EDITOR=nano revgraph edit REV"));
    };
    let unusable =
        |reason: String| Diagnostic::new(ErrorKind::Editor, format!("the editor `{editor}` {reason}"));
    let words = shell_words::split(&editor).map_err(|error| unusable(format!("cannot be read: {error}")))?;
    let Some((program, arguments)) = words.split_first() else {
        return Err(unusable("names no program".to_owned()));
    };
    let status = Command::new(program)
        .args(arguments)
        .args(paths)
        .status()
        .map_err(|error| unusable("cannot be started".to_owned()).cause(error.to_string()))?;
    if status.success() { Ok(()) } else { Err(unusable(format!("ended with {status}"))) }
}
