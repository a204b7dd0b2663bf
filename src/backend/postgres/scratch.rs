//! Temporary databases beside the configured one, and what tells a live one from one that was left behind.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Bool, Integer, Nullable, Text};
use sha2::{Digest, Sha256};

use super::super::{BackendError, Control, DatabaseError};
use super::Session;
use super::connect::connect;
use super::errors::failed;
use super::identity::{Identity, Mark};
use super::scratch_release;
use crate::config::PostgresUrl;
use crate::hex;
use crate::sql::Dialect;

/// What every scratch database's name begins with; [`unique`] follows.
const PREFIX: &str = "revgraph_scratch_";
/// The names of scratch databases, as a regular expression of PostgreSQL's.
const NAMES: &str = "^revgraph_scratch_[0-9a-f]{20}$";
/// What the comment of every scratch database begins with; [`unique`] follows. A database without it was made by
/// somebody else, whatever its name is.
const COMMENT: &str = "revgraph scratch database, to be dropped: ";
/// How the name of the application begins in the settings of a scratch database that has been given its settings; the number
/// of the transaction that wrote them follows. So it can be told that a script has written some, be they the same.
pub(super) const SETTLED: &str = "revgraph scratch work, settings of ";
/// PostgreSQL 13, the first whose `DROP DATABASE` can end the sessions of the database.
const VERSION_13: i32 = 130_000;
/// PostgreSQL 15, the first whose databases can have a locale provider.
const VERSION_15: i32 = 150_000;
/// PostgreSQL 17, which calls the column of the provider's locale otherwise.
const VERSION_17: i32 = 170_000;

/// A temporary database, dropped when this is. Whatever is connected to it then is disconnected.
///
/// A session stays connected to the database that it was made beside, and holds a lock that tells others that it is in use.
pub struct TemporaryDatabase {
    keeper: Session,
    /// Of a database of the same server.
    url: Box<PostgresUrl>,
    identity: Identity,
}

#[derive(QueryableByName)]
struct Locale {
    #[diesel(sql_type = Text)]
    encoding: String,
    #[diesel(sql_type = Text)]
    collate: String,
    #[diesel(sql_type = Text)]
    ctype: String,
    #[diesel(sql_type = Text)]
    provider: String,
    #[diesel(sql_type = Nullable<Text>)]
    provider_locale: Option<String>,
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

#[derive(QueryableByName)]
struct Abandoned {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    comment: String,
}

#[derive(QueryableByName)]
struct Answer {
    #[diesel(sql_type = Bool)]
    yes: bool,
}

impl TemporaryDatabase {
    /// Makes a database on the server of `beside`, with its encoding, locale and settings, and nothing in it but
    /// these schemas. What killed processes have left on the server is dropped first.
    ///
    /// # Errors
    /// [`BackendError::Unreachable`], [`BackendError::OtherDatabase`], and the database's where it may not be made.
    pub fn create(beside: &PostgresUrl, schemas: &[&str], control: &Control) -> Result<Self, BackendError> {
        let mut keeper = connect(beside, control)?;
        drop_abandoned(&mut keeper, beside)?;
        let locale = locale(&mut keeper, None)?;
        let mut made = Self::made(keeper, beside, |name| create_statement(name, &locale))?;
        made.settle()?;
        made.make_schemas(beside, schemas)?;
        Ok(made)
    }

    /// Makes a copy of it, to which nobody may be connected. The settings of the database are those of `beside`.
    ///
    /// # Errors
    /// Those of [`TemporaryDatabase::create`].
    pub fn copy(&self, beside: &PostgresUrl, control: &Control) -> Result<Self, BackendError> {
        let quote = |name: &str| Dialect::Postgres.quote_identifier(name);
        let template = quote(self.name());
        let statement = |name: &str| format!("CREATE DATABASE {} TEMPLATE {template}", quote(name));
        let mut made = Self::made(connect(beside, control)?, beside, statement)?;
        made.settle()?;
        Ok(made)
    }

