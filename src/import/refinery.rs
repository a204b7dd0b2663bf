//! refinery: `V1__name.sql` and `U1__name.sql`, in the order of the numbers; a `U` is not the undoing of a `V`, but a
//! migration that may be applied out of order. As `refinery_core/src/util.rs` of refinery 0.9 reads them.

use std::hash::{Hash, Hasher};
use std::path::Path;

use siphasher::sip::SipHasher13;

use super::error::{Fault, ImportError};
use super::files::{FolderEntry, SourceFile, list_recursively, read_source};
use super::history::chain;
use super::number::is_number;
use super::versions::{ByVersion, without_zeros};
use super::{ImportedDown, ImportedHistory, ImportedRevision, ImportedScript, Kind, Note};

const NO_TRANSACTION: &str = "refinery:noTransaction";

struct Named {
    stem: String,
    digits: String,
    title: String,
    in_any_order: bool,
    is_code: bool,
}

/// Reads the migrations of a folder of refinery's, with its subfolders.
///
/// # Errors
/// [`ImportError`] of a folder or file that cannot be read, and [`ImportError::Broken`] with all faults of the files.
pub(super) fn read(folder: &Path) -> Result<ImportedHistory, ImportError> {
    let mut notes = Vec::new();
    let mut faults = Vec::new();
    let mut files = ByVersion::new();
    for entry in list_recursively(folder)? {
        let Some(named) = named(&entry) else {
            if entry.name.ends_with(".sql") {
                notes.push(Note::of_file(&entry.path, "left out: refinery does not take it for a migration"));
            }
            continue;
        };
        match named.digits.parse::<i64>() {
            Ok(version) => files.insert(version, &entry.path, named, &mut faults),
            Err(_) => faults.push(Fault::of_file(&entry.path, "refinery does not read its version number")),
        }
    }
    let mut revisions: Vec<ImportedRevision> = Vec::new();
    for (version, (path, named)) in files.into_iter() {
        if named.is_code {
            let after = revisions.last().map_or("the base", |last| last.id.as_str());
            let message =
                format!("left out: it is Rust, and has to be written as SQL; its place is after {after}");
            notes.push(Note::of_file(path, message));
            continue;
        }
        if named.in_any_order {
            let message = "refinery applies it wherever it stands; it gets the place of its number";
            notes.push(Note::of_file(&path, message));
        }
        revisions.push(revision(&named, version, &read_source(&path)?));
    }
    if !faults.is_empty() {
        return Err(ImportError::Broken(Kind::Refinery, faults));
    }
    chain(&mut revisions);
    Ok(ImportedHistory { kind: Kind::Refinery, dialect: None, revisions, notes, summary: None })
}

/// `^([U|V])(\d+(?:\.\d+)?)__(\w+)\.(rs|sql)$`; a version with a point then fails to be a number.
fn named(entry: &FolderEntry) -> Option<Named> {
    let (stem, extension) = entry.name.rsplit_once('.')?;
    let (version, title) = stem.get(1..)?.split_once("__")?;
    let is_code = extension == "rs";
    let in_any_order = stem.starts_with('U');
    let is_version = version.split('.').count() <= 2 && version.split('.').all(is_number);
    let is_title = !title.is_empty() && title.chars().all(|c| c.is_alphanumeric() || c == '_');
    let is_migration =
        (is_code || extension == "sql") && (in_any_order || stem.starts_with('V')) && is_version && is_title;
    is_migration.then(|| Named {
        stem: stem.to_owned(),
        digits: version.to_owned(),
        title: title.to_owned(),
        in_any_order,
        is_code,
    })
}

fn revision(named: &Named, version: i64, file: &SourceFile) -> ImportedRevision {
    let no_transaction = file.text.lines().any(|line| {
        let comment = line.trim_start_matches('-');
        line.len() - comment.len() >= 2
            && comment.strip_prefix([' ', '\t']).unwrap_or(comment) == NO_TRANSACTION
    });
    let up = ImportedScript { no_transaction, ..ImportedScript::of_file(file) };
    let down = ImportedDown::Irreversible("refinery has no down scripts".to_owned());
    let mut revision = ImportedRevision::new(&named.digits, &named.stem, &named.title, up, down, &[file]);
    without_zeros(&named.digits).clone_into(&mut revision.original_id);
    revision.recorded_checksums = checksums(&named.title, version, &file.bytes());
    revision
}

/// SipHash 1-3 of name, version and SQL: the version as 32 bits, or as 64 with refinery's feature `int8-versions`.
fn checksums(name: &str, version: i64, sql: &[u8]) -> Vec<String> {
    let sql = String::from_utf8_lossy(sql);
    let sum = |hash_version: &dyn Fn(&mut SipHasher13)| {
        let mut hasher = SipHasher13::new();
        name.hash(&mut hasher);
        hash_version(&mut hasher);
        sql.hash(&mut hasher);
        hasher.finish().to_string()
    };
    let mut checksums = vec![sum(&|hasher| version.hash(hasher))];
    if let Ok(version) = i32::try_from(version) {
        checksums.push(sum(&|hasher| version.hash(hasher)));
    }
    checksums
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_those_of_refinery() {
        // What `Migration::unapplied` of refinery-core 0.9.2 gives for V12__create_users.
        let checksums = checksums("create_users", 12, b"CREATE TABLE t (id INTEGER);\n");
        assert!(checksums.contains(&"16169015981632840211".to_owned()), "{checksums:?}");
    }
}
