//! What is read from PostgreSQL, through Diesel.

use diesel::prelude::*;
use diesel::query_builder::SqlQuery;
use diesel::sql_query;
use diesel::sql_types::{Array, Bool, Integer, Nullable, Text};

use super::super::{BackendError, DatabaseState};
use super::errors::failed;
use super::kept::is_kept;
use super::{CommandOutcome, Session};
use crate::graph::RevisionId;
use crate::ledger::{Sql, Tables};
use crate::sql::Dialect;

/// `atttypmod` of a VARCHAR is its length and the size of a header.
const VARCHAR_HEADER: i32 = 4;

/// A statement of revgraph's own as Diesel's query, with its values as literals.
pub(super) fn query(sql: Sql) -> SqlQuery {
    sql_query(sql.literal(Dialect::Postgres))
}

#[derive(QueryableByName)]
struct Schema {
    #[diesel(sql_type = Nullable<Text>)]
    name: Option<String>,
}

/// The schema where the search path finds a version table, else the first of the search path; none where that has no
/// schema.
///
/// # Errors
/// The database's.
pub(super) fn schema_of(session: &mut Session, version_table: &str) -> Result<Option<String>, BackendError> {
    let sql = "SELECT coalesce((SELECT nspname FROM pg_namespace WHERE oid = (SELECT relnamespace FROM pg_class \
               WHERE oid = to_regclass(quote_ident($1)))), current_schema())::text AS name";
    let found = sql_query(sql).bind::<Text, _>(version_table).get_result::<Schema>(session);
    found.map(|schema| schema.name).map_err(|error| failed(session, error))
}

/// The schemas that have a table of this name with the one column of a version table, sorted.
///
/// # Errors
/// The database's.
pub(super) fn version_tables(
    session: &mut Session,
    version_table: &str,
) -> Result<Vec<String>, BackendError> {
    let sql = "SELECT n.nspname::text AS name FROM pg_catalog.pg_class c \
               JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
               WHERE c.relname = $1 AND c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\\_%' AND \
               (SELECT pg_catalog.array_agg(a.attname::text) FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid \
               AND a.attnum > 0 AND NOT a.attisdropped) = ARRAY['version_num'] ORDER BY 1";
    let found: Vec<Schema> = sql_query(sql)
        .bind::<Text, _>(version_table)
        .load(session)
        .map_err(|error| failed(session, error))?;
    Ok(found.into_iter().filter_map(|schema| schema.name).collect())
}

#[derive(QueryableByName)]
struct Writability {
    #[diesel(sql_type = Bool)]
    standby: bool,
    #[diesel(sql_type = Bool)]
    read_only: bool,
}

/// None where the session can write; else whether that is because the server is a standby.
///
/// # Errors
/// The database's.
pub(super) fn read_only(session: &mut Session) -> Result<Option<bool>, BackendError> {
    let sql = "SELECT pg_catalog.pg_is_in_recovery() AS standby, \
               pg_catalog.current_setting('transaction_read_only')::pg_catalog.bool AS read_only";
    let found = sql_query(sql).get_result::<Writability>(session).map_err(|error| failed(session, error))?;
    Ok((found.standby || found.read_only).then_some(found.standby))
}

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Integer)]
    modifier: i32,
}

#[derive(QueryableByName)]
struct VersionRow {
    #[diesel(sql_type = Text)]
    version_num: String,
}

/// Reads version rows and which of revgraph's tables are there; nothing is where their schema is not.
/// Errors are [`BackendError::ForeignVersionTable`], where the version table has other columns than
/// Alembic's, and the server's.
pub(super) fn state(session: &mut Session, tables: &Tables) -> Result<DatabaseState, BackendError> {
    let Some(schema) = &tables.schema else {
        return Ok(DatabaseState::default());
    };
    let (ledger_table, statement) = (tables.ledger(), tables.statement());
    let columns = columns(session, schema, [&tables.version, &ledger_table, &statement])?;
    let (version, ledger): (Vec<_>, Vec<_>) =
        columns.into_iter().partition(|column| column.table_name == tables.version);
    let has = |table: &str| ledger.iter().any(|column| column.table_name == table);
    let (has_ledger, has_journal) = (has(&ledger_table), has(&statement));
    let width = match version.as_slice() {
        [] => return Ok(DatabaseState { has_ledger, has_journal, ..DatabaseState::default() }),
        [column] if column.name == "version_num" => column.modifier,
        _ => {
            return Err(BackendError::ForeignVersionTable {
                table: format!("{schema}.{}", tables.version),
                columns: version.into_iter().map(|column| column.name).collect(),
            });
        }
    };
    let select =
        Sql::new("SELECT version_num::text AS version_num FROM ").table(Some(schema), &tables.version);
    let rows: Vec<VersionRow> = query(select).load(session).map_err(|error| failed(session, error))?;
    let mut rows: Vec<RevisionId> = rows.iter().map(|row| RevisionId::recorded(&row.version_num)).collect();
    rows.sort();
    let version_width = usize::try_from(width - VARCHAR_HEADER).ok().filter(|width| *width > 0);
    Ok(DatabaseState { rows, has_version_table: true, version_width, has_ledger, has_journal })
}

/// The version rows, sorted, where the search path finds a table of them that is plainly Alembic's; none where there is
/// no such table, it has other columns, or it cannot be read.
pub(super) fn heads_at_sight(session: &mut Session, tables: &Tables) -> Option<Vec<RevisionId>> {
    let select =
        Sql::new("SELECT version_num::text, * FROM ").table(tables.schema.as_deref(), &tables.version);
    let mut outcome = None;
    let mut keep = |selected: CommandOutcome| outcome = Some(selected);
    session.run_batch_with(&select.literal(Dialect::Postgres), usize::MAX, &mut keep).ok()?;
    let CommandOutcome { columns, rows, .. } = outcome?;
    if columns != ["version_num", "version_num"] {
        return None;
    }
    let first = |row: Vec<Option<String>>| row.into_iter().next().flatten();
    let rows: Option<Vec<RevisionId>> =
        rows.into_iter().map(|row| Some(RevisionId::recorded(&first(row)?))).collect();
    let mut rows = rows?;
    rows.sort();
    Some(rows)
}

fn columns(session: &mut Session, schema: &str, names: [&str; 3]) -> Result<Vec<Column>, BackendError> {
    let sql = "SELECT c.relname::text AS table_name, a.attname::text AS name, a.atttypmod AS modifier \
               FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
               JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
               WHERE n.nspname = $1 AND c.relname = ANY ($2) ORDER BY c.relname, a.attnum";
    sql_query(sql)
        .bind::<Text, _>(schema)
        .bind::<Array<Text>, _>(names.to_vec())
        .load(session)
        .map_err(|error| failed(session, error))
}

#[derive(QueryableByName)]
struct Exists {
    #[diesel(sql_type = Bool)]
    found: bool,
}

/// Whether there are tables or views beside the bookkeeping, the tables that keep what revisions would have lost,
/// extensions' and the system's own.
///
/// # Errors
/// The database's.
pub(super) fn has_user_tables(session: &mut Session, tables: &Tables) -> Result<bool, BackendError> {
    let sql = format!(
        "SELECT EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname <> 'information_schema' \
         AND n.nspname NOT LIKE 'pg\\_%' AND c.relname <> ALL ($1) AND NOT ({}) \
         AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')) AS found",
        is_kept()
    );
    let own = tables.all().to_vec();
    let found = sql_query(sql).bind::<Array<Text>, _>(own).get_result::<Exists>(session);
    found.map(|row| row.found).map_err(|error| failed(session, error))
}
