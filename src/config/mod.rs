//! `alembic.toml`, `.env`, variables and flags, made into one [`Config`].
//!
//! A flag goes before a variable `REVGRAPH_KEY`, that before `[env.NAME]`, that before the top of
//! the file, and that before the default. Every source is checked whole, also where another goes
//! before it: an invalid value is never passed over. A variable that is empty counts as not set,
//! and one that starts with `REVGRAPH_` and names no key is ignored ([`misspelt_variables`] finds those that were meant).
//!
//! Relative paths of the file and of `.env` are relative to their folder; those of flags and of
//! the process environment are relative to the current folder.
//!
//! Nothing here writes: neither files nor the process environment.

use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

mod connection;
mod desired_schema;
mod environment;
mod error;
mod expansion;
mod file;
mod key;
mod layer;
mod path;
mod prisma_project;
mod resolve;
mod seeds;
mod server_signs;
mod suggestion;
mod surroundings;
mod template;
mod time_zone;
mod url;
mod values;

pub use desired_schema::DesiredSchema;
pub use error::{ConfigError, Location, Origin, Problem};
pub use file::FILE_NAME;
pub use prisma_project::PrismaProject;
pub use seeds::Seeds;
pub use suggestion::Suggestion;
pub use surroundings::Pointer;
pub use template::{TEMPLATE_PLACEHOLDERS, TemplateError};
pub use time_zone::TimeZone;
pub use url::{DatabaseUrl, PostgresUrl, ProgramUrl, SqliteLocation, SqliteMode, SqliteUrl, UrlError};
pub use values::{BackupPolicy, ChecksumPolicy, TransactionMode, ValueError, parse_duration};

use environment::Environment;
use file::ConfigFile;
use key::{Key, suggest_setting};
use layer::Layer;
use resolve::Resolver;

use crate::catalog::{Ignore, Scope};
use crate::prisma::PrismaVersion;

/// The variable that names the configuration file.
const CONFIG_VARIABLE: &str = "REVGRAPH_CONFIG";

/// What the command line and the process say. `Debug` leaves out every value, as any may hold a
/// password.
#[derive(Clone, Default)]
pub struct Sources {
    /// The folder that the command runs in, absolute.
    pub current_directory: PathBuf,
    /// `-c`: the configuration file, which then has to exist.
    pub config_file: Option<PathBuf>,
    /// `-n`: the `[env.NAME]` to lay over the file.
    pub section: Option<String>,
    /// `--url`.
    pub url: Option<String>,
    /// Keys of the file that other flags set, with their values as text.
    pub overrides: BTreeMap<String, String>,
    /// The variables of the process.
    pub environment: BTreeMap<String, String>,
}

impl fmt::Debug for Sources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sources")
            .field("current_directory", &self.current_directory)
            .field("config_file", &self.config_file)
            .field("section", &self.section)
            .field("overrides", &self.overrides.keys())
            .finish_non_exhaustive()
    }
}

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
    /// Whether subfolders of them are looked into.
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
    database_url: Result<DatabaseUrl, ConfigError>,
    program_url: Option<ProgramUrl>,
    scratch_url: Result<Option<DatabaseUrl>, ConfigError>,
    desired_schema: Result<Option<DesiredSchema>, ConfigError>,
    seeds: Result<Option<Seeds>, ConfigError>,
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

    /// Finds and reads the configuration. Where `config_file` and `REVGRAPH_CONFIG` name no file,
    /// `alembic.toml` is looked for in the current folder and those above it; where there is
    /// none, the defaults hold, relative to the current folder.
    ///
    /// # Errors
    /// A file that cannot be read, unknown keys, invalid values, an unknown `section`, and a
    /// variable that a path needs and nobody sets. What is wrong with the database URL is told by
    /// [`Config::database_url`].
    pub fn load(sources: &Sources) -> Result<Self, ConfigError> {
        let path = config_path(sources);
        let directory = match path.as_deref().and_then(Path::parent) {
            Some(directory) => directory.to_owned(),
            None => sources.current_directory.clone(),
        };
        let file = match &path {
            Some(path) => ConfigFile::read(path)?,
            None => ConfigFile::default(),
        };
        let environment = Environment::load(&sources.environment, &directory)?;
        let layer =
            flags(sources)?.over(variables(&environment)?).over(section(sources, &file)?).over(file.top);
        Resolver { sources, environment: &environment, directory: &directory, file: path.as_deref() }
            .resolve(layer)
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

/// The names of the `[env.NAME]` of the configuration, sorted; none where there is no file, or it cannot be read.
#[must_use]
pub fn environments(sources: &Sources) -> Vec<String> {
    let file = config_path(sources).and_then(|path| ConfigFile::read(&path).ok());
    file.map(|file| file.environments.into_keys().collect()).unwrap_or_default()
}

/// The text of a new `alembic.toml`: the URL, and every other key as a comment with its default.
#[must_use]
pub fn default_config_text() -> &'static str {
    include_str!("default.toml")
}

/// The text of a new `alembic.toml` with this URL in the place of the default one.
#[must_use]
pub fn config_text(url: &str) -> String {
    let (_, rest) = default_config_text().split_once('\n').unwrap_or_default();
    format!("url = {}\n{rest}", toml::Value::String(url.to_owned()))
}

fn config_path(sources: &Sources) -> Option<PathBuf> {
    let current = &sources.current_directory;
    let variable = sources.environment.get(CONFIG_VARIABLE);
    let named = sources.config_file.as_deref().or_else(|| {
        let variable = variable.filter(|path| !path.trim().is_empty());
        variable.map(Path::new)
    });
    match named {
        Some(path) => Some(path::absolute(current, path)),
        None => file::find(current),
    }
}

fn flags(sources: &Sources) -> Result<Layer, ConfigError> {
    let mut layer = Layer::default();
    let url = sources.url.iter().map(|url| (Key::Url.name(), url));
    let overrides = sources.overrides.iter();
    for (name, value) in overrides.map(|(name, value)| (name.as_str(), value)).chain(url) {
        let origin = Origin::Flag(format!("--{}", name.replace('_', "-")));
        match Key::from_name(name) {
            Some(key) => layer.set_text(key, value, origin)?,
            None => {
                let problem = Problem::UnknownKey {
                    key: name.to_owned(),
                    table: String::new(),
                    suggestion: suggest_setting(name),
                };
                return Err(ConfigError::at(origin, problem));
            }
        }
    }
    Ok(layer)
}

/// The variables of a process whose names are nearly those of settings, each with the one that was probably meant.
#[must_use]
pub fn misspelt_variables(environment: &BTreeMap<String, String>) -> Vec<(&str, String)> {
    let meant = |name| key::misspelt_variable(name).map(|meant| (name, meant));
    environment.keys().filter_map(|name| meant(name.as_str())).collect()
}

fn variables(environment: &Environment<'_>) -> Result<Layer, ConfigError> {
    let mut layer = Layer::default();
    for key in Key::ALL {
        if let Some(variable) = environment.setting(&key.variable())? {
            layer.set_text(*key, &variable.value, variable.origin)?;
        }
    }
    Ok(layer)
}

fn section(sources: &Sources, file: &ConfigFile) -> Result<Layer, ConfigError> {
    let Some(name) = &sources.section else {
        return Ok(Layer::default());
    };
    file.environments.get(name).cloned().ok_or_else(|| {
        let problem = Problem::UnknownEnvironment {
            name: name.clone(),
            known: file.environments.keys().cloned().collect(),
        };
        ConfigError::new(problem)
    })
}

#[cfg(test)]
mod tests;
