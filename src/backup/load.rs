//! A new database made from a backup, compared with what was backed up.

use std::path::{Path, PathBuf};

use super::files::{Measured, file_url, measure};
use super::{BackupError, Format, Info, take};
use crate::backend::{self, Access, Control, Inventory};
use crate::config::{Config, DatabaseUrl};

/// What a backup is of, where it can be one for the database of `url`.
///
/// # Errors
/// [`BackupError::NotABackup`], [`BackupError::OtherDialect`], and [`BackupError::OtherDatabase`] unless `any` database's
/// will do.
pub fn subject(path: &Path, url: &DatabaseUrl, any: bool, control: &Control) -> Result<Info, BackupError> {
    let info = Info::of(path)?;
    if info.dialect() != url.dialect() {
        let (found, wanted) = (info.dialect(), url.dialect());
        return Err(BackupError::OtherDialect { path: path.to_owned(), found, wanted });
    }
    let wanted = take::name_of(url, control)?;
    if !any && info.name != wanted {
        return Err(BackupError::OtherDatabase { path: path.to_owned(), found: info.name, wanted });
    }
    Ok(info)
}

/// Restores a backup where nothing depends on it, and compares it with what was backed up. The database of `url` names the
/// server, and is not touched.
///
/// # Errors
/// [`BackupError::Damaged`], [`BackupError::Differs`], and whatever keeps it from being restored.
pub fn check(
    config: &Config,
    url: &DatabaseUrl,
    path: &Path,
    no_owner: bool,
    control: &Control,
) -> Result<Info, BackupError> {
    let info = subject(path, url, true, control)?;
    match url {
        #[cfg(feature = "sqlite")]
        DatabaseUrl::Sqlite(_) => {
            let folder = tempfile::tempdir().map_err(BackupError::io(&std::env::temp_dir(), "written"))?;
            copy_checked(config, path, &info, &folder.path().join("copy"), control)?;
        }
        #[cfg(feature = "postgres")]
        DatabaseUrl::Postgres(url) => {
            // It takes nobody's place, so others may be where they are.
            let loading = postgres::Loading { no_owner, disconnect: true, jobs: None };
            drop(postgres::load(config, url, path, &info, loading, control)?);
        }
        #[allow(unreachable_patterns, reason = "reached in builds with one database")]
        _ => return Err(backend::BackendError::NotBuiltIn { url: url.to_string() }.into()),
    }
    Ok(info)
}

/// Refuses a file or folder that is not what was written.
#[cfg_attr(not(feature = "postgres"), allow(dead_code))]
fn check_whole(path: &Path, info: &Info, control: &Control) -> Result<(), BackupError> {
    if path.is_dir() != (info.format == Format::Directory) {
        let reason = "a folder is a file, or a file a folder".to_owned();
        return Err(BackupError::Damaged { path: path.to_owned(), reason });
    }
    check_measured(path, info, &measure(path, control)?)
}

fn check_measured(path: &Path, info: &Info, measured: &Measured) -> Result<(), BackupError> {
    let reason = if measured.size != info.size {
        format!("it has {} bytes, and had {}", measured.size, info.size)
    } else if measured.sha256 != info.sha256 {
        format!("its SHA-256 is {}, and was {}", measured.sha256, info.sha256)
    } else {
        return Ok(());
    };
    Err(BackupError::Damaged { path: path.to_owned(), reason })
}

fn check_same(path: &Path, info: &Info, found: &Inventory, owners: bool) -> Result<(), BackupError> {
    let differences = info.differences(found, owners);
    if differences.is_empty() {
        return Ok(());
    }
    Err(BackupError::Differs { path: PathBuf::from(path), differences })
}

/// Copies a backup of a SQLite database to the new file `to`, and compares it with what was backed up.
///
/// # Errors
/// [`BackupError`] of a file that cannot be copied, of a copy that differs in size, hash or what it holds, and where
/// `control` has been cancelled.
#[cfg(feature = "sqlite")]
pub(super) fn copy_checked(
    config: &Config,
    path: &Path,
    info: &Info,
    to: &Path,
    control: &Control,
) -> Result<(), BackupError> {
    if path.is_dir() {
        return check_whole(path, info, control);
    }
    let measured = super::files::copy(path, to, control)?;
    check_measured(path, info, &measured)?;
    let mut copy = backend::connect(config, &file_url(to), Access::Read, control)?;
    check_same(path, info, &copy.inventory()?, true)
}

#[cfg(feature = "postgres")]
pub(super) mod postgres {
    //! With `pg_restore`.

    use std::ffi::OsString;
    use std::num::NonZeroU32;

    use super::super::programs;
    use super::*;
    use crate::backend::postgres::Replacement;
    use crate::config::PostgresUrl;

    /// The first server that knows the setting that a `pg_restore` of its version, and those after it, begin with.
    const KNOWS_TRANSACTION_TIMEOUT: u32 = 17;

