//! From migrations to the files of a tool.

use super::layout::{Layout, tolerated};
use super::migration::Migration;
use super::parts::parts;
use super::{ExportError, Kind, diesel, psql, sqlx};
use crate::graph::RevisionId;
use crate::sql::Dialect;

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
