//! Rows for a rehearsal: SQL files that fill tables once a revision has been applied.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;
use thiserror::Error;

use crate::catalog::{Catalog, ObjectKind, ObjectName};
use crate::excerpt::Excerpt;
use crate::graph::{NodeIndex, RevisionId};
use crate::regular_file;
use crate::scratch::{ScratchDatabase, ScratchError, run_files};
use crate::script::{ScriptDirectory, header_range, parse};

/// Files by the revision that is to be there before they run.
#[derive(Debug, Clone, Default)]
pub struct DataFiles(BTreeMap<NodeIndex, Vec<PathBuf>>);

/// Why a file of rows for a rehearsal cannot be used.
#[derive(Debug, Error)]
pub enum DataFileError {
    /// It cannot be read.
    #[error("{path} cannot be read")]
    Io {
        /// The file.
        path: PathBuf,
        /// The file system's reason.
        #[source]
        source: std::io::Error,
    },
    /// It does not say after which revision it runs.
    #[error("{path} does not say after which revision it runs")]
    NoRevision {
        /// The file.
        path: PathBuf,
        /// What is wrong with its first lines.
        message: String,
        /// The place in the file.
        excerpt: Box<Excerpt>,
    },
    /// No script has that revision.
    #[error("{path} names {revision}, which no script has")]
    UnknownRevision {
        /// The file.
        path: PathBuf,
        /// The revision that the file names.
        revision: RevisionId,
    },
}

/// A table that has fewer rows than it had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowsLost {
    /// The table.
    pub table: ObjectName,
    /// Its rows before the revision went up.
    pub before: u64,
    /// Its rows after its down script; after its up script, where it cannot be undone.
    pub after: u64,
}

/// How many rows each table of a scratch database holds.
pub(super) type RowCounts = BTreeMap<ObjectName, u64>;

impl DataFiles {
    /// Reads the headers of files, which name a revision as a script's does: `-- revision: ID`. Of several files for
    /// one revision the first runs first.
    ///
    /// # Errors
    /// [`DataFileError`] of the first that cannot be used.
    pub fn read(scripts: &ScriptDirectory, files: &[PathBuf]) -> Result<Self, DataFileError> {
        let mut data = Self::default();
        for path in files {
            let text = regular_file::read_to_string(path)
                .map_err(|source| DataFileError::Io { path: path.clone(), source })?;
            let header = parse(&text).map_err(|error| DataFileError::NoRevision {
                path: path.clone(),
                message: error.to_string(),
                excerpt: Box::new(Excerpt::new(path, &text, header_range(&text))),
            })?;
            let node = scripts.graph().find(header.revision.as_str()).ok_or_else(|| {
                DataFileError::UnknownRevision { path: path.clone(), revision: header.revision.clone() }
            })?;
            data.0.entry(node).or_default().push(path.clone());
        }
        Ok(data)
    }

    /// Whether there is no file of rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether there is a file of rows for the revision at `node`.
    pub(super) fn has(&self, node: NodeIndex) -> bool {
        self.0.contains_key(&node)
    }

    /// Runs the files of rows of the revision at `node`, which has just been applied.
    ///
    /// # Errors
    /// [`ScratchError`] of the first that cannot be read or fails.
    pub(super) fn fill(&self, database: &mut ScratchDatabase, node: NodeIndex) -> Result<(), ScratchError> {
        match self.0.get(&node) {
            Some(files) => run_files(database.backend(), files),
            None => Ok(()),
        }
    }
}

/// The names of a schema's tables, whose rows are counted: not of foreign and virtual ones, nor of views.
pub(super) fn tables(schema: &Catalog) -> Vec<ObjectName> {
    schema.objects.keys().filter(|name| name.kind == ObjectKind::Table).cloned().collect()
}

/// Counts the rows of these tables; the errors are the database's.
pub(super) fn count_rows(
    database: &mut ScratchDatabase,
    tables: Vec<ObjectName>,
) -> Result<RowCounts, ScratchError> {
    let counts = database.backend().row_counts(&tables)?;
    Ok(tables.into_iter().zip(counts).collect())
}

/// The tables that hold fewer rows after than before; one that is gone holds none.
pub(super) fn lost(before: &RowCounts, after: &RowCounts) -> Vec<RowsLost> {
    let lost = before.iter().filter_map(|(table, before)| {
        let after = after.get(table).copied().unwrap_or_default();
        (after < *before).then(|| RowsLost { table: table.clone(), before: *before, after })
    });
    lost.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fewer_rows_are_lost_and_more_are_not() {
        let table = |name: &str| ObjectName::new(ObjectKind::Table, None, name);
        let counts = |counts: &[(&str, u64)]| -> RowCounts {
            counts.iter().map(|(name, rows)| (table(name), *rows)).collect()
        };
        let before =
            counts(&[("emptied", 1), ("fewer", 3), ("gone", 2), ("more", 1), ("same", 4), ("was_empty", 0)]);
        let after = counts(&[("emptied", 0), ("fewer", 2), ("more", 2), ("new", 9), ("same", 4)]);
        let told: Vec<_> = lost(&before, &after)
            .into_iter()
            .map(|lost| (lost.table.name.to_string(), lost.before, lost.after))
            .collect();
        let expected = [("emptied", 1, 0), ("fewer", 3, 2), ("gone", 2, 0)];
        assert_eq!(told, expected.map(|(name, before, after)| (name.to_owned(), before, after)));
    }
}
