//! How many rows tables hold.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Nullable};

use super::super::error::{BackendError, lacking, none_where_missing};
use super::Session;
use super::errors::failed;
use super::queries::query;
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

/// The one number that `query`, SQL of a subquery, gives; none where it is NULL.
///
/// # Errors
/// The database's.
pub(super) fn number(session: &mut Session, query: &str) -> Result<Option<i64>, BackendError> {
    let sql = format!("SELECT ({query})::bigint AS number");
    let found = diesel::sql_query(sql).get_result::<Number>(session);
    found.map(|found| found.number).map_err(|error| failed(session, error))
}

/// The number of rows of each table, in their order; what a table's children hold counts for them alone.
///
/// # Errors
/// The database's.
pub(super) fn count(session: &mut Session, tables: &[ObjectName]) -> Result<Vec<u64>, BackendError> {
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
        return Ok(Vec::new());
    }
    let found: Vec<Row> = query(sql).load(session).map_err(|error| failed(session, error))?;
    in_order(tables, &found)
}

/// The counts in the order of the tables.
///
/// # Errors
/// Where a table has none: no rows would be another answer.
fn in_order(tables: &[ObjectName], found: &[Row]) -> Result<Vec<u64>, BackendError> {
    let counts: BTreeMap<i32, i64> = found.iter().map(|row| (row.place, row.rows)).collect();
    let count = |(place, table): (i32, &ObjectName)| match counts.get(&place).map(|rows| u64::try_from(*rows))
    {
        Some(Ok(rows)) => Ok(rows),
        _ => Err(lacking(&format!("the number of rows of {table}"))),
    };
    (0..).zip(tables).map(count).collect()
}

/// The number of rows of a table and of what inherits from it; none where there is no such table.
///
/// # Errors
/// The database's.
pub(super) fn count_all(session: &mut Session, table: &ObjectName) -> Result<Option<u64>, BackendError> {
    let sql = Sql::new("SELECT 0 AS place, count(*) AS rows FROM ")
        .table(table.schema.as_deref(), table.name.as_str());
    let counted: Result<Row, BackendError> =
        query(sql).get_result(session).map_err(|error| failed(session, error));
    let only = |counts: Vec<u64>| counts.first().copied().ok_or_else(|| lacking("a number of rows"));
    none_where_missing(counted.and_then(|row| in_order(std::slice::from_ref(table), &[row])).and_then(only))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::ObjectKind;

    #[test]
    fn a_table_without_an_answer_is_not_one_without_rows() {
        let tables = ["a", "b"].map(|name| ObjectName::new(ObjectKind::Table, None, name));
        let row = |place, rows| Row { place, rows };
        assert_eq!(in_order(&tables, &[row(1, 7), row(0, 0)]).unwrap(), [0, 7]);
        for wrong in [&[row(0, 3)][..], &[row(0, 3), row(2, 3)], &[row(0, 3), row(1, -1)]] {
            let error = in_order(&tables, wrong).unwrap_err().to_string();
            assert_eq!(error, "the database's answer lacks the number of rows of table b");
        }
    }
}
