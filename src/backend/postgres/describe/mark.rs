//! A mark of the schema, by which it can be told later, without describing it, that nobody has changed it.
//!
//! It says how many rows the system catalogs have, and which transactions had ended. A row that is visible now and was
//! visible then was written by one of those. So where no row is younger, the rows of now are among those of then; and where
//! there are as many, they are the same. A row that is updated is another one. Whatever else writes such rows (`VACUUM FULL`,
//! somebody's temporary table) makes the mark worthless, never wrong.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Text};

use super::super::super::BackendError;
use super::super::Session;
use super::super::errors::failed;
use super::changed::{self, FIRST_VERSION, server_wide};
use crate::script::Checksum;

/// After so many transactions the numbers of PostgreSQL's 32 bits are not trusted any more: half of what they can order.
const TRUSTED: u64 = 1 << 30;

/// The mark as its text has it: `XID:CHECKSUM`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mark {
    /// All transactions before this one had ended; 64 bits.
    oldest: u64,
    /// Of the numbers of rows, of the names that belong to the whole server, and of what tells server and database from others.
    checksum: String,
}

impl Mark {
    fn parse(text: &str) -> Option<Self> {
        let (oldest, checksum) = text.split_once(':')?;
        Some(Self { oldest: oldest.parse().ok()?, checksum: checksum.to_owned() })
    }
}

#[derive(QueryableByName)]
struct Now {
    #[diesel(sql_type = Text)]
    oldest: String,
    #[diesel(sql_type = Text)]
    next: String,
    #[diesel(sql_type = Array<BigInt>)]
    totals: Vec<i64>,
    #[diesel(sql_type = BigInt)]
    younger: i64,
    #[diesel(sql_type = Text)]
    server_wide: String,
    /// The identifier of the cluster, the OID of the database, and the version of the server.
    #[diesel(sql_type = Text)]
    place: String,
}

/// Marks the schema as the snapshot of the transaction shows it; none before PostgreSQL 14.
///
/// # Errors
/// The database's, also where one may not ask which cluster it is. The transaction has failed then.
pub(super) fn take(session: &mut Session) -> Result<Option<String>, BackendError> {
    if session.server_version() < FIRST_VERSION {
        return Ok(None);
    }
    let now = ask(session, None)?;
    Ok(now.map(|now| format!("{}:{}", now.oldest, now.checksum())))
}

/// Whether the schema is as it was when this mark was taken. False where that cannot be told.
///
/// # Errors
/// Those of [`take`].
pub(super) fn holds(session: &mut Session, mark: &str) -> Result<bool, BackendError> {
    let Some(mark) = Mark::parse(mark) else { return Ok(false) };
    if session.server_version() < FIRST_VERSION {
        return Ok(false);
    }
    let Some(now) = ask(session, Some(mark.oldest))? else { return Ok(false) };
    let passed = now.next.parse::<u64>().ok().and_then(|next| next.checked_sub(mark.oldest));
    let is_recent = passed.is_some_and(|passed| passed < TRUSTED);
    Ok(is_recent && now.younger == 0 && now.checksum() == mark.checksum)
}

impl Now {
    fn checksum(&self) -> String {
        let all = format!("{:?} {:?} {}", self.totals, self.server_wide, self.place);
        Checksum::of_texts([all.as_str()]).to_string()
    }
}

fn ask(session: &mut Session, since: Option<u64>) -> Result<Option<Now>, BackendError> {
    let counts: Vec<String> = changed::tables(session.server_version())
        .into_iter()
        .map(|table| {
            let younger = match since {
                Some(_) => "count(*) FILTER (WHERE age(x.xmin) <= (SELECT age FROM mark))",
                None => "0::bigint",
            };
            format!("(SELECT ARRAY[count(*), {younger}] FROM {table} x)")
        })
        .collect();
    // The number is this program's own.
    let age = since.map_or("NULL".to_owned(), |oldest| format!("age('{oldest}'::xid8::xid)"));
    let sql = format!(
        "WITH mark AS MATERIALIZED (SELECT {age} AS age), counted AS MATERIALIZED (SELECT ARRAY[{}] AS numbers) \
             SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS oldest, \
             pg_snapshot_xmax(pg_current_snapshot())::text AS next, \
             ARRAY(SELECT numbers[i][1] FROM generate_subscripts(numbers, 1) i ORDER BY i) AS totals, \
             coalesce((SELECT sum(numbers[i][2]) FROM generate_subscripts(numbers, 1) i), 0)::bigint AS younger, \
             coalesce(({}), '') AS server_wide, concat_ws(' ', (SELECT system_identifier FROM pg_control_system()), \
             (SELECT oid FROM pg_database WHERE datname = current_database()), version()) AS place FROM counted",
        counts.join(", "),
        server_wide(session.server_version())
    );
    let found: Vec<Now> = sql_query(sql).load(session).map_err(|error| failed(session, error))?;
    Ok(found.into_iter().next())
}
