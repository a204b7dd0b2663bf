//! What is to be written. Pure.

use std::path::PathBuf;

use super::{Kind, Migration};
use crate::graph::RevisionId;
use crate::sql::{Dialect, Statement, split};

/// Files, what they stand for, and what does not come over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layout {
    /// The files, relative to their folder.
    pub files: Vec<(PathBuf, String)>,
    /// The migrations, in their order.
    pub migrations: Vec<ExportedMigration>,
    /// What the user has to know.
    pub notes: Vec<Note>,
}

/// A migration of the other tool, made of a revision or of one part of it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ExportedMigration {
    /// The revision that the migration is made of, whole or in part.
    pub revision: RevisionId,
    /// The name or version by which the other tool knows the migration.
    pub name: String,
    /// The migration's files, relative to the folder of the export.
    pub files: Vec<PathBuf>,
    /// Why the migration cannot be undone, where it cannot.
    pub irreversible: Option<String>,
}

/// Something that the other tool does otherwise.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Note {
    /// The revision that the note is about.
    pub revision: RevisionId,
    /// What the other tool does otherwise, for people.
    pub message: String,
}

impl Layout {
    /// Adds the `files` (path and text) of a migration that the tool knows by `name`.
    pub(super) fn add(&mut self, migration: &Migration, name: String, files: Vec<(PathBuf, String)>) {
        self.migrations.push(ExportedMigration {
            revision: migration.revision.clone(),
            name,
            files: files.iter().map(|(path, _)| path.clone()).collect(),
            irreversible: migration.down.as_ref().err().map(ToString::to_string),
        });
        self.files.extend(files);
    }
}

/// What revgraph runs and the other tool does not, or not so.
pub(super) fn tolerated(
    kind: Kind,
    dialect: Dialect,
    migrations: &[Migration],
    wanted: &dyn Fn(&RevisionId) -> bool,
) -> Vec<Note> {
    let mut notes = Vec::new();
    for migration in migrations.iter().filter(|migration| wanted(&migration.revision)) {
        let scripts = std::iter::once(&migration.up).chain(migration.down.as_ref().ok());
        let texts: Vec<&str> = scripts.map(|script| script.sql.as_str()).collect();
        let mut note = |message: String| notes.push(Note { revision: migration.revision.clone(), message });
        if texts.iter().any(|sql| copies_data(dialect, sql)) {
            note(format!("it holds data of a COPY, which {kind} cannot send: write it as INSERT"));
        }
        if kind == Kind::Sqlx && dialect == Dialect::Sqlite && texts.iter().any(|sql| rebuilds_a_table(sql)) {
            note("it rebuilds a table; sqlx has foreign keys on, so rows that refer to it would go: connect with foreign_keys(false)".to_owned());
        }
    }
    notes
}

fn copies_data(dialect: Dialect, sql: &str) -> bool {
    split(dialect, sql).is_ok_and(|statements| statements.iter().any(|one| one.copy_data().is_some()))
}

/// Whether a table is dropped and another takes its name.
fn rebuilds_a_table(sql: &str) -> bool {
    let Ok(statements) = split(Dialect::Sqlite, sql) else { return false };
    let begins = |one: &Statement<'_>, verb: &str| one.leading_keywords().iter().take(2).eq([verb, "TABLE"]);
    statements.iter().any(|one| begins(one, "DROP"))
        && statements.iter().any(|one| begins(one, "ALTER") && one.mentions_word("RENAME"))
}
