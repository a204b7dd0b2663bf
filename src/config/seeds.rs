//! `seed` and `seed_command`: what fills a database with rows.

use std::path::PathBuf;

use super::values::{self, RawValue, ValueError};

/// What fills a database with rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seeds {
    /// SQL files and folders of them, as absolute paths, in the order in which they run.
    Paths(Vec<PathBuf>),
    /// A program with its arguments.
    Command(Vec<String>),
}

/// Takes a path, or a list of paths.
///
/// # Errors
/// [`ValueError`] of another type, of an empty list and of an empty path.
pub(super) fn seed_paths(value: RawValue) -> Result<Vec<String>, ValueError> {
    match value {
        RawValue::Text(_) => values::text(value).map(|path| vec![path]),
        RawValue::List(_) => values::texts(value),
        other => Err(other.is_not("a path or an array of paths")),
    }
}
