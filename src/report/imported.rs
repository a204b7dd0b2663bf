//! An import from another tool, and an export to one, as documents and in sentences.

use std::path::Path;

use serde::Serialize;

use super::count;
use super::path::{self, ShownPath};
use crate::export::{ExportedMigration, Layout, Note as ExportNote};
use crate::graph::{RevisionId, joined_or_base};
use crate::import::{Import, ImportedFiles, Kind, Note, Rewritten};

/// What `import` says of what it has written, or would write.
#[derive(Debug, Serialize)]
pub struct ImportDocument<'i> {
    /// The tool.
    pub kind: Kind,
    /// Whether nothing was written.
    pub dry_run: bool,
    /// The revisions that are new.
    pub revisions: Vec<ImportedEntry<'i>>,
    /// The revisions that were imported before.
    pub known: &'i [RevisionId],
    /// The paths of the scripts of these that are written anew.
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

/// A revision that `import` has written, or would write.
#[derive(Debug, Serialize)]
pub struct ImportedEntry<'i> {
    /// Its id.
    pub revision: &'i RevisionId,
    /// The name by which the other tool knows the revision.
    pub name: &'i str,
    /// The message of its header.
    pub message: &'i str,
    /// Its parents.
    pub down_revisions: &'i [RevisionId],
    /// The ids and labels in its `depends_on`.
    pub depends_on: &'i [String],
    /// The labels that it gives.
    pub branch_labels: &'i [String],
    /// Whether its up script runs without a transaction.
    pub no_transaction: bool,
    /// Why it cannot be undone, where it cannot.
    pub irreversible: Option<&'i str>,
    /// The path of its up script.
    pub up: String,
    /// The path of its down script.
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

/// What there is to say of an import that was written, or would be.
pub struct ImportSentences<'i> {
    /// The tool.
    pub kind: Kind,
    /// What is imported.
    pub import: &'i Import,
    /// What the other tool's history holds, in words.
    pub summary: Option<&'i str>,
    /// Whether nothing was written.
    pub dry_run: bool,
    /// Whether what is of little weight is told too, and what is said of it at length.
    pub verbose: bool,
    /// The version rows that were set to what the tool has applied; none where that was not asked for.
    pub adopted: Option<&'i [RevisionId]>,
    /// How many migrations the tool has applied, where its table was asked.
    pub applied: Option<usize>,
    /// What has become of the tool's models, where there is something to say.
    pub models: Option<String>,
}

impl ImportSentences<'_> {
    /// The sentences: what cannot be carried over, what was written anew, how much was imported, and what became of the
    /// database and of the models.
    #[must_use]
    pub fn all(&self, shown: ShownPath<'_>) -> Vec<String> {
        let Self { kind, import, dry_run, .. } = self;
        let mut said = self.notes(shown);
        said.extend(self.written_anew(shown));
        said.push(self.how_much());
        match (self.applied, self.adopted) {
            (_, Some(heads)) => said.push(format!("the database is stamped {}", joined_or_base(heads))),
            (Some(number), None) => said.push(format!("{} applied by {kind}", count(number, "migration"))),
            (None, None) => {}
        }
        said.extend(self.models.clone());
        let lacks_down = import.files.iter().any(|files| files.irreversible.is_some());
        if *kind == Kind::Prisma && lacks_down && !dry_run {
            said.push("down scripts for what was imported: revgraph downs --missing".to_owned());
        }
        said
    }

    fn notes(&self, shown: ShownPath<'_>) -> Vec<String> {
        let is_told = |note: &&Note| self.verbose || !note.is_minor;
        let mut said = Vec::new();
        for note in self.import.notes.iter().filter(is_told) {
            said.push(of_note(note, shown));
            let detail = note.detail.as_ref().filter(|_| self.verbose);
            said.extend(detail.map(|detail| detail.trim_end().to_owned()));
        }
        let is_left_out = |note: &&Note| !is_told(note) || note.detail.is_some();
        let left_out = self.import.notes.iter().filter(is_left_out).count();
        if left_out > 0 && !self.verbose {
            said.push(format!("-v tells {} more", count(left_out, "thing")));
        }
        said
    }

    fn written_anew(&self, shown: ShownPath<'_>) -> Vec<String> {
        let is = if self.dry_run { "would be" } else { "is" };
        let sentence = |script: &Rewritten| {
            let applied = if script.is_edit_of_applied() {
                format!("; where a database has applied it: revgraph resolve --accept {}", script.revision)
            } else {
                String::new()
            };
            let path = shown(&script.path);
            format!("{path}: {is} written anew, as it was imported for another database{applied}")
        };
        self.import.rewritten.iter().map(sentence).collect()
    }

    fn how_much(&self) -> String {
        let (new, known) = (self.import.files.len(), self.import.known.len());
        let done = if self.dry_run { "would be imported" } else { "imported" };
        let before = if known == 0 { String::new() } else { format!(", {known} imported before") };
        let summary = self.summary.filter(|_| new > 0).map(|summary| format!(" ({summary})"));
        format!("{} {done}{before}{}", count(new, "revision"), summary.unwrap_or_default())
    }
}

fn of_note(note: &Note, shown: ShownPath<'_>) -> String {
    let file = shown(&note.file);
    match note.line {
        Some(line) => format!("{file}:{line}: {}", note.message),
        None => format!("{file}: {}", note.message),
    }
}

/// What `export --json` prints.
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