    /// With which options a backup is loaded.
    #[derive(Debug, Clone, Copy, Default)]
    pub(in super::super) struct Loading {
        /// Everything is to belong to the role that loads it, and nobody is granted anything.
        pub no_owner: bool,
        /// Others may be connected to the database whose name it is to have.
        pub disconnect: bool,
        /// How many tables are loaded at once.
        pub jobs: Option<NonZeroU32>,
    }

    /// Makes a new database from a backup, beside that of `url`, and compares it with what was backed up. Where the
    /// value is dropped, the database is gone.
    ///
    /// # Errors
    /// [`BackupError`] of a backup that is damaged or cannot be loaded, of a database that differs from what was backed
    /// up, and where `control` has been cancelled.
    pub(in super::super) fn load(
        config: &Config,
        url: &PostgresUrl,
        path: &Path,
        info: &Info,
        loading: Loading,
        control: &Control,
    ) -> Result<Replacement, BackupError> {
        check_whole(path, info, control)?;
        let mut made = Replacement::create(url, loading.disconnect, control)?;
        for name in &made.dropped {
            control.tell(&format!("{name}, which an interrupted run had left behind, has been removed"));
        }
        let at = made.url();
        let mut backend = backend::connect_to_scratch(config, &at, made.identity(), control)?;
        let server = backend.version_number() / 10_000;
        if info.server_version_num / 10_000 > server {
            let (backup, server) = (info.server_version.clone(), backend.version());
            return Err(BackupError::OlderServer { path: path.to_owned(), backup, server });
        }
        let roles: Vec<&str> = info.roles.iter().map(String::as_str).collect();
        let missing = if loading.no_owner { Vec::new() } else { made.missing_roles(&roles)? };
        if !missing.is_empty() {
            return Err(BackupError::Roles { roles: missing });
        }
        restore(&at, path, info, server, loading, control)?;
        check_same(path, info, &backend.inventory()?, !loading.no_owner)?;
        Ok(made)
    }

    fn restore(
        at: &PostgresUrl,
        path: &Path,
        info: &Info,
        server: u32,
        loading: Loading,
        control: &Control,
    ) -> Result<(), BackupError> {
        let program =
            programs::find(crate::backup::Tool::Restore, info.program_major.unwrap_or(server).max(server))?;
        let mut arguments: Vec<OsString> = Vec::new();
        let begins_with_unknown =
            program.major >= KNOWS_TRANSACTION_TIMEOUT && server < KNOWS_TRANSACTION_TIMEOUT;
        if !begins_with_unknown {
            arguments.push("--exit-on-error".into());
        }
        arguments.extend(loading.jobs.map(|jobs| format!("--jobs={jobs}").into()));
        if loading.no_owner {
            arguments.extend(["--no-owner", "--no-privileges"].map(OsString::from));
        }
        arguments.push("--".into());
        arguments.push(path.into());
        let excuses: fn(&str) -> bool = if begins_with_unknown { tells_only_of_timeout } else { |_| false };
        program.start(at, &arguments)?.wait(control, excuses)
    }

    /// Whether the only error is that the server does not know the setting that a later `pg_restore` begins with.
    fn tells_only_of_timeout(said: &str) -> bool {
        let mut errors = said.lines().filter(|line| line.contains("error:"));
        let told = said.contains("error:");
        told && errors
            .all(|line| line.contains("unrecognized configuration parameter \"transaction_timeout\""))
    }

    #[cfg(test)]
    mod tests {
        use super::tells_only_of_timeout;

        #[test]
        fn a_setting_of_later_versions_is_no_failure() {
            let only = "pg_restore: error: could not execute query: ERROR:  unrecognized configuration parameter \"transaction_timeout\"\n\
                        Command was: SET transaction_timeout = 0;\npg_restore: warning: errors ignored on restore: 1";
            assert!(tells_only_of_timeout(only));
            let another =
                format!("{only}\npg_restore: error: could not execute query: ERROR:  out of memory");
            assert!(!tells_only_of_timeout(&another));
            assert!(!tells_only_of_timeout(""));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::info::{Origin, Written};
    use super::*;

    /// Size and SHA-256 each alone.
    #[test]
    fn other_bytes_are_no_backup() {
        let origin = Origin {
            taken_at: String::new(),
            database: String::new(),
            name: String::new(),
            server_version: String::new(),
            server_version_num: 150_001,
        };
        let written =
            Written { format: Format::Custom, program_major: None, size: 3, sha256: "aa".to_owned() };
        let info = Info::new(origin, written, Inventory::default());
        let path = Path::new("a.dump");
        let whole = |size, sha256: &str| {
            check_measured(path, &info, &Measured { size, sha256: sha256.to_owned() }).is_ok()
        };
        assert!(whole(3, "aa"));
        assert!(!whole(3, "ab") && !whole(2, "aa") && !whole(4, "aa"));
    }
}
