//! From the settings that count to a [`Config`]: variables expanded, paths absolute, defaults
//! filled in.

use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono_tz::Tz;

use super::environment::Environment;
use super::error::{ConfigError, Origin, Problem};
use super::expansion::expand;
use super::key::Key;
use super::layer::{DatabaseSetting, Layer, Setting};
use super::path::absolute;
use super::template;
use super::url::DatabaseUrl;
use super::values::ValueError;
use super::{Config, Sources};

const DEFAULT_LOCK_TIMEOUT: Duration = Duration::from_secs(10);
const DEFAULT_MIGRATION_LOCK_TIMEOUT: Duration = Duration::from_secs(60);
const DEFAULT_SLUG_LENGTH: usize = 40;

/// The variables that may hold the URL where neither a flag nor the file does, in order.
const URL_VARIABLES: [&str; 2] = ["DATABASE_URL", "POSTGRES_DSN"];

/// What settings are resolved against.
pub(super) struct Resolver<'a> {
    pub(super) sources: &'a Sources,
    pub(super) environment: &'a Environment<'a>,
    /// The configuration file's folder.
    pub(super) directory: &'a Path,
    pub(super) file: Option<&'a Path>,
}

impl Resolver<'_> {
    pub(super) fn resolve(&self, layer: Layer) -> Result<Config, ConfigError> {
        let recursive = layer.recursive_version_locations.unwrap_or(false);
        Ok(Config {
            file: self.file.map(Path::to_owned),
            directory: self.directory.to_owned(),
            version_locations: self.version_locations(layer.version_locations)?,
            recursive_version_locations: recursive,
            backup_location: match &layer.backup_location {
                Some(setting) => self.path(Key::BackupLocation, &setting.value, &setting.origin)?,
                None => self.directory.join("versions").join("backup"),
            },
            version_table: or_default(layer.version_table, "alembic_version"),
            version_table_schema: layer.version_table_schema,
            transaction: layer.transaction.unwrap_or_default(),
            file_template: file_template(layer.file_template, recursive)?,
            truncate_slug_length: layer.truncate_slug_length.unwrap_or(DEFAULT_SLUG_LENGTH),
            timezone: layer.timezone.unwrap_or(Tz::UTC),
            lock_timeout: layer.lock_timeout.unwrap_or(DEFAULT_LOCK_TIMEOUT),
            migration_lock_timeout: layer.migration_lock_timeout.unwrap_or(DEFAULT_MIGRATION_LOCK_TIMEOUT),
            statement_timeout: layer.statement_timeout,
            checksums: layer.checksums.unwrap_or_default(),
            database_url: self.database_url(layer.database),
            scratch_url: self.scratch_url(layer.scratch_url),
        })
    }

    /// The folders, each once.
    fn version_locations(&self, setting: Option<Setting<Vec<String>>>) -> Result<Vec<PathBuf>, ConfigError> {
        let Some(setting) = setting else {
            return Ok(vec![self.directory.join("versions")]);
        };
        let mut locations = Vec::with_capacity(setting.value.len());
        for location in &setting.value {
            let location = self.path(Key::VersionLocations, location, &setting.origin)?;
            if !locations.contains(&location) {
                locations.push(location);
            }
        }
        Ok(locations)
    }

    fn path(&self, key: Key, path: &str, origin: &Origin) -> Result<PathBuf, ConfigError> {
        let path = self.expanded(key, path, origin)?;
        if path.trim().is_empty() {
            let problem = Problem::Invalid { key: key.name().to_owned(), error: ValueError::Empty };
            return Err(ConfigError::at(origin.clone(), problem));
        }
        Ok(absolute(self.base(origin), path))
    }

    /// The folder that relative paths are relative to.
    fn base(&self, origin: &Origin) -> &Path {
        match origin {
            Origin::Flag(_) | Origin::Variable(_) => &self.sources.current_directory,
            Origin::DotEnv { .. } | Origin::File(_) => self.directory,
        }
    }

    /// The text with its variables expanded, if it is the file's; the shell and `.env` have
    /// expanded their own.
    fn expanded(&self, key: Key, text: &str, origin: &Origin) -> Result<String, ConfigError> {
        if !matches!(origin, Origin::File(_)) {
            return Ok(text.to_owned());
        }
        let lookup = |name: &str| {
            let variable = self.environment.get(name)?;
            Ok(variable.map(|variable| variable.value))
        };
        expand(text, lookup, |variable| {
            let problem =
                Problem::UnsetVariable { key: key.name().to_owned(), variable: variable.to_owned() };
            ConfigError::at(origin.clone(), problem)
        })
    }

    fn database_url(&self, setting: Option<DatabaseSetting>) -> Result<DatabaseUrl, ConfigError> {
        match setting {
            Some(DatabaseSetting::Url(url)) => {
                let text = self.expanded(Key::Url, &url.value, &url.origin)?;
                return self.parsed_url(&text, url.origin);
            }
            Some(DatabaseSetting::Connection(table)) => {
                return table.resolve(self.directory).map(DatabaseUrl::Postgres);
            }
            None => {}
        }
        for name in URL_VARIABLES {
            if let Some(variable) = self.environment.setting(name)? {
                return self.parsed_url(&variable.value, variable.origin);
            }
        }
        Err(ConfigError::new(Problem::NoDatabaseUrl { looked_at: self.places_of_the_url() }))
    }

    fn scratch_url(&self, setting: Option<Setting<String>>) -> Result<Option<DatabaseUrl>, ConfigError> {
        let Some(Setting { value, origin }) = setting else { return Ok(None) };
        let text = self.expanded(Key::ScratchUrl, &value, &origin)?;
        if text.trim().is_empty() { Ok(None) } else { self.parsed_url(&text, origin).map(Some) }
    }

    fn parsed_url(&self, text: &str, origin: Origin) -> Result<DatabaseUrl, ConfigError> {
        DatabaseUrl::parse(text, self.base(&origin))
            .map_err(|error| ConfigError::at(origin, Problem::Url(error)))
    }

    fn places_of_the_url(&self) -> Vec<String> {
        let mut places = vec!["--url".to_owned(), Key::Url.variable()];
        if let Some(file) = self.file {
            places.push(format!("`url` and [connection] in {}", file.display()));
        }
        places.extend(URL_VARIABLES.map(str::to_owned));
        places
    }
}

fn or_default(setting: Option<String>, default: &str) -> String {
    setting.unwrap_or_else(|| default.to_owned())
}

fn file_template(setting: Option<Setting<String>>, recursive: bool) -> Result<String, ConfigError> {
    match setting {
        Some(Setting { value, origin }) if template::makes_subfolders(&value) && !recursive => {
            Err(ConfigError::at(origin, Problem::TemplateNeedsRecursion))
        }
        Some(setting) => Ok(setting.value),
        None => Ok("{rev}_{slug}".to_owned()),
    }
}
