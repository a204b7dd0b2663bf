//! A new database that takes the place of another by its name. The old one stays, under another name.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, Nullable, Text};

use super::super::{BackendError, Control, DatabaseError, UnreachableKind};
use super::connect::connect;
use super::errors::failed;
use super::identity::Identity;
use super::properties::Properties;
use super::scratch::drop_database;
use super::{Session, TemporaryDatabase};
use crate::config::PostgresUrl;
use crate::sql::Dialect;

/// Databases that every server has, to be connected to while others get other names.
const MAINTENANCE: [&str; 2] = ["postgres", "template1"];
/// What the comment of a database begins with whose place was taken: [`kept_comment`] has the rest.
const KEPT: &str = "revgraph: kept when a backup took the place of ";
/// `object_in_use`: somebody is connected.
const IN_USE: &str = "55006";
/// How often others are disconnected while the name changes, which takes at most five seconds.
const DISCONNECTED_EVERY: Duration = Duration::from_millis(50);
/// How often it is looked whether those who are connected have gone.
const LOOKS: u32 = 20;

/// A database that is being filled, and has no name of its own yet. Dropped, it is gone, and the other one as it was.
pub struct Replacement {
    temporary: TemporaryDatabase,
    url: PostgresUrl,
    /// The database whose name it is to have.
    name: String,
    /// What the server keeps of that one; none where there is none.
    properties: Option<Properties>,
    /// Scratch databases that killed processes had left, and that were dropped.
    pub dropped: Vec<String>,
}

/// A database whose place another one took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The database's name now.
    pub name: String,
    /// When its place was taken, as RFC 3339 in UTC.
    pub since: String,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Nullable<Text>)]
    text: Option<String>,
}

fn lines(session: &mut Session, sql: &str, name: &str) -> Result<Vec<String>, BackendError> {
    let found: QueryResult<Vec<Line>> = sql_query(sql).bind::<Text, _>(name).load(session);
    let found = found.map_err(|error| failed(session, error))?;
    Ok(found.into_iter().filter_map(|line| line.text).collect())
}

fn quote(name: &str) -> String {
    Dialect::Postgres.quote_identifier(name)
}

/// The name of the database that a URL leads to: what it says itself, or where it is not there, the URL.
///
/// # Errors
/// [`BackendError::Unreachable`] where the server is not reached, or a URL without a database leads to none.
pub fn name_of(url: &PostgresUrl, control: &Control) -> Result<String, BackendError> {
    match (connect(url, control), url.database()) {
        (Ok(mut session), _) => {
            let sql = "SELECT pg_catalog.current_database()::text AS text WHERE $1 <> ''";
            let names = lines(&mut session, sql, "-")?;
            Ok(names.into_iter().next().unwrap_or_default())
        }
        (Err(BackendError::Unreachable { kind: UnreachableKind::NoSuchDatabase, .. }), Some(name)) => {
            Ok(name.to_owned())
        }
        (Err(error), _) => Err(error),
    }
}

/// A connection to the server that stands in nobody's way when the database `name` gets another name.
fn connect_beside(url: &PostgresUrl, name: &str, control: &Control) -> Result<Session, BackendError> {
    let mut first = None;
    for database in MAINTENANCE.iter().filter(|database| **database != name) {
        match connect(&url.with_database(database), control) {
            Ok(session) => return Ok(session),
            Err(error) => first = first.or(Some(error)),
        }
    }
    Err(first.unwrap_or_else(|| {
        let message = format!("the server has no database beside {name} to connect to");
        DatabaseError { message, ..DatabaseError::default() }.into()
    }))
}

