//! dbmate: one file for both directions, in the order of the files' names. As `pkg/dbmate/migration.go` of dbmate 2
//! reads them.

use std::path::Path;

use super::error::{Fault, ImportError};
use super::files::{FolderEntry, SourceFile, list, read_source};
use super::history::chain;
use super::number::is_number;
use super::versions::ByVersion;
use super::{ImportedDown, ImportedHistory, ImportedRevision, ImportedScript, Kind};
use crate::sql::{Dialect, is_blank};

/// Reads the migrations of a folder of dbmate's.
///
/// # Errors
/// [`ImportError`] of a folder or file that cannot be read, and [`ImportError::Broken`] with all faults of the files.
pub(super) fn read(folder: &Path) -> Result<ImportedHistory, ImportError> {
    let mut faults = Vec::new();
    let mut by_version = ByVersion::new();
    let mut revisions = Vec::new();
    for entry in list(folder)?.iter().filter(|entry| !entry.is_folder && entry.name.ends_with(".sql")) {
        let Some(version) = version(&entry.name) else { continue };
        by_version.insert(version.to_owned(), &entry.path, (), &mut faults);
        let file = read_source(&entry.path)?;
        match Blocks::of(&file) {
            Ok(blocks) => revisions.push(revision(entry, version, &file, blocks)),
            Err(fault) => faults.push(fault),
        }
    }
    if !faults.is_empty() {
        return Err(ImportError::Broken(Kind::Dbmate, faults));
    }
    chain(&mut revisions);
    Ok(ImportedHistory { kind: Kind::Dbmate, dialect: None, revisions, notes: Vec::new(), summary: None })
}

/// The digits that the name begins with.
fn version(name: &str) -> Option<&str> {
    let end = name.find(|c: char| !c.is_ascii_digit())?;
    name.get(..end).filter(|digits| is_number(digits))
}

fn revision(entry: &FolderEntry, version: &str, file: &SourceFile, blocks: Blocks) -> ImportedRevision {
    let stem = entry.name.trim_end_matches(".sql");
    let title = stem.get(version.len()..).unwrap_or_default().trim_start_matches('_');
    let down = match blocks.down {
        Some(down) => ImportedDown::Script(down),
        None => ImportedDown::Irreversible("dbmate had no migrate:down block".to_owned()),
    };
    ImportedRevision::new(version, stem, title, blocks.up, down, &[file])
}

struct Blocks {
    up: ImportedScript,
    down: Option<ImportedScript>,
}

impl Blocks {
    fn of(file: &SourceFile) -> Result<Self, Fault> {
        let up = Marker::find(&file.text, "migrate:up")
            .ok_or_else(|| Fault::of_file(&file.path, "there is no `-- migrate:up` in it"))?;
        let down = Marker::find(&file.text, "migrate:down");
        let before = file.text.get(..up.start).unwrap_or_default();
        // Comments and blank lines are the same in both dialects.
        if !is_blank(Dialect::Postgres, before) {
            return Err(Fault::of_line(&file.path, 1, "a statement stands before `-- migrate:up`"));
        }
        if let Some(down) = down.as_ref().filter(|down| down.start < up.start) {
            return Err(Fault::of_line(
                &file.path,
                down.line,
                "`-- migrate:down` stands before `-- migrate:up`",
            ));
        }
        let up_end = down.as_ref().map_or(file.text.len(), |down| down.start);
        let script = |marker: &Marker, end: usize| ImportedScript {
            sql: file.text.get(marker.end..end).unwrap_or_default().to_owned(),
            first_line: marker.line + 1,
            file: file.path.clone(),
            no_transaction: marker.no_transaction,
        };
        let up = script(&up, up_end);
        Ok(Self { up, down: down.as_ref().map(|down| script(down, file.text.len())) })
    }
}

/// A line that begins a block.
struct Marker {
    start: usize,
    /// Where the next line begins.
    end: usize,
    line: usize,
    no_transaction: bool,
}

impl Marker {
    fn find(text: &str, word: &str) -> Option<Self> {
        let mut start = 0;
        for (index, line) in text.split_inclusive('\n').enumerate() {
            let end = start + line.len();
            if let Some(options) =
                line.strip_prefix("--").and_then(|rest| rest.trim_start().strip_prefix(word))
                && (options.trim().is_empty() || options.starts_with(char::is_whitespace))
            {
                let no_transaction = options.split_whitespace().any(|option| option == "transaction:false");
                return Some(Self { start, end, line: index + 1, no_transaction });
            }
            start = end;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(text: &str) -> Result<Blocks, Fault> {
        Blocks::of(&SourceFile { path: "1_a.sql".into(), text: text.to_owned(), has_bom: false })
    }

    #[test]
    fn blocks_are_cut_at_their_markers() {
        let read =
            blocks("-- why\n-- migrate:up transaction:false\nA;\n\n--migrate:down\nB;\n").expect("blocks");
        assert_eq!((read.up.sql.as_str(), read.up.first_line, read.up.no_transaction), ("A;\n\n", 3, true));
        let down = read.down.expect("a block");
        assert_eq!((down.sql.as_str(), down.first_line, down.no_transaction), ("B;\n", 6, false));
        assert!(blocks("-- migrate:up\nA;").expect("a block").down.is_none());
    }

    #[test]
    fn what_dbmate_refuses_is_refused() {
        for text in
            ["A;\n", "-- migrate:upwards\nA;\n", "A;\n-- migrate:up\n", "-- migrate:down\n-- migrate:up\n"]
        {
            assert!(blocks(text).is_err(), "{text:?}");
        }
    }
}
