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
    /// The connection's setting before the run.
    setting: Option<bool>,
    /// The `data_version` for which the rest holds: SQLite changes it when another connection has committed.
    surveyed_at: Option<i64>,
    /// Whether any table may have a key. Without one there is nothing to check, however large the schema.
    may_exist: bool,
    /// Rows that pointed nowhere before: not this run's doing.
    known: Violations,
}

impl ForeignKeys {
    /// Switches enforcement off for a run. Outside a transaction: inside one SQLite ignores it.
    pub(super) fn switch_off(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        self.setting = Some(connection.pragma_query_value(None, "foreign_keys", |row| row.get(0))?);
        connection.pragma_update(None, "foreign_keys", false)
    }

    /// Finds out what keys there are, unless it is known from the revision before: a look at every table for
    /// every revision would make a run's cost grow with the square of its length.
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
        *self = Self { setting: self.setting, may_exist: true, ..Self::default() };
    }

    /// Forgets what a survey found: a revision has been rolled back.
    pub(super) fn forget(&mut self) {
        self.surveyed_at = None;
    }

    /// Puts the setting back.
    pub(super) fn restore(&mut self, connection: &Connection) {
        if let Some(setting) = self.setting.take() {
            // The connection ends with the run; a failure here can harm nobody.
            let _ = connection.pragma_update(None, "foreign_keys", setting);
        }
    }

    /// Takes note of a script that is about to run.
    pub(super) fn expect(&mut self, script: &str) {
        self.may_exist =
            self.may_exist || WORDS_THAT_MAY_ADD_KEYS.iter().any(|word| contains_word(script, word));
    }

    /// The rows that point nowhere and did not before. Where there are none, what is there now becomes known.
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
    script.as_bytes().windows(word.len()).any(|window| window.eq_ignore_ascii_case(word.as_bytes()))
}
