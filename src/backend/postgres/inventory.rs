//! What a backup of a database is checked against, read in one snapshot.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Bool, Oid, Text};

use super::super::{Backend, BackendError, Inventory, SequencePosition};
use super::errors::failed;
use super::{Postgres, Session, describe, queries, row_counts};
use crate::catalog::{ObjectKind, ObjectName};
use crate::ledger::Sql;

/// How many tables are counted, and sequences read, with one query.
const TABLES_IN_A_QUERY: usize = 200;

/// The transaction may last as long as a dump does, and lies idle while that goes on.
const WITHOUT_LIMITS: &str = "SET LOCAL row_security = off; SELECT pg_catalog.set_config(name, '0', true) \
    FROM pg_catalog.pg_settings WHERE name IN \
    ('statement_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout', 'lock_timeout')";

/// The tables whose rows a dump holds: those of extensions are theirs, and a foreign table's are elsewhere. What a
/// materialized view holds is computed anew.
const TABLES: &str = "SELECT n.nspname::text AS schema, c.relname::text AS name FROM pg_class c \
    JOIN pg_namespace n ON n.oid = c.relnamespace \
    WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname !~ '^(pg_|information_schema$)' \
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid \
    AND d.deptype = 'e') ORDER BY 1, 2";

/// The sequences whose positions a dump holds.
const SEQUENCES: &str = "SELECT n.nspname::text AS schema, c.relname::text AS name FROM pg_class c \
    JOIN pg_namespace n ON n.oid = c.relnamespace \
    WHERE c.relkind = 'S' AND c.relpersistence <> 't' AND n.nspname !~ '^(pg_|information_schema$)' \
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid \
    AND d.deptype = 'e') ORDER BY 1, 2";

/// The large objects with their sizes, which only the functions for large objects tell everybody. 262144 is `INV_READ`, 2
/// `SEEK_END`.
const LARGE_OBJECTS: &str = "SELECT o.number, o.size FROM (SELECT m.oid AS number, lo_open(m.oid, 262144) AS opened \
    FROM pg_largeobject_metadata m ORDER BY m.oid OFFSET 0) l CROSS JOIN LATERAL \
    (SELECT l.number, lo_lseek64(l.opened, 0, 2) AS size, l.opened OFFSET 0) o WHERE lo_close(o.opened) = 0";

/// The shared dependencies do not tell of what belongs to the role that the server was made with.
const ROLES: &str = "SELECT DISTINCT r.rolname::text AS name FROM pg_roles r JOIN \
    (SELECT refobjid AS oid FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass \
     AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) \
     UNION SELECT c.relowner FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
     WHERE n.nspname !~ '^(pg_|information_schema$)' \
     UNION SELECT p.proowner FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace \
     WHERE n.nspname !~ '^(pg_|information_schema$)' \
     UNION SELECT t.typowner FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace \
     WHERE n.nspname !~ '^(pg_|information_schema$)' \
     UNION SELECT n.nspowner FROM pg_namespace n WHERE n.nspname !~ '^(pg_|information_schema$|public$)') o \
    ON o.oid = r.oid WHERE r.rolname !~ '^pg_' ORDER BY 1";

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

#[derive(QueryableByName)]
struct Position {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = BigInt)]
    last_value: i64,
    #[diesel(sql_type = Bool)]
    is_called: bool,
}

#[derive(QueryableByName)]
struct LargeObject {
    #[diesel(sql_type = Oid)]
    number: u32,
    #[diesel(sql_type = BigInt)]
    size: i64,
}

#[derive(QueryableByName)]
struct Table {
    #[diesel(sql_type = Text)]
    schema: String,
    #[diesel(sql_type = Text)]
    name: String,
}

/// Begins a transaction that looks at one snapshot for as long as it takes. Functions that indexes call find others by
/// the session's search path, or their tables could not be read.
///
/// # Errors
/// The database's.
pub(super) fn begin(session: &mut Session) -> Result<(), BackendError> {
    session.run_batch(&format!("{}; {WITHOUT_LIMITS}", describe::read_only_by_path()))?;
    Ok(())
}

