//! Prisma Migrate: a folder for each migration, applied in the order of the folders' names.
//! <https://www.prisma.io/docs/orm/prisma-migrate/understanding-prisma-migrate/migration-histories>

use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::error::{Fault, ImportError};
use super::files::{FolderEntry, SourceFile, list, read_source};
use super::history::chain;
use super::{ImportedDown, ImportedHistory, ImportedRevision, ImportedScript, Kind, Note};
use crate::hex;
use crate::sql::Dialect;

const LOCK_FILE: &str = "migration_lock.toml";

/// Why an imported migration cannot be undone.
const NO_DOWN_SCRIPT: &str = "not written yet";

/// Reads the migrations of a folder of Prisma Migrate's.
///
/// # Errors
/// [`ImportError`] of a folder or file that cannot be read, and [`ImportError::Broken`] with all faults of the files.
pub(super) fn read(folder: &Path) -> Result<ImportedHistory, ImportError> {
    let dialect = dialect(folder)?;
    let mut notes = Vec::new();
    let mut faults = Vec::new();
    let mut revisions = Vec::new();
    for entry in list(folder)?.iter().filter(|entry| entry.is_folder) {
        let script = entry.path.join("migration.sql");
        if script.is_file() {
            revisions.push(revision(entry, &read_source(&script)?, &mut notes)?);
        } else {
            faults.push(Fault::of_file(&entry.path, "the folder of a migration has no migration.sql"));
        }
    }
    if !faults.is_empty() && !revisions.is_empty() {
        return Err(ImportError::Broken(Kind::Prisma, faults));
    }
    chain(&mut revisions);
    Ok(ImportedHistory { kind: Kind::Prisma, dialect, revisions, notes, summary: None })
}

fn revision(
    entry: &FolderEntry,
    script: &SourceFile,
    notes: &mut Vec<Note>,
) -> Result<ImportedRevision, ImportError> {
    let title = match entry.name.split_once('_') {
        Some((time, title)) if time.bytes().all(|byte| byte.is_ascii_digit()) && !title.is_empty() => title,
        _ => &entry.name,
    };
    // Prisma does not run it; its documentation has users keep one there.
    let down_path = entry.path.join("down.sql");
    let down_file = if down_path.is_file() { Some(read_source(&down_path)?) } else { None };
    let down = match &down_file {
        Some(file) => {
            notes.push(Note::of_file(&down_path, "taken as the down script, though Prisma has never run it"));
            ImportedDown::Script(ImportedScript::of_file(file))
        }
        None => ImportedDown::Irreversible(NO_DOWN_SCRIPT.to_owned()),
    };
    let sources: Vec<&SourceFile> = std::iter::once(script).chain(&down_file).collect();
    let up = ImportedScript::of_file(script);
    let mut revision = ImportedRevision::new(&entry.name, &entry.name, title, up, down, &sources);
    revision.recorded_checksums = checksums(&script.bytes());
    Ok(revision)
}

/// SHA-256 of the script, also with the other line endings, each also as old versions wrote it, without the zeros
/// that pad a byte: what `script_matches_checksum` of Prisma's schema engine accepts.
fn checksums(script: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(script);
    let variants = [text.to_string(), text.replace("\r\n", "\n"), text.replace('\n', "\r\n")];
    let mut checksums = Vec::with_capacity(6);
    for variant in variants {
        let digest = Sha256::digest(variant.as_bytes());
        for checksum in [hex::encode(digest), digest.iter().map(|byte| format!("{byte:x}")).collect()] {
            if !checksums.contains(&checksum) {
                checksums.push(checksum);
            }
        }
    }
    checksums
}

fn dialect(folder: &Path) -> Result<Option<Dialect>, ImportError> {
    let path = folder.join(LOCK_FILE);
    if !path.is_file() {
        return Ok(None);
    }
    let lock = read_source(&path)?;
    let provider = lock
        .text
        .parse::<toml::Table>()
        .ok()
        .and_then(|table| table.get("provider").and_then(toml::Value::as_str).map(str::to_owned));
    match provider.as_deref() {
        Some("postgresql" | "postgres") => Ok(Some(Dialect::Postgres)),
        Some("sqlite") => Ok(Some(Dialect::Sqlite)),
        Some(other) => Err(ImportError::Provider { file: path, provider: other.to_owned() }),
        None => Err(ImportError::Broken(Kind::Prisma, vec![Fault::of_file(path, "it names no provider")])),
    }
}
