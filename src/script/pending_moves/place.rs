//! Which files may be changed: scripts in the folders of the configuration, and nothing that a link leads to outside of
//! the project.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::path::{Component, Path, PathBuf};

use super::super::file_change_error::{FileChangeError, io_error};
use super::super::names::{HEADS, side};
use crate::config::Config;
use crate::regular_file::without_following_links;

/// Where a script of this path is: a link stays one, and what it leads to is changed.
///
/// # Errors
/// [`FileChangeError::Elsewhere`].
pub(super) fn place(config: &Config, path: &Path) -> Result<PathBuf, FileChangeError> {
    let elsewhere = || FileChangeError::Elsewhere { path: path.to_owned() };
    let mut folders = folders(config);
    let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
    if !folders.any(|folder| is_below(path, folder)) || (side(name).is_none() && name != HEADS) {
        return Err(elsewhere());
    }
    if !parent_is_in_reach(config, path)? {
        return Err(elsewhere());
    }
    if !path.is_symlink() {
        return Ok(path.to_owned());
    }
    let target = fs::canonicalize(path).map_err(io_error(path, "read"))?;
    if target.starts_with(real(&config.directory)?) { Ok(target) } else { Err(elsewhere()) }
}

fn folders(config: &Config) -> impl Iterator<Item = &PathBuf> {
    config.version_locations.iter().chain([&config.backup_location])
}

/// Whether a path lies below a folder by its text, without `..` in between.
fn is_below(path: &Path, folder: &Path) -> bool {
    let is_plain = |below: &Path| below.components().all(|part| matches!(part, Component::Normal(_)));
    path.strip_prefix(folder).is_ok_and(is_plain)
}

/// Whether the folder of a path is where its text says: links on the way must not lead out of the project. A folder
/// that the configuration itself places elsewhere is in reach.
fn parent_is_in_reach(config: &Config, path: &Path) -> Result<bool, FileChangeError> {
    let Some(parent) = path.parent().and_then(nearest_existing) else { return Ok(false) };
    let parent = real(parent)?;
    if parent.starts_with(real(&config.directory)?) {
        return Ok(true);
    }
    let placed_elsewhere = folders(config).filter(|folder| !is_below(folder, &config.directory));
    for folder in placed_elsewhere.filter_map(|folder| nearest_existing(folder)) {
        if parent.starts_with(real(folder)?) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn nearest_existing(path: &Path) -> Option<&Path> {
    path.ancestors().find(|path| fs::symlink_metadata(path).is_ok())
}

fn real(path: &Path) -> Result<PathBuf, FileChangeError> {
    fs::canonicalize(path).map_err(io_error(path, "read"))
}

/// Whether a folder is there, and is no link to one.
pub(super) fn is_plain_folder(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| found.is_dir())
}

/// Opens a file to read it; none where there is none.
///
/// # Errors
/// Where it is a link, a folder or another thing that is no file, and the file system's.
pub(super) fn open_plain_file(path: &Path) -> io::Result<Option<File>> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
        Ok(found) if !found.is_file() => {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no plain file"));
        }
        Ok(_) => {}
    }
    match without_following_links().read(true).open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        opened => opened.map(Some),
    }
}
