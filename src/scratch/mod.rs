//! Databases to try scripts on. They are removed when they are dropped, and are never the configured one.

mod error;
mod files;
mod replay;

use crate::backend::{self, Access, Backend, BackendError};
use crate::catalog::Catalog;
use crate::config::{Config, DatabaseUrl, SqliteUrl};
use crate::execute::Options;

#[cfg(feature = "postgres")]
use crate::backend::postgres::TemporaryDatabase;

pub use error::ScratchError;
pub use files::{run_files, sql_files};
pub use replay::{Unwatched, Walker, replay};

/// A database of the process's own.
pub struct ScratchDatabase {
    /// Stands first, so that it is closed before the database is removed.
    backend: Box<dyn Backend>,
    #[cfg(feature = "postgres")]
    _temporary: Option<TemporaryDatabase>,
}

impl ScratchDatabase {
    /// An empty database of the kind of `like`: for SQLite in memory; for PostgreSQL a temporary one on the same
    /// server, with the encoding, locale and settings of `like`.
    ///
    /// # Errors
    /// [`ScratchError`] where it cannot be made or reached.
    pub fn create(config: &Config, like: &DatabaseUrl) -> Result<Self, ScratchError> {
        match like {
            DatabaseUrl::Sqlite(_) => Ok(Self {
                backend: connect(config, &DatabaseUrl::Sqlite(SqliteUrl::in_memory()))?,
                #[cfg(feature = "postgres")]
                _temporary: None,
            }),
            #[cfg(feature = "postgres")]
            DatabaseUrl::Postgres(url) => {
                // The schemas that an environment is to find when its first revision runs.
                let schemas: Vec<&str> =
                    config.version_table_schema.as_deref().into_iter().chain(url.search_path()).collect();
                let temporary =
                    TemporaryDatabase::create(url, &schemas).map_err(ScratchError::of_creation)?;
                let url = DatabaseUrl::Postgres(url.with_database(temporary.name()));
                Ok(Self { backend: connect(config, &url)?, _temporary: Some(temporary) })
            }
            #[cfg(not(feature = "postgres"))]
            DatabaseUrl::Postgres(_) => Err(BackendError::NotBuiltIn { url: like.to_string() }.into()),
        }
    }

    /// The connection to it.
    pub fn backend(&mut self) -> &mut dyn Backend {
        self.backend.as_mut()
    }

    /// What its schema is.
    ///
    /// # Errors
    /// The database's.
    pub fn catalog(&mut self) -> Result<Catalog, BackendError> {
        self.backend.catalog()
    }
}

fn connect(config: &Config, url: &DatabaseUrl) -> Result<Box<dyn Backend>, BackendError> {
    backend::connect(config, url, Access::Write)
}

/// How scripts are run on a scratch database: as they would be on the configured one, but that nothing has been
/// applied that could have been edited since.
#[must_use]
pub fn options(config: &Config) -> Options {
    Options {
        checksums: crate::config::ChecksumPolicy::Off,
        transaction: config.transaction,
        actor: "scratch".to_owned(),
    }
}
