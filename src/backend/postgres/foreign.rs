//! Tables that another tool keeps.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, Nullable, Text};

use super::super::{BackendError, ForeignColumn, ForeignRows, ForeignTable};
use super::Session;
use super::errors::failed;
use super::queries::query;
use crate::ledger::Sql;
use crate::sql::Dialect;

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    name: String,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Array<Nullable<Text>>)]
    cells: Vec<Option<String>>,
}

/// What a table of another tool's holds. One without a schema is looked for in the configured schema first, then along
/// the search path.
///
/// # Errors
/// The database's.
pub(super) fn rows(
    session: &mut Session,
    configured_schema: Option<&str>,
    table: &ForeignTable,
) -> Result<ForeignRows, BackendError> {
    let schemas = match (table.schema, configured_schema) {
        (None, Some(configured)) => vec![Some(configured), None],
        (schema, _) => vec![schema],
    };
    for schema in schemas {
        let columns = columns(session, schema, table)?;
        if columns.is_empty() {
            continue;
        }
        if !table.fits(&columns) {
            return Ok(ForeignRows::OtherColumns(columns));
        }
        let rows: Vec<Row> =
            query(select(schema, table)).load(session).map_err(|error| failed(session, error))?;
        return Ok(ForeignRows::Rows(rows.into_iter().map(|row| row.cells).collect()));
    }
    Ok(ForeignRows::NoTable)
}

fn columns(
    session: &mut Session,
    schema: Option<&str>,
    table: &ForeignTable,
) -> Result<Vec<String>, BackendError> {
    let name = Sql::default().table(schema, table.name.as_str()).literal(Dialect::Postgres);
    let sql = "SELECT attname::text AS name FROM pg_attribute \
               WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped ORDER BY attnum";
    let found: Vec<Column> =
        sql_query(sql).bind::<Text, _>(name).load(session).map_err(|error| failed(session, error))?;
    Ok(found.into_iter().map(|column| column.name).collect())
}

fn select(schema: Option<&str>, table: &ForeignTable) -> Sql {
    let mut sql = Sql::new("SELECT ARRAY[");
    for (index, column) in table.columns.iter().enumerate() {
        let separator = if index == 0 { "" } else { ", " };
        sql = match column {
            ForeignColumn::Text(name) => sql.raw(separator).identifier(*name).raw("::text"),
            ForeignColumn::Bytes(name) => sql.raw(separator).raw("encode(").identifier(*name).raw(", 'hex')"),
        };
    }
    sql = sql.raw("] AS cells FROM ").table(schema, table.name.as_str());
    for (index, name) in table.order_by.iter().enumerate() {
        sql = sql.raw(if index == 0 { " ORDER BY " } else { ", " }).identifier(*name);
    }
    sql
}
