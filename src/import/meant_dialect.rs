//! The SQL that another tool's files are in, where only the configuration can tell.

use super::ImportError;
use super::evidence::dialect_of_scripts;
use super::history::ImportedHistory;
use super::imported::Import;
use super::write::Earlier;
use crate::config::{Config, DatabaseUrl, SqliteLocation};
use crate::script::ScriptDirectory;
use crate::sql::Dialect;

/// The SQL of the configured database, where it tells something of another tool's files: a SQLite file that is not there yet may
/// be what `init` has put into the configuration, and tells only where `nothing_else_tells`.
#[must_use]
pub fn meant_dialect(config: &Config, nothing_else_tells: bool) -> Option<Dialect> {
    let url = config.database_url().ok()?;
    let is_there = match url {
        DatabaseUrl::Postgres(_) => true,
        DatabaseUrl::Sqlite(url) => matches!(url.location(), SqliteLocation::File(path) if path.exists()),
    };
    (is_there || nothing_else_tells).then(|| url.dialect())
}

impl Import {
    /// What an import would write. `dialect` is what the user says of the files; what they say of themselves goes before, and
    /// where neither tells, the configured database does.
    ///
    /// # Errors
    /// Those of [`Import::plan`].
    pub fn plan_for(
        config: &Config,
        history: &ImportedHistory,
        dialect: Option<Dialect>,
        scripts: &ScriptDirectory,
    ) -> Result<Self, ImportError> {
        let of_files = history.dialect.or(dialect).or_else(|| dialect_of_scripts(history));
        let earlier = match of_files.or_else(|| meant_dialect(config, false)) {
            Some(_) => Earlier::Repair,
            None => Earlier::Keep,
        };
        let configured = || config.database_url().ok().map(DatabaseUrl::dialect);
        // Where nobody tells, the SQL of the more common database.
        let dialect = of_files.or_else(configured).unwrap_or(Dialect::Postgres);
        Self::plan(history, scripts, config, dialect, earlier, config.timezone.now())
    }
}
