//! SQLx: `VERSION_DESCRIPTION.sql`, or `.up.sql` with `.down.sql`, in the order of the versions. As
//! `sqlx-core/src/migrate/source.rs` of SQLx 0.8 reads them.

use std::path::Path;

use sha2::{Digest as _, Sha384};

use super::error::{Fault, ImportError};
use super::files::{FolderEntry, SourceFile, list};
use super::number::number_and_rest;
use super::pairs::paired;
use super::versions::{ByVersion, without_zeros};
use super::{ImportedDown, ImportedHistory, ImportedRevision, ImportedScript, Kind, Note};
use crate::hex;
use crate::script::Side;

/// The first line of a script that SQLx runs outside a transaction.
const NO_TRANSACTION: &str = "-- no-transaction";

struct Named {
    digits: String,
    title: String,
}

/// Reads the migrations of a folder of SQLx's.
///
/// # Errors
/// [`ImportError`] of a folder or file that cannot be read, and [`ImportError::Broken`] with all faults of the files.
pub(super) fn read(folder: &Path) -> Result<ImportedHistory, ImportError> {
    let mut notes = Vec::new();
    let mut faults = Vec::new();
    let (mut ups, mut downs) = (ByVersion::new(), ByVersion::new());
    for entry in list(folder)?.iter().filter(|entry| !entry.is_folder) {
        match named(entry) {
            Some(Ok((version, Side::Up, named))) => ups.insert(version, &entry.path, named, &mut faults),
            Some(Ok((version, Side::Down, named))) => downs.insert(version, &entry.path, named, &mut faults),
            Some(Err(fault)) => faults.push(fault),
            None if entry.name.ends_with(".sql") => {
                notes.push(Note::of_file(&entry.path, "left out: SQLx does not take it for a migration"));
            }
            None => {}
        }
    }
    let revisions = paired(Kind::Sqlx, ups, downs, faults, &mut notes, revision)?;
    Ok(ImportedHistory { kind: Kind::Sqlx, dialect: None, revisions, notes, summary: None })
}

/// What a file's name says; nothing where SQLx passes over it.
fn named(entry: &FolderEntry) -> Option<Result<(i64, Side, Named), Fault>> {
    let (before, after) = entry.name.split_once('_')?;
    let stem = after.strip_suffix(".sql")?;
    let Some((digits, _)) = number_and_rest(&entry.name) else {
        let message = format!("`{before}` is not a version number, at which SQLx fails");
        return Some(Err(Fault::of_file(&entry.path, message)));
    };
    let Ok(version) = digits.parse() else {
        return Some(Err(Fault::of_file(&entry.path, "its version number is too great")));
    };
    let (side, stem) = match (stem.strip_suffix(".up"), stem.strip_suffix(".down")) {
        (Some(stem), _) => (Side::Up, stem),
        (None, Some(stem)) => (Side::Down, stem),
        (None, None) => (Side::Up, stem),
    };
    Some(Ok((version, side, Named { digits: digits.to_owned(), title: stem.replace('_', " ") })))
}

fn revision(named: &Named, up: &SourceFile, down: Option<&SourceFile>) -> ImportedRevision {
    let down_script = match down {
        Some(down) => ImportedDown::Script(script(down)),
        None => ImportedDown::Irreversible("SQLx had no down script".to_owned()),
    };
    let name = up.path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let name = name.trim_end_matches(".sql").trim_end_matches(".up");
    let sources: Vec<&SourceFile> = std::iter::once(up).chain(down).collect();
    let mut revision =
        ImportedRevision::new(&named.digits, name, &named.title, script(up), down_script, &sources);
    without_zeros(&named.digits).clone_into(&mut revision.original_id);
    let digest = Sha384::digest(up.bytes());
    revision.recorded_checksums = vec![hex::encode(digest)];
    revision
}

fn script(file: &SourceFile) -> ImportedScript {
    let no_transaction = file.text.starts_with(NO_TRANSACTION);
    ImportedScript { no_transaction, ..ImportedScript::of_file(file) }
}
