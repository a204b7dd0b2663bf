//! What was kept of dropped columns and tables, as documents and lines.

use serde::Serialize;

use super::count;
use crate::backend::KeptTable;
use crate::daily::KeptRows;

/// What `kept --json` prints.
#[derive(Debug, Serialize)]
pub struct KeptDocument<'k> {
    /// The database, without password.
    pub database: &'k str,
    /// The tables that keep something.
    pub kept: Vec<KeptTableEntry<'k>>,
}

/// What `kept --drop --json` prints.
#[derive(Debug, Serialize)]
pub struct DroppedKeptDocument<'k> {
    /// The database, without password.
    pub database: &'k str,
    /// What is no longer kept.
    pub dropped: Vec<KeptTableEntry<'k>>,
}

/// A table that keeps what a revision would have lost.
#[derive(Debug, Serialize)]
pub struct KeptTableEntry<'k> {
    /// The table's name.
    pub table: &'k str,
    /// PostgreSQL: the table's schema.
    pub schema: Option<&'k str>,
    /// The revision that keeps something in the table, and brings it back when it is undone.
    pub revision: &'k str,
    /// What the table keeps, in words.
    pub what: &'k str,
    /// How many rows the table has.
    pub rows: u64,
}

impl<'k> KeptTableEntry<'k> {
    /// The entry of a kept table with its rows.
    #[must_use]
    pub fn new(kept: &'k KeptRows) -> Self {
        let KeptRows { table: KeptTable { name, mark }, rows } = kept;
        Self {
            table: &name.name,
            schema: name.schema.as_deref(),
            revision: &mark.revision,
            what: &mark.what,
            rows: *rows,
        }
    }

    /// The kept table as a line for people.
    #[must_use]
    pub fn line(&self) -> String {
        let Self { table, schema, revision, what, rows } = self;
        let schema = schema.map(|schema| format!("{schema}.")).unwrap_or_default();
        let rows = count(usize::try_from(*rows).unwrap_or(usize::MAX), "row");
        format!("{schema}{table}  {revision}: {what}, {rows}")
    }
}
