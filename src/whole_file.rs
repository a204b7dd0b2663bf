//! Files that are written whole or not at all, whatever is killed and when.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::regular_file;

/// How the names of texts begin and end that are to be put in place; in between they are random.
const STAGED: (&str, &str) = (".revgraph-", ".new");

/// Replaces or makes files, all of them or none: every text is on disk beside its file before the first is put in
/// place, and where one cannot be put in place those before it are put back. A file keeps its permissions, and a link
/// stays one. A process that is killed meanwhile leaves each file as it was or as it is to be; what else it leaves is removed
/// by the next that writes there.
///
/// # Errors
/// The file system's, with the file.
pub fn replace_files(files: &[(PathBuf, String)]) -> Result<(), (PathBuf, io::Error)> {
    let mut staged = Vec::with_capacity(files.len());
    for (path, text) in files {
        staged.push(stage(path, text.as_bytes()).map_err(|error| (path.clone(), error))?);
    }
    let mut replaced: Vec<(PathBuf, Option<Vec<u8>>)> = Vec::with_capacity(staged.len());
    for (target, file) in staged {
        let before = regular_file::read(&target).ok();
        if let Err(error) = file.persist(&target) {
            put_back(&replaced);
            return Err((target, error.error));
        }
        replaced.push((target, before));
    }
    Ok(())
}

/// Replaces or makes one file.
///
/// # Errors
/// The file system's.
#[cfg_attr(not(feature = "cli"), allow(dead_code))]
pub fn replace(path: &Path, text: &str) -> io::Result<()> {
    let (target, file) = stage(path, text.as_bytes())?;
    file.persist(target).map(drop).map_err(io::Error::from)
}

/// Makes a file that is not there yet.
///
/// # Errors
/// The file system's; [`io::ErrorKind::AlreadyExists`] where there is one, also one that came to be there just now: it
/// stays as it is.
#[cfg_attr(not(feature = "cli"), allow(dead_code))]
pub fn make(path: &Path, text: &str) -> io::Result<()> {
    if fs::symlink_metadata(path).is_ok() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    let (target, file) = stage(path, text.as_bytes())?;
    file.persist_noclobber(target).map(drop).map_err(io::Error::from)
}

/// Writes a text beside its file. A link is followed, so that it stays one.
fn stage(path: &Path, text: &[u8]) -> io::Result<(PathBuf, NamedTempFile)> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = target.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    remove_abandoned(folder);
    let mut file = tempfile::Builder::new().prefix(STAGED.0).suffix(STAGED.1).tempfile_in(folder)?;
    // It ends with its process. Where the system has no locks, nothing is removed either.
    let _ = file.as_file().lock();
    file.write_all(text)?;
    set_permissions(&target, file.as_file())?;
    file.as_file().sync_all()?;
    Ok((target, file))
}

/// Removes what killed processes have left in a folder.
fn remove_abandoned(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_staged = entry
            .file_name()
            .to_str()
            .is_some_and(|name| name.starts_with(STAGED.0) && name.ends_with(STAGED.1));
        if is_staged && regular_file::open(entry.path()).is_ok_and(|file| file.try_lock().is_ok()) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn set_permissions(target: &Path, file: &File) -> io::Result<()> {
    match fs::metadata(target) {
        Ok(metadata) => file.set_permissions(metadata.permissions()),
        Err(_) => readable_by_all(file),
    }
}

#[cfg(unix)]
fn readable_by_all(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable_by_all(_: &File) -> io::Result<()> {
    Ok(())
}

/// What cannot be put back either is left: the error that led here is what the user has to see.
fn put_back(files: &[(PathBuf, Option<Vec<u8>>)]) {
    for (path, before) in files {
        match before {
            Some(bytes) => {
                if let Ok((target, file)) = stage(path, bytes) {
                    let _ = file.persist(target);
                }
            }
            None => drop(fs::remove_file(path)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("a listing").flatten();
        let mut names: Vec<String> =
            entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn files_are_replaced_together_or_not_at_all() {
        let folder = tempfile::tempdir().expect("a folder");
        let (first, second) = (folder.path().join("a"), folder.path().join("b"));
        fs::write(&first, "old").expect("a file");
        // A folder cannot be replaced by a file.
        fs::create_dir(&second).expect("a folder");
        fs::write(second.join("x"), "").expect("a file");
        let files = [(first.clone(), "new".to_owned()), (second.clone(), "new".to_owned())];
        let (path, _) = replace_files(&files).expect_err("the second cannot be replaced");
        assert_eq!(path, fs::canonicalize(&second).expect("it is there"));
        assert_eq!(fs::read_to_string(&first).expect("it is there"), "old");
        assert_eq!(listed(folder.path()), ["a", "b"]);
        replace_files(&files[..1]).expect("the first can");
        assert_eq!(fs::read_to_string(&first).expect("it is there"), "new");
    }

    #[test]
    fn what_is_there_is_not_made_anew() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a");
        make(&path, "first").expect("it is new");
        let error = make(&path, "second").expect_err("it is there");
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&path).expect("it is there"), "first");
        replace(&path, "third").expect("it can be replaced");
        assert_eq!(fs::read_to_string(&path).expect("it is there"), "third");
        assert_eq!(listed(folder.path()), ["a"]);
    }

    #[test]
    fn what_a_killed_process_has_left_goes_and_what_is_being_written_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        fs::write(path(".revgraph-1.new"), "half").expect("a file");
        let held = File::create(path(".revgraph-2.new")).expect("a file");
        held.lock().expect("nobody else has it");
        make(&path("a"), "text").expect("it is new");
        assert_eq!(listed(folder.path()), [".revgraph-2.new", "a"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_one_and_permissions_stay() {
        use std::os::unix::fs::{PermissionsExt, symlink};

        let folder = tempfile::tempdir().expect("a folder");
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        fs::write(&real, "old").expect("a file");
        fs::set_permissions(&real, fs::Permissions::from_mode(0o600)).expect("it is ours");
        symlink("real", &link).expect("a link");
        replace(&link, "new").expect("it can be replaced");
        assert!(fs::symlink_metadata(&link).expect("it is there").is_symlink());
        assert_eq!(fs::read_to_string(&real).expect("it is there"), "new");
        let mode = fs::metadata(&real).expect("it is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
