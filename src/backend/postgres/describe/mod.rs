//! The schema of a PostgreSQL database, from its system catalogs: one query for each kind of object, whatever their
//! number. OIDs are resolved to names here and do not leave this module.

mod address;
mod altered;
mod changed;
mod collect;
mod collector;
mod columns;
mod constraints;
mod dependencies;
mod details;
mod dropped;
mod followed;
mod indexes;
mod mark;
mod other_kinds;
mod others;
mod owned;
mod part;
mod pieces;
mod presence;
mod privilege_query;
mod privileges;
mod privileges_of_others;
mod reader;
mod relations;
mod routines;
mod schemas;
mod seldom;
mod sequences;
mod snapshot;
mod told;
mod triggers;
mod types;
mod unmodelled;

use std::time::Duration;

pub(super) use followed::Followed;
pub(super) use snapshot::{read_only, read_only_by_path};

use super::super::BackendError;
use super::Session;
use crate::catalog::{Catalog, Changes};
use crate::ledger::Tables;
use collect::collect;
use snapshot::{QUALIFIED, SETTINGS, in_snapshot, in_transaction};

/// SQLSTATE `insufficient_privilege`.
const NOT_PERMITTED: &str = "42501";

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
    in_transaction(session, &format!("BEGIN; {QUALIFIED}; {SETTINGS}"), |session| {
        session.run_batch(statements)?;
        describe(session, tables)
    })
}

/// Describes the database in a transaction that [`read_only_by_path`] has begun, and that finds nothing by path from then on.
///
/// # Errors
/// The database's.
pub(super) fn in_transaction_under_way(
    session: &mut Session,
    tables: &Tables,
) -> Result<Catalog, BackendError> {
    session.run_batch(QUALIFIED)?;
    describe(session, tables)
}

fn describe(session: &mut Session, tables: &Tables) -> Result<Catalog, BackendError> {
    let mut reader = presence::reader_of_all(session)?;
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
