//! What a database holds, in as much as a backup of it is checked against: names and numbers, no values.

use std::collections::{BTreeMap, BTreeSet};

use crate::graph::RevisionId;

/// What a database holds, as one snapshot shows it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Inventory {
    /// The version rows, sorted.
    pub version_rows: Vec<RevisionId>,
    /// The checksum of each script that the ledger has recorded, by revision.
    pub scripts: BTreeMap<String, String>,
    /// How many rows each table holds that has rows of its own, by its name; the bookkeeping's included, those of
    /// extensions not.
    pub tables: BTreeMap<String, u64>,
    /// The names of the objects of the schema, as people read them: `index public.account_email`.
    pub objects: BTreeSet<String>,
    /// The roles that own something or are granted something (PostgreSQL).
    pub roles: BTreeSet<String>,
}
