//! Taking a backup.

use std::fs;
use std::io;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use chrono::{DateTime, SecondsFormat, Utc};

use super::files::{Measured, file_url, measure, sync, sync_names};
use super::info::{Origin, Written};
use super::staging::Staging;
use super::{BackupError, Format, Info, location};
use crate::backend::{self, Access, Backend, Control, Inventory};
use crate::config::{Config, DatabaseUrl, SqliteLocation};

/// How a backup is to be taken.
#[derive(Debug, Clone, Default)]
pub struct Taking {
    /// The file; none is a new one where backups are kept.
    pub path: Option<PathBuf>,
    /// How many tables are dumped at once, into a folder (PostgreSQL); none writes one file.
    pub jobs: Option<NonZeroU32>,
}

/// A backup that has been written, and what had to go for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The file or folder.
    pub path: PathBuf,
    /// What stands in the file beside the backup.
    pub info: Info,
    /// The older ones of the same database that `backup_keep` has removed.
    pub removed: Vec<PathBuf>,
}

/// Backs up a database as it is at one moment, while others may write to it.
///
/// # Errors
/// [`BackupError`]; there is then no file of that name, and none half written.
pub fn take(
    config: &Config,
    url: &DatabaseUrl,
    taking: &Taking,
    control: &Control,
) -> Result<Taken, BackupError> {
    refuse_what_is_not_there(url)?;
    let now = DateTime::<Utc>::from(SystemTime::now());
    let mut backend = backend::connect(config, url, Access::Read, control)?;
    let name = name_of(url, control)?;
    let format = match (url, taking.jobs) {
        (DatabaseUrl::Sqlite(_), _) => Format::Sqlite,
        (DatabaseUrl::Postgres(_), None) => Format::Custom,
        (DatabaseUrl::Postgres(_), Some(_)) => Format::Directory,
    };
    let kept = location::folder(config);
    let path = match &taking.path {
        Some(path) => path.clone(),
        None => {
            location::make(&kept)?;
            location::free_path(&kept, &name, format, now)
        }
    };
    refuse_existing(&path)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let staging = Staging::in_folder(folder)?;
    let data = staging.path("data");
    let (inventory, program_major) = match url {
        DatabaseUrl::Sqlite(_) => (copy(config, backend.as_mut(), &data, control)?, None),
        DatabaseUrl::Postgres(url) => {
            let (inventory, major) = dump(config, url, backend.as_mut(), &data, taking.jobs, control)?;
            (inventory, Some(major))
        }
    };
    sync(&data)?;
    let Measured { size, sha256 } = measure(&data, control)?;
    let origin = Origin {
        taken_at: now.to_rfc3339_opts(SecondsFormat::Millis, true),
        database: url.to_string(),
        name,
        server_version: backend.version(),
        server_version_num: backend.version_number(),
    };
    let info = Info::new(origin, Written { format, program_major, size, sha256 }, inventory);
    control.check()?;
    put(&staging, &data, &path, &info)?;
    sync_names(folder);
    let removed = match config.backup_keep {
        Some(keep) if taking.path.is_none() => location::remove_oldest(&kept, &info, keep)?,
        _ => Vec::new(),
    };
    Ok(Taken { path, info, removed })
}

/// Gives what was written its name. What says how it is to be comes first, as it means nothing alone; so whatever has
/// the name of a backup is one.
fn put(staging: &Staging, data: &Path, path: &Path, info: &Info) -> Result<(), BackupError> {
    let staged = staging.path("info");
    let text = serde_json::to_string_pretty(info).map_err(io::Error::from);
    let text = text.map_err(BackupError::io(&staged, "written"))? + "\n";
    fs::write(&staged, text).map_err(BackupError::io(&staged, "written"))?;
    sync(&staged)?;
    for one in [&staged, data] {
        keep_to_oneself(one).map_err(BackupError::io(one, "written"))?;
    }
    refuse_existing(path)?;
    let beside = Info::path(path);
    fs::rename(&staged, &beside).map_err(BackupError::io(&beside, "written"))?;
    fs::rename(data, path).map_err(|error| {
        let _ = fs::remove_file(&beside);
        BackupError::io(path, "written")(error)
    })
}

