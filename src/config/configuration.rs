//! The configuration as it counts, with what each key says in the end.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::desired_schema::DesiredSchema;
use super::error::{ConfigError, Problem};
use super::seeds::Seeds;
#[cfg(doc)]
use super::template::TEMPLATE_PLACEHOLDERS;
use super::time_zone::TimeZone;
use super::url::{DatabaseUrl, ProgramUrl};
use super::values::{BackupPolicy, ChecksumPolicy, TransactionMode};
use crate::catalog::{Ignore, Scope};
use crate::prisma::PrismaVersion;

/// The configuration that a command runs with. All paths are absolute; none need exist.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Config {
    /// The configuration file, where there is one.
    pub file: Option<PathBuf>,
    /// Its folder, or the current one where there is no file.
    pub directory: PathBuf,
    /// The folders of the scripts, of which there is at least one; new scripts go to the first.
    pub version_locations: Vec<PathBuf>,
    /// Whether scripts are looked for in subfolders of the script folders, too.
    pub recursive_version_locations: bool,
    /// The folder for scripts that a squash has replaced; `databases` in it is for backups of databases.
    pub backup_location: PathBuf,
    /// Whether a run that changes a database backs it up before.
    #[doc(hidden)]
    pub backup: BackupPolicy,
    /// How many backups of each database are kept beside each other; none sets no limit.
    #[doc(hidden)]
    pub backup_keep: Option<NonZeroUsize>,
    /// The name of the version table.
    pub version_table: String,
    /// The PostgreSQL schema of the bookkeeping tables; `None` is the first of the search path.
    pub version_table_schema: Option<String>,
    /// How revisions are grouped into transactions.
    pub transaction: TransactionMode,
    /// The template of new file names: a relative path with [`TEMPLATE_PLACEHOLDERS`] in braces.
    /// It has a `/` only if `recursive_version_locations` is set.
    #[doc(hidden)]
    pub file_template: String,
    /// The longest slug in a file name, in characters.
    #[doc(hidden)]
    pub truncate_slug_length: usize,
    /// The zone for `created` and for the template.
    #[doc(hidden)]
    pub timezone: TimeZone,
    /// Longest wait for a database lock within a revision; zero is no limit.
    pub lock_timeout: Duration,
    /// Longest wait for another revgraph; zero is no limit.
    pub migration_lock_timeout: Duration,
    /// Longest run of one statement; zero is no limit, `None` is the server's own setting.
    pub statement_timeout: Option<Duration>,
    /// What an edited script that has been applied does to `upgrade`.
    pub checksums: ChecksumPolicy,
    /// The Prisma that models are read like; none where `package.json` is to tell it.
    #[doc(hidden)]
    pub prisma_version: Option<PrismaVersion>,
    /// How many heads `check` takes for right: more than one where branches are meant to stay.
    #[doc(hidden)]
    pub check_heads: usize,
    /// The objects of a schema that no comparison and no squash looks at.
    #[doc(hidden)]
    pub ignore: Ignore,
    /// Whether a database with version rows and no ledger is compared with what they say before its first run.
    #[doc(hidden)]
    pub adopt_check: bool,
    /// Whether people depend on the database, so that it is erased only where its name is given.
    #[doc(hidden)]
    pub production: bool,
    pub(super) database_url: Result<DatabaseUrl, ConfigError>,
    pub(super) program_url: Option<ProgramUrl>,
    pub(super) scratch_url: Result<Option<DatabaseUrl>, ConfigError>,
    pub(super) desired_schema: Result<Option<DesiredSchema>, ConfigError>,
    pub(super) seeds: Result<Option<Seeds>, ConfigError>,
}

impl Config {
    /// The defaults for an environment in `directory`. No file, variable or flag is asked, and no database is named.
    #[must_use]
    pub fn defaults(directory: &Path) -> Self {
        let versions = directory.join("versions");
        Self {
            file: None,
            directory: directory.to_owned(),
            backup_location: versions.join("backup"),
            backup: BackupPolicy::default(),
            backup_keep: None,
            version_locations: vec![versions],
            recursive_version_locations: false,
            version_table: "alembic_version".to_owned(),
            version_table_schema: None,
            transaction: TransactionMode::default(),
            file_template: "{rev}_{slug}".to_owned(),
            truncate_slug_length: 40,
            timezone: TimeZone::UTC,
            lock_timeout: Duration::from_secs(10),
            migration_lock_timeout: Duration::from_secs(60),
            statement_timeout: None,
            checksums: ChecksumPolicy::default(),
            ignore: Ignore::default(),
            adopt_check: true,
            database_url: Err(ConfigError::new(Problem::NoDatabaseUrl { looked_at: Vec::new() })),
            program_url: None,
            scratch_url: Ok(None),
            desired_schema: Ok(None),
            seeds: Ok(None),
            prisma_version: None,
            production: false,
            check_heads: 1,
        }
    }

    /// The database: `--url`, else `REVGRAPH_URL`, else `url` or `[connection]` of `[env.NAME]`,
    /// else of the file, else `DATABASE_URL`, else `POSTGRES_DSN`.
    ///
    /// # Errors
    /// Where none of them is given, which lists them, and where the one that counts is not a URL
    /// of a supported database, uses a variable that is not set, or names a password file that
    /// cannot be read.
    #[doc(hidden)]
    pub fn database_url(&self) -> Result<&DatabaseUrl, ConfigError> {
        self.database_url.as_ref().map_err(Clone::clone)
    }

    /// Whether a database is configured at all, also where its URL cannot be used.
    #[doc(hidden)]
    #[must_use]
    pub fn names_a_database(&self) -> bool {
        let is_missing = |error: &ConfigError| matches!(error.problem(), Problem::NoDatabaseUrl { .. });
        !self.database_url.as_ref().is_err_and(is_missing)
    }

    /// [`Config::database_url`] for the environment of a program; none where there is no such URL.
    #[doc(hidden)]
    #[must_use]
    pub fn program_url(&self) -> Option<&ProgramUrl> {
        self.program_url.as_ref()
    }

    /// What of a schema is compared: the one that the URL names, where it names one, without what is to be ignored.
    #[doc(hidden)]
    #[must_use]
    pub fn scope(&self) -> Scope {
        let schema = match &self.database_url {
            Ok(DatabaseUrl::Postgres(url)) => url.search_path().map(str::to_owned),
            _ => None,
        };
        Scope { schema, ignore: self.ignore.clone() }
    }

    /// The empty PostgreSQL database that scratch work is done in, where `scratch_url` names one.
    ///
    /// # Errors
    /// Where what it says is not a URL of a supported database, or uses a variable that is not set.
    #[doc(hidden)]
    pub fn scratch_url(&self) -> Result<Option<&DatabaseUrl>, ConfigError> {
        self.scratch_url.as_ref().map(Option::as_ref).map_err(Clone::clone)
    }

    /// Where the schema is that the database is to have: `schema` or `schema_command`.
    ///
    /// # Errors
    /// Where both are given, or a path is empty or uses a variable that is not set.
    #[doc(hidden)]
    pub fn desired_schema(&self) -> Result<Option<&DesiredSchema>, ConfigError> {
        self.desired_schema.as_ref().map(Option::as_ref).map_err(Clone::clone)
    }

    /// What fills a database with rows: `seed` or `seed_command`.
    ///
    /// # Errors
    /// Where both are given, or a path is empty or uses a variable that is not set.
    #[doc(hidden)]
    pub fn seeds(&self) -> Result<Option<&Seeds>, ConfigError> {
        self.seeds.as_ref().map(Option::as_ref).map_err(Clone::clone)
    }
}
