//! Databases to try scripts on. They are removed when they are dropped, and are never the configured one.

mod clock;
mod error;
mod files;
mod replay;

use crate::backend::{self, Access, Backend, BackendError, Control};
use crate::catalog::Catalog;
use crate::config::{Config, DatabaseUrl, SqliteUrl};
use crate::execute::Options;
use crate::sql::Dialect;

#[cfg(feature = "postgres")]
use crate::backend::postgres::{LentDatabase, TemporaryDatabase};
#[cfg(feature = "postgres")]
use crate::config::PostgresUrl;

pub use clock::{asks_clock, wait_for_next_second};
pub use error::ScratchError;
pub use files::{make_ready, run_files, run_script, sql_files};
pub use replay::{Unwatched, Walker, replay};

/// A database that scripts may do anything to: made empty by this process and removed with it, or lent and
/// emptied.
pub struct ScratchDatabase {
    /// Stands first, so that it is closed before the database is removed.
    backend: Box<dyn Backend>,
    url: DatabaseUrl,
    home: Home,
}

/// Where a scratch database is, and what removes it when it is dropped.
enum Home {
    Memory,
    #[cfg(feature = "postgres")]
    Temporary(TemporaryDatabase),
    #[cfg(feature = "postgres")]
    Lent(#[allow(dead_code, reason = "it is there to be dropped")] LentDatabase),
}

/// What a scratch database held at a moment. Any number of others can begin with it.
pub struct Snapshot(SnapshotHome);

enum SnapshotHome {
    Memory(Box<dyn Backend>),
    #[cfg(feature = "postgres")]
    Temporary(TemporaryDatabase),
}

impl ScratchDatabase {
    /// An empty database of the kind of `like`: for SQLite in memory; for PostgreSQL the one that `scratch_url`
    /// names, else a temporary one on the same server, with the encoding, locale and settings of `like`. `control` holds
    /// for making and filling it; its removal is not to be interrupted.
    ///
    /// # Errors
    /// [`ScratchError`] where it cannot be made or reached, or must not be used.
    pub fn create(config: &Config, like: &DatabaseUrl, control: &Control) -> Result<Self, ScratchError> {
        match like {
            DatabaseUrl::Sqlite(_) => {
                let url = DatabaseUrl::Sqlite(SqliteUrl::in_memory());
                Ok(Self { backend: connect(config, &url, control)?, url, home: Home::Memory })
            }
            #[cfg(feature = "postgres")]
            DatabaseUrl::Postgres(like) => match config.scratch_url()? {
                Some(url @ DatabaseUrl::Postgres(lent)) => {
                    // Where another kind of database is configured, it is nobody's but scratch work's.
                    let is_meant =
                        lent == like && !matches!(config.database_url(), Ok(DatabaseUrl::Postgres(_)));
                    let borrowed = match is_meant {
                        true => take(config, lent, LentDatabase::connect(lent, control)?)?,
                        false => borrow(config, lent, like, control)?,
                    };
                    let backend = backend::connect_to_scratch(config, lent, borrowed.identity(), control)?;
                    Ok(Self { backend, url: url.clone(), home: Home::Lent(borrowed) })
                }
                Some(other) => Err(ScratchError::OtherKind { url: other.to_string() }),
                None => {
                    let temporary = TemporaryDatabase::create(like, &schemas(config, like), control)
                        .map_err(ScratchError::of_creation)?;
                    Self::of_temporary(temporary, config, like, control)
                }
            },
            #[cfg(not(feature = "postgres"))]
            DatabaseUrl::Postgres(_) => Err(BackendError::NotBuiltIn { url: like.to_string() }.into()),
        }
    }

    /// An empty database that speaks a dialect: for SQLite in memory; for PostgreSQL as [`ScratchDatabase::create`]
    /// makes it for the configured database, else the one that `scratch_url` names. None where neither is PostgreSQL,
    /// or this build has no such database.
    ///
    /// # Errors
    /// [`ScratchError`] where it cannot be made or reached, or must not be used.
    pub fn of_dialect(
        config: &Config,
        dialect: Dialect,
        control: &Control,
    ) -> Result<Option<Self>, ScratchError> {
        match (dialect, config.database_url()) {
            (Dialect::Sqlite, _) if cfg!(feature = "sqlite") => {
                Self::create(config, &DatabaseUrl::Sqlite(SqliteUrl::in_memory()), control).map(Some)
            }
            (Dialect::Postgres, Ok(url @ DatabaseUrl::Postgres(_))) if cfg!(feature = "postgres") => {
                Self::create(config, url, control).map(Some)
            }
            (Dialect::Postgres, _) => Self::lent(config, control),
            (Dialect::Sqlite, _) => Ok(None),
        }
    }

    #[cfg(feature = "postgres")]
    fn lent(config: &Config, control: &Control) -> Result<Option<Self>, ScratchError> {
        let Some(DatabaseUrl::Postgres(url)) = config.scratch_url()? else { return Ok(None) };
        let lent = take(config, url, LentDatabase::connect(url, control)?)?;
        let backend = backend::connect_to_scratch(config, url, lent.identity(), control)?;
        Ok(Some(Self { backend, url: DatabaseUrl::Postgres(url.clone()), home: Home::Lent(lent) }))
    }

    #[cfg(not(feature = "postgres"))]
    fn lent(_: &Config, _: &Control) -> Result<Option<Self>, ScratchError> {
        Ok(None)
    }

