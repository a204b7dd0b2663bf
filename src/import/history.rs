//! What a reader gives: a history in its tool's own words.

use std::path::PathBuf;

use chrono::{DateTime, FixedOffset, NaiveDateTime};

use super::{Kind, SourceFile};
use crate::script::Checksum;
use crate::sql::Dialect;

/// The history of another tool, read and not yet written as revisions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedHistory {
    /// The tool.
    pub kind: Kind,
    /// The dialect that the tool says its files are in; none where it does not say.
    pub dialect: Option<Dialect>,
    /// The revisions, each after those that it stands on.
    pub revisions: Vec<ImportedRevision>,
    /// What cannot be carried over, or is not as it looks.
    pub notes: Vec<Note>,
    /// The kinds of revisions among them, counted, in words; none where there are no kinds.
    pub summary: Option<String>,
}

/// One revision. Ids are the tool's own: those that revgraph does not allow are changed later, see
/// [`allowed_id`](super::allowed_id).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedRevision {
    /// The revision's id.
    pub id: String,
    /// What the tool's own table calls it, which may be another spelling of the id: 1 for `000001`.
    pub original_id: String,
    /// What people know it by, such as its file's name. It tells the revision among those of its tool, and an imported
    /// script is known by it.
    pub name: String,
    /// The message; its first line is the title.
    pub message: String,
    /// When the revision was made, where the tool says so.
    pub created: Option<DateTime<FixedOffset>>,
    /// The ids of the revision's parents.
    pub down_revisions: Vec<String>,
    /// Ids or branch labels of what else must be applied before.
    pub depends_on: Vec<String>,
    /// The labels that it gives to its branch.
    pub branch_labels: Vec<String>,
    /// The up script.
    pub up: ImportedScript,
    /// The down script, or why there is none.
    pub down: ImportedDown,
    /// The files that it was read from; the first is the one to name in messages.
    pub sources: Vec<PathBuf>,
    /// The digest of all that was read.
    pub digest: Checksum,
    /// The checksums that the tool's own table may have of it, as it writes them; none where it keeps none.
    pub recorded_checksums: Vec<String>,
    /// More comment lines for the top of the script, without dashes.
    pub remarks: Vec<String>,
}

impl ImportedRevision {
    /// A revision without parents, that its tool's own table calls by its id. An id that begins with a time, such as
    /// `20250131093000`, tells when it was made.
    #[must_use]
    pub fn new(
        id: impl Into<String>,
        name: impl Into<String>,
        message: impl Into<String>,
        up: ImportedScript,
        down: ImportedDown,
        sources: &[&SourceFile],
    ) -> Self {
        let id = id.into();
        Self {
            original_id: id.clone(),
            name: name.into(),
            message: message.into(),
            created: time_of(&id),
            down_revisions: Vec::new(),
            depends_on: Vec::new(),
            branch_labels: Vec::new(),
            up,
            down,
            sources: sources.iter().map(|source| source.path.clone()).collect(),
            digest: Checksum::of_texts(sources.iter().map(|source| source.text.as_str())),
            recorded_checksums: Vec::new(),
            remarks: Vec::new(),
            id,
        }
    }
}

/// The time that the first 14 digits of an id say, in UTC as tools write it.
fn time_of(id: &str) -> Option<DateTime<FixedOffset>> {
    let digits: String = id.chars().take_while(char::is_ascii_digit).collect();
    let time = NaiveDateTime::parse_from_str(digits.get(..14)?, "%Y%m%d%H%M%S").ok()?;
    (digits.len() == 14 || digits.len() == 17).then(|| time.and_utc().fixed_offset())
}

/// Makes each revision the parent of the next, as tools without a graph have them.
pub(super) fn chain(revisions: &mut [ImportedRevision]) {
    let mut previous: Option<String> = None;
    for revision in revisions {
        revision.down_revisions = previous.take().into_iter().collect();
        previous = Some(revision.id.clone());
    }
}

/// A script of another tool's as that tool would run it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImportedScript {
    /// The text, without the tool's markers. A part of a file keeps the lines of its file where it can, so that lines
    /// of notes are those of the file.
    pub sql: String,
    /// The line of the file that the text begins at, from 1.
    pub first_line: usize,
    /// The file, for notes.
    pub file: PathBuf,
    /// Whether the tool runs it outside a transaction.
    pub no_transaction: bool,
}

impl ImportedScript {
    /// The script that is all of a file, and runs in a transaction.
    #[must_use]
    pub fn of_file(source: &SourceFile) -> Self {
        Self { sql: source.text.clone(), first_line: 1, file: source.path.clone(), no_transaction: false }
    }
}

/// How the other tool undoes a revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportedDown {
    /// By this script.
    Script(ImportedScript),
    /// Not at all, for this reason.
    Irreversible(String),
}

/// Something that the user has to know.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Note {
    /// The file or folder that it is about.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: Option<usize>,
    /// What the user has to know.
    pub message: String,
    /// The same at length, such as a traceback, in several lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Whether it is only for those who want to know everything.
    #[serde(skip)]
    pub is_minor: bool,
}

impl Note {
    /// A note that concerns a file as a whole, and no line of it.
    #[must_use]
    pub fn of_file(file: impl Into<PathBuf>, message: impl Into<String>) -> Self {
        Self { file: file.into(), line: None, message: message.into(), detail: None, is_minor: false }
    }

    /// The same note, told only to those who want to know everything.
    #[must_use]
    pub fn minor(self) -> Self {
        Self { is_minor: true, ..self }
    }

    /// The note with `detail`, what is said at length: several lines.
    #[must_use]
    pub fn with_detail(self, detail: Option<String>) -> Self {
        Self { detail, ..self }
    }

    /// A note about a line of a file, counted from 1.
    #[must_use]
    pub fn of_line(file: impl Into<PathBuf>, line: usize, message: impl Into<String>) -> Self {
        Self { line: Some(line), ..Self::of_file(file, message) }
    }
}
