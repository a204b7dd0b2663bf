//! Sessions with the databases of URLs.

use super::super::control::Control;
use super::super::error::BackendError;
use super::errors::unreachable;
use super::session::Session;
use crate::config::PostgresUrl;

/// Connects to the database of a URL.
pub(super) fn connect(url: &PostgresUrl, control: &Control) -> Result<Session, BackendError> {
    Session::connect_with(url.parameters(), control).map_err(|mut error| {
        error.message = url.without_secrets(&error.message);
        unreachable(&url.to_string(), &error)
    })
}
