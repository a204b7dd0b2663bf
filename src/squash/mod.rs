//! One revision in the place of many, proved to do the same.
//!
//! ```text
//! RevisionGraph ─► range ─┬─► replay twice (scratch) ─► schema ─┐
//!                         └─► concat ───────────────────────────┴─► Squash ─► replay once (scratch) ─► FileChanges
//! ```
//!
//! The *originals* are the revisions of a [`Range`]; the *baseline* is the revision that takes their place. Both are
//! replayed on scratch databases, and nothing is written unless they leave the same.

mod baseline;
mod columns;
mod compare;
mod concat;
mod error;
mod forget;
mod proof;
mod range;
mod rows;
mod schema;
mod section;
mod stage;
mod summary;
mod volatile;
mod way_back;

use std::path::PathBuf;

use chrono::{DateTime, FixedOffset};
use serde::Serialize;

use crate::catalog::ObjectName;
use crate::config::Config;
use crate::graph::RevisionId;
use crate::script::{FileChanges, ScriptDirectory};
use crate::sql::Dialect;
use crate::verify::Observer;

pub use compare::{Differences, RowDifference, SequenceDifference};
pub use error::SquashError;
pub use forget::{ForgetError, Forgettable, forgettable};
pub use range::{CrossingEdge, Range, RangeError, lines, range};

/// What a baseline's scripts are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// The schema and the rows that the originals leave.
    Schema,
    /// The originals' scripts.
    Concat,
}

/// A baseline that is asked for.
#[derive(Debug, Clone)]
pub struct Request {
    /// What it stands for.
    pub range: Range,
    /// Its id.
    pub revision: RevisionId,
    /// What it is for.
    pub message: String,
    /// When it is created.
    pub created: DateTime<FixedOffset>,
    /// What its scripts are made of.
    pub mode: Mode,
    /// The databases that it is for; none leaves that to the originals and the configuration.
    pub dialects: Option<Vec<Dialect>>,
    /// Whether it is proved to do what the originals do.
    pub verify: bool,
}

/// A baseline that is ready to be written.
#[derive(Debug)]
pub struct Squash {
    /// Its id.
    pub revision: RevisionId,
    /// All ids that it stands for, the upper end of the range last.
    pub replaces: Vec<RevisionId>,
    /// The revisions whose scripts it takes the place of: some of `replaces`.
    pub originals: Vec<RevisionId>,
    /// Its parents.
    pub down_revisions: Vec<RevisionId>,
    /// What its scripts are made of.
    pub mode: Mode,
    /// What is known of it on each database.
    pub proofs: Vec<Proof>,
    /// Why it cannot be undone, where it cannot, by database.
    pub irreversible: Vec<(Dialect, String)>,
    /// The revisions that stood on the upper end and now stand on it.
    pub repointed: Vec<RevisionId>,
    /// Its up script: path and text.
    pub up: (PathBuf, String),
    /// Its down script: path and text.
    pub down: (PathBuf, String),
    /// The heads afterwards.
    pub heads: Vec<RevisionId>,
    /// The files that change.
    pub files: FileChanges,
}

/// What is known of a baseline on one database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Proof {
    /// The database.
    pub dialect: Dialect,
    /// Whether it was proved.
    pub outcome: Outcome,
    /// The columns with values that differ from replay to replay.
    pub volatile: Vec<VolatileColumn>,
    /// What its down script leaves behind, as those of the originals do.
    pub left_behind: Vec<String>,
}

/// Whether a baseline was proved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// It leaves what the originals leave.
    Proved {
        /// What the database calls itself.
        version: String,
    },
    /// Nobody asked for it.
    NotAsked,
    /// There is no such database at hand. The originals' scripts stand one after the other.
    NotAtHand,
}

/// A column with values that differ from replay to replay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VolatileColumn {
    /// The table.
    pub table: ObjectName,
    /// The column.
    pub column: String,
    /// What becomes of the values.
    pub treatment: Treatment,
}

/// What a baseline does with values that differ from replay to replay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Treatment {
    /// They are left to the column's default.
    LeftToDefault,
    /// They are written as they were in the replay.
    Written,
    /// They are computed anew, by the originals' statements.
    ComputedAnew,
}

/// Makes a baseline, and proves it. Nothing is written.
///
/// # Errors
/// [`SquashError`].
pub fn squash(
    scripts: &ScriptDirectory,
    config: &Config,
    request: &Request,
    observer: &mut dyn Observer,
) -> Result<Squash, SquashError> {
    baseline::Maker::new(scripts, config, request)?.make(observer)
}

impl Squash {
    /// Whether it was proved on all databases that it is for.
    #[must_use]
    pub fn is_proved(&self) -> bool {
        self.proofs.iter().all(|proof| matches!(proof.outcome, Outcome::Proved { .. }))
    }

    /// Puts the files in place, all of them or none. The caller has the lock under which scripts are written.
    ///
    /// # Errors
    /// [`SquashError::Files`].
    pub fn write(&self, config: &Config) -> Result<(), SquashError> {
        Ok(self.files.carry_out(config)?)
    }
}
