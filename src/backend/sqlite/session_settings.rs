//! What a script sets or makes for its connection alone, such as `PRAGMA legacy_alter_table` or a temporary table, put
//! back and taken away behind it: the next revision finds what it would find alone, and the bookkeeping can write.

use std::collections::BTreeSet;

use rusqlite::Connection;
use rusqlite::types::Value;

use crate::sql::{Dialect, Statement};

/// The pragma whose value is told by what it does.
const CASE_SENSITIVE_LIKE: &str = "case_sensitive_like";
/// A property of the file where it is `wal`, else of the connection.
const JOURNAL_MODE: &str = "journal_mode";
/// Enforcement of foreign keys is kept elsewhere.
const FOREIGN_KEYS: &str = "foreign_keys";

/// A script with it may have written into the schema table what this connection does not see until it reads it anew: that
/// the bookkeeping is gone, say.
const WRITABLE_SCHEMA: &str = "writable_schema";
const READ_SCHEMA_ANEW: &str = "RESET";

/// The functions that tell of the last statement that wrote rows.
const OF_LAST_WRITE: [&str; 2] = ["last_insert_rowid", "changes"];
/// Afterwards they tell what they tell everybody else: a rollback takes back the row, and not that it was the last.
const FORGET_LAST_WRITE: &str = "SAVEPOINT revgraph_forget; CREATE TEMP TABLE revgraph_forget (x); \
    INSERT INTO temp.revgraph_forget (rowid, x) VALUES (0, 0); ROLLBACK TO revgraph_forget; RELEASE revgraph_forget";

/// What a script is about to change of its connection, as it is before.
pub(super) struct SessionSettings {
    values: Vec<(String, Value)>,
    /// The temporary objects; none where the script makes none.
    temporary: Option<BTreeSet<TemporaryObject>>,
    /// The attached databases; none where the script attaches none.
    attached: Option<BTreeSet<String>>,
}

/// Kind and name of a temporary object. By kind, triggers and views come last.
type TemporaryObject = (String, String);

impl SessionSettings {
    /// Reads what the statements will set, and what is there of what they may make. What they may ask for of the last
    /// statement before them is forgotten.
    ///
    /// # Errors
    /// SQLite's.
    pub(super) fn before(connection: &Connection, statements: &[Statement<'_>]) -> rusqlite::Result<Self> {
        let asks = |statement: &Statement<'_>| OF_LAST_WRITE.iter().any(|name| statement.mentions_name(name));
        if statements.iter().any(asks) {
            connection.execute_batch(FORGET_LAST_WRITE)?;
        }
        let mut names: Vec<String> = statements
            .iter()
            .filter_map(Statement::pragma)
            .filter(|pragma| pragma.sets_connection() && pragma.name != FOREIGN_KEYS)
            .map(|pragma| pragma.name)
            .collect();
        names.sort();
        names.dedup();
        let mut values = Vec::with_capacity(names.len());
        for name in names {
            if let Some(value) = value(connection, &name)? {
                values.push((name, value));
            }
        }
        let makes_temporary = statements.iter().any(Statement::mentions_temporary_objects);
        let temporary = makes_temporary.then(|| temporary_objects(connection)).transpose()?;
        let attaches = statements.iter().any(Statement::attaches);
        let attached = attaches.then(|| attached(connection)).transpose()?;
        Ok(Self { values, temporary, attached })
    }

    /// Puts back what has changed, and drops what has been made. The names of databases that have been attached are
    /// returned: they can be detached once the transaction has ended.
    ///
    /// # Errors
    /// SQLite's.
    pub(super) fn restore(&self, connection: &Connection) -> rusqlite::Result<Vec<String>> {
        for (name, before) in &self.values {
            if name == WRITABLE_SCHEMA {
                connection.pragma_update(None, name, READ_SCHEMA_ANEW)?;
            }
            match value(connection, name)? {
                // Switching to a write-ahead log, or back, changes the file.
                Some(Value::Text(now)) if name == JOURNAL_MODE && (now == "wal" || is_wal(before)) => {}
                now if now.as_ref() != Some(before) => connection.pragma_update(None, name, before)?,
                _ => {}
            }
        }
        if let Some(before) = &self.temporary {
            drop_others(connection, before)?;
        }
        let Some(before) = &self.attached else { return Ok(Vec::new()) };
        Ok(attached(connection)?.difference(before).cloned().collect())
    }
}

/// Detaches the databases that scripts have attached; a name leaves `names` once its database is gone.
///
/// # Errors
/// SQLite's, of the first that cannot be detached.
pub(super) fn detach(connection: &Connection, names: &mut Vec<String>) -> rusqlite::Result<()> {
    while let Some(name) = names.last() {
        connection.execute_batch(&format!("DETACH {}", Dialect::Sqlite.quote_identifier(name)))?;
        names.pop();
    }
    Ok(())
}

fn is_wal(mode: &Value) -> bool {
    matches!(mode, Value::Text(mode) if mode == "wal")
}

fn value(connection: &Connection, name: &str) -> rusqlite::Result<Option<Value>> {
    if name == CASE_SENSITIVE_LIKE {
        return connection.query_row("SELECT NOT 'a' LIKE 'A'", [], |row| row.get(0)).map(Some);
    }
    match connection.pragma_query_value(None, name, |row| row.get(0)) {
        Ok(value) => Ok(Some(value)),
        Err(rusqlite::Error::QueryReturnedNoRows) => Ok(None),
        Err(error) => Err(error),
    }
}

fn temporary_objects(connection: &Connection) -> rusqlite::Result<BTreeSet<TemporaryObject>> {
    let sql = "SELECT type, name FROM sqlite_temp_schema WHERE type <> 'index' \
               AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
    let mut statement = connection.prepare(sql)?;
    let objects = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    objects.collect()
}

/// Drops all temporary objects but those of before. Some go with others, or not before them: the tables behind a virtual
/// table are its own.
fn drop_others(connection: &Connection, before: &BTreeSet<TemporaryObject>) -> rusqlite::Result<()> {
    loop {
        let now = temporary_objects(connection)?;
        let mut refused = None;
        let mut dropped = false;
        for (kind, name) in now.iter().rev().filter(|object| !before.contains(*object)) {
            let name = Dialect::Sqlite.quote_identifier(name);
            match connection.execute_batch(&format!("DROP {kind} IF EXISTS temp.{name}")) {
                Ok(()) => dropped = true,
                Err(error) => refused = Some(error),
            }
        }
        match refused {
            Some(error) if !dropped => return Err(error),
            Some(_) => {}
            None => return Ok(()),
        }
    }
}

fn attached(connection: &Connection) -> rusqlite::Result<BTreeSet<String>> {
    let mut statement = connection.prepare("SELECT name FROM pragma_database_list")?;
    let names = statement.query_map([], |row| row.get(0))?;
    names.collect()
}
