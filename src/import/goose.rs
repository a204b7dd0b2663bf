//! goose: one file for both directions, in the order of the version numbers. As `internal/sqlparser/parser.go` of
//! goose 3 reads them.

use std::path::Path;

use super::error::{Fault, ImportError};
use super::files::{FolderEntry, SourceFile, list, read_source};
use super::history::chain;
use super::number::number_and_rest;
use super::versions::{ByVersion, without_zeros};
use super::{ImportedDown, ImportedHistory, ImportedRevision, ImportedScript, Kind, Note};

/// Reads the migrations of a folder of goose's.
///
/// # Errors
/// [`ImportError`] of a folder or file that cannot be read, and [`ImportError::Broken`] with all faults of the files.
pub(super) fn read(folder: &Path) -> Result<ImportedHistory, ImportError> {
    let mut notes = Vec::new();
    let mut faults = Vec::new();
    let mut files = ByVersion::new();
    for entry in list(folder)?.into_iter().filter(|entry| !entry.is_folder) {
        let Some((digits, _)) = number_and_rest(&entry.name) else { continue };
        let (digits, path) = (digits.to_owned(), entry.path.clone());
        let is_code = entry.name.ends_with(".go");
        if entry.name.ends_with("_test.go") || !(is_code || entry.name.ends_with(".sql")) {
            continue;
        }
        match digits.parse::<i64>() {
            Ok(version) => files.insert(version, &path, (digits, entry), &mut faults),
            Err(_) => faults.push(Fault::of_file(&path, "its version number is too great")),
        }
    }
    let mut revisions: Vec<ImportedRevision> = Vec::new();
    for (_, (path, (digits, entry))) in files.into_iter() {
        if entry.name.ends_with(".go") {
            let after = revisions.last().map_or("the base", |last| last.id.as_str());
            let message =
                format!("left out: it is Go, and has to be written as SQL; its place is after {after}");
            notes.push(Note::of_file(path, message));
            continue;
        }
        let file = read_source(&path)?;
        match Sections::of(&file, &mut notes) {
            Ok(sections) => revisions.push(revision(&entry, &digits, &file, sections)),
            Err(fault) => faults.push(fault),
        }
    }
    if !faults.is_empty() {
        return Err(ImportError::Broken(Kind::Goose, faults));
    }
    chain(&mut revisions);
    Ok(ImportedHistory { kind: Kind::Goose, dialect: None, revisions, notes, summary: None })
}

fn revision(entry: &FolderEntry, digits: &str, file: &SourceFile, sections: Sections) -> ImportedRevision {
    let stem = entry.name.trim_end_matches(".sql");
    let title = stem.get(digits.len() + 1..).unwrap_or_default();
    let down = match sections.down {
        Some(down) => ImportedDown::Script(down),
        None => ImportedDown::Irreversible("goose had no Down section".to_owned()),
    };
    let mut revision = ImportedRevision::new(digits, stem, title, sections.up, down, &[file]);
    without_zeros(digits).clone_into(&mut revision.original_id);
    revision
}

struct Sections {
    up: ImportedScript,
    down: Option<ImportedScript>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Annotation {
    Up,
    Down,
    StatementBegin,
    StatementEnd,
    NoTransaction,
    EnvironmentOn,
    EnvironmentOff,
    Unknown,
}

impl Annotation {
    fn of(line: &str) -> Option<Self> {
        let words = line.strip_prefix("--")?.trim().strip_prefix("+goose")?.trim();
        let known = [
            ("up", Self::Up),
            ("down", Self::Down),
            ("statementbegin", Self::StatementBegin),
            ("statementend", Self::StatementEnd),
            ("no transaction", Self::NoTransaction),
            ("envsub on", Self::EnvironmentOn),
            ("envsub off", Self::EnvironmentOff),
        ];
        let found = known.into_iter().find(|(text, _)| words.eq_ignore_ascii_case(text));
        Some(found.map_or(Self::Unknown, |(_, annotation)| annotation))
    }
}

/// Where the reader is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    Before,
    Up,
    Down,
}

struct Reader<'f> {
    file: &'f SourceFile,
    section: Section,
    /// The line of the `StatementBegin` that is open.
    statement: Option<usize>,
    no_transaction: bool,
    up: String,
    down: Option<String>,
    up_line: usize,
    down_line: usize,
}

impl Sections {
    fn of(file: &SourceFile, notes: &mut Vec<Note>) -> Result<Self, Fault> {
        let mut reader = Reader {
            file,
            section: Section::Before,
            statement: None,
            no_transaction: false,
            up: String::new(),
            down: None,
            up_line: 1,
            down_line: 1,
        };
        for (index, line) in file.text.split_inclusive('\n').enumerate() {
            reader.line(index + 1, line, notes)?;
        }
        reader.finish()
    }
}

