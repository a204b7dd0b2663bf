//! What keeps a scratch database from being dropped: a script has made it a template, has left subscriptions in it, or
//! prepared transactions.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Bool, Text};

use super::super::{BackendError, Control};
use super::Session;
use super::errors::failed;
use super::identity::Identity;
use crate::config::PostgresUrl;
use crate::sql::Dialect;

#[derive(QueryableByName)]
struct Held {
    #[diesel(sql_type = Bool)]
    is_template: bool,
    #[diesel(sql_type = Bool)]
    is_in_use: bool,
}

const HELD: &str = "SELECT d.datistemplate AS is_template, \
    EXISTS (SELECT FROM pg_subscription s WHERE s.subdbid = d.oid) \
    OR EXISTS (SELECT FROM pg_prepared_xacts p WHERE p.database = d.datname) AS is_in_use \
    FROM pg_database d WHERE d.datname = $1";

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

const PREPARED: &str = "SELECT gid::text AS name FROM pg_prepared_xacts WHERE database = current_database()";
const SUBSCRIPTIONS: &str = "SELECT s.subname::text AS name FROM pg_subscription s \
    JOIN pg_database d ON d.oid = s.subdbid WHERE d.datname = current_database()";

/// Takes it away from the database of `identity`, which `url` leads to. The replication slots of subscriptions stay where they
/// are: they may be those of the database that the scratch database stands for.
///
/// # Errors
/// [`BackendError::Unreachable`], [`BackendError::OtherDatabase`], and the database's.
pub(super) fn release(
    keeper: &mut Session,
    url: &PostgresUrl,
    identity: &Identity,
) -> Result<(), BackendError> {
    let held = sql_query(HELD).bind::<Text, _>(&identity.database).get_result::<Held>(keeper).optional();
    let Some(held) = held.map_err(|error| failed(keeper, error))? else { return Ok(()) };
    if held.is_template {
        let name = Dialect::Postgres.quote_identifier(&identity.database);
        keeper.run_batch(&format!("ALTER DATABASE {name} IS_TEMPLATE false"))?;
    }
    if held.is_in_use {
        let url = url.with_database(&identity.database);
        let mut session = identity.connect(&url, &Control::default())?;
        for Name { name } in names(&mut session, PREPARED)? {
            session.run_batch(&format!("ROLLBACK PREPARED {}", Dialect::Postgres.quote_literal(&name)))?;
        }
        for Name { name } in names(&mut session, SUBSCRIPTIONS)? {
            let name = Dialect::Postgres.quote_identifier(&name);
            // None of them can run in a transaction with another.
            for statement in [
                format!("ALTER SUBSCRIPTION {name} DISABLE"),
                format!("ALTER SUBSCRIPTION {name} SET (slot_name = NONE)"),
                format!("DROP SUBSCRIPTION {name}"),
            ] {
                session.run_batch(&statement)?;
            }
        }
    }
    Ok(())
}

fn names(session: &mut Session, sql: &str) -> Result<Vec<Name>, BackendError> {
    sql_query(sql).load(session).map_err(|error| failed(session, error))
}
