//! Why an Alembic environment cannot be read.

use std::fmt;
use std::io;
use std::path::PathBuf;

use serde::Deserialize;
use thiserror::Error;

use crate::scratch::ScratchError;

/// Why an Alembic environment cannot be read.
#[derive(Debug, Error)]
pub enum AlembicError {
    /// The Python cannot be started.
    #[error("{} cannot be run", .python.display())]
    NoPython {
        /// The program.
        python: PathBuf,
        /// The operating system's reason.
        #[source]
        source: io::Error,
    },
    /// The environment raised an exception.
    #[error("{}", .failure.what())]
    Failed {
        /// The program.
        python: PathBuf,
        /// What was raised, and where.
        failure: Box<Failure>,
    },
    /// Python ended before it had told everything.
    #[error("{} ended before it had read the environment", .python.display())]
    Ended {
        /// The program.
        python: PathBuf,
        /// The last lines that it wrote, where it had not come to the environment.
        said: String,
    },
    /// What came is not what our program writes.
    #[error("{} has answered what is no answer", .python.display())]
    Garbled {
        /// The program.
        python: PathBuf,
        /// What the JSON reader says.
        #[source]
        source: serde_json::Error,
    },
    /// A revision came without one of its sides.
    #[error("revision {revision} was not rendered")]
    NotRendered {
        /// The revision.
        revision: String,
    },
    /// The environment is for a database that revgraph does not know.
    #[error("the environment is for {dialect}, and revgraph knows PostgreSQL and SQLite")]
    Dialect {
        /// SQLAlchemy's name of it.
        dialect: String,
    },
    /// Revisions ask the database, and there is none for them.
    #[error(
        "revision {} cannot be rendered without a database: {}",
        .wanted.first().map(|wanted| wanted.revision.as_str()).unwrap_or_default(),
        .wanted.first().map(|wanted| wanted.why.as_str()).unwrap_or_default()
    )]
    NoDatabase {
        /// The revisions.
        wanted: Vec<WantedDatabase>,
        /// Why there is none; nothing where the configuration names no PostgreSQL database.
        #[source]
        source: Option<Box<ScratchError>>,
    },
}

/// A revision that cannot be rendered without a database, because it asks one.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct WantedDatabase {
    /// The revision.
    pub revision: String,
    /// What the statement or call does that cannot be rendered.
    pub why: String,
}

/// An exception, without what may be a password.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Failure {
    /// What was being done.
    pub stage: Stage,
    /// The exception.
    pub message: String,
    /// Its traceback, with the frames of the environment and of the libraries.
    pub traceback: String,
    /// The file that was being run.
    pub path: Option<PathBuf>,
    /// The revision.
    pub revision: Option<String>,
}

/// What was being done when an exception came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Alembic was being imported.
    Alembic,
    /// The configuration was being read.
    Configuration,
    /// The revisions were being loaded.
    History,
    /// env.py was running.
    Env,
    /// A revision was running on the empty database.
    Revision,
    /// The empty database was being connected to.
    Database,
}

impl Failure {
    fn what(&self) -> String {
        let path = self.path.as_deref().map(|path| path.display().to_string()).unwrap_or_default();
        match self.stage {
            Stage::Alembic => "this Python has no Alembic that can be imported".to_owned(),
            Stage::Configuration => "Alembic's configuration cannot be read".to_owned(),
            Stage::History => "Alembic cannot load the revisions".to_owned(),
            Stage::Env => format!("{path} does not run"),
            Stage::Revision => format!("{path} fails on an empty database"),
            Stage::Database => "the environment's Python cannot use the scratch database".to_owned(),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.what(), self.message)
    }
}
