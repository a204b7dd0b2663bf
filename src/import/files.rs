//! Reading another tool's files.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::ImportError;

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Where it is.
    pub path: PathBuf,
    /// What it holds, without a byte order mark.
    pub text: String,
}

/// Reads a file as text.
///
/// # Errors
/// [`ImportError::Io`], [`ImportError::NotUtf8`] and [`ImportError::Nul`].
pub fn read_source(path: &Path) -> Result<SourceFile, ImportError> {
    let bytes = fs::read(path).map_err(|source| ImportError::Io { path: path.to_owned(), source })?;
    let line_of = |offset: usize| {
        bytes.get(..offset).unwrap_or_default().iter().filter(|byte| **byte == b'\n').count() + 1
    };
    if let Some(encoding) = utf16(&bytes) {
        return Err(ImportError::NotUtf8 { path: path.to_owned(), line: 1, encoding: Some(encoding) });
    }
    if let Some(offset) = bytes.iter().position(|byte| *byte == 0) {
        return Err(ImportError::Nul { path: path.to_owned(), line: line_of(offset) });
    }
    match std::str::from_utf8(&bytes) {
        Ok(text) => {
            let text = text.strip_prefix('\u{feff}').unwrap_or(text).to_owned();
            Ok(SourceFile { path: path.to_owned(), text })
        }
        Err(error) => Err(ImportError::NotUtf8 {
            path: path.to_owned(),
            line: line_of(error.valid_up_to()),
            encoding: None,
        }),
    }
}

fn utf16(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xff, 0xfe, ..] => Some("UTF-16LE"),
        [0xfe, 0xff, ..] => Some("UTF-16BE"),
        _ => None,
    }
}

/// An entry of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderEntry {
    /// Its name.
    pub name: String,
    /// The folder's path and its name.
    pub path: PathBuf,
    /// Whether it is a folder itself.
    pub is_folder: bool,
}

/// The entries of a folder, sorted by name. Hidden ones are left out.
///
/// # Errors
/// [`ImportError::Io`] and [`ImportError::FileName`].
pub fn list(folder: &Path) -> Result<Vec<FolderEntry>, ImportError> {
    let failed = |source: io::Error| ImportError::Io { path: folder.to_owned(), source };
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let path = folder.join(entry.file_name());
        let name =
            entry.file_name().into_string().map_err(|_| ImportError::FileName { path: path.clone() })?;
        if !name.starts_with('.') {
            entries.push(FolderEntry { name, is_folder: path.is_dir(), path });
        }
    }
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(entries)
}
