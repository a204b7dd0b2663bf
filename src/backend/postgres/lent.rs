//! An empty database that somebody lends for scratch work, where a temporary one may not be made.

use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text};

use super::super::{BackendError, Control};
use super::Session;
use super::connect::connect;
use super::errors::failed;
use super::identity::{Identity, Mark};
use super::scratch::{key, lock_here, unique};
use crate::config::PostgresUrl;
use crate::sql::Dialect;

/// The setting of role and database that tells that what is in the database is scratch work. It is no part of the
/// schema, and anybody may set it, which does not hold for settings of a name of our own.
const MARKER: &str = "application_name";
/// The first line of its value; the others are what was there before, and is to stay.
const IN_USE: &str = "revgraph scratch work";
/// Statements in one transaction: each holds locks until its end.
const BATCH: usize = 100;

/// How long to wait before the lock is tried again.
const PAUSE: Duration = Duration::from_millis(50);
/// The schemas that are not the server's own, as a condition on `pg_namespace n`.
const OWN_SCHEMAS: &str = "n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'";

/// A lent database, emptied when this is dropped. Others wait for it.
pub struct LentDatabase {
    session: Session,
    identity: Identity,
    /// Schemas and extensions that were there before; none until they are known.
    kept: Option<Vec<String>>,
}

#[derive(QueryableByName)]
struct Answer {
    #[diesel(sql_type = Bool)]
    yes: bool,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Nullable<Text>)]
    text: Option<String>,
}

impl LentDatabase {
    /// Connects to the lent database.
    ///
    /// # Errors
    /// [`BackendError::Unreachable`], and the database's where a pooler is between.
    pub fn connect(url: &PostgresUrl, control: &Control) -> Result<Self, BackendError> {
        let mut session = connect(url, control)?;
        let mark = key(&unique()?);
        lock_here(&mut session, mark)?;
        let database = sql_query("SELECT pg_catalog.current_database()::pg_catalog.text AS text")
            .get_result::<Line>(&mut session)
            .map_err(|error| failed(&session, error))?;
        let identity = Identity { database: database.text.unwrap_or_default(), mark: Mark::Lock(mark) };
        Ok(Self { session, identity, kept: None })
    }

    /// What a connection to the lent database has to prove.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Whether the lent database is that of `other`, however the two URLs are spelled: whether a lock that is taken here is
    /// there.
    ///
    /// # Errors
    /// [`BackendError::Unreachable`] and the database's.
    pub fn is(&self, other: &PostgresUrl) -> Result<bool, BackendError> {
        let mut there = connect(other, self.session.control())?;
        self.identity.has_mark(&mut there)
    }

    /// Waits until no other revgraph works in it, and takes it. What a killed process has left in it goes; where
    /// there is anything else, that stays, and its name is returned.
    ///
    /// # Errors
    /// [`BackendError::LockNotHad`] after `patience`, and the database's.
    pub fn take(&mut self, patience: Duration) -> Result<Option<String>, BackendError> {
        self.wait(patience)?;
        if let Some(kept) = self.marker()? {
            self.clear(&kept)?;
        }
        if let Some(found) = self.something()? {
            return Ok(Some(found));
        }
        let kept = self.schemas_and_extensions()?;
        let value = Dialect::Postgres.quote_literal(&format!("{IN_USE}\n{}", kept.join("\n")));
        self.alter_role(&format!("SET {MARKER} = {value}"))?;
        self.kept = Some(kept);
        Ok(None)
    }

    /// Makes the schemas of these names that are missing.
    ///
    /// # Errors
    /// The database's.
    pub fn make_schemas(&mut self, schemas: &[&str]) -> Result<(), BackendError> {
        for schema in schemas {
            let schema = Dialect::Postgres.quote_identifier(schema);
            self.session.run_batch(&format!("CREATE SCHEMA IF NOT EXISTS {schema}"))?;
        }
        Ok(())
    }

    /// Takes the lock of the database; zero waits for ever.
    fn wait(&mut self, patience: Duration) -> Result<(), BackendError> {
        let mut wait = self.session.control().wait();
        while !self.ask("SELECT pg_try_advisory_lock($1) AS yes", key(IN_USE))? {
            if wait.is_over(patience) {
                return Err(BackendError::LockNotHad { waited: wait.elapsed(), holder: None });
            }
            wait.pause(PAUSE, || "waiting until the database of scratch_url is free".to_owned())?;
        }
        Ok(())
    }

    fn ask(&mut self, sql: &str, key: i64) -> Result<bool, BackendError> {
        let answer = sql_query(sql).bind::<BigInt, _>(key).get_result::<Answer>(&mut self.session);
        answer.map(|answer| answer.yes).map_err(|error| failed(&self.session, error))
    }

    fn lines(&mut self, sql: &str, names: Vec<String>) -> Result<Vec<String>, BackendError> {
        let found = sql_query(sql).bind::<Array<Text>, _>(names).load::<Line>(&mut self.session);
        let lines = found.map_err(|error| failed(&self.session, error))?;
        Ok(lines.into_iter().filter_map(|line| line.text).collect())
    }

    /// What a run that has not ended left standing as to be kept; none where the database is not in use.
    fn marker(&mut self) -> Result<Option<Vec<String>>, BackendError> {
        let sql = "SELECT substr(setting, length($1[1]) + 2) AS text \
                   FROM pg_db_role_setting s CROSS JOIN unnest(s.setconfig) AS setting \
                   WHERE s.setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database()) \
                   AND s.setrole = (SELECT oid FROM pg_roles WHERE rolname = current_user) \
                   AND split_part(setting, '=', 1) = $1[1]";
        let found = self.lines(sql, vec![MARKER.to_owned()])?;
        let kept = found.first().and_then(|value| value.strip_prefix(IN_USE));
        Ok(kept.map(|kept| kept.lines().skip(1).map(str::to_owned).collect()))
    }

