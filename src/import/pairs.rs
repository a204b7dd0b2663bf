//! Up and down files of tools that give both the same version.

use super::error::{Fault, ImportError};
use super::files::{SourceFile, read_source};
use super::history::chain;
use super::versions::ByVersion;
use super::{ImportedRevision, Kind, Note};

/// The revisions of numbered files, each on the one before it; `revision` makes one of what its up file's name says and
/// of both files. `faults` are those found so far. A down file without an up file becomes one of `notes`, or of
/// golang-migrate a fault.
///
/// # Errors
/// [`ImportError::Broken`] with all faults, and of a file that cannot be read.
pub(super) fn paired<V: Ord, T>(
    kind: Kind,
    ups: ByVersion<V, T>,
    mut downs: ByVersion<V, T>,
    mut faults: Vec<Fault>,
    notes: &mut Vec<Note>,
    revision: impl Fn(&T, &SourceFile, Option<&SourceFile>) -> ImportedRevision,
) -> Result<Vec<ImportedRevision>, ImportError> {
    let mut revisions = Vec::new();
    for (version, (path, named)) in ups.into_iter() {
        let up = read_source(&path)?;
        let down = downs.remove(&version).map(|(path, _)| read_source(&path)).transpose()?;
        revisions.push(revision(&named, &up, down.as_ref()));
    }
    for (_, (path, _)) in downs.into_iter() {
        match kind {
            // A database may stand at it.
            Kind::GolangMigrate => {
                let message = "a down script without an up script: golang-migrate takes it for a migration that does nothing; \
                    an empty up script beside it says so";
                faults.push(Fault::of_file(path, message));
            }
            _ => {
                let message = format!("left out: a down script without an up script, which {kind} ignores");
                notes.push(Note::of_file(path, message));
            }
        }
    }
    if !faults.is_empty() {
        return Err(ImportError::Broken(kind, faults));
    }
    chain(&mut revisions);
    Ok(revisions)
}
