//! The databases whose places backups took.

use std::path::{Path, PathBuf};

use super::BackupError;
use crate::backend::{BackendError, Control};
use crate::config::{DatabaseUrl, SqliteLocation};

/// What stands between the name of a database and the time at which another took its place.
pub(super) const BETWEEN: &str = "_before_restore_";

/// A database that stays under another name until it is dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptDatabase {
    /// The database's name now; of SQLite the name of its file.
    pub name: String,
    home: Home,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Home {
    #[cfg(feature = "postgres")]
    Server(crate::backend::postgres::Kept),
    #[cfg(feature = "sqlite")]
    File(PathBuf),
}

/// The databases that restores have kept of the one of `url`, the oldest first.
///
/// # Errors
/// [`BackupError::Backend`] and [`BackupError::Io`].
pub fn kept(url: &DatabaseUrl, control: &Control) -> Result<Vec<KeptDatabase>, BackupError> {
    match url {
        #[cfg(feature = "postgres")]
        DatabaseUrl::Postgres(url) => {
            let found = crate::backend::postgres::kept(url, control)?;
            let kept = |kept: crate::backend::postgres::Kept| KeptDatabase {
                name: kept.name.clone(),
                home: Home::Server(kept),
            };
            Ok(found.into_iter().map(kept).collect())
        }
        #[cfg(feature = "sqlite")]
        DatabaseUrl::Sqlite(sqlite) => match sqlite.location() {
            SqliteLocation::Memory => Ok(Vec::new()),
            SqliteLocation::File(file) => {
                let file = std::fs::canonicalize(file).unwrap_or_else(|_| file.clone());
                forget_left_behind(&file, control);
                files_kept(&file)
            }
        },
        #[allow(unreachable_patterns, reason = "reached in builds with one database")]
        _ => Err(BackendError::NotBuiltIn { url: url.to_string() }.into()),
    }
}

/// Drops one; who is connected to it is disconnected where `disconnect` says so (PostgreSQL).
///
/// # Errors
/// [`BackupError::Backend`] and [`BackupError::Io`].
pub fn drop_kept(
    url: &DatabaseUrl,
    kept: &KeptDatabase,
    disconnect: bool,
    control: &Control,
) -> Result<(), BackupError> {
    match (&kept.home, url) {
        #[cfg(feature = "postgres")]
        (Home::Server(database), DatabaseUrl::Postgres(url)) => {
            Ok(crate::backend::postgres::drop_kept(url, database, disconnect, control)?)
        }
        #[cfg(feature = "sqlite")]
        (Home::File(path), _) => {
            for beside in ["-wal", "-shm", "-journal"] {
                let mut name = path.as_os_str().to_owned();
                name.push(beside);
                // What is not there need not go.
                let _ = std::fs::remove_file(PathBuf::from(name));
            }
            std::fs::remove_file(path).map_err(BackupError::io(path, "removed"))
        }
        #[allow(unreachable_patterns, reason = "reached in builds with one database")]
        _ => Err(BackendError::NotBuiltIn { url: url.to_string() }.into()),
    }
}

/// What the names of the files begin with that were kept of a database.
#[cfg(feature = "sqlite")]
fn prefix(file: &Path) -> String {
    format!("{}{BETWEEN}", file.file_name().unwrap_or_default().to_string_lossy())
}

/// The name ends with the time, of which only digits vary; what has more behind it is something else.
#[cfg(feature = "sqlite")]
fn files_kept(file: &Path) -> Result<Vec<KeptDatabase>, BackupError> {
    let folder = file.parent().unwrap_or(Path::new("."));
    let prefix = prefix(file);
    let is_time = |rest: &str| {
        let shape: String = rest.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
        shape == "00000000T000000000Z"
    };
    let entries = std::fs::read_dir(folder).map_err(BackupError::io(folder, "read"))?;
    let mut kept: Vec<KeptDatabase> = entries
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().to_str()?.to_owned();
            let is_one = name.strip_prefix(&prefix).is_some_and(is_time);
            is_one.then(|| KeptDatabase { name, home: Home::File(entry.path()) })
        })
        .collect();
    kept.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(kept)
}

/// Takes away the second name that a killed restore has given a database which is still in its place.
#[cfg(feature = "sqlite")]
pub(super) fn forget_left_behind(file: &Path, control: &Control) {
    for left in crate::backend::sqlite::left_by_killed(file, &prefix(file)) {
        if std::fs::remove_file(&left).is_ok() {
            let left = left.display();
            control.tell(&format!(
                "{left}, a second name that an interrupted restore had given the database, has been removed"
            ));
        }
    }
}