/// A backup holds what the database lets only some read.
#[cfg(unix)]
fn keep_to_oneself(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = if path.is_dir() { 0o700 } else { 0o600 };
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn keep_to_oneself(_: &Path) -> std::io::Result<()> {
    Ok(())
}

fn refuse_existing(path: &Path) -> Result<(), BackupError> {
    match fs::symlink_metadata(path) {
        Ok(_) => Err(BackupError::Exists { path: path.to_owned() }),
        Err(_) => Ok(()),
    }
}

fn refuse_what_is_not_there(url: &DatabaseUrl) -> Result<(), BackupError> {
    let DatabaseUrl::Sqlite(sqlite) = url else { return Ok(()) };
    match sqlite.location() {
        SqliteLocation::Memory => Err(BackupError::InMemory),
        SqliteLocation::File(path) if is_nothing(path) => {
            Err(BackupError::Nothing { database: url.to_string() })
        }
        SqliteLocation::File(_) => Ok(()),
    }
}

/// A file without a byte is a database that nobody has written to.
fn is_nothing(path: &Path) -> bool {
    fs::metadata(path).map_or(true, |found| found.len() == 0)
}

/// The name by which a backup is known to be of a database: its name on its server, or that of its file.
///
/// # Errors
/// [`BackupError::InMemory`], and those of connecting to the server.
pub(super) fn name_of(url: &DatabaseUrl, control: &Control) -> Result<String, BackupError> {
    match url {
        DatabaseUrl::Sqlite(sqlite) => match sqlite.location() {
            SqliteLocation::Memory => Err(BackupError::InMemory),
            SqliteLocation::File(path) => {
                Ok(path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned())
            }
        },
        #[cfg(feature = "postgres")]
        DatabaseUrl::Postgres(postgres) => Ok(backend::postgres::name_of(postgres, control)?),
        #[cfg(not(feature = "postgres"))]
        DatabaseUrl::Postgres(_) => Err(backend::BackendError::NotBuiltIn { url: url.to_string() }.into()),
    }
}

/// Copies a SQLite database; what the copy holds.
fn copy(
    config: &Config,
    backend: &mut dyn Backend,
    data: &Path,
    control: &Control,
) -> Result<Inventory, BackupError> {
    backend.copy_to_file(data)?;
    let mut copy = backend::connect(config, &file_url(data), Access::Read, control)?;
    Ok(copy.inventory()?)
}

/// Dumps a PostgreSQL database; what it held at the moment of which the dump is, and the version of the program. Both
/// are read at the same time.
#[cfg(feature = "postgres")]
fn dump(
    config: &Config,
    url: &crate::config::PostgresUrl,
    backend: &mut dyn Backend,
    data: &Path,
    jobs: Option<NonZeroU32>,
    control: &Control,
) -> Result<(Inventory, u32), BackupError> {
    use std::ffi::OsString;

    let program = super::programs::find(super::Tool::Dump, backend.version_number() / 10_000)?;
    let snapshot = backend.export_snapshot()?.unwrap_or_default();
    let mut arguments: Vec<OsString> = vec![format!("--snapshot={snapshot}").into()];
    arguments.push(format!("--format={}", if jobs.is_some() { "directory" } else { "custom" }).into());
    arguments.extend(jobs.map(|jobs| format!("--jobs={jobs}").into()));
    if !config.lock_timeout.is_zero() {
        arguments.push(format!("--lock-wait-timeout={}", config.lock_timeout.as_millis()).into());
    }
    let mut file = OsString::from("--file=");
    file.push(data);
    arguments.push(file);
    let before = backend.sequences()?;
    let running = program.start(url, &arguments)?;
    let mut inventory = backend.inventory()?;
    running.wait(control, |_| false)?;
    inventory.forget_moved(&before, &backend.sequences()?);
    Ok((inventory, program.major))
}

#[cfg(not(feature = "postgres"))]
fn dump(
    _: &Config,
    url: &crate::config::PostgresUrl,
    _: &mut dyn Backend,
    _: &Path,
    _: Option<NonZeroU32>,
    _: &Control,
) -> Result<(Inventory, u32), BackupError> {
    Err(backend::BackendError::NotBuiltIn { url: url.to_string() }.into())
}
