//! `versions/heads`: the head ids, one a line. It exists so that git conflicts where two branches add a revision.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::ScriptDirectory;
use crate::graph::RevisionGraph;

/// Where the heads of an environment are written down: in its first folder.
#[must_use]
pub fn heads_path(scripts: &ScriptDirectory) -> Option<PathBuf> {
    scripts.locations().first().map(|folder| folder.join("heads"))
}

/// What the file should hold.
#[must_use]
pub fn heads_text(graph: &RevisionGraph) -> String {
    graph.ids(&graph.heads()).iter().map(|id| format!("{id}\n")).collect()
}

/// Writes the file anew, where it differs.
///
/// # Errors
/// The file system's.
pub fn write_heads(path: &Path, graph: &RevisionGraph) -> io::Result<()> {
    let text = heads_text(graph);
    match fs::read_to_string(path) {
        Ok(found) if found == text => Ok(()),
        _ => write_atomically(path, &text),
    }
}

/// Puts a file in place whole or not at all, and on disk before this returns.
pub(super) fn write_atomically(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".revgraph-").tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    make_like_a_new_file(file.as_file())?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

/// Temporary files are private; a script is as readable as any other new file.
#[cfg(unix)]
fn make_like_a_new_file(file: &fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn make_like_a_new_file(_: &fs::File) -> io::Result<()> {
    Ok(())
}
