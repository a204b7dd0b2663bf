//! Whether a connection has arrived in the scratch database that it was meant for. There are servers and poolers that
//! give one database whatever name is asked for, and what is built and dropped there would then be the user's.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Bool, Text};

use super::super::{BackendError, Control};
use super::Session;
use super::connect::connect;
use super::errors::failed;
use crate::config::PostgresUrl;

/// What tells one scratch database from every other: its name, and a mark that this process has left in it.
#[derive(Debug, Clone)]
pub struct Identity {
    pub(super) database: String,
    pub(super) mark: Mark,
}

/// A mark that no other database has: the text and the number are drawn by chance.
#[derive(Debug, Clone)]
pub(super) enum Mark {
    /// The comment of the database.
    Comment(String),
    /// The key of an advisory lock that is held in the database.
    Lock(i64),
}

#[derive(QueryableByName)]
struct Arrived {
    #[diesel(sql_type = Text)]
    database: String,
    #[diesel(sql_type = Bool)]
    is_marked: bool,
}

const HAS_COMMENT: &str = "SELECT datname::pg_catalog.text AS database, coalesce( \
    pg_catalog.shobj_description(oid, 'pg_database') OPERATOR(pg_catalog.=) $1, false) AS is_marked \
    FROM pg_catalog.pg_database WHERE datname OPERATOR(pg_catalog.=) pg_catalog.current_database()";
const HAS_LOCK: &str = "SELECT datname::pg_catalog.text AS database, EXISTS (SELECT FROM pg_catalog.pg_locks l \
    WHERE l.locktype OPERATOR(pg_catalog.=) 'advisory' AND l.granted AND l.database OPERATOR(pg_catalog.=) d.oid \
    AND l.objsubid OPERATOR(pg_catalog.=) 1 AND ((l.classid::pg_catalog.int8 OPERATOR(pg_catalog.<<) 32) \
    OPERATOR(pg_catalog.|) l.objid::pg_catalog.int8) OPERATOR(pg_catalog.=) $1) AS is_marked \
    FROM pg_catalog.pg_database d WHERE datname OPERATOR(pg_catalog.=) pg_catalog.current_database()";

impl Identity {
    /// Connects to the scratch database, and runs nothing on the connection before this is proved.
    ///
    /// # Errors
    /// [`BackendError::Unreachable`]; [`BackendError::OtherDatabase`] where the connection leads elsewhere.
    pub(super) fn connect(&self, url: &PostgresUrl, control: &Control) -> Result<Session, BackendError> {
        let mut session = connect(url, control)?;
        self.prove(&mut session)?;
        Ok(session)
    }

    /// Whether a session is connected to the database that has the mark, under whatever name.
    ///
    /// # Errors
    /// The database's.
    pub(super) fn has_mark(&self, session: &mut Session) -> Result<bool, BackendError> {
        Ok(self.arrived(session)?.is_marked)
    }

    fn prove(&self, session: &mut Session) -> Result<(), BackendError> {
        let arrived = self.arrived(session)?;
        if arrived.database == self.database && arrived.is_marked {
            return Ok(());
        }
        Err(BackendError::OtherDatabase { asked: self.database.clone(), reached: arrived.database })
    }

    fn arrived(&self, session: &mut Session) -> Result<Arrived, BackendError> {
        let arrived: QueryResult<Arrived> = match &self.mark {
            Mark::Comment(comment) => sql_query(HAS_COMMENT).bind::<Text, _>(comment).get_result(session),
            Mark::Lock(key) => sql_query(HAS_LOCK).bind::<BigInt, _>(*key).get_result(session),
        };
        arrived.map_err(|error| failed(session, error))
    }
}
