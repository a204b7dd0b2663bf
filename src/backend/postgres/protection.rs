//! The mark that protects a PostgreSQL database.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Bool, Text};

use super::super::{BackendError, DatabaseError};
use super::Session;
use crate::ledger::{Sql, Tables, create_protection, select_protection, set_protection};
use crate::sql::Dialect;

#[derive(QueryableByName)]
struct Exists {
    #[diesel(sql_type = Bool)]
    found: bool,
}

#[derive(QueryableByName)]
struct Protection {
    #[diesel(sql_type = Text)]
    name: String,
}

/// The name under which the database is protected.
pub(super) fn read(session: &mut Session, tables: &Tables) -> Result<Option<String>, BackendError> {
    let Some(schema) = &tables.schema else { return Ok(None) };
    let name = Sql::default().table(Some(schema), tables.protection()).literal(Dialect::Postgres);
    let exists = sql_query("SELECT to_regclass($1) IS NOT NULL AS found").bind::<Text, _>(name);
    if !exists.get_result::<Exists>(session).map_err(|error| failed(session, &error))?.found {
        return Ok(None);
    }
    let select = sql_query(select_protection(tables).literal(Dialect::Postgres));
    let found = select.get_result::<Protection>(session).optional();
    found.map(|row| row.map(|row| row.name)).map_err(|error| failed(session, &error))
}

/// The statements that protect the database, or no longer.
pub(super) fn statements(tables: &Tables, name: Option<&str>, actor: &str) -> Vec<String> {
    let changes = set_protection(tables, name, actor);
    let literals = changes.iter().map(|sql| sql.literal(Dialect::Postgres));
    std::iter::once(create_protection(Dialect::Postgres, tables)).chain(literals).collect()
}

fn failed(session: &Session, error: &diesel::result::Error) -> BackendError {
    match session.server_error(error) {
        Some(server) => BackendError::Database(server.into()),
        None => DatabaseError { message: error.to_string(), ..DatabaseError::default() }.into(),
    }
}