    /// The URL of the scratch database. One in memory cannot be reached by it.
    #[must_use]
    pub fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    /// A database of the kind of `like` that begins with what another held.
    ///
    /// # Errors
    /// [`ScratchError`] where it cannot be made.
    pub fn of_snapshot(
        snapshot: &Snapshot,
        config: &Config,
        like: &DatabaseUrl,
        control: &Control,
    ) -> Result<Self, ScratchError> {
        match (&snapshot.0, like) {
            (SnapshotHome::Memory(backend), _) => match backend.copy_to_memory()? {
                Some(backend) => {
                    Ok(Self { backend, url: DatabaseUrl::Sqlite(SqliteUrl::in_memory()), home: Home::Memory })
                }
                None => Self::create(config, like, control),
            },
            #[cfg(feature = "postgres")]
            (SnapshotHome::Temporary(database), DatabaseUrl::Postgres(like)) => {
                let copy = database.copy(like, control).map_err(ScratchError::of_creation)?;
                Self::of_temporary(copy, config, like, control)
            }
            #[cfg(feature = "postgres")]
            (SnapshotHome::Temporary(_), DatabaseUrl::Sqlite(_)) => Self::create(config, like, control),
        }
    }

    #[cfg(feature = "postgres")]
    fn of_temporary(
        temporary: TemporaryDatabase,
        config: &Config,
        like: &PostgresUrl,
        control: &Control,
    ) -> Result<Self, ScratchError> {
        let url = like.with_database(temporary.name());
        let backend = backend::connect_to_scratch(config, &url, temporary.identity(), control)?;
        Ok(Self { backend, url: DatabaseUrl::Postgres(url), home: Home::Temporary(temporary) })
    }

    /// Whether [`ScratchDatabase::into_snapshot`] is possible; not with a lent database, of which there is but one.
    #[must_use]
    pub fn has_snapshots(&self) -> bool {
        match self.home {
            Home::Memory => true,
            #[cfg(feature = "postgres")]
            Home::Temporary(_) => true,
            #[cfg(feature = "postgres")]
            Home::Lent(_) => false,
        }
    }

    /// Closes the connection and keeps what the database holds; none, and the database is removed, where
    /// [`ScratchDatabase::has_snapshots`] says that it cannot be kept.
    #[must_use]
    pub fn into_snapshot(self) -> Option<Snapshot> {
        match self.home {
            Home::Memory => Some(Snapshot(SnapshotHome::Memory(self.backend))),
            #[cfg(feature = "postgres")]
            Home::Temporary(temporary) => Some(Snapshot(SnapshotHome::Temporary(temporary))),
            #[cfg(feature = "postgres")]
            Home::Lent(_) => None,
        }
    }

    /// The connection to the scratch database, which is open as long as that lasts.
    pub fn backend(&mut self) -> &mut dyn Backend {
        self.backend.as_mut()
    }

    /// The schema of the scratch database, described as a whole.
    ///
    /// # Errors
    /// The database's.
    pub fn catalog(&mut self) -> Result<Catalog, BackendError> {
        self.backend.catalog()
    }
}

/// The schemas that an environment finds when its first revision runs.
#[cfg(feature = "postgres")]
fn schemas<'c>(config: &'c Config, url: &'c PostgresUrl) -> Vec<&'c str> {
    config.version_table_schema.as_deref().into_iter().chain(url.search_path()).collect()
}

/// Takes the database of `scratch_url`, if it is empty and not the one of `like`.
#[cfg(feature = "postgres")]
fn borrow(
    config: &Config,
    url: &PostgresUrl,
    like: &PostgresUrl,
    control: &Control,
) -> Result<LentDatabase, ScratchError> {
    let lent = LentDatabase::connect(url, control)?;
    if lent.is(like)? {
        return Err(ScratchError::SameDatabase { url: url.to_string() });
    }
    take(config, url, lent)
}

/// Takes a lent database, if it is empty.
#[cfg(feature = "postgres")]
fn take(config: &Config, url: &PostgresUrl, mut lent: LentDatabase) -> Result<LentDatabase, ScratchError> {
    if let Some(found) = lent.take(config.migration_lock_timeout)? {
        return Err(ScratchError::NotEmpty { url: url.to_string(), found });
    }
    lent.make_schemas(&schemas(config, url))?;
    Ok(lent)
}

fn connect(config: &Config, url: &DatabaseUrl, control: &Control) -> Result<Box<dyn Backend>, BackendError> {
    backend::connect(config, url, Access::Write, control)
}

/// The database whose kind scratch databases of a dialect are of: the configured one, of SQLite else one in memory, of
/// PostgreSQL else the one of `scratch_url`. None where there is neither, or this build has no such database.
///
/// # Errors
/// [`ScratchError`] where `scratch_url` is no URL.
pub fn like_of_dialect(config: &Config, dialect: Dialect) -> Result<Option<DatabaseUrl>, ScratchError> {
    let is_built_in = match dialect {
        Dialect::Postgres => cfg!(feature = "postgres"),
        Dialect::Sqlite => cfg!(feature = "sqlite"),
    };
    Ok(match (dialect, config.database_url()) {
        _ if !is_built_in => None,
        (dialect, Ok(url)) if url.dialect() == dialect => Some(url.clone()),
        (Dialect::Sqlite, _) => Some(DatabaseUrl::Sqlite(SqliteUrl::in_memory())),
        (Dialect::Postgres, _) => config.scratch_url()?.filter(|url| url.dialect() == dialect).cloned(),
    })
}

/// How scripts are run on a scratch database: as they would be on the configured one, but that nothing has been
/// applied that could have been edited since.
#[must_use]
pub fn options(config: &Config) -> Options {
    Options {
        checksums: crate::config::ChecksumPolicy::Off,
        transaction: config.transaction,
        actor: "scratch".to_owned(),
        confirmed: None,
        accepted_recorded: Vec::new(),
    }
}