    /// Makes an empty database with the encoding and locale of the database `like` on the server, where one is named,
    /// and with `options` behind its `CREATE DATABASE`. `keeper` is connected to neither, and `url` leads to the
    /// server. What killed processes have left on the server is dropped first; its names are returned.
    ///
    /// # Errors
    /// The server's, where it does not make or mark the database.
    pub(super) fn create_like(
        mut keeper: Session,
        url: &PostgresUrl,
        like: Option<&str>,
        options: &str,
    ) -> Result<(Self, Vec<String>), BackendError> {
        let dropped = drop_abandoned(&mut keeper, url)?;
        let locale = like.map(|name| locale(&mut keeper, Some(name))).transpose()?;
        let statement = |name: &str| {
            let plain =
                || format!("CREATE DATABASE {} TEMPLATE template0", Dialect::Postgres.quote_identifier(name));
            let create = locale.as_ref().map_or_else(plain, |locale| create_statement(name, locale));
            format!("{create}{options}")
        };
        Ok((Self::made(keeper, url, statement)?, dropped))
    }

    /// The session that stays connected to another database of the server for as long as the scratch database is there.
    pub(super) fn keeper(&mut self) -> &mut Session {
        &mut self.keeper
    }

    /// Makes a database of a new name with the statement for that name, and marks it.
    fn made(
        mut keeper: Session,
        url: &PostgresUrl,
        statement: impl Fn(&str) -> String,
    ) -> Result<Self, BackendError> {
        let name = format!("{PREFIX}{}", unique()?);
        lock(&mut keeper, &name)?;
        let comment = format!("{COMMENT}{}", unique()?);
        keeper.run_batch(&statement(&name))?;
        let mark = comment_statement(&name, &comment);
        if let Err(error) = keeper.run_batch(&mark) {
            // It was made by the statement before; without a mark nobody else will drop it.
            let _ = drop_database(&mut keeper, &name);
            return Err(error.into());
        }
        let identity = Identity { database: name, mark: Mark::Comment(comment) };
        Ok(Self { keeper, url: Box::new(url.clone()), identity })
    }

    /// The name of the scratch database.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.identity.database
    }

    /// What a connection to the scratch database has to prove.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    fn make_schemas(&self, beside: &PostgresUrl, schemas: &[&str]) -> Result<(), BackendError> {
        if schemas.is_empty() {
            return Ok(());
        }
        let url = beside.with_database(self.name());
        let mut session = self.identity.connect(&url, self.keeper.control())?;
        for schema in schemas {
            let schema = Dialect::Postgres.quote_identifier(schema);
            session.run_batch(&format!("CREATE SCHEMA IF NOT EXISTS {schema}"))?;
        }
        Ok(())
    }

    /// Gives it the settings of the database that it was made beside. What may not be set is left out.
    fn settle(&mut self) -> Result<(), BackendError> {
        let database = Dialect::Postgres.quote_identifier(&self.identity.database);
        // A scratch database need not survive a crash of the server.
        self.keeper.run_batch(&format!("ALTER DATABASE {database} SET synchronous_commit = off"))?;
        let sql = "SELECT split_part(setting, '=', 1) AS name FROM pg_db_role_setting s \
                   CROSS JOIN unnest(s.setconfig) AS setting \
                   WHERE s.setrole = 0 AND s.setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())";
        let settings: Vec<Name> =
            sql_query(sql).load(&mut self.keeper).map_err(|error| failed(&self.keeper, error))?;
        for setting in &settings {
            let name = Dialect::Postgres.quote_identifier(&setting.name);
            // The keeper's session has begun with the settings of its database.
            let _ = self.keeper.run_batch(&format!("ALTER DATABASE {database} SET {name} FROM CURRENT"));
        }
        // Where it is one of them, it stays.
        if settings.iter().any(|setting| setting.name == "application_name") {
            return Ok(());
        }
        self.keeper.run_batch("BEGIN")?;
        let sql = "SELECT pg_current_xact_id()::xid::text AS name";
        let transaction: Name =
            sql_query(sql).get_result(&mut self.keeper).map_err(|error| failed(&self.keeper, error))?;
        let settled = Dialect::Postgres.quote_literal(&format!("{SETTLED}{}", transaction.name));
        self.keeper
            .run_batch(&format!("ALTER DATABASE {database} SET application_name = {settled}; COMMIT"))?;
        Ok(())
    }
}

