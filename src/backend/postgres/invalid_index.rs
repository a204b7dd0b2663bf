//! Indexes that a `CREATE INDEX CONCURRENTLY` has left behind half built, which PostgreSQL calls invalid.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Bool, Nullable, Text};

use super::super::DatabaseError;
use super::Session;
use crate::sql::ConcurrentIndex;

/// An index as the catalogue has it.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub(super) struct FoundIndex {
    /// Its name, quoted where need be, with its schema.
    #[diesel(sql_type = Text)]
    pub(super) name: String,
    #[diesel(sql_type = Bool)]
    pub(super) is_valid: bool,
}

/// The index that a `CREATE INDEX CONCURRENTLY` names, or, where it names none, the invalid one of its table that was
/// made last; none where there is no such index.
///
/// # Errors
/// The database's.
pub(super) fn find(
    session: &mut Session,
    index: ConcurrentIndex<'_>,
) -> Result<Option<FoundIndex>, DatabaseError> {
    let sql = "SELECT format('%I.%I', n.nspname, c.relname) AS name, i.indisvalid AS is_valid \
               FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
               WHERE i.indrelid = to_regclass($1) \
               AND CASE WHEN $2 IS NULL THEN NOT i.indisvalid ELSE c.relname = (parse_ident($2))[1]::name END \
               ORDER BY c.oid DESC LIMIT 1";
    sql_query(sql)
        .bind::<Text, _>(index.table)
        .bind::<Nullable<Text>, _>(index.name)
        .get_result::<FoundIndex>(session)
        .optional()
        .map_err(|error| match session.server_error(&error) {
            Some(server) => server.into(),
            None => DatabaseError { message: error.to_string(), ..DatabaseError::default() },
        })
}

/// The statement by which people drop the invalid index; without `CONCURRENTLY` it would lock the table.
pub(super) fn drop_statement(index: &FoundIndex) -> String {
    format!("DROP INDEX CONCURRENTLY IF EXISTS {}", index.name)
}
