//! Flyway: `V1_2__description.sql`, undone by `U1_2__…`, in the order of the versions' parts; `R__…` whenever it has
//! changed. As `MigrationVersion` and `ResourceNameParser` of Flyway read them.

use std::path::Path;

use super::error::{Fault, ImportError};
use super::files::{FolderEntry, SourceFile, list_recursively, read_source};
use super::history::chain;
use super::number::is_number;
use super::versions::{BigNumber, ByVersion};
use super::{ImportedDown, ImportedHistory, ImportedRevision, ImportedScript, Kind, Note};

/// A version's parts, without zeros at the end: 1.0 is 1.
pub(super) type Version = Vec<BigNumber>;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Prefix {
    Versioned,
    Undo,
}

struct Named {
    stem: String,
    /// As Flyway shows it: with points.
    version: String,
    description: String,
}

/// Reads the migrations of a folder of Flyway's, with its subfolders.
///
/// # Errors
/// [`ImportError`] of a folder or file that cannot be read, and [`ImportError::Broken`] with all faults of the files.
pub(super) fn read(folder: &Path) -> Result<ImportedHistory, ImportError> {
    let mut notes = Vec::new();
    let mut faults = Vec::new();
    let (mut ups, mut undos) = (ByVersion::new(), ByVersion::new());
    for entry in list_recursively(folder)? {
        if let Some(left_out) = left_out(&entry.name) {
            notes.push(Note::of_file(&entry.path, format!("left out: {left_out}")));
            continue;
        }
        let Some((prefix, named)) = named(&entry) else { continue };
        match (version_parts(&named.version), prefix) {
            (Some(version), Prefix::Versioned) => ups.insert(version, &entry.path, named, &mut faults),
            (Some(version), Prefix::Undo) => undos.insert(version, &entry.path, named, &mut faults),
            (None, _) => {
                let message = format!("`{}` is not a version: only digits and points are", named.version);
                faults.push(Fault::of_file(&entry.path, message));
            }
        }
    }
    let mut revisions = Vec::new();
    for (version, (path, named)) in ups.into_iter() {
        let up = script(&path, &mut notes)?;
        let undo = undos.remove(&version).map(|(path, _)| script(&path, &mut notes)).transpose()?;
        revisions.push(revision(&named, &up, undo.as_ref()));
    }
    faults.extend(
        undos.into_iter().map(|(_, (path, _))| Fault::of_file(path, "it undoes a version that is not there")),
    );
    if !faults.is_empty() {
        return Err(ImportError::Broken(Kind::Flyway, faults));
    }
    chain(&mut revisions);
    Ok(ImportedHistory { kind: Kind::Flyway, dialect: None, revisions, notes, summary: None })
}

/// Why a file that Flyway uses is not imported.
fn left_out(name: &str) -> Option<&'static str> {
    let is_sql = name.ends_with(".sql");
    let is_java = name.ends_with(".java") || name.ends_with(".class");
    if is_java && (name.starts_with('V') || name.starts_with('R')) && name.contains("__") {
        Some("it is Java, and has to be written as SQL")
    } else if is_sql && name.starts_with("R__") {
        Some("Flyway runs it again whenever it has changed, which revgraph has no word for")
    } else if is_sql && name.starts_with('B') && name.contains("__") {
        Some("it is a baseline of versions that are imported one by one")
    } else if is_sql && ["before", "after", "create"].iter().any(|event| name.starts_with(event)) {
        Some("it is a callback of Flyway's")
    } else {
        None
    }
}

fn named(entry: &FolderEntry) -> Option<(Prefix, Named)> {
    let stem = entry.name.strip_suffix(".sql")?;
    let prefix = match stem.chars().next()? {
        'V' => Prefix::Versioned,
        'U' => Prefix::Undo,
        _ => return None,
    };
    let name = stem.get(1..)?;
    let (version, description) = name.split_once("__").unwrap_or((name, ""));
    let named = Named {
        stem: stem.to_owned(),
        version: version.replace('_', "."),
        description: description.replace('_', " "),
    };
    Some((prefix, named))
}

