//! What can go wrong for a program that migrates.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::backend::{BackendError, FailureCause};
use crate::config::{ConfigError, UrlError};
use crate::execute::{ExecuteError, FailedRun};
use crate::graph::SpecError;
use crate::plan::PlanError;
use crate::script::ScriptProblem;

#[cfg(feature = "diesel")]
use super::DieselError;

/// What can go wrong. `Display` says it in one line, with the place in a script, and [`Error::source`] goes on with
/// the causes; `Debug` writes both, for a program that returns it from `main`. None of them shows a password.
///
/// ```
/// use std::error::Error;
///
/// # fn main() -> Result<(), revgraph::MigratorError> {
/// let script = "-- one\n-- revision: a1\n\nCREATE TABLE one (id INTEGER);\nINSERT INTO oen VALUES (1);\n";
/// let migrator = revgraph::Migrator::embedded(&[("versions/a1.up.sql", script)])?;
/// let error = migrator.connect("sqlite::memory:")?.upgrade("head").unwrap_err();
/// assert_eq!(error.to_string(), "upgrade of a1 failed at versions/a1.up.sql:5:1");
/// assert_eq!(error.source().unwrap().to_string(), "statement 2 of 2: no such table: oen");
/// # Ok(())
/// # }
/// ```
#[non_exhaustive]
pub enum MigratorError {
    /// The folder of the scripts cannot be listed.
    Folder {
        /// The folder.
        path: PathBuf,
        /// The file system's reason.
        source: io::Error,
    },
    /// The scripts are not sound; nothing has run.
    Scripts(Vec<ScriptProblem>),
    /// What was given is not the URL of a database.
    Url(UrlError),
    /// The configuration cannot be used.
    Config(ConfigError),
    /// What was given is not a target.
    Target(SpecError),
    /// The database could not be asked or locked.
    Database(BackendError),
    /// The run did not happen, or not to its end.
    Run(Box<ExecuteError>),
    /// The scripts cannot be served to Diesel.
    #[cfg(feature = "diesel")]
    Diesel(DieselError),
    /// The list of the scripts to be compiled in cannot be written.
    Embed {
        /// The file.
        path: PathBuf,
        /// The file system's reason.
        source: io::Error,
    },
}

impl MigratorError {
    /// Whether the run has not failed, but was cancelled: see
    /// [`Database::cancelled_by`](super::Database::cancelled_by).
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        match self {
            Self::Database(BackendError::Cancelled(_)) => true,
            Self::Run(error) => match &**error {
                ExecuteError::Backend(BackendError::Cancelled(_)) => true,
                ExecuteError::Step(run) => run.interrupted,
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether the same call may succeed later, without anybody's doing: the database was not reached, the connection
    /// to it was lost, or a lock was not had in time.
    ///
    /// ```
    /// # fn main() -> Result<(), revgraph::MigratorError> {
    /// let migrator = revgraph::Migrator::embedded(&[])?;
    /// let error = migrator.connect("postgres://localhost:1/shop?connect_timeout=2").unwrap_err();
    /// assert!(error.may_succeed_later());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn may_succeed_later(&self) -> bool {
        match self {
            Self::Database(error) => is_passing(error),
            Self::Run(error) => match &**error {
                ExecuteError::Backend(error) => is_passing(error),
                ExecuteError::Step(run) if run.interrupted => true,
                ExecuteError::Step(run) => {
                    let told = run.failure.cause.database_error();
                    told.is_some_and(|error| error.connection_lost || error.is_transient())
                }
                _ => false,
            },
            _ => false,
        }
    }
}

fn is_passing(error: &BackendError) -> bool {
    match error {
        BackendError::Unreachable { .. }
        | BackendError::LockNotHad { .. }
        | BackendError::PoolTooSmall { .. } => true,
        BackendError::Database(error) => error.connection_lost || error.is_transient(),
        _ => false,
    }
}

impl fmt::Display for MigratorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder { path, .. } => write!(f, "the folder {} cannot be read", path.display()),
            Self::Scripts(problems) => {
                let told: Vec<String> = problems.iter().map(told).collect();
                write!(f, "the scripts cannot be used: {}", told.join("; "))
            }
            Self::Url(error) => error.fmt(f),
            Self::Config(error) => error.fmt(f),
            Self::Target(error) => error.fmt(f),
            Self::Database(error) => error.fmt(f),
            Self::Run(error) => match &**error {
                ExecuteError::Step(run) => write_failure(f, run),
                error => error.fmt(f),
            },
            #[cfg(feature = "diesel")]
            Self::Diesel(error) => error.fmt(f),
            Self::Embed { path, .. } => write!(f, "{} cannot be written", path.display()),
        }
    }
}

/// A problem with its place and its reason, in one line.
fn told(problem: &ScriptProblem) -> String {
    let place = match problem {
        ScriptProblem::Malformed { excerpt, .. } | ScriptProblem::Directive { excerpt, .. } => {
            format!("{}: ", excerpt.position())
        }
        _ => String::new(),
    };
    let reason = problem.source().map(|source| format!(": {source}")).unwrap_or_default();
    format!("{place}{problem}{reason}")
}

fn write_failure(f: &mut fmt::Formatter<'_>, run: &FailedRun) -> fmt::Result {
    write!(f, "{}", run.failure)?;
    match &run.failure.cause {
        FailureCause::Statement { excerpt, .. } | FailureCause::Deferred { excerpt, .. } => {
            write!(f, " at {}", excerpt.position())
        }
        _ => Ok(()),
    }
}

impl Error for MigratorError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Folder { source, .. } | Self::Embed { source, .. } => Some(source),
            Self::Scripts(_) => None,
            Self::Url(error) => error.source(),
            Self::Config(error) => error.source(),
            Self::Target(error) => error.source(),
            Self::Database(error) => error.source(),
            Self::Run(error) => match &**error {
                ExecuteError::Step(run) => Some(&run.failure.cause),
                error => error.source(),
            },
            #[cfg(feature = "diesel")]
            Self::Diesel(error) => error.source(),
        }
    }
}

impl fmt::Debug for MigratorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")?;
        let mut cause = self.source();
        while let Some(error) = cause {
            write!(f, "\n  because: {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

impl From<UrlError> for MigratorError {
    fn from(error: UrlError) -> Self {
        Self::Url(error)
    }
}

impl From<ConfigError> for MigratorError {
    fn from(error: ConfigError) -> Self {
        Self::Config(error)
    }
}

impl From<BackendError> for MigratorError {
    fn from(error: BackendError) -> Self {
        Self::Database(error)
    }
}

impl From<PlanError> for MigratorError {
    fn from(error: PlanError) -> Self {
        Self::Run(Box::new(error.into()))
    }
}

impl From<ExecuteError> for MigratorError {
    fn from(error: ExecuteError) -> Self {
        match error {
            ExecuteError::Scripts(problems) => Self::Scripts(problems),
            ExecuteError::Backend(error) => Self::Database(error),
            error => Self::Run(Box::new(error)),
        }
    }
}

#[cfg(feature = "diesel")]
impl From<DieselError> for MigratorError {
    fn from(error: DieselError) -> Self {
        Self::Diesel(error)
    }
}
