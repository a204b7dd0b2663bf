//! Why revisions were not squashed. Nothing has then changed, but where files could not be put in place.

use std::path::PathBuf;

use thiserror::Error;

use super::{Differences, Mode};
use crate::config::ConfigError;
use crate::execute::ExecuteError;
use crate::graph::{GraphProblem, problems_joined};
use crate::scratch::ScratchError;
use crate::script::{
    DraftError, FileChangeError, FileError, HeaderError, NewScriptError, ScriptProblem, Side,
};
use crate::sql::Dialect;

/// Why no baseline was made, or it could not be proved.
#[derive(Debug, Error)]
pub enum SquashError {
    /// The id has been taken, or is reserved.
    #[error(transparent)]
    Draft(#[from] DraftError),
    /// Id or message cannot be written into a script.
    #[error(transparent)]
    NewScript(#[from] NewScriptError),
    /// The configuration is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A script cannot be read.
    #[error(transparent)]
    Script(#[from] ScriptProblem),
    /// A file that is to be changed cannot be read.
    #[error(transparent)]
    Read(#[from] FileError),
    /// A header that is to be changed cannot be read.
    #[error(transparent)]
    Header(#[from] HeaderError),
    /// The backup has a file of this name, or is to have two.
    #[error("{from} cannot be moved to the backup: there is a {} already", .to.display())]
    NameClash {
        /// The script.
        from: PathBuf,
        /// Its place in the backup.
        to: PathBuf,
    },
    /// The result is no graph.
    #[error("the graph would be broken: {}", problems_joined(.0))]
    Graph(Vec<GraphProblem>),
    /// No database is at hand that the baseline is for.
    #[error("no database is at hand to replay the revisions on")]
    NoDatabase,
    /// There is no scratch database, or the originals do not go up.
    #[error(transparent)]
    Scratch(Box<ScratchError>),
    /// The revisions change what was there before them, which no schema shows.
    #[error("the revisions change what was there before them ({dialect}), and a schema cannot say so")]
    ChangesOlder {
        /// The database.
        dialect: Dialect,
        /// In what the revisions change what was there.
        differences: Box<Differences>,
    },
    /// They make what the baseline has no words for.
    #[error("the revisions make what cannot be written as a schema ({dialect}): {}", .objects.join(", "))]
    Unmodelled {
        /// The database.
        dialect: Dialect,
        /// The objects that cannot be written.
        objects: Vec<String>,
    },
    /// The originals give something else each time.
    #[error("two replays of the same revisions give different databases ({dialect})")]
    NotReproducible {
        /// The database.
        dialect: Dialect,
        /// In what the second differs from the first.
        differences: Box<Differences>,
    },
    /// The baseline does not run.
    #[error("the {} script of the baseline does not run ({dialect})", if *.side == Side::Up { "up" } else { "down" })]
    Baseline {
        /// The database.
        dialect: Dialect,
        /// Which of the baseline's scripts.
        side: Side,
        /// What the baseline's scripts are made of.
        mode: Mode,
        /// Why the script does not run.
        error: Box<ExecuteError>,
    },
    /// The baseline does something else than the originals.
    #[error("{} ({dialect})", if *.side == Side::Up { "the baseline gives another database than the revisions that it replaces" } else { "the baseline's down script does not lead back to where the revisions begin" })]
    Differs {
        /// The database.
        dialect: Dialect,
        /// After which of its scripts.
        side: Side,
        /// What the baseline's scripts are made of.
        mode: Mode,
        /// In what it differs from what it should be.
        differences: Box<Differences>,
    },
    /// The files could not be put in place.
    #[error(transparent)]
    Files(#[from] FileChangeError),
}

impl From<ScratchError> for SquashError {
    fn from(error: ScratchError) -> Self {
        Self::Scratch(Box::new(error))
    }
}
