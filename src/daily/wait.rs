//! Waiting for a database whose server is only just starting.

use std::time::Duration;

use crate::backend::{self, Access, BackendError, Control, UnreachableKind};
use crate::config::{Config, DatabaseUrl};

/// How long a waiter sleeps between two tries: at first, and at the most.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// What a database that was waited for has answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It takes connections. A SQLite file that can be made counts too.
    Ready,
    /// The server takes connections, and has no database of that name.
    NoSuchDatabase,
}

/// Waits until the database of `url` answers, no longer than `limit`; zero waits for ever. After a second
/// [`Control`]'s listener is told.
///
/// # Errors
/// The last try's [`BackendError::Unreachable`] once the time is over; at once, where waiting does not help: a wrong
/// password, a malformed URL; [`BackendError::Cancelled`].
pub fn wait(
    config: &Config,
    url: &DatabaseUrl,
    limit: Duration,
    control: &Control,
) -> Result<Answer, BackendError> {
    let mut wait = control.wait();
    let mut pause = FIRST_PAUSE;
    loop {
        let left = limit.saturating_sub(wait.elapsed());
        // A host that swallows what is sent to it must not outlast the limit.
        let tried = if limit.is_zero() { url.clone() } else { url.with_connect_timeout(left) };
        let error = match backend::connect(config, &tried, Access::Read, control) {
            Ok(_) => return Ok(Answer::Ready),
            Err(BackendError::Unreachable { kind: UnreachableKind::NoSuchDatabase, .. }) => {
                return Ok(Answer::NoSuchDatabase);
            }
            Err(error) => named(error, url),
        };
        if !may_pass(url, &error) || wait.is_over(limit) {
            return Err(error);
        }
        wait.pause(pause, || format!("waiting for the database to answer: {error}"))?;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// The error of a try, of the database as the user knows it.
fn named(error: BackendError, url: &DatabaseUrl) -> BackendError {
    match error {
        BackendError::Unreachable { kind, sqlstate, message, hint, .. } => {
            BackendError::Unreachable { kind, sqlstate, database: url.to_string(), message, hint }
        }
        other => other,
    }
}

/// Whether another try may succeed. A SQLite file cannot be opened while its folder has not been mounted.
fn may_pass(url: &DatabaseUrl, error: &BackendError) -> bool {
    let BackendError::Unreachable { kind, .. } = error else { return false };
    match url {
        DatabaseUrl::Sqlite(_) => true,
        DatabaseUrl::Postgres(_) => kind.may_pass(),
    }
}
