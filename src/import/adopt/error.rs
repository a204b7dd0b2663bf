//! Why the state that another tool left is not taken over. Nothing has then changed.

use std::path::PathBuf;

use thiserror::Error;

use super::super::Kind;
use crate::backend::BackendError;
use crate::execute::ExecuteError;
use crate::graph::{RevisionId, joined_or_base};
use crate::script::EnvironmentError;
use crate::verify::ClaimError;

/// Why what another tool has applied is not taken over.
#[derive(Debug, Error)]
pub enum AdoptError {
    /// The imported scripts cannot be read.
    #[error(transparent)]
    Environment(#[from] EnvironmentError),
    /// The tool has never been at work here.
    #[error("{database} has no table {table}, which {kind} keeps")]
    NoTable {
        /// The tool.
        kind: Kind,
        /// Its table.
        table: String,
        /// The database, for people.
        database: String,
    },
    /// A table of the name, with other columns.
    #[error("the table {table} is not that of {kind}: its columns are {}", .columns.join(", "))]
    OtherTable {
        /// The tool.
        kind: Kind,
        /// The table.
        table: String,
        /// Its columns.
        columns: Vec<String>,
    },
    /// The table and the files contradict each other.
    #[error("what {kind} has recorded does not agree with its files")]
    Disagreements {
        /// The tool.
        kind: Kind,
        /// All of them.
        found: Vec<Disagreement>,
    },
    /// A baseline stands for several of the tool's migrations, of which some have not been applied.
    #[error("{kind} has not applied all that a baseline stands for")]
    HalfABaseline {
        /// The tool.
        kind: Kind,
        /// What has not been applied, each with the baseline.
        lacking: Vec<(String, RevisionId)>,
    },
    /// The version rows say something else already.
    #[error(
        "the version rows of the database say {}, and {kind} has applied up to {}",
        joined_or_base(.rows),
        joined_or_base(.heads)
    )]
    Elsewhere {
        /// The tool.
        kind: Kind,
        /// The version rows.
        rows: Vec<RevisionId>,
        /// Those that would stand for what the tool has applied.
        heads: Vec<RevisionId>,
    },
    /// Not all of the history is there as scripts.
    #[error("not all that {kind} has is imported")]
    NotImported {
        /// The tool.
        kind: Kind,
        /// The folder of its files.
        folder: PathBuf,
        /// The names of what is missing.
        missing: Vec<String>,
    },
    /// The schema of the database is not what the scripts build, or cannot be looked at.
    #[error(transparent)]
    Claim(Box<ClaimError>),
    /// The stamp failed.
    #[error(transparent)]
    Execute(Box<ExecuteError>),
    /// The database.
    #[error(transparent)]
    Backend(#[from] BackendError),
}

/// What a table says and the files do not, or the other way round.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Disagreement {
    /// Begun, and not ended well.
    #[error("{0} failed, or is still under way")]
    Failed(String),
    /// No file of it.
    #[error("{0} has been applied, and there is no file of it")]
    Unknown(String),
    /// The checksum is another one.
    #[error("{name} has been applied, and {} has changed since", .file.display())]
    Changed {
        /// What the table calls it.
        name: String,
        /// Its file.
        file: PathBuf,
    },
    /// It comes before something that has been applied.
    #[error("{missing} has not been applied, and comes before {above}, which has")]
    Hole {
        /// The migration that has not been applied.
        missing: String,
        /// A migration behind it that has been applied.
        above: String,
    },
}
