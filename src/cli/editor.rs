//! The user's editor.

use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::process::{Command, ExitStatus};

use super::interrupt;
use crate::cancellation::Cancellation;
use crate::child::{ChildError, Family};
use crate::diagnostic::{Diagnostic, ErrorKind};

/// What `$VISUAL`, or else `$EDITOR`, says.
pub fn from_environment() -> Option<String> {
    let set = |name| std::env::var(name).ok().filter(|value: &String| !value.trim().is_empty());
    set("VISUAL").or_else(|| set("EDITOR"))
}

/// Opens files in the user's editor, all at once, and waits for it to end.
///
/// # Errors
/// Where no editor is set, where it cannot be started or does not succeed, and where the work is cancelled.
pub fn open(paths: &[PathBuf], cancellation: &Cancellation) -> Result<(), Diagnostic> {
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
    let status = status(Command::new(program).args(arguments).args(paths), cancellation);
    let status = status.map_err(|error| match error {
        ChildError::Cancelled(cancelled) => cancelled.into(),
        ChildError::Io(error) => unusable("cannot be started".to_owned()).cause(error.to_string()),
    })?;
    if status.success() { Ok(()) } else { Err(unusable(format!("ended with {status}"))) }
}

/// Waits for an editor. One without a terminal ends with revgraph; one with a terminal gets the signals itself.
fn status(editor: &mut Command, cancellation: &Cancellation) -> Result<ExitStatus, ChildError> {
    match io::stdin().is_terminal() {
        true => Ok(interrupt::left_to_editor(|| editor.status())?),
        false => Family::start(editor)?.wait(cancellation),
    }
}
