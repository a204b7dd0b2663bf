//! How an Alembic environment is run.

use std::path::PathBuf;

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
