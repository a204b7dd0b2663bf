//! Sessions with the databases of URLs.

use super::super::control::Control;
use super::super::error::BackendError;
use super::errors::unreachable;
use super::lock_watch;
use super::session::Session;
use crate::config::PostgresUrl;

/// Connects to the database of a URL; errors are told without what the URL hides.
pub(super) fn connect(url: &PostgresUrl, control: &Control) -> Result<Session, BackendError> {
    match Session::connect_with(url.parameters(), control) {
        Ok(session) => Ok(session.watched_by(lock_watch::begin)),
        Err(mut error) => {
            error.message = url.without_secrets(&error.message);
            Err(unreachable(&url.to_string(), &error))
        }
    }
}
