//! Reading script files.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::header::header_range;

use crate::regular_file;

/// Read at once; the header of nearly every script ends before.
const FIRST_READ: usize = 4096;

/// Why a script's text could not be had.
#[derive(Debug, Error)]
pub enum FileError {
    /// The file system refused.
    #[error("{path} cannot be read")]
    Io {
        /// The file.
        path: PathBuf,
        /// The file system's reason.
        #[source]
        source: io::Error,
    },
    /// A folder has a script's name.
    #[error("{path} is a folder, and its name is a script's")]
    IsFolder {
        /// The folder.
        path: PathBuf,
    },
    /// The bytes are not text.
    #[error("{path}:{line} is not UTF-8")]
    NotUtf8 {
        /// The file.
        path: PathBuf,
        /// The first line at fault, from 1.
        line: usize,
    },
    /// A NUL byte, which no database takes.
    #[error("{path}:{line} holds a NUL byte")]
    Nul {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
}

/// Reads scripts one after the other into one buffer.
#[derive(Default)]
pub struct ScriptReader {
    buffer: Vec<u8>,
    /// How many bytes of the buffer are the file's. The rest is left as it is: to blank it would take longer than to
    /// read a script.
    filled: usize,
}

impl ScriptReader {
    /// Reads the whole text of the script at a path.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn whole(&mut self, path: &Path) -> Result<&str, FileError> {
        self.read(path, usize::MAX)?;
        self.text(path, self.filled)
    }

    /// The beginning of a script, its whole header included.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn header(&mut self, path: &Path) -> Result<&str, FileError> {
        let mut limit = FIRST_READ;
        loop {
            let ended = self.read(path, limit)?;
            // Where the limit has cut a line, what is left of it may not look like one of the header.
            let length = if ended { self.filled } else { self.whole_lines() };
            if ended || header_range(self.text(path, length)?).end < length {
                return self.text(path, length);
            }
            limit = limit.saturating_mul(8);
        }
    }

    /// Fills the buffer with at most `limit` bytes; tells whether the file ended before.
    fn read(&mut self, path: &Path, limit: usize) -> Result<bool, FileError> {
        let failed = |source: io::Error| match source.kind() {
            io::ErrorKind::IsADirectory => FileError::IsFolder { path: path.to_owned() },
            _ => FileError::Io { path: path.to_owned(), source },
        };
        regular_file::open(path).and_then(|file| self.fill(file, limit)).map_err(failed)
    }

    /// Fills the buffer with at most `limit` bytes; tells whether the source ended before.
    fn fill(&mut self, mut source: impl Read, limit: usize) -> io::Result<bool> {
        self.filled = 0;
        while self.filled < limit {
            if self.filled == self.buffer.len() {
                self.buffer.resize(self.filled.saturating_mul(2).max(FIRST_READ), 0);
            }
            let end = self.buffer.len().min(limit);
            let free = self.buffer.get_mut(self.filled..end).unwrap_or_default();
            let got = match source.read(free) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                read => read?,
            };
            self.filled += got;
            // A short read is not the end: a file system may give less than was asked for.
            if got == 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// How many bytes end with the last line end.
    fn whole_lines(&self) -> usize {
        let read = self.buffer.get(..self.filled).unwrap_or_default();
        read.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1)
    }

    fn text(&self, path: &Path, length: usize) -> Result<&str, FileError> {
        let bytes = self.buffer.get(..length).unwrap_or_default();
        let line_at = |offset: usize| {
            bytes.get(..offset).unwrap_or_default().iter().filter(|byte| **byte == b'\n').count() + 1
        };
        let text = std::str::from_utf8(bytes).map_err(|error| FileError::NotUtf8 {
            path: path.to_owned(),
            line: line_at(error.valid_up_to()),
        })?;
        match text.find('\0') {
            Some(offset) => Err(FileError::Nul { path: path.to_owned(), line: line_at(offset) }),
            None => Ok(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives a few bytes at a time, as a network's file system may.
    struct InPieces<'t>(&'t [u8]);

    impl Read for InPieces<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let length = into.len().min(7);
            self.0.read(&mut into[..length])
        }
    }

    #[test]
    fn a_short_read_is_not_the_end() {
        let text = "-- t\n--\n-- revision: a\n\n".to_owned() + &"SELECT 1;\n".repeat(1000);
        let mut reader = ScriptReader::default();
        assert!(reader.fill(InPieces(text.as_bytes()), usize::MAX).expect("it can be read"));
        assert_eq!(reader.text(Path::new("a"), reader.filled).expect("a text"), text);
        assert!(!reader.fill(InPieces(text.as_bytes()), 100).expect("it can be read"));
        assert_eq!(reader.text(Path::new("a"), reader.filled).expect("a text"), &text[..100]);
    }

    #[test]
    fn one_buffer_serves_scripts_of_any_length() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.up.sql");
        let header = "-- t\n-- revision: a\n";
        let mut reader = ScriptReader::default();
        let lengths =
            [FIRST_READ - 1, FIRST_READ, FIRST_READ + 1, 5, 3 * FIRST_READ, 0, 20 * FIRST_READ, 100];
        for (body_length, letter) in lengths.into_iter().zip('a'..) {
            let text = format!("{header}é{}", letter.to_string().repeat(body_length));
            std::fs::write(&path, &text).expect("it can be written");
            assert_eq!(reader.whole(&path).expect("a text"), text);
            let beginning = reader.header(&path).expect("a text");
            assert!(text.starts_with(beginning), "{body_length}");
            assert!(beginning.len() > header.len() || beginning == text, "{body_length}");
        }
    }

    #[test]
    fn a_header_is_read_to_its_end_wherever_the_first_read_ends() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.up.sql");
        for length in (FIRST_READ - 30..FIRST_READ + 3).chain([10 * FIRST_READ]) {
            let header = format!("--{}é\n-- revision: a\n", "-".repeat(length));
            std::fs::write(&path, format!("{header}SELECT 1;\n")).expect("it can be written");
            let mut reader = ScriptReader::default();
            assert!(reader.header(&path).expect("a text").starts_with(&header), "{length}");
        }
    }

    #[test]
    fn what_is_no_text_is_told_with_its_line() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.up.sql");
        let told = |bytes: &[u8]| {
            std::fs::write(&path, bytes).expect("it can be written");
            let error = ScriptReader::default().whole(&path).expect_err("an error");
            error.to_string().replace(&format!("{}", folder.path().display()), "")
        };
        assert_eq!(told(b"one\ntwo\n\xff"), "/a.up.sql:3 is not UTF-8");
        assert_eq!(told(b"one\nt\0o\n"), "/a.up.sql:2 holds a NUL byte");
    }
}
