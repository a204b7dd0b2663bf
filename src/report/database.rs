//! What became of a database as a whole, as documents.

use serde::Serialize;

use super::{RunDocument, SeedEntry};
use crate::catalog::ObjectName;
use crate::graph::RevisionId;

/// What `database create`, `drop` and `wait` say: what is so, of a database.
#[derive(Debug, Serialize)]
pub struct DatabaseDocument {
    /// The database, without password.
    pub database: String,
    /// What is so.
    #[serde(flatten)]
    pub state: DatabaseState,
}

/// What a `database` command has come to, as its document says it.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum DatabaseState {
    /// It is there.
    Created {
        /// Whether it was not before.
        created: bool,
    },
    /// It is not there.
    Dropped {
        /// Whether it was before.
        dropped: bool,
    },
    /// It was waited for.
    Waited {
        /// That its server answers.
        answers: bool,
        /// Whether the server has it.
        exists: bool,
    },
}

/// What `reset` says: the run that has built the database again, and what came before and after it.
#[derive(Debug, Serialize)]
pub struct ResetDocument<'r> {
    /// The run.
    #[serde(flatten)]
    pub run: RunDocument<'r>,
    /// How many objects were dropped.
    pub dropped: usize,
    /// What was not dropped, with the reasons.
    pub stays: Vec<StaysEntry<'r>>,
    /// The seeds.
    pub seeds: Vec<SeedEntry>,
}

/// An object that stays where a database is emptied.
#[derive(Debug, Serialize)]
pub struct StaysEntry<'r> {
    /// The object.
    pub object: &'r ObjectName,
    /// Why the object stays.
    pub why: &'r str,
}

/// What `ensure-version --json` prints.
#[derive(Debug, Serialize)]
pub struct VersionTableDocument<'v> {
    /// The name of the version table.
    pub version_table: &'v str,
    /// The version rows.
    pub heads: &'v [RevisionId],
    /// The database, without password.
    pub database: String,
}

/// What `protect --json` prints.
#[derive(Debug, Serialize)]
pub struct ProtectionDocument<'p> {
    /// The name that is asked for before the database is erased; none where nothing is asked.
    pub protected_as: Option<&'p str>,
    /// Whether it was otherwise before.
    pub changed: bool,
    /// The database, without password.
    pub database: String,
}
