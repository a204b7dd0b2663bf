//! Reading what is a file. Whoever opens a pipe waits until somebody writes to it, and a device may never end; neither is what
//! a project consists of, and no signal ends the wait.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _};
use std::path::Path;

const DEVICE: &str = "a device";

/// Opens a file, or a folder, which cannot be read.
///
/// # Errors
/// The system's, and [`io::ErrorKind::InvalidInput`] where a pipe, a socket or a device is there; it says which.
pub fn open(path: impl AsRef<Path>) -> io::Result<File> {
    let path = path.as_ref();
    let file = match without_waiting().read(true).open(path) {
        // A socket cannot be opened at all, and the system does not say why.
        Err(error) => return Err(special(path.metadata()).unwrap_or(error)),
        Ok(file) => file,
    };
    special(file.metadata()).map_or(Ok(file), Err)
}

/// The bytes of a file.
///
/// # Errors
/// Those of [`open`], and of reading.
pub fn read(path: impl AsRef<Path>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The text of a file.
///
/// # Errors
/// Those of [`open`], of reading, and [`io::ErrorKind::InvalidData`] where it is not UTF-8.
pub fn read_to_string(path: impl AsRef<Path>) -> io::Result<String> {
    let mut text = String::new();
    open(path)?.read_to_string(&mut text)?;
    Ok(text)
}

/// Whether a file is there, or a pipe or a socket in its place, of which whoever reads it is told. A folder and a device are
/// none: `/dev/null` hides a file.
pub fn is_there(path: &Path) -> bool {
    path.metadata().is_ok_and(|found| found.is_file() || !found.is_dir() && kind_of(&found) != DEVICE)
}

/// Whether a place for a new file is not free: something is there, also a link that leads nowhere, or nobody can tell.
pub fn is_taken(path: &Path) -> bool {
    match path.symlink_metadata() {
        Ok(_) => true,
        Err(error) => !matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory),
    }
}

/// What opens a pipe at once, and makes no terminal that of the process. For files neither makes a difference.
#[cfg(unix)]
fn without_waiting() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = OpenOptions::new();
    options.custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY);
    options
}

#[cfg(not(unix))]
fn without_waiting() -> OpenOptions {
    OpenOptions::new()
}

/// What opens no link: for a place that everybody knows, where a link could lead to any file.
#[cfg(unix)]
pub fn without_following_links() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = OpenOptions::new();
    options.custom_flags(libc::O_NOFOLLOW);
    options
}

/// What opens files; the system has no way to refuse links.
#[cfg(not(unix))]
pub fn without_following_links() -> OpenOptions {
    OpenOptions::new()
}

/// The error of what is neither file nor folder.
fn special(found: io::Result<std::fs::Metadata>) -> Option<io::Error> {
    let found = found.ok().filter(|found| !found.is_file() && !found.is_dir())?;
    let what = format!("it is {}, and not a file", kind_of(&found));
    Some(io::Error::new(io::ErrorKind::InvalidInput, what))
}

#[cfg(unix)]
fn kind_of(found: &std::fs::Metadata) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    let kind = found.file_type();
    match () {
        () if kind.is_fifo() => "a pipe",
        () if kind.is_socket() => "a socket",
        () => DEVICE,
    }
}

#[cfg(not(unix))]
fn kind_of(_: &std::fs::Metadata) -> &'static str {
    "a pipe or a device"
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::net::UnixListener;
    use std::process::Command;

    use super::*;

    #[test]
    fn what_is_no_file_is_told_at_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let (pipe, socket) = (folder.path().join("pipe"), folder.path().join("socket"));
        assert!(Command::new("mkfifo").arg(&pipe).status().expect("it can be run").success());
        let _listener = UnixListener::bind(&socket).expect("a socket");
        for (path, what) in
            [(pipe.as_path(), "a pipe"), (&socket, "a socket"), (Path::new("/dev/zero"), "a device")]
        {
            for error in [read(path).expect_err(what), read_to_string(path).expect_err(what)] {
                assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
                assert_eq!(error.to_string(), format!("it is {what}, and not a file"));
            }
        }
        assert!(is_there(&pipe) && !is_there(Path::new("/dev/null")) && !is_there(folder.path()));
        assert_eq!(read(folder.path()).expect_err("a folder").kind(), io::ErrorKind::IsADirectory);
        let missing = folder.path().join("missing");
        assert_eq!(read(&missing).expect_err("nothing").kind(), io::ErrorKind::NotFound);
        std::fs::write(&missing, "text").expect("it can be written");
        std::os::unix::fs::symlink(&missing, folder.path().join("link")).expect("a link");
        assert_eq!(read_to_string(folder.path().join("link")).expect("a text"), "text");
    }

    #[test]
    fn a_link_that_leads_nowhere_takes_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("link");
        assert!(!is_taken(&link) && !is_taken(&folder.path().join("missing/script.sql")));
        std::os::unix::fs::symlink("nowhere", &link).unwrap();
        assert!(is_taken(&link) && !link.exists());
    }
}
