//! What a database holds beside its schema.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::ObjectName;

/// Rows, positions of sequences, and what a catalog leaves out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Contents {
    /// The rows of tables and materialized views.
    pub tables: BTreeMap<ObjectName, TableRows>,
    /// Where sequences stand: on PostgreSQL by their name, qualified and quoted where that is needed; on SQLite, where
    /// tables with `AUTOINCREMENT` have one, by the name of the table.
    pub sequences: BTreeMap<String, SequencePosition>,
    /// PostgreSQL: the materialized views without data, which cannot be read.
    pub unpopulated: BTreeSet<ObjectName>,
    /// What a [`Catalog`](crate::catalog::Catalog) has no place for, for people: `cast (text as public.word)`,
    /// `user_version 3`.
    pub unmodelled: BTreeSet<String>,
}

/// The rows of one table, as [`Describe::contents`](super::Describe::contents) reads them for a comparison or
/// a baseline.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TableRows {
    /// The columns that can be written, unquoted, in their order: all but generated ones.
    pub columns: Vec<String>,
    /// The rows as the database gives them without being told an order; each value as a literal of its dialect.
    pub rows: Vec<Vec<String>>,
}

/// What a sequence hands out next: PostgreSQL's `last_value` and `is_called`, as `setval` takes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SequencePosition {
    /// The last value, or where that was never handed out, the first.
    pub last_value: i64,
    /// Whether the last value was handed out.
    pub is_called: bool,
}
