//! The programs of PostgreSQL that write and read backups.

use std::fmt;

/// A program of PostgreSQL's that backups are made with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// `pg_dump`, which writes backups.
    Dump,
    /// `pg_restore`, which reads them.
    Restore,
}

impl Tool {
    /// What the program's file is called, without folder and `.exe`.
    #[must_use]
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Dump => "pg_dump",
            Self::Restore => "pg_restore",
        }
    }
}

impl fmt::Display for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.file_name())
    }
}
