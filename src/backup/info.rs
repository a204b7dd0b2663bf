//! The small file beside a backup.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::BackupError;
use crate::backend::{Inventory, SequencePosition};
use crate::graph::RevisionId;
use crate::regular_file;
use crate::sql::Dialect;

/// The version of what the file says.
const VERSION: u32 = 1;
/// How many differences of one kind are told.
const MOST_TOLD: usize = 10;

/// How a backup is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// A file of `pg_dump --format=custom`.
    Custom,
    /// A folder of `pg_dump --format=directory`.
    Directory,
    /// A SQLite database.
    Sqlite,
}

/// What a backup is of, and what the database held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Info {
    /// The version of the format of this file.
    pub revgraph_backup: u32,
    /// When the backup was taken, as RFC 3339 in UTC.
    pub taken_at: String,
    /// The database as a URL, without password.
    pub database: String,
    /// The database's name on its server; of SQLite the name of its file.
    pub name: String,
    /// How the backup is written.
    pub format: Format,
    /// What the database calls itself: `PostgreSQL 15.18`.
    pub server_version: String,
    /// That as a number: 150018.
    pub server_version_num: u32,
    /// The major version of the `pg_dump` that has written it.
    pub program_major: Option<u32>,
    /// The size of the backup in bytes; of a folder, of all its files.
    pub size: u64,
    /// SHA-256 of it; of a folder, of the names and hashes of its files.
    pub sha256: String,
    /// The version rows, sorted.
    pub version_rows: Vec<String>,
    /// The checksums of the scripts that the ledger has recorded, by revision.
    pub scripts: BTreeMap<String, String>,
    /// How many rows each table has.
    pub tables: BTreeMap<String, u64>,
    /// Where each sequence stands; nothing of one that moved while the backup was taken. Backups of the first versions do not
    /// say it.
    #[serde(default)]
    pub sequences: Option<BTreeMap<String, Option<Position>>>,
    /// How many bytes each large object has. Backups of the first versions do not say it.
    #[serde(default)]
    pub large_objects: Option<BTreeMap<u32, u64>>,
    /// The names of the objects of the schema.
    pub objects: BTreeSet<String>,
    /// The roles that own something or are granted something.
    pub roles: BTreeSet<String>,
}

/// Where a sequence stood when the backup was taken; as
/// [`SequencePosition`](crate::backend::SequencePosition).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The last value, or where that was never handed out, the first.
    pub last_value: i64,
    /// Whether the last value was handed out.
    pub is_called: bool,
}

impl From<SequencePosition> for Position {
    fn from(position: SequencePosition) -> Self {
        let SequencePosition { last_value, is_called } = position;
        Self { last_value, is_called }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let before = if self.is_called { "" } else { "before " };
        write!(f, "{before}{}", self.last_value)
    }
}

/// What is known of a backup before it is written.
pub(super) struct Origin {
    pub taken_at: String,
    pub database: String,
    pub name: String,
    pub server_version: String,
    pub server_version_num: u32,
}

/// What is known of a backup once it has been written.
pub(super) struct Written {
    pub format: Format,
    pub program_major: Option<u32>,
    pub size: u64,
    pub sha256: String,
}

impl Info {
    /// Puts together what stands beside a backup: where it is from, how it was written, and what the database held.
    pub(super) fn new(origin: Origin, written: Written, inventory: Inventory) -> Self {
        Self {
            revgraph_backup: VERSION,
            taken_at: origin.taken_at,
            database: origin.database,
            name: origin.name,
            format: written.format,
            server_version: origin.server_version,
            server_version_num: origin.server_version_num,
            program_major: written.program_major,
            size: written.size,
            sha256: written.sha256,
            version_rows: inventory.version_rows.iter().map(RevisionId::to_string).collect(),
            scripts: inventory.scripts,
            tables: inventory.tables,
            sequences: Some(positions(&inventory.sequences)),
            large_objects: Some(inventory.large_objects),
            objects: inventory.objects,
            roles: inventory.roles,
        }
    }

    /// The path of the file that says what a backup holds: `BACKUP.json`.
    #[must_use]
    pub fn path(backup: &Path) -> PathBuf {
        let mut name = backup.as_os_str().to_owned();
        name.push(".json");
        name.into()
    }

