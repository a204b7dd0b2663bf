//! One revgraph at a time on a database: a session's advisory lock, which ends with its session.

use std::time::{Duration, Instant};

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use sha2::{Digest, Sha256};

use super::super::{BackendError, DatabaseError};
use super::Session;
use crate::ledger::Tables;

/// How long a waiter sleeps between two tries: at first, and at the most.
const FIRST_PAUSE: Duration = Duration::from_millis(5);
const LONGEST_PAUSE: Duration = Duration::from_millis(250);

#[derive(QueryableByName)]
struct Tried {
    #[diesel(sql_type = Bool)]
    had: bool,
}

#[derive(QueryableByName)]
struct Holder {
    #[diesel(sql_type = Nullable<Text>)]
    description: Option<String>,
}

/// Takes the lock of an environment, trying again and again rather than waiting inside a statement: a waiter that
/// sits in a transaction would keep a `CREATE INDEX CONCURRENTLY` of the holder from ever finishing.
pub(super) fn acquire(
    session: &mut Session,
    tables: &Tables,
    patience: Duration,
) -> Result<(), BackendError> {
    let key = key(tables);
    let started = Instant::now();
    let mut pause = FIRST_PAUSE;
    loop {
        let tried = sql_query("SELECT pg_try_advisory_lock($1) AS had")
            .bind::<BigInt, _>(key)
            .get_result::<Tried>(session)
            .map_err(|error| failed(session, &error))?;
        if tried.had {
            return Ok(());
        }
        let waited = started.elapsed();
        if !patience.is_zero() && waited >= patience {
            return Err(BackendError::LockNotHad {
                waited_ms: waited.as_millis(),
                holder: holder(session, key),
            });
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Advisory locks are per database already; the key tells environments with tables of their own apart.
fn key(tables: &Tables) -> i64 {
    let name = format!("revgraph:{}.{}", tables.schema.as_deref().unwrap_or_default(), tables.version);
    let digest = Sha256::digest(name.as_bytes());
    digest.iter().take(8).fold(0_i64, |key, byte| (key << 8) | i64::from(*byte))
}

fn holder(session: &mut Session, key: i64) -> Option<String> {
    let sql = "SELECT format('process %s (%s) of user %s, connected since %s', a.pid, a.application_name, a.usename, \
               to_char(a.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS UTC')) AS description \
               FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid \
               WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 \
               AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
               AND ((l.classid::bigint << 32) | l.objid::bigint) = $1 LIMIT 1";
    let found = sql_query(sql).bind::<BigInt, _>(key).get_result::<Holder>(session).optional();
    found.ok().flatten().and_then(|holder| holder.description)
}

fn failed(session: &Session, error: &diesel::result::Error) -> BackendError {
    match session.server_error(error) {
        Some(server) => BackendError::Database(server.into()),
        None => DatabaseError { message: error.to_string(), ..DatabaseError::default() }.into(),
    }
}