    fn alter_role(&mut self, action: &str) -> Result<(), BackendError> {
        let sql = "SELECT current_database()::text AS text WHERE $1 IS NOT NULL";
        let database = self.lines(sql, Vec::new())?.pop().unwrap_or_default();
        let database = Dialect::Postgres.quote_identifier(&database);
        self.session.run_batch(&format!("ALTER ROLE CURRENT_USER IN DATABASE {database} {action}"))?;
        Ok(())
    }

    /// An object that is there and belongs to no extension.
    fn something(&mut self) -> Result<Option<String>, BackendError> {
        let sql = format!(
            "SELECT format('%I.%I', n.nspname, o.name) AS text FROM ({OBJECTS}) AS o \
             JOIN pg_namespace n ON n.oid = o.schema WHERE {OWN_SCHEMAS} AND $1 IS NOT NULL ORDER BY 1 LIMIT 1"
        );
        Ok(self.lines(&sql, Vec::new())?.pop())
    }

    fn schemas_and_extensions(&mut self) -> Result<Vec<String>, BackendError> {
        let sql = format!(
            "SELECT n.nspname::text AS text FROM pg_namespace n WHERE {OWN_SCHEMAS} AND $1 IS NOT NULL \
             UNION SELECT extname::text FROM pg_extension ORDER BY 1"
        );
        self.lines(&sql, Vec::new())
    }

    /// Drops everything but schemas and extensions of these names.
    fn clear(&mut self, kept: &[String]) -> Result<(), BackendError> {
        let sql = format!(
            "SELECT format('DROP EVENT TRIGGER IF EXISTS %I CASCADE', evtname) AS text FROM pg_event_trigger \
             UNION ALL SELECT format('DROP EXTENSION IF EXISTS %I CASCADE', extname) FROM pg_extension \
             WHERE extname <> ALL ($1) \
             UNION ALL SELECT format('DROP SCHEMA IF EXISTS %I CASCADE', n.nspname) FROM pg_namespace n \
             WHERE {OWN_SCHEMAS} AND n.nspname <> ALL ($1) \
             UNION ALL SELECT format('DROP %s IF EXISTS %I.%I%s CASCADE', o.kind, n.nspname, o.name, o.arguments) \
             FROM ({OBJECTS}) AS o JOIN pg_namespace n ON n.oid = o.schema WHERE {OWN_SCHEMAS} AND n.nspname = ANY ($1) \
             UNION ALL SELECT format('DROP %s IF EXISTS %s CASCADE', replace(i.type, 'foreign-data', 'foreign data'), \
             i.identity) FROM ({OTHERS}) AS o CROSS JOIN LATERAL pg_identify_object(o.class, o.oid, 0) i \
             WHERE o.oid >= 16384 AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = o.class AND d.objid = o.oid \
             AND d.deptype IN ('e', 'i'))"
        );
        let statements = self.lines(&sql, kept.to_vec())?;
        for statements in statements.chunks(BATCH) {
            self.session.run_batch(&statements.join(";\n"))?;
        }
        self.alter_role(&format!("RESET {MARKER}"))
    }
}

/// Relations, types and routines that no extension owns. What is dropped with another need not be there any more
/// when its turn comes.
const OBJECTS: &str = "\
    SELECT c.relnamespace AS schema, c.relname::text AS name, '' AS arguments, \
      CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE' \
        WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END AS kind \
    FROM pg_class c WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND NOT EXISTS \
      (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('e', 'i')) \
    UNION ALL SELECT t.typnamespace, t.typname::text, '', CASE t.typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END \
    FROM pg_type t LEFT JOIN pg_class r ON r.oid = t.typrelid \
    WHERE (t.typtype IN ('e', 'd', 'r') OR r.relkind = 'c') AND NOT EXISTS \
      (SELECT FROM pg_depend d WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e') \
    UNION ALL SELECT p.pronamespace, p.proname::text, format('(%s)', pg_get_function_identity_arguments(p.oid)), 'ROUTINE' \
    FROM pg_proc p WHERE NOT EXISTS \
      (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype IN ('e', 'i'))";

/// Objects that stand in no schema or are dropped by their identity.
const OTHERS: &str = "\
    SELECT 'pg_publication'::regclass AS class, oid FROM pg_publication \
    UNION ALL SELECT 'pg_foreign_data_wrapper'::regclass, oid FROM pg_foreign_data_wrapper \
    UNION ALL SELECT 'pg_cast'::regclass, oid FROM pg_cast \
    UNION ALL SELECT 'pg_collation'::regclass, oid FROM pg_collation \
    UNION ALL SELECT 'pg_conversion'::regclass, oid FROM pg_conversion \
    UNION ALL SELECT 'pg_ts_config'::regclass, oid FROM pg_ts_config \
    UNION ALL SELECT 'pg_ts_dict'::regclass, oid FROM pg_ts_dict \
    UNION ALL SELECT 'pg_operator'::regclass, oid FROM pg_operator \
    UNION ALL SELECT 'pg_opclass'::regclass, oid FROM pg_opclass \
    UNION ALL SELECT 'pg_opfamily'::regclass, oid FROM pg_opfamily \
    UNION ALL SELECT 'pg_language'::regclass, oid FROM pg_language \
    UNION ALL SELECT 'pg_am'::regclass, oid FROM pg_am";

impl Drop for LentDatabase {
    fn drop(&mut self) {
        if let Some(kept) = self.kept.take() {
            self.session.set_control(Control::default());
            // Where this fails, the marker stays, and the next revgraph clears the database.
            let _ = self.clear(&kept);
        }
    }
}
