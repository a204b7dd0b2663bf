//! What a script sets for its connection, such as `PRAGMA legacy_alter_table`, put back behind it: the next revision
//! finds what it would find alone, and the bookkeeping can write.

use rusqlite::Connection;
use rusqlite::types::Value;

use crate::sql::Statement;

/// Pragmas that a script may set and that are not put back: enforcement of foreign keys is kept elsewhere, and the
/// journal mode is a property of the file where it is `wal`.
const KEPT: [&str; 2] = ["foreign_keys", "journal_mode"];

/// The settings that a script is about to change, as they are before it.
pub(super) struct SessionSettings(Vec<(String, Value)>);

impl SessionSettings {
    /// Reads what the statements will set. Of a pragma that tells nothing, such as `case_sensitive_like`, nothing can
    /// be put back.
    pub(super) fn before(connection: &Connection, statements: &[Statement<'_>]) -> rusqlite::Result<Self> {
        let mut names: Vec<String> = statements
            .iter()
            .filter_map(Statement::pragma)
            .filter(|pragma| pragma.sets_connection() && !KEPT.contains(&pragma.name.as_str()))
            .map(|pragma| pragma.name)
            .collect();
        names.sort();
        names.dedup();
        let mut settings = Vec::with_capacity(names.len());
        for name in names {
            if let Some(value) = value(connection, &name)? {
                settings.push((name, value));
            }
        }
        Ok(Self(settings))
    }

    /// Puts back what has changed.
    pub(super) fn restore(&self, connection: &Connection) -> rusqlite::Result<()> {
        for (name, before) in &self.0 {
            if value(connection, name)?.as_ref() != Some(before) {
                connection.pragma_update(None, name, before)?;
            }
        }
        Ok(())
    }
}

fn value(connection: &Connection, name: &str) -> rusqlite::Result<Option<Value>> {
    match connection.pragma_query_value(None, name, |row| row.get(0)) {
        Ok(value) => Ok(Some(value)),
        Err(rusqlite::Error::QueryReturnedNoRows) => Ok(None),
        Err(error) => Err(error),
    }
}
