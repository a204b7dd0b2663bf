//! `schema` and `schema_command`: where the schema is that the database is to have.

use std::path::PathBuf;

use super::error::ConfigError;
use super::values::{self, RawValue, ValueError};
use crate::sql::Dialect;

/// Where the schema is that the database is to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DesiredSchema {
    /// Files and folders, for whichever dialect the database speaks.
    Paths(Vec<PathBuf>),
    /// Files and folders for each dialect.
    ByDialect {
        /// For PostgreSQL.
        postgres: Vec<PathBuf>,
        /// For SQLite.
        sqlite: Vec<PathBuf>,
    },
    /// A program with its arguments, whose standard output is SQL.
    Command(Vec<String>),
}

impl DesiredSchema {
    /// The files and folders for a dialect, as absolute paths; none where it is a command, or where there are none for
    /// this dialect.
    #[must_use]
    pub fn paths(&self, dialect: Dialect) -> &[PathBuf] {
        match (self, dialect) {
            (Self::Paths(paths), _)
            | (Self::ByDialect { postgres: paths, .. }, Dialect::Postgres)
            | (Self::ByDialect { sqlite: paths, .. }, Dialect::Sqlite) => paths,
            (Self::Command(_), _) => &[],
        }
    }
}

/// The value of `schema` as it was written.
#[derive(Clone)]
pub(super) enum SchemaPaths {
    Paths(Vec<String>),
    ByDialect { postgres: Vec<String>, sqlite: Vec<String> },
}

impl SchemaPaths {
    /// The desired schema of these paths, each of which `resolve` makes absolute; its error is handed on.
    pub(super) fn resolved(
        &self,
        resolve: impl Fn(&str) -> Result<PathBuf, ConfigError>,
    ) -> Result<DesiredSchema, ConfigError> {
        let all = |paths: &[String]| paths.iter().map(|path| resolve(path)).collect::<Result<_, _>>();
        Ok(match self {
            Self::Paths(paths) => DesiredSchema::Paths(all(paths)?),
            Self::ByDialect { postgres, sqlite } => {
                DesiredSchema::ByDialect { postgres: all(postgres)?, sqlite: all(sqlite)? }
            }
        })
    }
}

/// Takes a path, a list of paths, or a table of these by dialect.
///
/// # Errors
/// [`ValueError`] of a value of another type, of a table or path that is empty, and of a key that is no dialect.
pub(super) fn schema_paths(value: RawValue) -> Result<SchemaPaths, ValueError> {
    let RawValue::Table(table) = value else { return paths(value).map(SchemaPaths::Paths) };
    if table.is_empty() {
        return Err(ValueError::Empty);
    }
    let (mut postgres, mut sqlite) = (Vec::new(), Vec::new());
    for (key, value) in table {
        match key.parse() {
            Ok(Dialect::Postgres) => postgres = paths(value)?,
            Ok(Dialect::Sqlite) => sqlite = paths(value)?,
            Err(_) => return Err(ValueError::NoDialect(key)),
        }
    }
    Ok(SchemaPaths::ByDialect { postgres, sqlite })
}

fn paths(value: RawValue) -> Result<Vec<String>, ValueError> {
    match value {
        RawValue::Text(_) => values::text(value).map(|path| vec![path]),
        RawValue::List(_) => values::texts(value),
        other => Err(other.is_not("a path, an array of paths, or a table of these by dialect")),
    }
}