impl Drop for TemporaryDatabase {
    fn drop(&mut self) {
        self.keeper.set_control(Control::default());
        // Where this fails, the lock goes with the keeper, and the next revgraph drops the database.
        let _ = drop_scratch(&mut self.keeper, &self.url, &self.identity);
    }
}

/// The comment is kept with the name of the database, outside of it, so that a dump or a copy does not take it along.
fn comment_statement(name: &str, comment: &str) -> String {
    let (name, comment) =
        (Dialect::Postgres.quote_identifier(name), Dialect::Postgres.quote_literal(comment));
    format!("COMMENT ON DATABASE {name} IS {comment}")
}

/// Takes the lock of a scratch database that is about to be made.
fn lock(keeper: &mut Session, name: &str) -> Result<(), BackendError> {
    lock_here(keeper, key(name))
}

/// Takes the advisory lock `key`, which nobody else has, and which lasts as long as the session.
///
/// # Errors
/// [`BackendError`] where it is not had, as behind a pooler, and the database's.
pub(super) fn lock_here(session: &mut Session, key: i64) -> Result<(), BackendError> {
    // A pooler shows in a process id other than the one that the connection began with.
    let sql =
        "SELECT coalesce(CASE WHEN pg_backend_pid() = $2 THEN pg_try_advisory_lock($1) END, false) AS yes";
    let locked = sql_query(sql)
        .bind::<BigInt, _>(key)
        .bind::<Integer, _>(session.backend_pid())
        .get_result::<Answer>(session);
    if locked.map_err(|error| failed(session, error))?.yes {
        return Ok(());
    }
    let message =
        "a scratch database needs a connection to the server itself, past the connection pooler".to_owned();
    Err(DatabaseError { message, ..DatabaseError::default() }.into())
}

/// Drops the scratch databases whose lock nobody holds. Those that this role may not drop are left, and so is what
/// only looks like one: a name that is not generated, or no mark of revgraph's. The names of those that were dropped.
fn drop_abandoned(keeper: &mut Session, url: &PostgresUrl) -> Result<Vec<String>, BackendError> {
    let sql = "SELECT d.datname::text AS name, shobj_description(d.oid, 'pg_database') AS comment FROM pg_database d WHERE d.datname ~ $1 \
               AND starts_with(shobj_description(d.oid, 'pg_database'), $2) \
               AND pg_has_role(d.datdba, 'MEMBER') ORDER BY d.datname";
    let found: Vec<Abandoned> = sql_query(sql)
        .bind::<Text, _>(NAMES)
        .bind::<Text, _>(COMMENT)
        .load(keeper)
        .map_err(|error| failed(keeper, error))?;
    let mut dropped = Vec::new();
    for Abandoned { name, comment } in found {
        if is_in_use(keeper, &name)? {
            continue;
        }
        let identity = Identity { database: name, mark: Mark::Comment(comment) };
        // Where it fails another revgraph may be dropping it at the same time.
        if drop_scratch(keeper, url, &identity).is_ok() {
            dropped.push(identity.database);
        }
    }
    Ok(dropped)
}

/// Whether a session on the server holds the lock of a scratch database. Of whichever database its keeper is:
/// `pg_locks` shows all.
fn is_in_use(session: &mut Session, name: &str) -> Result<bool, BackendError> {
    let sql = "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1 \
               AND ((classid::bigint << 32) | objid::bigint) = $1) AS yes";
    let answer = sql_query(sql).bind::<BigInt, _>(key(name)).get_result::<Answer>(session);
    answer.map(|answer| answer.yes).map_err(|error| failed(session, error))
}

