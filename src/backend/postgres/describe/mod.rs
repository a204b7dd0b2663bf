//! The schema of a PostgreSQL database, from its system catalogs: one query for each kind of object, whatever their
//! number. OIDs are resolved to names here and do not leave this module.

mod altered;
mod changed;
mod collector;
mod columns;
mod constraints;
mod dependencies;
mod details;
mod followed;
mod indexes;
mod mark;
mod others;
mod presence;
mod privileges;
mod relations;
mod routines;
mod schemas;
mod seldom;
mod sequences;
mod told;
mod triggers;
mod types;

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_query;

use self::collector::Collector;
use self::dependencies::Dependencies;
pub(super) use self::followed::Followed;
use super::super::{BackendError, DatabaseError};
use super::repeated;
use super::{Session, TransactionStatus};
use crate::catalog::{Catalog, Changes, Options};
use crate::ledger::Tables;

/// What the server's deparsing depends on. With nothing in the search path all names are qualified.
const SETTINGS: &str = "SET LOCAL search_path = ''; SET LOCAL quote_all_identifiers = off; \
    SET LOCAL \"DateStyle\" = 'ISO, MDY'; SET LOCAL \"IntervalStyle\" = 'postgres'; SET LOCAL \"TimeZone\" = 'UTC'; \
    SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'; SET LOCAL jit = off; \
    SET LOCAL plan_cache_mode = force_generic_plan";

/// What begins a transaction that only looks.
pub(super) fn read_only() -> String {
    format!("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; {SETTINGS}")
}

/// SQLSTATE `insufficient_privilege`.
const NOT_PERMITTED: &str = "42501";

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
    in_snapshot(session, lock_timeout, |session| describe(session, tables))
}

/// Describes the database, and marks it as it is then; without a mark where none can be had.
///
/// # Errors
/// The database's.
pub(super) fn marked_catalog(
    session: &mut Session,
    tables: &Tables,
    lock_timeout: Duration,
) -> Result<(Catalog, Option<String>), BackendError> {
    // Without a right to what a mark needs the transaction fails, and another one does without.
    let marked =
        in_snapshot(session, lock_timeout, |session| Ok((mark::take(session)?, describe(session, tables)?)));
    match marked {
        Ok((mark, catalog)) => Ok((catalog, mark)),
        Err(BackendError::Database(error)) if error.sqlstate.as_deref() == Some(NOT_PERMITTED) => {
            Ok((catalog(session, tables, lock_timeout)?, None))
        }
        Err(error) => Err(error),
    }
}

/// Whether the schema is as it was when it was marked; see [`marked_catalog`].
///
/// # Errors
/// The database's.
pub(super) fn is_as_marked(session: &mut Session, mark: &str) -> Result<bool, BackendError> {
    match in_transaction(session, &read_only(), |session| mark::holds(session, mark)) {
        Err(BackendError::Database(error)) if error.sqlstate.as_deref() == Some(NOT_PERMITTED) => Ok(false),
        holds => holds,
    }
}

/// Describes the database as it is after statements, which are then taken back.
///
/// # Errors
/// The database's, also those of the statements.
pub(super) fn catalog_after(
    session: &mut Session,
    tables: &Tables,
    statements: &str,
) -> Result<Catalog, BackendError> {
    in_transaction(session, &format!("BEGIN; {SETTINGS}"), |session| {
        session.run_batch(statements)?;
        describe(session, tables)
    })
}

/// Describes the database in a transaction that [`read_only`] has begun.
///
/// # Errors
/// The database's.
pub(super) fn in_transaction_under_way(
    session: &mut Session,
    tables: &Tables,
) -> Result<Catalog, BackendError> {
    describe(session, tables)
}

fn describe(session: &mut Session, tables: &Tables) -> Result<Catalog, BackendError> {
    let mut reader = Reader::of_all(session)?;
    let dependencies = dependencies::read(&mut reader)?;
    Ok(collect(&mut reader, tables, &dependencies)?.finish(&dependencies))
}

/// What may have changed since `followed` was brought up to date last, as one snapshot shows it.
///
/// # Errors
/// The database's. `followed` then begins anew.
pub(super) fn changes(
    session: &mut Session,
    tables: &Tables,
    lock_timeout: Duration,
    followed: &mut Followed,
) -> Result<Changes, BackendError> {
    in_snapshot(session, lock_timeout, |session| followed.update(session, tables))
}

/// Looks at the database in a transaction of its own, which changes nothing.
fn in_snapshot<T>(
    session: &mut Session,
    lock_timeout: Duration,
    look: impl FnOnce(&mut Session) -> Result<T, BackendError>,
) -> Result<T, BackendError> {
    let begin = format!("{}; SET LOCAL lock_timeout = {}", read_only(), lock_timeout.as_millis());
    in_transaction(session, &begin, look)
}

/// Looks at the database in a transaction that leaves nothing.
fn in_transaction<T>(
    session: &mut Session,
    begin: &str,
    look: impl FnOnce(&mut Session) -> Result<T, BackendError>,
) -> Result<T, BackendError> {
    let began = session.run_batch(begin).map_err(BackendError::from);
    let described = began.and_then(|_| look(session));
    if session.transaction_status() != TransactionStatus::Idle {
        // Where this fails the connection is gone, and the transaction with it.
        let _ = session.run_batch("ROLLBACK");
    }
    described
}

