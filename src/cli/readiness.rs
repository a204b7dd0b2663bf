//! A database that is not there yet: waited for, or made.

use std::time::Duration;

use super::context::Context;
use super::prompt;
use crate::backend::create_database;
use crate::config::parse_duration;
use crate::daily::{Answer, wait};
use crate::diagnostic::{Diagnostic, ErrorKind};

/// Reads the value of a flag as a duration such as `30s`; clap shows the text of an error, with its hint.
pub fn duration(text: &str) -> Result<Duration, String> {
    parse_duration(text).map_err(|error| {
        let hint = error.hint().map(|hint| format!("; {hint}")).unwrap_or_default();
        format!("the time {error}{hint}")
    })
}

/// Waits for the database to answer, no longer than `limit`, and returns what it answered; with no limit it is not
/// waited for.
pub fn wait_for(context: &Context, limit: Option<Duration>) -> Result<Option<Answer>, Diagnostic> {
    let Some(limit) = limit else { return Ok(None) };
    let url = context.config.database_url()?;
    Ok(Some(wait(&context.config, url, limit, &context.control)?))
}

/// Opens the database with `open`. Where its server has none of that name it is made, if `create` says so or the user
/// agrees, and opened then. A SQLite file is made by whoever opens it, and with `create` its folders too.
pub fn open_or_make<T>(
    context: &Context,
    create: bool,
    open: impl Fn() -> Result<T, Diagnostic>,
) -> Result<T, Diagnostic> {
    if create && context.config.database_url()?.is_missing_file() {
        make(context)?;
    }
    let error = match open() {
        Err(error) if error.kind == ErrorKind::NoSuchDatabase => error,
        other => return other,
    };
    if !(create || wants_it_made(context)?) {
        return Err(error.hint("or have it made at once: --create"));
    }
    make(context)?;
    open()
}

/// Makes the configured database where it is missing, and says so. Returns whether it was missing.
pub fn make(context: &Context) -> Result<bool, Diagnostic> {
    let url = context.config.database_url()?;
    let was_missing = create_database(&context.config, url, &context.control)?;
    if was_missing {
        context.say(&format!("made the database {url}"));
    }
    Ok(was_missing)
}

fn wants_it_made(context: &Context) -> Result<bool, Diagnostic> {
    if context.json || !prompt::somebody_is_there() {
        return Ok(false);
    }
    if context.yes {
        return Ok(true);
    }
    let url = context.config.database_url()?;
    prompt::confirm(context, &format!("There is no database {url}. Make it?"))
}
