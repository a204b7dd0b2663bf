//! The tables of a PostgreSQL database in which revgraph keeps what revisions have taken away.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::Text;

use super::super::{BackendError, KeptTable};
use super::Session;
use super::errors::failed;
use crate::catalog::{KEPT_MARK, KeptMark, ObjectKind, ObjectName, kept_regex};

/// The SQL condition that the relation `c` of `pg_class` is such a table, by its name and its comment.
pub(super) fn is_kept() -> String {
    format!(
        "c.relname::text ~ '{}' AND coalesce(obj_description(c.oid, 'pg_class'), '') LIKE '{KEPT_MARK}%'",
        kept_regex()
    )
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    schema: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    comment: String,
}

/// The tables that keep what revisions would have lost, in the order of their names.
///
/// # Errors
/// The database's.
pub(super) fn tables(session: &mut Session) -> Result<Vec<KeptTable>, BackendError> {
    let sql = format!(
        "SELECT n.nspname::text AS schema, c.relname::text AS name, obj_description(c.oid, 'pg_class') AS comment \
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND {} ORDER BY 1, 2",
        is_kept()
    );
    let rows: Vec<Row> = sql_query(sql).load(session).map_err(|error| failed(session, error))?;
    let table = |row: Row| {
        let name = ObjectName::new(ObjectKind::Table, Some(&row.schema), &row.name);
        Some(KeptTable { name, mark: KeptMark::read(&row.comment)? })
    };
    Ok(rows.into_iter().filter_map(table).collect())
}
