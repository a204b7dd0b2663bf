//! Files and folders as wholes: their size and hash, and what makes them reach the disk.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::BackupError;
use crate::backend::Control;
use crate::config::{DatabaseUrl, SqliteUrl};
use crate::hex;
use crate::regular_file;

/// Bytes that are read at once.
const CHUNK: usize = 1 << 20;

/// A file's or folder's size and checksum, by which a backup is known to be whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Measured {
    /// The size in bytes; of a folder, of all its files.
    pub size: u64,
    pub sha256: String,
}

/// Measures a file, or a folder of files: a folder's hash is that of a list of its files with their hashes.
///
/// # Errors
/// [`BackupError`] of a file that cannot be read, and where `control` has been cancelled.
pub(super) fn measure(path: &Path, control: &Control) -> Result<Measured, BackupError> {
    if !path.is_dir() {
        return copied(path, &mut io::sink(), path, control);
    }
    let (mut size, mut whole) = (0, Sha256::new());
    for file in files_of(path)? {
        let measured = copied(&file, &mut io::sink(), &file, control)?;
        size += measured.size;
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        whole.update(format!("{name} {}\n", measured.sha256));
    }
    Ok(Measured { size, sha256: hex::encode(whole.finalize()) })
}

/// Copies a file to a new one, which reaches the disk, and measures it on the way.
///
/// # Errors
/// [`BackupError`] of a file that cannot be read or written, or is there already, and where `control` has been
/// cancelled.
#[cfg(feature = "sqlite")]
pub(super) fn copy(from: &Path, to: &Path, control: &Control) -> Result<Measured, BackupError> {
    let mut target = File::create_new(to).map_err(BackupError::io(to, "written"))?;
    let measured = copied(from, &mut target, to, control)?;
    target.sync_all().map_err(BackupError::io(to, "written"))?;
    Ok(measured)
}

fn copied(from: &Path, to: &mut dyn Write, name: &Path, control: &Control) -> Result<Measured, BackupError> {
    let mut source = regular_file::open(from).map_err(BackupError::io(from, "read"))?;
    let (mut size, mut hash) = (0, Sha256::new());
    let mut chunk = vec![0; CHUNK];
    loop {
        control.check()?;
        let read = match source.read(&mut chunk) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read.map_err(BackupError::io(from, "read"))?,
        };
        let data = chunk.get(..read).unwrap_or_default();
        if data.is_empty() {
            return Ok(Measured { size, sha256: hex::encode(hash.finalize()) });
        }
        hash.update(data);
        to.write_all(data).map_err(BackupError::io(name, "written"))?;
        size += u64::try_from(read).unwrap_or_default();
    }
}

/// Makes a file, or a folder with its files, reach the disk (`fsync`).
///
/// # Errors
/// [`BackupError`] of the first that does not.
pub(super) fn sync(path: &Path) -> Result<(), BackupError> {
    let files = if path.is_dir() { files_of(path)? } else { Vec::new() };
    for file in files.iter().map(PathBuf::as_path).chain([path]) {
        let synced = File::open(file).and_then(|opened| opened.sync_all());
        synced.map_err(BackupError::io(file, "written"))?;
    }
    Ok(())
}

/// Makes the names in a folder reach the disk, where the system has that.
pub(super) fn sync_names(folder: &Path) {
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
}

/// The files of a folder, sorted.
fn files_of(folder: &Path) -> Result<Vec<PathBuf>, BackupError> {
    let entries = fs::read_dir(folder).map_err(BackupError::io(folder, "read"))?;
    let paths: io::Result<Vec<PathBuf>> = entries.map(|entry| Ok(entry?.path())).collect();
    let mut paths = paths.map_err(BackupError::io(folder, "read"))?;
    paths.sort();
    Ok(paths)
}

/// The URL under which the SQLite database in the file `path` is opened.
pub(super) fn file_url(path: &Path) -> DatabaseUrl {
    DatabaseUrl::Sqlite(SqliteUrl::of_file(path.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_its_files_and_their_names() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("dump");
        fs::create_dir(&path).expect("it is new");
        fs::write(path.join("a"), "one").expect("a file");
        fs::write(path.join("b"), "two!").expect("a file");
        let measure = || measure(&path, &Control::default()).expect("it can be read");
        let first = measure();
        assert_eq!(first.size, 7);
        fs::rename(path.join("b"), path.join("c")).expect("it is there");
        assert_ne!(measure(), first);
        fs::rename(path.join("c"), path.join("b")).expect("it is there");
        assert_eq!(measure(), first);
        fs::write(path.join("b"), "two?").expect("a file");
        assert_ne!(measure().sha256, first.sha256);
    }

    #[test]
    fn the_hash_is_sha_256() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("abc");
        fs::write(&path, "abc").expect("a file");
        let measured = measure(&path, &Control::default()).expect("it can be read");
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!((measured.size, measured.sha256.as_str()), (3, expected));
    }
}
