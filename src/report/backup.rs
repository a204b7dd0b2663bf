//! Backups and restores as documents and in words.

use std::path::Path;

use serde::Serialize;

use super::path;
use crate::backup::{Found, Info, Restored, Taken};

/// A backup: what stands beside it, and where it is.
#[derive(Serialize)]
pub struct BackupDocument<'b> {
    /// What stands in the file beside the backup.
    #[serde(flatten)]
    pub info: &'b Info,
    /// The file or folder.
    pub path: String,
    /// The older ones that were removed when it was taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub removed: Option<Vec<String>>,
}

impl<'b> BackupDocument<'b> {
    /// The document of a backup in this file or folder.
    #[must_use]
    pub fn new(path: &Path, info: &'b Info) -> Self {
        Self { info, path: path::text(path), removed: None }
    }

    /// The document of a backup that was found below `backup_location`.
    #[must_use]
    pub fn found(found: &'b Found) -> Self {
        Self::new(&found.path, &found.info)
    }

    /// The document of a backup that was taken, with the paths of the older ones that were removed for it.
    #[must_use]
    pub fn taken(taken: &'b Taken) -> Self {
        let removed = taken.removed.iter().map(|path| path::text(path)).collect();
        Self { removed: Some(removed), ..Self::new(&taken.path, &taken.info) }
    }
}

/// What `restore --json` prints.
#[derive(Serialize)]
pub struct RestoreDocument<'b> {
    /// The backup.
    #[serde(flatten)]
    pub backup: BackupDocument<'b>,
    /// The name that the database has now whose place was taken, where there was one.
    pub kept: Option<&'b str>,
    /// The database, without password.
    pub restored_to: String,
}

impl<'b> RestoreDocument<'b> {
    /// The document of a backup in this file or folder, restored to a database, named without password.
    #[must_use]
    pub fn new(path: &Path, restored: &'b Restored, database: String) -> Self {
        let backup = BackupDocument::new(path, &restored.info);
        Self { backup, kept: restored.kept.as_deref(), restored_to: database }
    }
}

/// What `restore --drop-old --json` prints.
#[derive(Debug, Serialize)]
pub struct DroppedDatabasesDocument<'b> {
    /// The databases that restores had kept, and that are gone.
    pub dropped: Vec<&'b str>,
    /// The database in whose place they were, without password.
    pub database: String,
}

/// The version rows of a backed up database, `base` where there are none.
#[must_use]
pub fn version_rows(info: &Info) -> String {
    if info.version_rows.is_empty() { "base".to_owned() } else { info.version_rows.join(", ") }
}

/// A number of bytes for people, in the largest unit of which there is one.
#[must_use]
pub fn bytes(bytes: u64) -> String {
    let mut size = bytes as f64;
    for unit in ["B", "KiB", "MiB", "GiB"] {
        if size < 1024.0 {
            return if unit == "B" { format!("{bytes} B") } else { format!("{size:.1} {unit}") };
        }
        size /= 1024.0;
    }
    format!("{size:.1} TiB")
}