/// Gives the snapshot of the transaction under way a name, by which others can look at it while that lasts
/// (`pg_export_snapshot`).
///
/// # Errors
/// The database's.
pub(super) fn export(session: &mut Session) -> Result<String, BackendError> {
    let sql = "SELECT pg_catalog.pg_export_snapshot()::text AS name";
    let exported = sql_query(sql).get_result::<Name>(session);
    exported.map(|exported| exported.name).map_err(|error| failed(session, error))
}

/// Reads what the database holds, in the transaction under way, which an error would end. The schema of the
/// bookkeeping is settled.
pub(super) fn read(database: &mut Postgres) -> Result<Inventory, BackendError> {
    let state = queries::state(&mut database.session, &database.tables)?;
    let recorded = if state.has_ledger { (database as &mut dyn Backend).recorded()? } else { Vec::new() };
    let Postgres { session, tables, .. } = database;
    let scripts = recorded.into_iter().map(|entry| (entry.revision.to_string(), entry.checksum)).collect();
    let rows = rows_of_tables(session)?;
    let catalog = describe::in_transaction_under_way(session, tables)?;
    let objects = catalog.objects.keys().filter(|name| !name.is_property_of_database());
    Ok(Inventory {
        version_rows: state.rows,
        scripts,
        tables: rows,
        sequences: sequences(session)?.into_iter().map(|(name, position)| (name, Some(position))).collect(),
        large_objects: large_objects(session)?,
        objects: objects.map(ToString::to_string).collect(),
        roles: roles(session)?,
    })
}

fn rows_of_tables(session: &mut Session) -> Result<BTreeMap<String, u64>, BackendError> {
    let found: Vec<Table> = sql_query(TABLES).load(session).map_err(|error| failed(session, error))?;
    let names: Vec<ObjectName> = found
        .into_iter()
        .map(|table| ObjectName::new(ObjectKind::Table, Some(&table.schema), &table.name))
        .collect();
    let mut rows = BTreeMap::new();
    for some in names.chunks(TABLES_IN_A_QUERY) {
        let counts = row_counts::count(session, some)?;
        rows.extend(some.iter().map(without_kind).zip(counts));
    }
    Ok(rows)
}

/// The positions of all sequences that are scripts', by qualified name.
///
/// # Errors
/// The database's.
pub(super) fn sequences(session: &mut Session) -> Result<BTreeMap<String, SequencePosition>, BackendError> {
    let found: Vec<Table> = sql_query(SEQUENCES).load(session).map_err(|error| failed(session, error))?;
    let mut positions = BTreeMap::new();
    for some in found.chunks(TABLES_IN_A_QUERY) {
        let mut sql = Sql::default();
        for (number, sequence) in some.iter().enumerate() {
            let name = ObjectName::new(ObjectKind::Sequence, Some(&sequence.schema), &sequence.name);
            sql = sql
                .raw(if number == 0 { "SELECT " } else { " UNION ALL SELECT " })
                .value(without_kind(&name))
                .raw("::text AS name, last_value, is_called FROM ")
                .table(Some(&sequence.schema), &sequence.name);
        }
        let read: Vec<Position> =
            queries::query(sql).load(session).map_err(|error| failed(session, error))?;
        positions.extend(read.into_iter().map(|read| {
            (read.name, SequencePosition { last_value: read.last_value, is_called: read.is_called })
        }));
    }
    Ok(positions)
}

fn large_objects(session: &mut Session) -> Result<BTreeMap<u32, u64>, BackendError> {
    let found: Vec<LargeObject> =
        sql_query(LARGE_OBJECTS).load(session).map_err(|error| failed(session, error))?;
    Ok(found.into_iter().map(|one| (one.number, u64::try_from(one.size).unwrap_or_default())).collect())
}

fn without_kind(table: &ObjectName) -> String {
    table.schema.as_ref().map_or_else(|| table.name.to_string(), |schema| format!("{schema}.{}", table.name))
}

fn roles(session: &mut Session) -> Result<BTreeSet<String>, BackendError> {
    let found: Vec<Name> = sql_query(ROLES).load(session).map_err(|error| failed(session, error))?;
    Ok(found.into_iter().map(|role| role.name).collect())
}
