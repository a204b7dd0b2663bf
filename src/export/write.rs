//! Files put into a folder, all or none.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{ExportError, Layout};
use crate::whole_file::replace_files;

/// Writes the files into a folder that is empty or not there yet. Where one cannot be written, none is left.
///
/// # Errors
/// [`ExportError::NotEmpty`] and [`ExportError::Io`].
pub fn write(layout: &Layout, folder: &Path) -> Result<(), ExportError> {
    refuse_what_is_there(folder)?;
    let files: Vec<(PathBuf, String)> =
        layout.files.iter().map(|(path, text)| (folder.join(path), text.clone())).collect();
    let written = make_folders(&files, folder)
        .and_then(|()| replace_files(&files).map_err(|(path, source)| ExportError::Io { path, source }));
    if written.is_err() {
        remove_folders(&files, folder);
    }
    written
}

fn refuse_what_is_there(folder: &Path) -> Result<(), ExportError> {
    match fs::read_dir(folder) {
        Ok(mut entries) => match entries.next() {
            None => Ok(()),
            Some(_) => Err(ExportError::NotEmpty { folder: folder.to_owned() }),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(source) => Err(ExportError::Io { path: folder.to_owned(), source }),
    }
}

fn make_folders(files: &[(PathBuf, String)], folder: &Path) -> Result<(), ExportError> {
    for path in files.iter().filter_map(|(path, _)| path.parent()).chain([folder]) {
        fs::create_dir_all(path).map_err(|source| ExportError::Io { path: path.to_owned(), source })?;
    }
    Ok(())
}

/// What cannot be removed either is left: the error that led here is what the user has to see.
fn remove_folders(files: &[(PathBuf, String)], folder: &Path) {
    for path in files.iter().filter_map(|(path, _)| path.parent()).filter(|path| *path != folder) {
        let _ = fs::remove_dir(path);
    }
}