fn collect<'d>(
    reader: &mut Reader<'_>,
    tables: &'d Tables,
    dependencies: &'d Dependencies,
) -> Result<Collector<'d>, BackendError> {
    let mut collector = Collector::new(tables, dependencies, collector::comments(reader)?);
    schemas::read(reader, &mut collector)?;
    let mut columns = columns::read(reader)?;
    types::read(reader, &mut collector, &mut columns)?;
    relations::read(reader, &mut collector, columns)?;
    sequences::read(reader, &mut collector)?;
    constraints::read(reader, &mut collector)?;
    indexes::read(reader, &mut collector)?;
    routines::read(reader, &mut collector)?;
    triggers::read(reader, &mut collector)?;
    others::read(reader, &mut collector)?;
    privileges::read(reader, &mut collector)?;
    Ok(collector)
}

/// A session that is asked for rows.
struct Reader<'s> {
    session: &'s mut Session,
    /// As `server_version_num` has it.
    version: i32,
    scope: Scope<'s>,
    /// See [`Reader::has`].
    present: HashSet<String>,
}

/// What is described.
enum Scope<'s> {
    /// Everything.
    All,
    /// The objects with these OIDs, in whatever system catalog, and their parts.
    Among {
        /// As a literal of an array.
        oids: String,
        statements: &'s mut Statements,
    },
}

/// The names under which queries with one parameter `$1` have been prepared. They are planned once: planning takes longer
/// than reading a few objects.
#[derive(Default)]
struct Statements {
    /// By the texts of the queries.
    names: HashMap<String, String>,
    /// How many names have been given: none is given twice.
    given: usize,
}

impl Statements {
    /// What runs a query with the value `literal` of type `data_type`; prepares it the first time.
    fn execute(
        &mut self,
        session: &mut Session,
        sql: &str,
        (literal, data_type): (&str, &str),
    ) -> Result<String, BackendError> {
        let name = match self.names.get(sql) {
            Some(name) => name,
            None => {
                self.given += 1;
                // What is tidied up behind a script leaves what has this prefix.
                let name = format!("{}describe_{}", repeated::prefix(), self.given);
                session.run_batch(&format!("PREPARE {name} ({data_type}) AS {sql}"))?;
                self.names.entry(sql.to_owned()).or_insert(name)
            }
        };
        Ok(format!("EXECUTE {name} ({literal})"))
    }

    /// Begins anew: a script has taken away what was prepared.
    fn forget(&mut self) {
        self.names.clear();
    }
}

impl<'s> Reader<'s> {
    /// A reader of everything.
    fn of_all(session: &'s mut Session) -> Result<Self, BackendError> {
        let version = session.server_version();
        let mut reader = Self { version, session, scope: Scope::All, present: HashSet::new() };
        reader.present = presence::read(&mut reader)?;
        Ok(reader)
    }

    fn load<R: QueryableByName<diesel::pg::Pg> + 'static>(
        &mut self,
        sql: &str,
    ) -> Result<Vec<R>, BackendError> {
        let execute = match &mut self.scope {
            Scope::Among { oids, statements } => {
                Some(statements.execute(self.session, sql, (oids, "oid[]"))?)
            }
            Scope::All => None,
        };
        let query = sql_query(execute.as_deref().unwrap_or(sql));
        query.load(self.session).map_err(|error| match self.session.server_error(&error) {
            Some(server) => BackendError::Database(server.into()),
            None => DatabaseError { message: error.to_string(), ..DatabaseError::default() }.into(),
        })
    }

    fn is_among_few(&self) -> bool {
        matches!(self.scope, Scope::Among { .. })
    }

    /// Whether there may be something to read, by the words of [`presence::words`].
    fn has(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.present.contains(*word))
    }

    /// What a query's condition ends in so that it finds no other objects than it is to; `column` has their OIDs.
    fn among(&self, column: &str) -> String {
        if self.is_among_few() { format!(" AND {column} = ANY($1)") } else { String::new() }
    }

    /// Before PostgreSQL 14 a superuser alone may, who alone makes subscriptions there.
    fn may_read_oids_of_subscriptions(&self) -> bool {
        self.version >= 140_000 || self.session.parameter_status("is_superuser").is_some_and(|is| is == "on")
    }

    /// `expression` where the server is at least of `major` version, else `otherwise`.
    fn since(&self, major: i32, expression: &'static str, otherwise: &'static str) -> &'static str {
        if self.version >= major * 10_000 { expression } else { otherwise }
    }
}

/// The privileges in effect by the access control list `acl` of an object of `owner`, as an array of texts, which say who has
/// granted what the owner has not. `kind` is
/// that of PostgreSQL's function `acldefault`.
fn grants(acl: &str, kind: char, owner: &str) -> String {
    granted(&format!("coalesce({acl}, acldefault('{kind}', {owner}))"), owner)
}

/// The privileges of an access control list of an object of `owner`, as an array of texts.
fn granted(acl: &str, owner: &str) -> String {
    format!(
        "ARRAY(SELECT g.privilege_type || ' TO ' || CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE g.grantee::regrole::text END \
         || CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END \
         || CASE WHEN g.grantor <> {owner} THEN ' GRANTED BY ' || g.grantor::regrole ELSE '' END FROM aclexplode({acl}) g)"
    )
}

/// The collation `collation` as a name, where it is not `default`; else NULL.
fn collation(collation: &str, default: &str) -> String {
    format!("CASE WHEN {collation} <> {default} THEN {collation}::regcollation::text END")
}

/// Splits `name=value` texts.
fn options(texts: &[String]) -> Options {
    let split = |text: &String| {
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        (name.to_owned(), value.to_owned())
    };
    texts.iter().map(split).collect()
}
