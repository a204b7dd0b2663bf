//! Why a database could not be seeded.

use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;

use thiserror::Error;

use crate::backend::{BackendError, StepFailure, UnsettledReason};
use crate::config::ConfigError;
use crate::execute::Refusal;
use crate::scratch::ScratchError;
use crate::script::ScriptProblem;

/// A seed that failed, and what has become of the other seeds of its run.
#[derive(Debug)]
pub struct FailedSeed {
    /// The step that failed, and why.
    pub failure: StepFailure,
    /// The seeds of this run whose rows stay, as they had been committed before.
    pub done: Vec<String>,
    /// The seeds that were rolled back with the failing one.
    pub rolled_back: Vec<String>,
}

/// Why a database could not be seeded.
#[derive(Debug, Error)]
pub enum SeedError {
    /// The configuration is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A file or folder cannot be read, or holds nothing.
    #[error(transparent)]
    Files(Box<ScratchError>),
    /// A directive of a file cannot be followed.
    #[error(transparent)]
    Script(Box<ScriptProblem>),
    /// A file is to be run that is no seed.
    #[error("{} is none of the seeds: {}", .path.display(), .known.join(", "))]
    NotASeed {
        /// The file.
        path: PathBuf,
        /// The names of the seeds.
        known: Vec<String>,
    },
    /// Statements cannot run as their files ask; nothing has run.
    #[error("the seeds hold what cannot run as they ask")]
    Refused(Vec<Refusal>),
    /// A file without a transaction was left halfway, and cannot go on by itself.
    #[error("{name} was left halfway: {reason}")]
    Unsettled {
        /// The seed.
        name: String,
        /// Why it cannot go on.
        reason: UnsettledReason,
    },
    /// A file failed.
    #[error("{} failed", .0.failure.revision)]
    Failed(Box<FailedSeed>),
    /// The command of `seed_command` cannot be run.
    #[error("seed_command cannot be run: {program}")]
    Program {
        /// The program.
        program: String,
        /// Why the program cannot be run.
        #[source]
        source: io::Error,
    },
    /// The command has failed. What it has done to the database before stays, unless it took care of that.
    #[error("seed_command failed: {program} ended with {status}")]
    Command {
        /// The program.
        program: String,
        /// How the program ended.
        status: ExitStatus,
    },
    /// The database did not answer as it should.
    #[error(transparent)]
    Backend(#[from] BackendError),
}

impl From<ScratchError> for SeedError {
    fn from(error: ScratchError) -> Self {
        Self::Files(Box::new(error))
    }
}

impl From<ScriptProblem> for SeedError {
    fn from(problem: ScriptProblem) -> Self {
        Self::Script(Box::new(problem))
    }
}
