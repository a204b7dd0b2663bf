//! Alembic environments, read by their own Python.
//!
//! ```text
//! Question ─► Python: the user's, running our program ─► Answers ─► ImportedHistory
//!               │  env.py runs as for `alembic upgrade --sql`
//!               └─► an empty database, for revisions that cannot be rendered without one
//! ```
//!
//! One process reads the whole environment: starting Python and loading the application costs more than rendering.

mod answer;
mod conversation;
mod error;
mod history;
mod interpreter;
mod process;

use std::path::PathBuf;

pub use error::{AlembicError, Failure, Stage, WantedDatabase};

use super::{ImportError, ImportedHistory, Request, nothing_found};
use crate::sql::Dialect;
use conversation::converse;
use process::{Process, Question};

/// How an Alembic environment is run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AlembicOptions {
    /// Its Python: a program, or the folder of a virtual environment. None looks for one beside the environment.
    pub python: Option<PathBuf>,
    /// What env.py finds in `context.get_x_argument()`.
    pub x: Vec<String>,
    /// Statements that build, on the empty database that revisions are recorded on, what the history does not begin
    /// without: a schema made by `create_all()`, or by hand. In the dialect of the environment.
    pub starting_schema: Vec<String>,
    /// Whether env.py is left out. What it would set, such as a naming convention, is then not heeded.
    pub without_env: bool,
}

/// Reads an Alembic environment: a folder with `alembic.ini`, `pyproject.toml` or `env.py`.
///
/// # Errors
/// [`ImportError::NothingFound`] where the folder holds none of them, and [`ImportError::Alembic`].
pub(super) fn read(request: &Request<'_>) -> Result<ImportedHistory, ImportError> {
    let is_there = |name: &&str| request.folder.join(name).is_file();
    if !["alembic.ini", "pyproject.toml", "env.py"].iter().any(is_there) {
        return Err(nothing_found(request));
    }
    let options = &request.alembic;
    let question = Question {
        directory: &request.folder,
        dialect: request.dialect.map(sqlalchemy_name),
        run_env: !options.without_env,
        x: &options.x,
        version_table: &request.config.version_table,
        version_table_schema: request.config.version_table_schema.as_deref(),
        starting_schema: &options.starting_schema,
    };
    let python = interpreter::find(options.python.as_deref(), &request.folder);
    let process = Process::start(&python, &question, request.control.cancellation())?;
    history::assembled(converse(process, request.config, &request.control)?)
}

/// SQLAlchemy's name of a dialect.
fn sqlalchemy_name(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Postgres => "postgresql",
        Dialect::Sqlite => "sqlite",
    }
}