/// The numbers of a version, which compare as in Flyway's `MigrationVersion`; none where it is no version.
pub(super) fn version_parts(version: &str) -> Option<Version> {
    if !version.split('.').all(is_number) {
        return None;
    }
    let mut parts: Version = version.split('.').map(BigNumber::new).collect();
    while parts.len() > 1 && parts.last().is_some_and(BigNumber::is_zero) {
        parts.pop();
    }
    Some(parts)
}

/// A script with what its `.conf` says.
struct Configured {
    file: SourceFile,
    configuration: Option<SourceFile>,
    no_transaction: bool,
}

fn script(path: &Path, notes: &mut Vec<Note>) -> Result<Configured, ImportError> {
    let file = read_source(path)?;
    if let Some(line) = file.text.lines().position(|line| line.contains("${")) {
        let message = "Flyway replaces ${placeholders}, unless it is told not to; revgraph does not";
        notes.push(Note::of_line(path, line + 1, message));
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".conf");
    let path = path.with_file_name(name);
    let configuration = if path.is_file() { Some(read_source(&path)?) } else { None };
    let in_comments: Vec<&str> = file.text.lines().filter_map(setting_in_comment).collect();
    let no_transaction = runs_without_transaction(&in_comments.join("\n"))
        || configuration.as_ref().is_some_and(|configuration| runs_without_transaction(&configuration.text));
    Ok(Configured { file, configuration, no_transaction })
}

/// `-- flyway:executeInTransaction=false` in the script itself.
fn setting_in_comment(line: &str) -> Option<&str> {
    line.trim_start().strip_prefix("--")?.trim_start().strip_prefix("flyway:")
}

fn runs_without_transaction(configuration: &str) -> bool {
    let settings = configuration.lines().filter_map(|line| line.split_once('='));
    settings
        .filter(|(key, _)| key.trim().trim_start_matches("flyway.") == "executeInTransaction")
        .any(|(_, value)| value.trim().eq_ignore_ascii_case("false"))
}

fn revision(named: &Named, up: &Configured, undo: Option<&Configured>) -> ImportedRevision {
    let down = match undo {
        Some(undo) => ImportedDown::Script(imported(undo)),
        None => ImportedDown::Irreversible("Flyway had no undo script".to_owned()),
    };
    let both = std::iter::once(up).chain(undo);
    let sources: Vec<&SourceFile> =
        both.flat_map(|script| std::iter::once(&script.file).chain(&script.configuration)).collect();
    let title = if named.description.is_empty() { &named.version } else { &named.description };
    let mut revision =
        ImportedRevision::new(&named.version, &named.stem, title, imported(up), down, &sources);
    revision.recorded_checksums = vec![checksum(&up.file.text).to_string()];
    revision
}

fn imported(script: &Configured) -> ImportedScript {
    ImportedScript { no_transaction: script.no_transaction, ..ImportedScript::of_file(&script.file) }
}

/// CRC-32 over the lines without their ends, as a signed number: Flyway's `ChecksumCalculator`.
fn checksum(text: &str) -> i32 {
    let mut hasher = crc32fast::Hasher::new();
    // Java ends lines at CR alone, too.
    text.split(['\n', '\r']).for_each(|line| hasher.update(line.as_bytes()));
    hasher.finalize().cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_part_by_part() {
        let sorted = ["0.9", "1", "1.0.1", "1.2", "1.10", "2", "20250101120000"];
        let parts: Vec<_> = sorted.iter().map(|version| version_parts(version).expect("a version")).collect();
        assert!(parts.is_sorted());
        assert_eq!(version_parts("1.0"), version_parts("1"));
        assert_eq!(version_parts("01.2"), version_parts("1.2.0"));
        assert_eq!(version_parts("1.a"), None);
        assert_eq!(version_parts(""), None);
    }

    #[test]
    fn line_ends_do_not_count_for_checksums() {
        assert_eq!(checksum("a\r\nb\n"), checksum("a\nb"));
        assert_eq!(checksum("123456789"), 0xcbf4_3926_u32.cast_signed());
    }

    #[test]
    fn the_configuration_of_a_script_is_read() {
        assert!(runs_without_transaction("# x\nexecuteInTransaction = false\n"));
        assert!(runs_without_transaction("flyway.executeInTransaction=FALSE"));
        assert!(!runs_without_transaction("executeInTransaction=true"));
    }
}
