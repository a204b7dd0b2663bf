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
mod options;
mod process;

pub use error::{AlembicError, Failure, Stage, WantedDatabase};
pub use options::AlembicOptions;

use super::{ImportError, ImportedHistory, Request};
use crate::sql::Dialect;
use conversation::converse;
use process::{Process, Question};

/// Reads an Alembic environment: a folder with `alembic.ini`, `pyproject.toml` or `env.py`.
///
/// # Errors
/// [`ImportError::NothingFound`] where the folder holds none of them, and [`ImportError::Alembic`].
pub(super) fn read(request: &Request<'_>) -> Result<ImportedHistory, ImportError> {
    let is_there = |name: &&str| request.folder.join(name).is_file();
    if !["alembic.ini", "pyproject.toml", "env.py"].iter().any(is_there) {
        return Err(request.nothing_found());
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
