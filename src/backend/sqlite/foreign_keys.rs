//! Foreign keys while a revision runs: off, so that rebuilding a table deletes no rows elsewhere, and checked
//! before its commit.

use std::collections::BTreeMap;

use rusqlite::Connection;

use super::super::ForeignKeyViolation;

/// Words of a script without which it cannot bring a first foreign key into a schema.
const WORDS_THAT_MAY_ADD_KEYS: [&str; 2] = ["REFERENCES", "writable_schema"];

type Violations = BTreeMap<(String, String, i64), usize>;

/// What is known of a database's foreign keys during a run.
#[derive(Default)]
pub(super) struct ForeignKeys {
    /// Whether the connection is a program's, which finds its setting again after every revision.
    is_lent: bool,
    /// The connection's setting before it was switched off; none while it is not.
    setting: Option<bool>,
    /// The `data_version` for which the rest holds: SQLite changes it when another connection has committed.
    surveyed_at: Option<i64>,
    /// Whether any table may have a key. Without one there is nothing to check, however large the schema.
    may_exist: bool,
    /// Rows that pointed nowhere before: not this run's doing.
    known: Violations,
}

impl ForeignKeys {
    /// The foreign keys of a connection that a program has opened.
    pub(super) fn of_lent_connection() -> Self {
        Self { is_lent: true, ..Self::default() }
    }

    /// Switches enforcement off for a revision, and keeps what was set before. To be called outside a transaction:
    /// inside one SQLite ignores it.
    ///
    /// # Errors
    /// SQLite's.
    pub(super) fn switch_off(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        if self.setting.is_none() {
            self.setting = Some(connection.pragma_query_value(None, "foreign_keys", |row| row.get(0))?);
            connection.pragma_update(None, "foreign_keys", false)?;
        }
        Ok(())
    }

    /// Finds out what keys there are, and which rows point nowhere, unless it is known from the revision before: a look
    /// at every table for every revision would make a run's cost grow with the square of its length.
    ///
    /// # Errors
    /// SQLite's.
    pub(super) fn survey(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let version = connection.pragma_query_value(None, "data_version", |row| row.get(0))?;
        if self.surveyed_at == Some(version) {
            return Ok(());
        }
        self.may_exist = connection.query_row(
            "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%references%')",
            [],
            |row| row.get(0),
        )?;
        self.known = if self.may_exist { violations(connection)? } else { Violations::new() };
        self.surveyed_at = Some(version);
        Ok(())
    }

    /// Takes every row that points nowhere for this run's doing: what was there before it began is not known.
    pub(super) fn suspect_all(&mut self) {
        *self = Self { is_lent: self.is_lent, setting: self.setting, may_exist: true, ..Self::default() };
    }

    /// Forgets what a survey found: a revision has been rolled back.
    pub(super) fn forget(&mut self) {
        self.surveyed_at = None;
    }

    /// Puts the setting back after a revision in a transaction, which cannot have changed it. revgraph's own connection
    /// ends with the run: there it stays switched off for the next revision.
    pub(super) fn restore(&mut self, connection: &Connection) {
        if self.is_lent {
            self.restore_whatever_it_is(connection);
        }
    }

    /// Puts the setting back after a script that may have changed it.
    pub(super) fn restore_whatever_it_is(&mut self, connection: &Connection) {
        if let Some(setting) = self.setting.take() {
            // Where it cannot be set, the connection is of no use to anybody.
            let _ = connection.pragma_update(None, "foreign_keys", setting);
        }
    }

    /// Takes note of the text of a script that is about to run: whether it may add foreign keys.
    pub(super) fn expect(&mut self, script: &str) {
        self.may_exist =
            self.may_exist || WORDS_THAT_MAY_ADD_KEYS.iter().any(|word| contains_word(script, word));
    }

    /// The foreign keys of which more rows point nowhere than before. Where there are none, what is there now becomes
    /// known.
    ///
    /// # Errors
    /// SQLite's.
    pub(super) fn check(&mut self, connection: &Connection) -> rusqlite::Result<Vec<ForeignKeyViolation>> {
        if !self.may_exist {
            return Ok(Vec::new());
        }
        let found = violations(connection)?;
        let new: Vec<ForeignKeyViolation> = found
            .iter()
            .filter_map(|(key, rows)| {
                let before = self.known.get(key).copied().unwrap_or(0);
                let (table, parent, number) = key;
                (*rows > before).then(|| ForeignKeyViolation {
                    table: table.clone(),
                    parent: parent.clone(),
                    key: *number,
                    rows: rows - before,
                })
            })
            .collect();
        if new.is_empty() {
            self.known = found;
        }
        Ok(new)
    }
}

fn violations(connection: &Connection) -> rusqlite::Result<Violations> {
    let mut statement = connection.prepare("PRAGMA foreign_key_check")?;
    let mut rows = statement.query([])?;
    let mut violations = Violations::new();
    while let Some(row) = rows.next()? {
        *violations.entry((row.get(0)?, row.get(2)?, row.get(3)?)).or_default() += 1;
    }
    Ok(violations)
}

/// Whether the word stands anywhere, comments and strings included: to look once too often does no harm.
fn contains_word(script: &str, word: &str) -> bool {
    let (script, word) = (script.as_bytes(), word.as_bytes());
    let Some(first) = word.first() else { return true };
    let begins = |byte: &u8| byte.eq_ignore_ascii_case(first);
    let mut rest = script;
    while let Some(start) = rest.iter().position(begins) {
        let (Some(candidate), Some(later)) = (rest.get(start..), rest.get(start + 1..)) else { return false };
        if candidate.get(..word.len()).is_some_and(|candidate| candidate.eq_ignore_ascii_case(word)) {
            return true;
        }
        rest = later;
    }
    false
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_word_is_found_as_in_windows(script in "[rReEfFx]{0,30}", word in "[ref]{1,4}") {
            let windows = script.to_lowercase().contains(&word);
            prop_assert_eq!(contains_word(&script, &word), windows);
        }
    }
}
