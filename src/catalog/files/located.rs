//! Files of SQL, and the statements in them.

use std::ops::Range;
use std::path::PathBuf;

use super::subject::Subject;

/// A SQL file of the desired schema, or what it is to become.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqlFile {
    /// The path of the file.
    pub path: PathBuf,
    /// The text of the file.
    pub text: String,
    /// The same with blanks in the place of what does not count for the database.
    pub sql: String,
}

/// Where files are, and whether they are in a folder that may get more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Root {
    /// A file, or a folder.
    pub path: PathBuf,
    /// Whether the path is a folder's.
    pub is_folder: bool,
}

/// A statement of a desired schema's files, and what it is about.
pub(super) struct Located {
    /// The index of the file that the statement is in.
    pub(super) file: usize,
    /// The bytes of the file from the statement's first word to its semicolon.
    pub(super) span: Range<usize>,
    pub(super) subject: Subject,
}