    /// Reads what was noted beside a backup.
    ///
    /// # Errors
    /// [`BackupError::NotABackup`] where there is none or it says something else, and [`BackupError::Io`].
    pub fn of(backup: &Path) -> Result<Self, BackupError> {
        let path = Self::path(backup);
        let not_ours = |reason: String| BackupError::NotABackup { path: backup.to_owned(), reason };
        fs::symlink_metadata(backup).map_err(BackupError::io(backup, "read"))?;
        let text = match regular_file::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(not_ours(format!("there is no {} beside it", path.display())));
            }
            Err(error) => return Err(BackupError::io(&path, "read")(error)),
        };
        let says_otherwise = |error: serde_json::Error| not_ours(format!("{}: {error}", path.display()));
        let info: Self = serde_json::from_str(&text).map_err(says_otherwise)?;
        if info.revgraph_backup > VERSION {
            return Err(not_ours(format!("{} is of a later revgraph", path.display())));
        }
        Ok(info)
    }

    /// The kind of database that was backed up.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        match self.format {
            Format::Custom | Format::Directory => Dialect::Postgres,
            Format::Sqlite => Dialect::Sqlite,
        }
    }

    /// In what a database differs from what was backed up, for people. Where `owners` and privileges were left out, it
    /// is not held against it.
    pub(super) fn differences(&self, found: &Inventory, owners: bool) -> Vec<String> {
        let mut differences = Vec::new();
        let rows: Vec<String> = found.version_rows.iter().map(RevisionId::to_string).collect();
        if rows != self.version_rows {
            differences.push(format!(
                "version rows: {} instead of {}",
                listed(&rows),
                listed(&self.version_rows)
            ));
        }
        if found.scripts != self.scripts {
            differences.push("the ledger has recorded other scripts".to_owned());
        }
        let mut tables = Vec::new();
        let names: BTreeSet<&String> = self.tables.keys().chain(found.tables.keys()).collect();
        for name in names {
            match (self.tables.get(name), found.tables.get(name)) {
                (Some(then), Some(now)) if then == now => {}
                (Some(then), Some(now)) => tables.push(format!("table {name}: {now} rows instead of {then}")),
                (Some(_), None) => tables.push(format!("table {name} is missing")),
                (None, _) => tables.push(format!("table {name} is new")),
            }
        }
        let counts = |object: &&String| owners || !is_privilege(object);
        let missing = self.objects.difference(&found.objects).filter(counts);
        let added = found.objects.difference(&self.objects).filter(counts);
        // Sequences are told of already, and a table with rows of its own; a partitioned one has none.
        let is_untold = |object: &&String| {
            let table = object.strip_prefix("table ");
            let has_rows = |name: &str| self.tables.contains_key(name) || found.tables.contains_key(name);
            let is_sequence = self.sequences.is_some() && object.starts_with("sequence ");
            !table.is_some_and(has_rows) && !is_sequence
        };
        let objects = missing
            .filter(is_untold)
            .map(|object| format!("{object} is missing"))
            .chain(added.filter(is_untold).map(|object| format!("{object} is new")));
        differences.extend(shortened(tables));
        differences.extend(shortened(self.moved_sequences(found)));
        differences.extend(shortened(self.other_large_objects(found)));
        differences.extend(shortened(objects.collect()));
        differences
    }
}

impl Info {
    /// The sequences that stand elsewhere. That one is missing the objects tell, unless it is a column's.
    fn moved_sequences(&self, found: &Inventory) -> Vec<String> {
        let Some(then) = &self.sequences else { return Vec::new() };
        let now = positions(&found.sequences);
        let moved = |(name, then): (&String, &Option<Position>)| match (then, now.get(name)) {
            (_, None) => Some(format!("sequence {name} is missing")),
            (Some(then), Some(Some(now))) if then != now => {
                Some(format!("sequence {name}: at {now} instead of {then}"))
            }
            _ => None,
        };
        let added = now.keys().filter(|name| !then.contains_key(*name));
        let added: Vec<String> = added.map(|name| format!("sequence {name} is new")).collect();
        then.iter().filter_map(moved).chain(added).collect()
    }

    fn other_large_objects(&self, found: &Inventory) -> Vec<String> {
        let Some(then) = &self.large_objects else { return Vec::new() };
        let now = &found.large_objects;
        let other = |(number, then): (&u32, &u64)| match now.get(number) {
            None => Some(format!("large object {number} is missing")),
            Some(now) if now != then => Some(format!("large object {number}: {now} bytes instead of {then}")),
            Some(_) => None,
        };
        let added = now.keys().filter(|number| !then.contains_key(number));
        let added: Vec<String> = added.map(|number| format!("large object {number} is new")).collect();
        then.iter().filter_map(other).chain(added).collect()
    }
}

fn positions(found: &BTreeMap<String, Option<SequencePosition>>) -> BTreeMap<String, Option<Position>> {
    found.iter().map(|(name, position)| (name.clone(), position.map(Position::from))).collect()
}

/// Whether an object stands for privileges, as the catalog names these.
fn is_privilege(object: &str) -> bool {
    object.starts_with("privileges of ") || object.starts_with("default acl ")
}

fn listed(rows: &[String]) -> String {
    if rows.is_empty() { "none".to_owned() } else { rows.join(", ") }
}

fn shortened(mut differences: Vec<String>) -> Vec<String> {
    let more = differences.len().saturating_sub(MOST_TOLD);
    if more > 1 {
        differences.truncate(MOST_TOLD);
        differences.push(format!("and {more} more"));
    }
    differences
}

#[cfg(test)]
mod tests;