impl Replacement {
    /// Makes the new database on the server of `url`, with what the server keeps of the one that is there.
    ///
    /// # Errors
    /// [`BackendError::Unreachable`], [`BackendError::InUse`] where others are connected to the one that is there and
    /// are not to be disconnected, and the database's where it may not be made.
    pub fn create(url: &PostgresUrl, disconnect: bool, control: &Control) -> Result<Self, BackendError> {
        let name = name_of(url, control)?;
        let mut keeper = connect_beside(url, &name, control)?;
        let properties = Properties::read(&mut keeper, &name)?;
        if properties.is_some() && !disconnect {
            refuse_users(&mut keeper, &name)?;
        }
        let options = properties.as_ref().map(Properties::options).unwrap_or_default();
        let like = properties.is_some().then_some(name.as_str());
        let (temporary, dropped) = TemporaryDatabase::create_like(keeper, url, like, &options)?;
        Ok(Self { temporary, url: url.clone(), name, properties, dropped })
    }

    /// The URL of the new database, until it has the name of the one it replaces.
    #[must_use]
    pub fn url(&self) -> PostgresUrl {
        self.url.with_database(self.temporary.name())
    }

    /// What a connection to the new database has to prove.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        self.temporary.identity()
    }

    /// The name that the new database is to have.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Those of these roles that the server does not have, in their order.
    ///
    /// # Errors
    /// The database's.
    pub fn missing_roles(&mut self, roles: &[&str]) -> Result<Vec<String>, BackendError> {
        let sql = "SELECT name AS text FROM unnest($1) WITH ORDINALITY AS asked(name, place) \
                   WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = name) ORDER BY place";
        let keeper = self.temporary.keeper();
        let found: QueryResult<Vec<Line>> = sql_query(sql).bind::<Array<Text>, _>(roles).load(keeper);
        let found = found.map_err(|error| failed(keeper, error))?;
        Ok(found.into_iter().filter_map(|line| line.text).collect())
    }

    /// Gives the new database the name of the one it replaces, and that one, where it is there, the name `kept`, in one
    /// transaction. Whether it was there. Where `disconnect` says so, others are disconnected from it.
    ///
    /// # Errors
    /// [`BackendError::InUse`], and the database's; nothing has then changed.
    pub fn take_place(mut self, kept: &str, since: &str, disconnect: bool) -> Result<bool, BackendError> {
        let statements = self.swap(kept, since);
        let was_there = self.properties.is_some();
        let control = self.temporary.keeper().control().clone();
        let mut other = if was_there && disconnect {
            Some(connect_beside(&self.url, &self.name, &control)?)
        } else {
            None
        };
        let name = self.name.clone();
        let done = AtomicBool::new(false);
        let keeper = self.temporary.keeper();
        std::thread::scope(|scope| {
            if let Some(session) = &mut other {
                scope.spawn(|| disconnect_until(session, &name, &done));
            }
            let swapped = keeper.run_batch(&statements);
            done.store(true, Ordering::SeqCst);
            swapped
        })
        .map_err(|error| {
            if keeper.transaction_status() != super::TransactionStatus::Idle {
                let _ = keeper.run_batch("ROLLBACK");
            }
            let error = DatabaseError::from(error);
            match refuse_users(keeper, &name) {
                Err(in_use @ BackendError::InUse { .. }) if error.sqlstate.as_deref() == Some(IN_USE) => {
                    in_use
                }
                _ => error.into(),
            }
        })?;
        Ok(was_there)
    }

    fn swap(&self, kept: &str, since: &str) -> String {
        let (name, new) = (quote(&self.name), quote(self.temporary.name()));
        let mut statements = vec!["BEGIN".to_owned()];
        if let Some(properties) = &self.properties {
            let comment = kept_comment(&self.name, since, properties.comment());
            let comment = Dialect::Postgres.quote_literal(&comment);
            statements.push(format!("ALTER DATABASE {name} RENAME TO {}", quote(kept)));
            statements.push(format!("COMMENT ON DATABASE {} IS {comment}", quote(kept)));
        }
        statements.push(format!("ALTER DATABASE {new} RENAME TO {name}"));
        match &self.properties {
            Some(properties) => statements.extend(properties.statements(&self.name)),
            None => statements.push(format!("COMMENT ON DATABASE {name} IS NULL")),
        }
        statements.push("COMMIT".to_owned());
        statements.join(";\n")
    }
}

