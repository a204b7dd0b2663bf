//! `versions/heads`: the head ids, one a line. It exists so that git conflicts where two branches add a revision.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::ScriptDirectory;
use crate::graph::RevisionGraph;

/// Its name.
pub(super) const HEADS: &str = "heads";

/// Where the heads of an environment are written down: in its first folder.
#[must_use]
pub fn heads_path(scripts: &ScriptDirectory) -> Option<PathBuf> {
    scripts.locations().first().map(|folder| folder.join(HEADS))
}

/// What the file should hold.
#[must_use]
pub fn heads_text(graph: &RevisionGraph) -> String {
    graph.ids(&graph.heads()).iter().map(|id| format!("{id}\n")).collect()
}

/// Whether the file's text names just the heads; line endings do not matter.
#[must_use]
pub fn names_heads(text: &str, graph: &RevisionGraph) -> bool {
    text.lines().map(str::trim_end).eq(heads_text(graph).lines())
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
fn write_atomically(path: &Path, text: &str) -> io::Result<()> {
    written_beside(path, text)?.persist(path)?;
    Ok(())
}

/// As [`write_atomically`], but never over a file that is there.
pub(super) fn create_atomically(path: &Path, text: &str) -> io::Result<()> {
    written_beside(path, text)?.persist_noclobber(path)?;
    Ok(())
}

fn written_beside(path: &Path, text: &str) -> io::Result<tempfile::NamedTempFile> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".revgraph-").tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    make_like_a_new_file(file.as_file())?;
    file.as_file().sync_all()?;
    Ok(file)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{Revision, RevisionId};

    #[test]
    fn line_endings_do_not_make_it_stale() {
        let base = |id| Revision::base(RevisionId::recorded(id), "");
        let graph = RevisionGraph::new(vec![base("b"), base("a")]).expect("a graph");
        assert_eq!(heads_text(&graph), "a\nb\n");
        assert!(names_heads("a\r\nb\r\n", &graph) && names_heads("a\nb", &graph));
        for stale in ["", "a\n", "b\na\n", "a\nb\nc\n", "<<<<<<< HEAD\na\nb\n"] {
            assert!(!names_heads(stale, &graph), "{stale:?}");
        }
    }

    #[test]
    fn a_new_file_goes_over_no_other() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.up.sql");
        create_atomically(&path, "first").expect("a file");
        let error = create_atomically(&path, "second").expect_err("the file is there");
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&path).ok().as_deref(), Some("first"));
        assert_eq!(fs::read_dir(folder.path()).expect("a listing").count(), 1);
    }
}