/// Drops a scratch database, whatever a script has left in it that keeps it.
fn drop_scratch(keeper: &mut Session, url: &PostgresUrl, identity: &Identity) -> Result<(), BackendError> {
    if drop_database(keeper, &identity.database).is_err() {
        scratch_release::release(keeper, url, identity)?;
        drop_database(keeper, &identity.database)?;
    }
    Ok(())
}

/// Drops a database, whoever is connected to it, where it is there.
///
/// # Errors
/// The database's.
pub(super) fn drop_database(session: &mut Session, name: &str) -> Result<(), BackendError> {
    let quoted = Dialect::Postgres.quote_identifier(name);
    if session.server_version() >= VERSION_13 {
        session.run_batch(&format!("DROP DATABASE IF EXISTS {quoted} WITH (FORCE)"))?;
        return Ok(());
    }
    let literal = Dialect::Postgres.quote_literal(name);
    session.run_batch(&format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {literal}"
    ))?;
    session.run_batch(&format!("DROP DATABASE IF EXISTS {quoted}"))?;
    Ok(())
}

/// The locale of a database of the server; without a name, of the one that the session is connected to.
fn locale(session: &mut Session, database: Option<&str>) -> Result<Locale, BackendError> {
    let (provider, provider_locale) = match session.server_version() {
        ..VERSION_15 => ("'c'", "NULL"),
        VERSION_15..VERSION_17 => ("datlocprovider::text", "daticulocale::text"),
        _ => ("datlocprovider::text", "datlocale::text"),
    };
    let sql = format!(
        "SELECT pg_encoding_to_char(encoding)::text AS encoding, datcollate::text AS collate, datctype::text AS ctype, \
         {provider} AS provider, {provider_locale} AS provider_locale \
         FROM pg_database WHERE datname = coalesce($1, current_database())"
    );
    let found = sql_query(sql).bind::<Nullable<Text>, _>(database).get_result(session);
    found.map_err(|error| failed(session, error))
}

fn create_statement(name: &str, locale: &Locale) -> String {
    let literal = |text: &str| Dialect::Postgres.quote_literal(text);
    let mut sql = format!(
        "CREATE DATABASE {} TEMPLATE template0 ENCODING {} LC_COLLATE {} LC_CTYPE {}",
        Dialect::Postgres.quote_identifier(name),
        literal(&locale.encoding),
        literal(&locale.collate),
        literal(&locale.ctype)
    );
    let provider = match locale.provider.as_str() {
        "i" => Some(("icu", "ICU_LOCALE")),
        "b" => Some(("builtin", "BUILTIN_LOCALE")),
        _ => None,
    };
    if let (Some((provider, keyword)), Some(of_provider)) = (provider, &locale.provider_locale) {
        sql.push_str(&format!(" LOCALE_PROVIDER {provider} {keyword} {}", literal(of_provider)));
    }
    sql
}

/// The number under which the advisory lock for `name` is had: the first eight bytes of its SHA-256.
pub(super) fn key(name: &str) -> i64 {
    let digest = Sha256::digest(name.as_bytes());
    digest.iter().take(8).fold(0_i64, |key, byte| (key << 8) | i64::from(*byte))
}

/// Twenty hexadecimal digits that no other process draws: 80 random bits.
///
/// # Errors
/// [`BackendError`] where the system has no random numbers.
pub(super) fn unique() -> Result<String, BackendError> {
    let mut bytes = [0; 10];
    getrandom::fill(&mut bytes).map_err(|error| {
        let message = format!("the system has no random numbers: {error}");
        DatabaseError { message, ..DatabaseError::default() }
    })?;
    Ok(hex::encode(bytes))
}