/// The mark of a database that was kept: whose place was taken, and when; then the comment that it had.
fn kept_comment(name: &str, since: &str, comment: Option<&str>) -> String {
    let own = comment.map(|comment| format!("\n{comment}")).unwrap_or_default();
    format!("{KEPT}{name} at {since}; revgraph restore --drop-old drops it{own}")
}

/// Refuses where others are connected to a database, or have a prepared transaction in it. Who has just gone may be
/// there for a moment.
fn refuse_users(session: &mut Session, name: &str) -> Result<(), BackendError> {
    let cancellation = session.control().cancellation().clone();
    let mut by = users(session, name)?;
    for _ in 0..LOOKS {
        if by.is_empty() {
            return Ok(());
        }
        cancellation.sleep(DISCONNECTED_EVERY)?;
        by = users(session, name)?;
    }
    Err(BackendError::InUse { database: name.to_owned(), by })
}

/// Who is connected to a database, or has a prepared transaction in it, for people.
fn users(session: &mut Session, name: &str) -> Result<Vec<String>, BackendError> {
    let sql = "SELECT format('%s%s%s (pid %s)', usename, \
               CASE WHEN application_name <> '' THEN ' with ' || application_name END, \
               ' from ' || client_addr, pid) AS text FROM pg_catalog.pg_stat_activity \
               WHERE datname = $1 AND pid <> pg_backend_pid() \
               AND coalesce(backend_type, '') NOT IN ('autovacuum worker', 'parallel worker') ORDER BY pid";
    let mut by = lines(session, sql, name)?;
    let sql = "SELECT 'the prepared transaction ' || gid AS text FROM pg_catalog.pg_prepared_xacts \
               WHERE database = $1 ORDER BY gid";
    by.extend(lines(session, sql, name)?);
    Ok(by)
}

/// Ends the sessions of others in a database, also those that begin meanwhile.
fn disconnect_until(session: &mut Session, name: &str, done: &AtomicBool) {
    let sql = "SELECT pg_catalog.pg_terminate_backend(pid)::text AS text FROM pg_catalog.pg_stat_activity \
               WHERE datname = $1 AND pid <> pg_backend_pid()";
    while !done.load(Ordering::SeqCst) {
        // Who may not end them finds them connected.
        let _ = lines(session, sql, name);
        std::thread::sleep(DISCONNECTED_EVERY);
    }
}

/// The databases of the server whose place was taken by one that has the name of the URL's, the oldest first.
///
/// # Errors
/// [`BackendError::Unreachable`], and the database's.
pub fn kept(url: &PostgresUrl, control: &Control) -> Result<Vec<Kept>, BackendError> {
    let name = name_of(url, control)?;
    let mut session = connect_beside(url, &name, control)?;
    let begins = format!("{KEPT}{name} at ");
    let sql = "SELECT datname || E'\\n' || substr(shobj_description(oid, 'pg_database'), length($1) + 1) AS text \
               FROM pg_catalog.pg_database WHERE starts_with(shobj_description(oid, 'pg_database'), $1) ORDER BY 1";
    let mut kept: Vec<Kept> = lines(&mut session, sql, &begins)?
        .iter()
        .filter_map(|line| line.split_once('\n'))
        .map(|(name, rest)| {
            let since = rest.split(';').next().unwrap_or_default();
            Kept { name: name.to_owned(), since: since.to_owned() }
        })
        .collect();
    kept.sort_by(|one, other| (&one.since, &one.name).cmp(&(&other.since, &other.name)));
    Ok(kept)
}

/// Drops a database that [`kept`] has named; who is connected to it is disconnected where `disconnect` says so.
///
/// # Errors
/// [`BackendError::InUse`], [`BackendError::Unreachable`], and the database's.
pub fn drop_kept(
    url: &PostgresUrl,
    kept: &Kept,
    disconnect: bool,
    control: &Control,
) -> Result<(), BackendError> {
    let mut session = connect_beside(url, &kept.name, control)?;
    if !disconnect {
        refuse_users(&mut session, &kept.name)?;
    }
    drop_database(&mut session, &kept.name)
}
