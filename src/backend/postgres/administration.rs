//! Making and dropping the configured database, from another one of the same server.

use std::net::IpAddr;

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Bool, Nullable, Text};

use super::super::administration::Sessions;
use super::super::{BackendError, Control, UnreachableKind};
use super::connect::connect;
use super::errors::failed;
use super::{BatchError, Session};
use crate::config::PostgresUrl;
use crate::sql::Dialect;

/// The databases that every server has, and to which one connects to make or drop another.
const MAINTENANCE: [&str; 2] = ["postgres", "template1"];
/// `duplicate_database`, and what two that make it at once end in (`unique_violation`).
const IS_THERE: [&str; 2] = ["42P04", "23505"];
/// `invalid_catalog_name`.
const IS_NOT_THERE: &str = "3D000";
/// `insufficient_privilege`.
const NOT_ALLOWED: &str = "42501";
/// `object_in_use`.
const IN_USE: &str = "55006";
/// PostgreSQL 13, the first whose `DROP DATABASE` can end the sessions of the database.
const VERSION_13: i32 = 130_000;

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    text: String,
}

#[derive(QueryableByName)]
struct Answer {
    #[diesel(sql_type = Nullable<Bool>)]
    yes: Option<bool>,
}

/// Makes the database of a URL where it is missing, and then these schemas in it; in one that is there nothing is made.
/// Returns whether it was missing.
///
/// # Errors
/// [`BackendError`] of a URL that names no database, of a server that cannot be reached, and of one that refuses.
pub(in crate::backend) fn create_database<'s>(
    url: &PostgresUrl,
    schemas: impl Iterator<Item = &'s str>,
    control: &Control,
) -> Result<bool, BackendError> {
    let name = name_of(url)?;
    let mut session = maintenance_session(url, name, control)?;
    let made = session.run_batch(&format!("CREATE DATABASE {}", quoted(name)));
    let was_missing = match made {
        Ok(_) => true,
        Err(error) if IS_THERE.iter().any(|state| has_state(&error, state)) => false,
        Err(error) => return Err(refused("made", url, error)),
    };
    if was_missing {
        let mut inside = None;
        for schema in schemas {
            let inside = match &mut inside {
                Some(session) => session,
                none => none.insert(connect(url, control)?),
            };
            inside.run_batch(&format!("CREATE SCHEMA IF NOT EXISTS {}", quoted(schema)))?;
        }
    }
    Ok(was_missing)
}

/// Drops the database of a URL; `sessions` says what becomes of those that are connected to it. Returns whether it was
/// there.
///
/// # Errors
/// [`BackendError`] of a URL that names no database, of a server that cannot be reached, and of one that refuses.
pub(in crate::backend) fn drop_database(
    url: &PostgresUrl,
    sessions: Sessions,
    control: &Control,
) -> Result<bool, BackendError> {
    let name = name_of(url)?;
    let mut session = maintenance_session(url, name, control)?;
    let mut force = "";
    if sessions == Sessions::Ended && session.server_version() >= VERSION_13 {
        force = " WITH (FORCE)";
    } else if sessions == Sessions::Ended {
        let literal = Dialect::Postgres.quote_literal(name);
        session.run_batch(&format!(
            "SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE datname = {literal}"
        ))?;
    }
    match session.run_batch(&format!("DROP DATABASE {}{force}", quoted(name))) {
        Ok(_) => Ok(true),
        Err(error) if has_state(&error, IS_NOT_THERE) => Ok(false),
        Err(error) if has_state(&error, IN_USE) => {
            Err(BackendError::InUse { database: url.to_string(), by: connected(&mut session, name)? })
        }
        Err(error) => Err(refused("dropped", url, error)),
    }
}

/// Whether the server is on this machine, by the address of the connection to it.
///
/// # Errors
/// The database's.
pub(super) fn is_on_this_machine(session: &mut Session) -> Result<bool, BackendError> {
    let host = session.host();
    if host.starts_with(['/', '@']) {
        return Ok(true);
    }
    let address = session.host_address();
    if address.parse().is_ok_and(|address: IpAddr| address.to_canonical().is_loopback()) {
        return Ok(true);
    }
    // Of one's own address by another name both ends are the same.
    let answer = sql_query(
        "SELECT pg_catalog.inet_server_addr() OPERATOR(pg_catalog.=) pg_catalog.inet_client_addr() AS yes",
    )
    .get_result::<Answer>(session);
    answer.map(|answer| answer.yes == Some(true)).map_err(|error| failed(session, error))
}

/// The name of the database that the session is connected to, which a pooler may have chosen.
///
/// # Errors
/// The database's.
pub(super) fn name(session: &mut Session) -> Result<String, BackendError> {
    let name = sql_query("SELECT pg_catalog.current_database()::pg_catalog.text AS text").get_result(session);
    name.map(|line: Line| line.text).map_err(|error| failed(session, error))
}

/// The role that runs the session's statements (`current_user`), quoted as SQL.
///
/// # Errors
/// The database's.
pub(super) fn role(session: &mut Session) -> Result<String, BackendError> {
    let role = sql_query("SELECT pg_catalog.quote_ident(current_user) AS text").get_result(session);
    role.map(|line: Line| line.text).map_err(|error| failed(session, error))
}

fn name_of(url: &PostgresUrl) -> Result<&str, BackendError> {
    url.database().ok_or_else(|| BackendError::NoDatabaseName { url: url.to_string() })
}

/// A session of a database that is not the one in question.
fn maintenance_session(url: &PostgresUrl, name: &str, control: &Control) -> Result<Session, BackendError> {
    let mut refusal = None;
    for other in MAINTENANCE.into_iter().filter(|other| *other != name) {
        match connect(&url.with_database(other), control) {
            Ok(session) => return Ok(session),
            // It has been dropped, or this role may not connect to it.
            Err(BackendError::Unreachable { kind, sqlstate, .. })
                if kind == UnreachableKind::NoSuchDatabase || sqlstate.as_deref() == Some(NOT_ALLOWED) =>
            {
                refusal = Some((kind, sqlstate));
            }
            Err(error) => return Err(error),
        }
    }
    let (kind, sqlstate) = refusal.unwrap_or((UnreachableKind::Other, None));
    let database = url.to_string();
    let message =
        "none of the databases `postgres` and `template1` takes a connection, from which another could be \
                   made or dropped"
            .to_owned();
    Err(BackendError::Unreachable { kind, sqlstate, database, message, hint: None })
}

/// The sessions that others have in a database, for people; as far as this role may see them.
fn connected(session: &mut Session, name: &str) -> Result<Vec<String>, BackendError> {
    let sql = "SELECT pg_catalog.concat_ws(' ', 'process', a.pid::pg_catalog.text, 'of', a.usename, \
               '(' || nullif(a.application_name, '') || ')') AS text FROM pg_catalog.pg_stat_activity a \
               WHERE a.datname = $1 ORDER BY a.pid";
    let found = sql_query(sql).bind::<Text, _>(name).load(session);
    let found: Vec<Line> = found.map_err(|error| failed(session, error))?;
    Ok(found.into_iter().map(|line| line.text).collect())
}

fn refused(action: &'static str, url: &PostgresUrl, error: BatchError) -> BackendError {
    if !has_state(&error, NOT_ALLOWED) {
        return error.into();
    }
    BackendError::NotAllowed { action, database: url.to_string(), message: error.error.message.clone() }
}

fn has_state(error: &BatchError, state: &str) -> bool {
    error.error.sqlstate.as_deref() == Some(state)
}

fn quoted(name: &str) -> String {
    Dialect::Postgres.quote_identifier(name)
}
