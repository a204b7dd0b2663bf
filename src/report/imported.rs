//! An import from another tool, and an export to one, as documents.

use std::path::Path;

use serde::Serialize;

use super::path;
use crate::export::{ExportedMigration, Layout, Note as ExportNote};
use crate::graph::RevisionId;
use crate::import::{Import, ImportedFiles, Kind, Note};

/// What `import` says of what it has written, or would write.
#[derive(Debug, Serialize)]
pub struct ImportDocument<'i> {
    /// The tool.
    pub kind: Kind,
    /// Whether nothing was written.
    pub dry_run: bool,
    /// The revisions that are new.
    pub revisions: Vec<ImportedEntry<'i>>,
    /// Those that were imported before.
    pub known: &'i [RevisionId],
    /// The scripts of these that are written anew.
    pub rewritten: Vec<String>,
    /// What cannot be carried over, or is not as it looks.
    pub notes: &'i [Note],
    /// The heads afterwards.
    pub heads: &'i [RevisionId],
    /// What the history holds, in words.
    pub summary: Option<&'i str>,
    /// The version rows that were set to what the tool has applied; none where that was not asked for.
    pub adopted: Option<&'i [RevisionId]>,
    /// The database that was asked what the tool has applied, without password.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database: Option<String>,
}

/// A revision that was imported.
#[derive(Debug, Serialize)]
pub struct ImportedEntry<'i> {
    /// Its id.
    pub revision: &'i RevisionId,
    /// What the other tool knows it by.
    pub name: &'i str,
    /// Its message.
    pub message: &'i str,
    /// Its parents.
    pub down_revisions: &'i [RevisionId],
    /// What else it needs.
    pub depends_on: &'i [String],
    /// The labels that it gives.
    pub branch_labels: &'i [String],
    /// Whether its up script runs without a transaction.
    pub no_transaction: bool,
    /// Why it cannot be undone, where it cannot.
    pub irreversible: Option<&'i str>,
    /// Its up script.
    pub up: String,
    /// Its down script.
    pub down: String,
}

impl<'i> ImportDocument<'i> {
    /// Of an import, which was written unless it is a `dry_run`; `summary` is what the other tool's history holds.
    #[must_use]
    pub fn new(kind: Kind, import: &'i Import, summary: Option<&'i str>, dry_run: bool) -> Self {
        let entry = |files: &'i ImportedFiles| ImportedEntry {
            revision: &files.revision,
            name: &files.name,
            message: &files.message,
            down_revisions: &files.down_revisions,
            depends_on: &files.depends_on,
            branch_labels: &files.branch_labels,
            no_transaction: files.no_transaction,
            irreversible: files.irreversible.as_deref(),
            up: path::text(&files.up.0),
            down: path::text(&files.down.0),
        };
        Self {
            kind,
            dry_run,
            revisions: import.files.iter().map(entry).collect(),
            known: &import.known,
            rewritten: import.rewritten.iter().map(|script| path::text(&script.path)).collect(),
            notes: &import.notes,
            heads: &import.heads,
            summary,
            adopted: None,
            database: None,
        }
    }
}

/// What `export` says.
#[derive(Debug, Serialize)]
pub struct ExportDocument<'e> {
    /// The tool, as it was named.
    pub kind: &'e str,
    /// The kind of database that the files are for.
    pub dialect: &'static str,
    /// The folder.
    pub directory: String,
    /// The files, relative to it.
    pub files: Vec<&'e Path>,
    /// The migrations.
    pub migrations: &'e [ExportedMigration],
    /// What the tool does otherwise.
    pub notes: &'e [ExportNote],
}

impl<'e> ExportDocument<'e> {
    /// Of files in a folder, for a tool and a kind of database.
    #[must_use]
    pub fn new(kind: &'e str, dialect: &'static str, directory: &Path, layout: &'e Layout) -> Self {
        Self {
            kind,
            dialect,
            directory: path::text(directory),
            files: layout.files.iter().map(|(path, _)| path.as_path()).collect(),
            migrations: &layout.migrations,
            notes: &layout.notes,
        }
    }
}