impl Reader<'_> {
    fn line(&mut self, number: usize, line: &str, notes: &mut Vec<Note>) -> Result<(), Fault> {
        let fault = |message: &str| Err(Fault::of_line(&self.file.path, number, message));
        match Annotation::of(line) {
            Some(Annotation::Up) if self.section == Section::Before => {
                self.section = Section::Up;
                self.up_line = number + 1;
            }
            Some(Annotation::Up) => return fault("a second `-- +goose Up`"),
            Some(Annotation::Down) if self.section == Section::Up && self.statement.is_none() => {
                self.section = Section::Down;
                self.down_line = number + 1;
                self.down = Some(String::new());
            }
            Some(Annotation::Down) => {
                return fault("`-- +goose Down` must follow `-- +goose Up`, and that alone");
            }
            Some(Annotation::StatementBegin)
                if self.section == Section::Before || self.statement.is_some() =>
            {
                return fault("`-- +goose StatementBegin` in a wrong place");
            }
            Some(Annotation::StatementBegin) => {
                self.statement = Some(number);
                self.push("\n");
            }
            Some(Annotation::StatementEnd) if self.statement.take().is_some() => self.end_statement(),
            Some(Annotation::StatementEnd) => {
                return fault("`-- +goose StatementEnd` without a `-- +goose StatementBegin`");
            }
            Some(Annotation::NoTransaction) => {
                self.no_transaction = true;
                self.push("\n");
            }
            Some(Annotation::EnvironmentOn) => {
                let message = "goose replaces ${VARIABLES} from here on; revgraph does not";
                notes.push(Note::of_line(&self.file.path, number, message));
                self.push("\n");
            }
            Some(Annotation::EnvironmentOff) => self.push("\n"),
            Some(Annotation::Unknown) => return fault("goose has no such annotation"),
            None if self.section == Section::Before => {
                let text = line.trim();
                if !text.is_empty() && !text.starts_with("--") {
                    return fault("a statement stands before `-- +goose Up`");
                }
            }
            None => self.push(line),
        }
        Ok(())
    }

    fn text(&mut self) -> Option<&mut String> {
        match self.section {
            Section::Before => None,
            Section::Up => Some(&mut self.up),
            Section::Down => self.down.as_mut(),
        }
    }

    fn push(&mut self, text: &str) {
        if let Some(section) = self.text() {
            section.push_str(text);
        }
    }

    /// What stands between the annotations is one statement, with or without a semicolon.
    fn end_statement(&mut self) {
        if let Some(section) = self.text() {
            let statement = section.trim_end();
            if !statement.ends_with(';') {
                let end = statement.len();
                let ends_in_comment = statement.lines().last().is_some_and(|line| line.contains("--"));
                section.insert_str(end, if ends_in_comment { "\n;" } else { ";" });
            }
            section.push('\n');
        }
    }

    fn finish(self) -> Result<Sections, Fault> {
        if self.section == Section::Before {
            return Err(Fault::of_file(&self.file.path, "there is no `-- +goose Up` in it"));
        }
        if let Some(line) = self.statement {
            let message = "`-- +goose StatementBegin` without a `-- +goose StatementEnd`";
            return Err(Fault::of_line(&self.file.path, line, message));
        }
        let script = |sql: String, first_line: usize| ImportedScript {
            sql,
            first_line,
            file: self.file.path.clone(),
            no_transaction: self.no_transaction,
        };
        Ok(Sections {
            up: script(self.up, self.up_line),
            down: self.down.map(|down| script(down, self.down_line)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sections(text: &str) -> Result<Sections, Fault> {
        let file = SourceFile { path: "1_a.sql".into(), text: text.to_owned(), has_bom: false };
        Sections::of(&file, &mut Vec::new())
    }

    #[test]
    fn sections_keep_their_lines() {
        let text = "-- +goose NO TRANSACTION\n-- +goose Up\nA;\n-- +goose StatementBegin\nB $$;$$\n\
                    -- +goose StatementEnd\nC;\n--   +goose Down\nD;\n";
        let read = sections(text).expect("sections");
        assert_eq!(read.up.sql, "A;\n\nB $$;$$;\n\nC;\n");
        assert_eq!((read.up.first_line, read.up.no_transaction), (3, true));
        assert_eq!(read.up.sql.lines().position(|line| line == "C;"), Some(7 - 3));
        assert_eq!(read.down.map(|down| (down.sql, down.first_line)), Some(("D;\n".to_owned(), 9)));
    }

    #[test]
    fn what_goose_refuses_is_refused() {
        for text in [
            "A;\n",
            "A;\n-- +goose Up\n",
            "-- +goose Down\nA;\n",
            "-- +goose Up\n-- +goose Up\n",
            "-- +goose Up\n-- +goose StatementEnd\n",
            "-- +goose Up\n-- +goose StatementBegin\nA;\n",
            "-- +goose Up\n-- +goose Sideways\n",
        ] {
            assert!(sections(text).is_err(), "{text:?}");
        }
    }
}
