//! The schema of a PostgreSQL database, from its system catalogs: one query for each kind of object, whatever their
//! number. OIDs are resolved to names here and do not leave this module.

mod collector;
mod columns;
mod constraints;
mod dependencies;
mod indexes;
mod relations;
mod routines;
mod schemas;
mod sequences;
mod triggers;
mod types;

use std::collections::BTreeMap;
use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::Integer;

use self::collector::Collector;
use super::super::{BackendError, DatabaseError};
use super::{Session, TransactionStatus};
use crate::catalog::Catalog;
use crate::ledger::Tables;

/// What the server's deparsing depends on. With nothing in the search path all names are qualified.
pub(super) const READ_ONLY: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; \
    SET LOCAL search_path = ''; SET LOCAL quote_all_identifiers = off; SET LOCAL \"DateStyle\" = 'ISO, MDY'; \
    SET LOCAL \"IntervalStyle\" = 'postgres'; SET LOCAL \"TimeZone\" = 'UTC'; SET LOCAL extra_float_digits = 1; \
    SET LOCAL bytea_output = 'hex'; SET LOCAL jit = off";

/// Which schemas are the user's, of `n`.
const USER_SCHEMAS: &str = "n.nspname !~ '^(pg_|information_schema$)'";

/// The first OID that no object of the server's own has.
const FIRST_USER_OID: u32 = 16_384;

/// Describes the database as one snapshot shows it. Deparsing waits up to `lock_timeout` for whoever changes an
/// object; zero waits for ever.
///
/// # Errors
/// The database's.
pub(super) fn catalog(
    session: &mut Session,
    tables: &Tables,
    lock_timeout: Duration,
) -> Result<Catalog, BackendError> {
    let begin = format!("{READ_ONLY}; SET LOCAL lock_timeout = {}", lock_timeout.as_millis());
    let began = session.run_batch(&begin).map_err(BackendError::from);
    let described = began.and_then(|_| collect(session, tables));
    if session.transaction_status() != TransactionStatus::Idle {
        // Nothing was changed. Where this fails the connection is gone, and the transaction with it.
        let _ = session.run_batch("ROLLBACK");
    }
    described
}

fn collect(session: &mut Session, tables: &Tables) -> Result<Catalog, BackendError> {
    let mut reader = Reader { version: 0, session };
    reader.version = reader.server_version()?;
    let dependencies = dependencies::read(&mut reader)?;
    let mut collector = Collector::new(tables, &dependencies, collector::comments(&mut reader)?);
    schemas::read(&mut reader, &mut collector)?;
    let mut columns = columns::read(&mut reader)?;
    types::read(&mut reader, &mut collector, &mut columns)?;
    relations::read(&mut reader, &mut collector, columns)?;
    sequences::read(&mut reader, &mut collector)?;
    constraints::read(&mut reader, &mut collector)?;
    indexes::read(&mut reader, &mut collector)?;
    routines::read(&mut reader, &mut collector)?;
    triggers::read(&mut reader, &mut collector)?;
    Ok(collector.finish(&dependencies))
}

/// A session that is asked for rows.
struct Reader<'s> {
    session: &'s mut Session,
    /// As `server_version_num` has it.
    version: i32,
}

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = Integer)]
    version: i32,
}

impl Reader<'_> {
    fn server_version(&mut self) -> Result<i32, BackendError> {
        let rows: Vec<Version> =
            self.load("SELECT current_setting('server_version_num')::integer AS version")?;
        Ok(rows.first().map_or(0, |row| row.version))
    }

    fn load<R: QueryableByName<diesel::pg::Pg> + 'static>(
        &mut self,
        sql: &str,
    ) -> Result<Vec<R>, BackendError> {
        sql_query(sql).load(self.session).map_err(|error| match self.session.server_error(&error) {
            Some(server) => BackendError::Database(server.into()),
            None => DatabaseError { message: error.to_string(), ..DatabaseError::default() }.into(),
        })
    }

    /// `expression` where the server is at least of `major` version, else `otherwise`.
    fn since(&self, major: i32, expression: &'static str, otherwise: &'static str) -> &'static str {
        if self.version >= major * 10_000 { expression } else { otherwise }
    }
}

/// The privileges in effect by the access control list `acl` of an object of `owner`, as an array of texts. `kind` is
/// that of PostgreSQL's function `acldefault`.
fn grants(acl: &str, kind: char, owner: &str) -> String {
    format!(
        "ARRAY(SELECT g.privilege_type || ' TO ' || CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE g.grantee::regrole::text END \
         || CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END \
         FROM aclexplode(coalesce({acl}, acldefault('{kind}', {owner}))) g)"
    )
}

/// The collation `collation` as a name, where it is not `default`; else NULL.
fn collation(collation: &str, default: &str) -> String {
    format!("CASE WHEN {collation} <> {default} THEN {collation}::regcollation::text END")
}

/// Splits `name=value` texts.
fn options(texts: &[String]) -> BTreeMap<String, String> {
    let split = |text: &String| {
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        (name.to_owned(), value.to_owned())
    };
    texts.iter().map(split).collect()
}
