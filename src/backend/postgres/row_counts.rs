//! How many rows tables hold.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Nullable};

use super::super::{BackendError, none_where_missing};
use super::Session;
use super::queries::{failed, query};
use crate::catalog::ObjectName;
use crate::ledger::{Sql, Value};

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Integer)]
    place: i32,
    #[diesel(sql_type = BigInt)]
    rows: i64,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = Nullable<BigInt>)]
    number: Option<i64>,
}

/// The one number that a query gives.
pub(super) fn number(session: &mut Session, query: &str) -> Result<Option<i64>, BackendError> {
    let sql = format!("SELECT ({query})::bigint AS number");
    let found = diesel::sql_query(sql).get_result::<Number>(session);
    found.map(|found| found.number).map_err(|error| failed(session, error))
}

/// The number of rows of each table, in their order; what a table's children hold counts for them alone.
pub(super) fn count(session: &mut Session, tables: &[ObjectName]) -> Result<Vec<u64>, BackendError> {
    let mut counts = vec![0; tables.len()];
    let mut sql = Sql::default();
    for (place, table) in (0_i64..).zip(tables) {
        let next = if place == 0 { "SELECT " } else { " UNION ALL SELECT " };
        sql = sql
            .raw(next)
            .value(Value::Integer(place))
            .raw(" AS place, count(*) AS rows FROM ONLY ")
            .table(table.schema.as_deref(), table.name.as_str());
    }
    if tables.is_empty() {
        return Ok(counts);
    }
    let found: Vec<Row> = query(sql).load(session).map_err(|error| failed(session, error))?;
    for row in found {
        let slot = usize::try_from(row.place).ok().and_then(|place| counts.get_mut(place));
        if let (Some(slot), Ok(rows)) = (slot, u64::try_from(row.rows)) {
            *slot = rows;
        }
    }
    Ok(counts)
}

/// The number of rows of a table and of what inherits from it; none where there is no such table.
pub(super) fn count_all(session: &mut Session, table: &ObjectName) -> Result<Option<u64>, BackendError> {
    let sql = Sql::new("SELECT 0 AS place, count(*) AS rows FROM ")
        .table(table.schema.as_deref(), table.name.as_str());
    let counted: Result<Row, BackendError> =
        query(sql).get_result(session).map_err(|error| failed(session, error));
    none_where_missing(counted.map(|row| u64::try_from(row.rows).unwrap_or_default()))
}
