//! Reading another tool's files.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::ImportError;

use crate::regular_file;

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// The path of the file.
    pub path: PathBuf,
    /// What it holds, without a byte order mark.
    pub text: String,
    /// Whether it begins with a byte order mark.
    pub has_bom: bool,
}

impl SourceFile {
    /// The bytes of the file, as they are on disk.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let bom = if self.has_bom { "\u{feff}" } else { "" };
        format!("{bom}{}", self.text).into_bytes()
    }
}

/// Reads a file of another tool's as text.
///
/// # Errors
/// [`ImportError::Io`], [`ImportError::NotUtf8`] and [`ImportError::Nul`].
pub fn read_source(path: &Path) -> Result<SourceFile, ImportError> {
    let bytes =
        regular_file::read(path).map_err(|source| ImportError::Io { path: path.to_owned(), source })?;
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
            let without_bom = text.strip_prefix('\u{feff}');
            let has_bom = without_bom.is_some();
            Ok(SourceFile { path: path.to_owned(), text: without_bom.unwrap_or(text).to_owned(), has_bom })
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
    /// The name of the entry in the folder.
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

/// The files below a folder, sorted by name and then by path. What is hidden is left out.
///
/// # Errors
/// Those of [`list`].
pub(super) fn list_recursively(folder: &Path) -> Result<Vec<FolderEntry>, ImportError> {
    let mut folders = vec![folder.to_owned()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in list(&folder)? {
            // A link to a folder above would lead round in circles.
            if entry.is_folder && !entry.path.is_symlink() {
                folders.push(entry.path);
            } else if !entry.is_folder {
                files.push(entry);
            }
        }
    }
    files.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.path.cmp(&b.path)));
    Ok(files)
}
