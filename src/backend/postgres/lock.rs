//! One revgraph at a time on a database: a session's advisory lock, which ends with its session; behind a pooler a
//! transaction's, on a connection of its own.

use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Bool, Integer, Nullable, Text};
use sha2::{Digest, Sha256};

use super::super::control::waiting_for_lock;
use super::super::{BackendError, DatabaseError};
use super::errors::unreachable;
use super::pooled_lock::PooledLock;
use super::{Postgres, Session};
use crate::ledger::Tables;

/// How long a waiter sleeps between two tries: at first, and at the most.
const FIRST_PAUSE: Duration = Duration::from_millis(5);
const LONGEST_PAUSE: Duration = Duration::from_millis(250);

#[derive(QueryableByName)]
struct Tried {
    #[diesel(sql_type = Nullable<Bool>)]
    had: Option<bool>,
}

#[derive(QueryableByName)]
struct Holder {
    #[diesel(sql_type = Nullable<Text>)]
    description: Option<String>,
}

/// Takes the lock of an environment, trying again and again rather than waiting inside a statement: a waiter that sits
/// in a transaction would keep a `CREATE INDEX CONCURRENTLY` of the holder from ever finishing.
///
/// # Errors
/// [`BackendError::LockNotHad`] after the time that the configuration allows, where the wait is cancelled, and the
/// database's.
pub(super) fn acquire(database: &mut Postgres) -> Result<(), BackendError> {
    let key = key(&database.tables);
    let patience = database.timeouts.migration_lock;
    let mut wait = database.session.control().wait();
    let mut pause = FIRST_PAUSE;
    while !try_lock(database, key)? {
        if wait.is_over(patience) {
            let waited = wait.elapsed();
            // That it was not had in time is what matters, also where nobody can be named.
            let holder = holder(database).unwrap_or_default();
            return Err(BackendError::LockNotHad { waited, holder });
        }
        wait.pause(pause, || waiting_for_lock(holder(database).unwrap_or_default()))?;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
    if database.is_pooled() {
        return need_second_connection(database);
    }
    database.lock_key = Some(key);
    database.is_lock_lost = false;
    Ok(())
}

/// Behind a pooler the lock keeps one connection of the server's; what runs needs another.
fn need_second_connection(database: &mut Postgres) -> Result<(), BackendError> {
    let answered = database.session.run_batch("SELECT 1");
    answered.map(drop).map_err(|error| {
        database.pooled_lock = None;
        BackendError::PoolTooSmall { message: error.error.message.clone() }
    })
}

fn try_lock(database: &mut Postgres, key: i64) -> Result<bool, BackendError> {
    if database.pooled_lock.is_none() {
        match try_session_lock(&mut database.session, key)? {
            Some(had) => return Ok(had),
            None => {
                let lock = PooledLock::connect(database.url.parameters(), database.session.control())
                    .map_err(|error| unreachable(&database.description, &error))?;
                database.pooled_lock = Some(lock);
                // What is prepared in one transaction may be missing in the next.
                database.repeated.give_up();
            }
        }
    }
    database.pooled_lock.as_mut().map_or(Ok(false), |lock| lock.try_lock(key))
}

/// Tries once; nothing is tried where a pooler is between, which shows in a process id other than the one that the
/// connection began with.
fn try_session_lock(session: &mut Session, key: i64) -> Result<Option<bool>, BackendError> {
    sql_query("SELECT CASE WHEN pg_backend_pid() = $2 THEN pg_try_advisory_lock($1) END AS had")
        .bind::<BigInt, _>(key)
        .bind::<Integer, _>(session.backend_pid())
        .get_result::<Tried>(session)
        .map(|tried| tried.had)
        .map_err(|error| failed(session, &error))
}

/// Advisory locks are per database already; the key tells environments with tables of their own apart.
fn key(tables: &Tables) -> i64 {
    let name = format!("revgraph:{}.{}", tables.schema.as_deref().unwrap_or_default(), tables.version);
    let digest = Sha256::digest(name.as_bytes());
    digest.iter().take(8).fold(0_i64, |key, byte| (key << 8) | i64::from(*byte))
}

/// Names the session that has the migration lock, for people: process, application, user and since when. None where
/// nobody holds it.
///
/// # Errors
/// The database's.
pub(super) fn holder(database: &mut Postgres) -> Result<Option<String>, BackendError> {
    let key = key(&database.tables);
    let session = match &mut database.pooled_lock {
        Some(lock) => lock.session(),
        None => &mut database.session,
    };
    // Behind a pooler a server process is older than the lock, which is then as old as its transaction.
    let sql = "SELECT format('process %s (%s) of user %s, since %s', a.pid, a.application_name, a.usename, \
               to_char(coalesce(CASE WHEN a.state LIKE 'idle in transaction%' THEN a.xact_start END, a.backend_start) \
                       AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS UTC')) AS description \
               FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid \
               WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 \
               AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
               AND ((l.classid::bigint << 32) | l.objid::bigint) = $1 LIMIT 1";
    let found = sql_query(sql).bind::<BigInt, _>(key).get_result::<Holder>(session).optional();
    let found = found.map_err(|error| failed(session, &error))?;
    Ok(found.and_then(|holder| holder.description))
}

fn failed(session: &Session, error: &diesel::result::Error) -> BackendError {
    match session.server_error(error) {
        Some(server) => BackendError::Database(server.into()),
        None => DatabaseError { message: error.to_string(), ..DatabaseError::default() }.into(),
    }
}
