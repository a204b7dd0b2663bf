//! golang-migrate: `VERSION_TITLE.up.EXTENSION` and `.down.`, in the order of the versions. As `source/parse.go` of
//! golang-migrate 4 reads them. It runs no transactions of its own.

use std::path::Path;

use super::error::{Fault, ImportError};
use super::files::{SourceFile, list};
use super::number::number_and_rest;
use super::pairs::paired;
use super::versions::{ByVersion, without_zeros};
use super::{ImportedDown, ImportedHistory, ImportedRevision, ImportedScript, Kind, Note};
use crate::script::Side;

struct Named {
    digits: String,
    title: String,
    side: Side,
}

/// Reads the migrations of a folder of golang-migrate's.
///
/// # Errors
/// [`ImportError`] of a folder or file that cannot be read, and [`ImportError::Broken`] with all faults of the files.
pub(super) fn read(folder: &Path) -> Result<ImportedHistory, ImportError> {
    let mut notes = Vec::new();
    let mut faults = Vec::new();
    let (mut ups, mut downs) = (ByVersion::new(), ByVersion::new());
    for entry in list(folder)?.iter().filter(|entry| !entry.is_folder) {
        let Some(named) = named(&entry.name) else {
            if entry.name.ends_with(".sql") {
                let message = "left out: golang-migrate does not take it for a migration";
                notes.push(Note::of_file(&entry.path, message));
            }
            continue;
        };
        if let Some(ending) = no_sql(&entry.name) {
            let message = format!("`.{ending}` is no ending of SQL: where it is SQL, end its name with .sql");
            faults.push(Fault::of_file(&entry.path, message));
            continue;
        }
        match (named.digits.parse::<u64>(), named.side) {
            (Ok(version), Side::Up) => ups.insert(version, &entry.path, named, &mut faults),
            (Ok(version), Side::Down) => downs.insert(version, &entry.path, named, &mut faults),
            (Err(_), _) => faults.push(Fault::of_file(&entry.path, "its version number is too great")),
        }
    }
    let revisions = paired(Kind::GolangMigrate, ups, downs, faults, &mut notes, revision)?;
    Ok(ImportedHistory { kind: Kind::GolangMigrate, dialect: None, revisions, notes, summary: None })
}

/// `^([0-9]+)_(.*)\.(down|up)\.(.*)$`, whose second group is greedy.
fn named(name: &str) -> Option<Named> {
    let (digits, rest) = number_and_rest(name)?;
    let (title, side) = [(".up.", Side::Up), (".down.", Side::Down)]
        .into_iter()
        .filter_map(|(marker, side)| rest.rfind(marker).map(|at| (rest.get(..at).unwrap_or_default(), side)))
        .max_by_key(|(title, _)| title.len())?;
    Some(Named { digits: digits.to_owned(), title: title.to_owned(), side })
}

/// The ending of a file that is a program or a document of another kind of database, which golang-migrate takes too.
fn no_sql(name: &str) -> Option<&str> {
    let (_, ending) = name.rsplit_once('.')?;
    let is_sql = ["sql", "pgsql", "psql", "postgres", "postgresql", "sqlite", "sqlite3", "ddl"];
    (!is_sql.iter().any(|known| ending.eq_ignore_ascii_case(known))).then_some(ending)
}

fn revision(named: &Named, up: &SourceFile, down: Option<&SourceFile>) -> ImportedRevision {
    let down_script = match down {
        Some(down) => ImportedDown::Script(ImportedScript::of_file(down)),
        None => ImportedDown::Irreversible("golang-migrate had no down script".to_owned()),
    };
    let sources: Vec<&SourceFile> = std::iter::once(up).chain(down).collect();
    let name = format!("{}_{}", named.digits, named.title);
    let up_script = ImportedScript::of_file(up);
    let mut revision =
        ImportedRevision::new(&named.digits, name, &named.title, up_script, down_script, &sources);
    without_zeros(&named.digits).clone_into(&mut revision.original_id);
    revision
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_the_regular_expression_reads_them() {
        let read = |name| named(name).map(|named| (named.digits, named.title, named.side));
        let expected = |digits: &str, title: &str, side| Some((digits.to_owned(), title.to_owned(), side));
        assert_eq!(read("000001_init.up.sql"), expected("000001", "init", Side::Up));
        assert_eq!(read("1_a.up.b.down.sql"), expected("1", "a.up.b", Side::Down));
        assert_eq!(read("7_.up.pgsql"), expected("7", "", Side::Up));
        assert_eq!(read("1_init.sql"), None);
        assert_eq!(read("a_init.up.sql"), None);
    }
}
