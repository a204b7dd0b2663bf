//! What statements lose or ask of rows, counted where a database can be asked.

use serde::{Serialize, Serializer};

use super::counts::before_renames;
use super::decisions::value_count;
use super::names::Named;
use super::side::SideReader;
use super::text::in_words;
use crate::alter::{Remark, Rename, Statement};
use crate::backend::{self, Access, Backend};
use crate::catalog::{Catalog, ObjectKind, ObjectName};
use crate::sql::Dialect;

/// Asks the configured database how many values are at stake. Where it cannot be reached, or knows nothing of what is
/// asked, there is no number.
pub struct Counter<'c> {
    reader: SideReader<'c>,
    database: Option<Option<Box<dyn Backend>>>,
}

impl<'c> Counter<'c> {
    /// A counter that asks the configured database, to which it connects when something is asked.
    #[must_use]
    pub fn new(reader: SideReader<'c>) -> Self {
        Self { reader, database: None }
    }

    /// A counter that has no database to ask.
    #[must_use]
    pub fn of_nothing(reader: SideReader<'c>) -> Self {
        Self { reader, database: Some(None) }
    }

    /// How many rows a table holds, or how many values something else, in words: `2 rows`, `1 value`. Nothing where no database
    /// can tell.
    pub fn held_by(&mut self, dialect: Dialect, named: &Named) -> Option<String> {
        let number = self.number(&value_count(dialect, named)?)?;
        let noun = if named.object.kind == ObjectKind::Table { "row" } else { "value" };
        let plural = if number == 1 { "" } else { "s" };
        Some(format!("{} {noun}{plural}", grouped(number)))
    }

    fn number(&mut self, query: &str) -> Option<i64> {
        let SideReader { config, control } = self.reader;
        let connect = || {
            let url = config.database_url().ok()?;
            backend::connect(config, url, Access::Read, control).ok()
        };
        self.database.get_or_insert_with(connect).as_mut()?.number(query).ok()?
    }
}

/// A remark about what is lost or may fail, with its number. Of a document it is an object with the object, what is at stake,
/// the number, and the statement.
pub struct Stake<'s> {
    statement: &'s Statement,
    remark: &'s Remark,
    count: Option<i64>,
}

/// What is at stake on the way from a schema, of which the database has everything under the names before `renames`.
pub fn stakes<'s>(
    statements: impl Iterator<Item = &'s Statement>,
    (left, renames): (&Catalog, &[Rename]),
    counter: &mut Counter<'_>,
) -> Vec<Stake<'s>> {
    let mut stakes = Vec::new();
    for statement in statements {
        for remark in &statement.remarks {
            if let Remark::Loses { count, .. } | Remark::MayFail { count, .. } = remark {
                let count = count.as_ref().map(|query| before_renames(query, left, renames));
                let count = count.and_then(|query| counter.number(&query));
                stakes.push(Stake { statement, remark, count });
            }
        }
    }
    stakes
}

/// What may fail on rows on the way back, each thing once. How many there will be then nobody knows.
pub fn stakes_back<'s>(statements: impl Iterator<Item = &'s Statement>) -> Vec<Stake<'s>> {
    let mut stakes: Vec<Stake<'s>> = Vec::new();
    for statement in statements {
        for remark in &statement.remarks {
            let is_new = stakes.iter().all(|stake| stake.remark != remark);
            if is_new && matches!(remark, Remark::MayFail { .. }) {
                stakes.push(Stake { statement, remark, count: None });
            }
        }
    }
    stakes
}

impl Stake<'_> {
    /// Whether values go, and are there as far as is known.
    #[must_use]
    pub fn is_loss(&self) -> bool {
        matches!(self.remark, Remark::Loses { .. })
    }

    /// Whether values go, counted or not; false where it is known that there are none.
    #[must_use]
    pub fn is_loss_of_something(&self) -> bool {
        self.is_loss() && self.count != Some(0)
    }

    /// Whether the database is known to have rows that the statement fails on. `unfilled` are the columns that take no
    /// NULL and whose rows have nothing else.
    #[must_use]
    pub fn is_sure_to_fail(&self, unfilled: &[(ObjectName, ObjectName)]) -> bool {
        let Remark::MayFail { object, .. } = self.remark else { return false };
        // Of a column that gets another type the values are counted, of which some may do.
        let is_counted =
            object.kind != ObjectKind::Column || unfilled.iter().any(|(_, column)| column == object);
        is_counted && self.count.is_some_and(|rows| rows > 0)
    }

    /// The stake as documents have it, with its own copies of statement and object.
    #[must_use]
    pub fn entry(&self) -> StakeEntry {
        let (object, what) = match self.remark {
            Remark::Loses { object, what, .. } | Remark::MayFail { object, what, .. } => (Some(object), what),
            Remark::Locks(what) | Remark::Note(what) => (None, what),
        };
        StakeEntry {
            object: object.cloned(),
            what: what.clone(),
            count: self.count,
            statement: self.statement.sql.clone(),
            line: self.line(),
        }
    }

    /// A line for people: what is lost or may fail, and how many values or rows that concerns.
    #[must_use]
    pub fn line(&self) -> String {
        let words = in_words(self.remark);
        match self.count {
            Some(count) => format!("{words}: {}", grouped(count)),
            None => words,
        }
    }
}

/// A stake as JSON documents have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StakeEntry {
    /// Whose values are at stake.
    pub object: Option<ObjectName>,
    /// What, in words.
    pub what: String,
    /// How many, where that is known.
    pub count: Option<i64>,
    /// The statement.
    pub statement: String,
    /// What is at stake with its number, as a line for people.
    #[serde(skip)]
    pub line: String,
}

impl Serialize for Stake<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.entry().serialize(serializer)
    }
}

/// A number with commas between its thousands.
fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if number < 0 { format!("-{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_parted() {
        for (number, text) in [(0, "0"), (999, "999"), (12_034, "12,034"), (-1_000_000, "-1,000,000")] {
            assert_eq!(grouped(number), text);
        }
    }
}
