//! Files of SQL, and the statements in them.

use std::ops::Range;
use std::path::PathBuf;

use super::subject::Subject;

/// A SQL file of the desired schema, or what it is to become.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqlFile {
    /// Where it is.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
    /// The same with blanks in the place of what does not count for the database.
    pub sql: String,
}

/// Where files are, and whether they are in a folder that may get more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Root {
    /// A file, or a folder.
    pub path: PathBuf,
    /// Whether it is a folder.
    pub is_folder: bool,
}

/// A statement of a desired schema's files, and what it is about.
pub(super) struct Located {
    /// The index of its file.
    pub(super) file: usize,
    /// From its first word to its semicolon.
    pub(super) span: Range<usize>,
    pub(super) subject: Subject,
}
