//! Revisions written for other migrators, in one line: the way back.
//!
//! ```text
//! Plan ─► Migrations ─► layout (one a KIND) ─► files ─► folder
//! ```
//!
//! Diesel, SQLx and psql know no graph. Its revisions come in the order in which `upgrade heads` would run them.

mod diesel;
mod error;
mod layout;
mod migration;
mod parts;
mod psql;
mod sqlx;
mod text;
mod version;

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use thiserror::Error;

pub use error::ExportError;
use layout::tolerated;
pub use layout::{ExportedMigration, Layout, Note};
pub use migration::{Migration, MigrationScript, migrations};
use parts::parts;

use crate::graph::RevisionId;
use crate::script::replace_files;
use crate::sql::Dialect;

/// Who the files are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Diesel's `diesel migration` and diesel_migrations.
    Diesel,
    /// PostgreSQL's psql.
    Psql,
    /// SQLx.
    Sqlx,
}

/// A name that [`Kind::from_str`] does not know.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("nothing can be exported for `{0}`: there are diesel, psql and sqlx")]
pub struct UnknownKind(pub String);

impl Kind {
    /// All of them, by name.
    pub const ALL: [Self; 3] = [Self::Diesel, Self::Psql, Self::Sqlx];

    /// Its name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Diesel => "diesel",
            Self::Psql => "psql",
            Self::Sqlx => "sqlx",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|kind| kind.name() == name).ok_or_else(|| UnknownKind(name.to_owned()))
    }
}

/// The files of those migrations that are wanted, with paths relative to their folder. `migrations` are all there
/// are: a migration has the same version whatever is exported with it. Pure.
///
/// # Errors
/// [`ExportError::OtherDialect`] where the tool does not know the dialect, and [`ExportError::Unreadable`].
pub fn lay_out(
    kind: Kind,
    dialect: Dialect,
    migrations: &[Migration],
    wanted: &dyn Fn(&RevisionId) -> bool,
) -> Result<Layout, ExportError> {
    let mut layout = Layout::default();
    match kind {
        Kind::Diesel | Kind::Sqlx => {
            for part in parts(dialect, migrations)?.iter().filter(|part| wanted(&part.migration.revision)) {
                let files = if kind == Kind::Diesel { diesel::files(part) } else { sqlx::files(part) };
                layout.add(part.migration, part.name(), files);
            }
            layout.notes = tolerated(kind, dialect, migrations, wanted);
        }
        Kind::Psql if dialect == Dialect::Sqlite => return Err(ExportError::OtherDialect { kind, dialect }),
        Kind::Psql => psql::lay_out(&mut layout, migrations, wanted),
    }
    Ok(layout)
}

/// Writes the files into a folder that is empty or not there yet. Where one cannot be written, none is left.
///
/// # Errors
/// [`ExportError::NotEmpty`] and [`ExportError::Io`].
pub fn write(layout: &Layout, folder: &Path) -> Result<(), ExportError> {
    refuse_what_is_there(folder)?;
    let files: Vec<(PathBuf, String)> =
        layout.files.iter().map(|(path, text)| (folder.join(path), text.clone())).collect();
    let written = make_folders(&files, folder)
        .and_then(|()| replace_files(&files).map_err(|(path, source)| ExportError::Io { path, source }));
    if written.is_err() {
        remove_folders(&files, folder);
    }
    written
}

fn refuse_what_is_there(folder: &Path) -> Result<(), ExportError> {
    match fs::read_dir(folder) {
        Ok(mut entries) => match entries.next() {
            None => Ok(()),
            Some(_) => Err(ExportError::NotEmpty { folder: folder.to_owned() }),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(source) => Err(ExportError::Io { path: folder.to_owned(), source }),
    }
}

fn make_folders(files: &[(PathBuf, String)], folder: &Path) -> Result<(), ExportError> {
    for path in files.iter().filter_map(|(path, _)| path.parent()).chain([folder]) {
        fs::create_dir_all(path).map_err(|source| ExportError::Io { path: path.to_owned(), source })?;
    }
    Ok(())
}

/// What cannot be removed either is left: the error that led here is what the user has to see.
fn remove_folders(files: &[(PathBuf, String)], folder: &Path) {
    for path in files.iter().filter_map(|(path, _)| path.parent()).filter(|path| *path != folder) {
        let _ = fs::remove_dir(path);
    }
}
