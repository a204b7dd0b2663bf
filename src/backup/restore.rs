//! Restoring: a new database takes the place of the one that is there, which stays under another name.

use std::num::NonZeroU32;
use std::path::Path;
use std::time::SystemTime;

use chrono::{DateTime, SecondsFormat, Utc};

use super::kept::BETWEEN;
use super::load::subject;
use super::{BackupError, Info};
use crate::backend::{self, Access, BackendError, Control, UnreachableKind};
use crate::config::{Config, DatabaseUrl, SqliteLocation};

/// How many bytes of a name PostgreSQL keeps.
const LONGEST_NAME: usize = 63;

/// How a backup is to be restored.
#[derive(Debug, Clone, Default)]
pub struct Restoring {
    /// The name of the protected database that is to be replaced.
    pub confirmed: Option<String>,
    /// It may be a backup of another database.
    pub any_database: bool,
    /// Others are disconnected from the database (PostgreSQL).
    pub disconnect: bool,
    /// Everything belongs to the role that restores, and nobody is granted anything (PostgreSQL).
    pub no_owner: bool,
    /// How many tables are loaded at once (PostgreSQL).
    pub jobs: Option<NonZeroU32>,
}

/// What [`restore`] has done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// What the backup is of.
    pub info: Info,
    /// The name of the database whose place was taken, where there was one.
    pub kept: Option<String>,
}

/// Makes a new database from a backup, compares it with what was backed up, and gives it the name of the one that is
/// there, which gets another one.
///
/// # Errors
/// [`BackupError`]; the database that is there is then as it was.
pub fn restore(
    config: &Config,
    url: &DatabaseUrl,
    path: &Path,
    restoring: &Restoring,
    control: &Control,
) -> Result<Restored, BackupError> {
    let info = subject(path, url, restoring.any_database, control)?;
    check_protection(config, url, restoring.confirmed.as_deref(), control)?;
    let now = DateTime::<Utc>::from(SystemTime::now());
    let kept = match url {
        #[cfg(feature = "sqlite")]
        DatabaseUrl::Sqlite(sqlite) => match sqlite.location() {
            SqliteLocation::Memory => return Err(BackupError::InMemory),
            SqliteLocation::File(file) => of_sqlite(config, file, path, &info, now, control)?,
        },
        #[cfg(feature = "postgres")]
        DatabaseUrl::Postgres(postgres) => {
            of_postgres(config, postgres, path, &info, restoring, now, control)?
        }
        #[allow(unreachable_patterns, reason = "reached in builds with one database")]
        _ => return Err(BackendError::NotBuiltIn { url: url.to_string() }.into()),
    };
    Ok(Restored { info, kept })
}

/// Refuses to replace a database that is protected, or of production, unless its name has been given. One that is not
/// there is replaced by any.
fn check_protection(
    config: &Config,
    url: &DatabaseUrl,
    confirmed: Option<&str>,
    control: &Control,
) -> Result<(), BackupError> {
    let mut backend = match backend::connect(config, url, Access::Read, control) {
        Ok(backend) => backend,
        Err(BackendError::Unreachable { kind: UnreachableKind::NoSuchDatabase, .. }) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    let given = confirmed.map(str::to_owned);
    match backend.protection()? {
        Some(name) if confirmed != Some(name.as_str()) => Err(BackupError::Protected { name, given }),
        None if config.production => match backend.name()? {
            name if confirmed != Some(name.as_str()) => Err(BackupError::Production { name, given }),
            _ => Ok(()),
        },
        _ => Ok(()),
    }
}

/// The name that a database keeps: its own, shortened where it has to be, and the time in milliseconds, for two restores
/// may end within a second.
pub(super) fn kept_name(name: &str, now: DateTime<Utc>, longest: usize) -> String {
    let ending = format!("{BETWEEN}{}", now.format("%Y%m%dT%H%M%S%3fZ"));
    let mut end = name.len().min(longest.saturating_sub(ending.len()));
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{ending}", name.get(..end).unwrap_or_default())
}

#[cfg(feature = "postgres")]
fn of_postgres(
    config: &Config,
    url: &crate::config::PostgresUrl,
    path: &Path,
    info: &Info,
    restoring: &Restoring,
    now: DateTime<Utc>,
    control: &Control,
) -> Result<Option<String>, BackupError> {
    use super::load::postgres::{Loading, load};

    let loading =
        Loading { no_owner: restoring.no_owner, disconnect: restoring.disconnect, jobs: restoring.jobs };
    let made = load(config, url, path, info, loading, control)?;
    let kept = kept_name(made.name(), now, LONGEST_NAME);
    let since = now.to_rfc3339_opts(SecondsFormat::Secs, true);
    let was_there = made.take_place(&kept, &since, restoring.disconnect)?;
    Ok(was_there.then_some(kept))
}

/// The new file grows in a folder beside the old one, on its file system.
#[cfg(feature = "sqlite")]
fn of_sqlite(
    config: &Config,
    file: &Path,
    path: &Path,
    info: &Info,
    now: DateTime<Utc>,
    control: &Control,
) -> Result<Option<String>, BackupError> {
    use std::fs;

    use super::kept::forget_left_behind;
    use super::load::copy_checked;
    use super::staging::Staging;
    use crate::backend::sqlite;

    // A link to the database stays one.
    let file = &fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    let folder = file.parent().unwrap_or(Path::new("."));
    forget_left_behind(file, control);
    let staging = Staging::in_folder(folder)?;
    let new = staging.path("data");
    copy_checked(config, path, info, &new, control)?;
    if !file.exists() {
        fs::rename(&new, file).map_err(BackupError::io(file, "written"))?;
        super::files::sync_names(folder);
        return Ok(None);
    }
    like_the_old(file, &new)?;
    control.check()?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let kept = kept_name(&name, now, usize::MAX);
    sqlite::replace(file, &new, &folder.join(&kept), control)?;
    Ok(Some(kept))
}

/// Whoever may use the old file may use the new one.
#[cfg(feature = "sqlite")]
fn like_the_old(old: &Path, new: &Path) -> Result<(), BackupError> {
    use std::fs;

    let found = fs::metadata(old).map_err(BackupError::io(old, "read"))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        // Only root may give files away; anybody else restores what is theirs.
        let _ = std::os::unix::fs::chown(new, Some(found.uid()), Some(found.gid()));
    }
    fs::set_permissions(new, found.permissions()).map_err(BackupError::io(new, "written"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_fits_and_is_cut_between_characters() {
        let now = DateTime::from_timestamp(1_700_000_000, 0).expect("a time");
        assert_eq!(kept_name("app", now, LONGEST_NAME), "app_before_restore_20231114T221320000Z");
        let long = "é".repeat(31);
        let kept = kept_name(&long, now, LONGEST_NAME);
        assert!(
            kept.len() <= LONGEST_NAME && kept.ends_with("_before_restore_20231114T221320000Z"),
            "{kept}"
        );
        assert!(kept.starts_with("éééééééééééééé_"), "{kept}");
    }
}
