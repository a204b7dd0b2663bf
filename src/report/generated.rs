//! Generated revisions as a document and in sentences.

use serde::Serialize;

use crate::alter::Rename;
use crate::autogenerate::{Course, Drafts, Named, Stake, stakes_back};
use crate::catalog::ObjectName;
use crate::graph::RevisionId;
use crate::sql::Dialect;

/// What `revision --autogenerate` says of what it has written, or would write.
#[derive(Serialize)]
pub struct GeneratedDocument<'g> {
    /// The revisions that were written.
    pub revisions: Vec<GeneratedEntry<'g>>,
    /// Whether the revisions have been proved.
    pub proved: bool,
    /// The statements, for each kind of database.
    pub statements: Vec<StatementEntry<'g>>,
    /// What loses values.
    pub losses: Vec<&'g Stake<'g>>,
    /// What is kept of what would be lost.
    pub kept: Vec<KeptEntry<'g>>,
    /// What may fail on rows.
    pub may_fail: Vec<&'g Stake<'g>>,
    /// What may fail on rows on the way back.
    pub down_may_fail: Vec<Stake<'g>>,
    /// What was left open: nothing, where there is a document at all.
    pub questions: [(); 0],
    /// What is told beside the statements: that owners and grants are not compared.
    pub notes: Vec<String>,
}

/// What `revision --autogenerate` says where the schemas are equal.
#[derive(Debug, Default, Serialize)]
pub struct NothingGenerated {
    /// No revision was written.
    pub revisions: [(); 0],
    /// There is no statement.
    pub statements: [(); 0],
    /// Nothing is lost.
    pub losses: [(); 0],
    /// Nothing was left open.
    pub questions: [(); 0],
    /// What is told beside: that owners and grants are not compared.
    pub notes: Vec<String>,
}

/// A revision that `revision --autogenerate` has written.
#[derive(Debug, Serialize)]
pub struct GeneratedEntry<'g> {
    /// Its id.
    pub revision: &'g RevisionId,
    /// The path of its up script.
    pub up: String,
    /// The path of its down script.
    pub down: String,
    /// Its parents.
    pub down_revisions: &'g [RevisionId],
    /// The message of its header.
    pub message: &'g str,
}

/// A statement of a revision that was written.
#[derive(Debug, Serialize)]
pub struct StatementEntry<'g> {
    /// What it makes, changes or drops.
    pub object: &'g ObjectName,
    /// Its text.
    pub sql: &'g str,
    /// The kind of database that it is for.
    pub dialect: &'static str,
}

/// A table that keeps what would be lost.
#[derive(Debug, Serialize)]
pub struct KeptEntry<'g> {
    /// The table.
    pub table: &'g ObjectName,
    /// What it keeps.
    pub what: &'g str,
}

impl<'g> GeneratedDocument<'g> {
    /// Of the statements for each kind of database and what is at stake; `written` are the revisions, where they were written,
    /// and whether they have been proved, and `notes` what is told beside.
    #[must_use]
    pub fn new(
        written: Option<(&'g Drafts, bool)>,
        courses: &[(Dialect, &'g Course)],
        stakes: &'g [Stake<'g>],
        notes: Vec<String>,
    ) -> Self {
        let new = written.iter().flat_map(|(drafts, _)| &drafts.new);
        let revision = |new: &'g crate::script::NewRevision| GeneratedEntry {
            revision: &new.revision.id,
            up: new.up.0.display().to_string(),
            down: new.down.0.display().to_string(),
            down_revisions: &new.revision.down_revisions,
            message: &new.message,
        };
        let statements = courses.iter().flat_map(|(dialect, course)| {
            let entry = |one: &'g crate::alter::Statement| StatementEntry {
                object: &one.object,
                sql: &one.sql,
                dialect: dialect.name(),
            };
            course.statements().map(entry).collect::<Vec<_>>()
        });
        let kept = courses.iter().flat_map(|(_, course)| course.kept());
        let (losses, may_fail) = stakes.iter().partition(|stake| stake.is_loss());
        Self {
            revisions: new.map(revision).collect(),
            proved: written.is_some_and(|(_, is_proved)| is_proved),
            statements: statements.collect(),
            losses,
            kept: kept.map(|(table, mark)| KeptEntry { table, what: &mark.what }).collect(),
            may_fail,
            down_may_fail: courses
                .iter()
                .flat_map(|(_, course)| stakes_back(course.statements_back()))
                .collect(),
            questions: [],
            notes,
        }
    }
}

/// What a rename is that models tell, as one sentence.
#[must_use]
pub fn rename_sentence(rename: &Rename) -> String {
    let (from, to) = match &rename.label {
        Some((old, new)) => (Named::of_label(&rename.from, old), Named::of_label(&rename.to, new)),
        None => (Named::of(&rename.from), Named::of(&rename.to)),
    };
    format!("{} {from} is {to} now: the models have the same under another name", from.kind())
}
