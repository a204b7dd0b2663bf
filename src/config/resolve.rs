//! From the settings that count to a [`Config`]: variables expanded, paths absolute, defaults
//! filled in.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use super::configuration::Config;
use super::desired_schema::{DesiredSchema, SchemaPaths};
use super::environment::Environment;
use super::error::{ConfigError, Origin, Problem};
use super::expansion::expand;
use super::key::Key;
use super::layer::{DatabaseSetting, Layer, Setting};
use super::path::absolute;
use super::seeds::Seeds;
use super::sources::Sources;
use super::template;
use super::url::{DatabaseUrl, ProgramUrl};
use super::values::ValueError;

/// The variables that may hold the URL where neither a flag nor the file does, in order.
pub(super) const URL_VARIABLES: [&str; 2] = ["DATABASE_URL", "POSTGRES_DSN"];

/// Makes a [`Config`] of the settings that count: expands variables, makes paths absolute and fills in
/// defaults.
pub(super) struct Resolver<'a> {
    pub(super) sources: &'a Sources,
    pub(super) environment: &'a Environment<'a>,
    /// The configuration file's folder.
    pub(super) directory: &'a Path,
    pub(super) file: Option<&'a Path>,
}

/// Where something comes from that either paths or a command give.
enum Named<P> {
    Paths(Setting<P>),
    Command(Vec<String>),
}

/// The one of two keys that is set.
///
/// # Errors
/// [`Problem::Conflict`] where both are.
fn paths_or_command<P>(
    (first, paths): (Key, Option<Setting<P>>),
    (second, command): (Key, Option<Setting<Vec<String>>>),
) -> Result<Option<Named<P>>, ConfigError> {
    match (paths, command) {
        (Some(_), Some(command)) => {
            let (first, second) = (first.name().to_owned(), second.name().to_owned());
            Err(ConfigError::at(command.origin, Problem::Conflict { first, second }))
        }
        (Some(paths), None) => Ok(Some(Named::Paths(paths))),
        (None, Some(command)) => Ok(Some(Named::Command(command.value))),
        (None, None) => Ok(None),
    }
}

impl Resolver<'_> {
    /// Makes a [`Config`] of the settings that count; what no setting says has its default. That there is no usable
    /// database URL is told only to whoever asks for it.
    ///
    /// # Errors
    /// [`ConfigError`] of the first setting that cannot be used.
    pub(super) fn resolve(&self, layer: Layer) -> Result<Config, ConfigError> {
        let defaults = Config::defaults(self.directory);
        let recursive = layer.recursive_version_locations.unwrap_or(defaults.recursive_version_locations);
        let (database_url, program_url) = match self.database_url(layer.database) {
            Ok((url, program)) => (Ok(url), Some(program)),
            Err(error) => (Err(error), None),
        };
        Ok(Config {
            file: self.file.map(Path::to_owned),
            directory: defaults.directory,
            version_locations: match layer.version_locations {
                Some(setting) => self.version_locations(setting)?,
                None => defaults.version_locations,
            },
            recursive_version_locations: recursive,
            backup_location: match &layer.backup_location {
                Some(setting) => self.path(Key::BackupLocation, &setting.value, &setting.origin)?,
                None => defaults.backup_location,
            },
            backup: layer.backup.unwrap_or(defaults.backup),
            backup_keep: layer.backup_keep.and_then(NonZeroUsize::new),
            version_table: layer.version_table.unwrap_or(defaults.version_table),
            version_table_schema: layer.version_table_schema,
            transaction: layer.transaction.unwrap_or(defaults.transaction),
            file_template: match layer.file_template {
                Some(setting) => file_template(setting, recursive)?,
                None => defaults.file_template,
            },
            truncate_slug_length: layer.truncate_slug_length.unwrap_or(defaults.truncate_slug_length),
            timezone: layer.timezone.unwrap_or(defaults.timezone),
            lock_timeout: layer.lock_timeout.unwrap_or(defaults.lock_timeout),
            migration_lock_timeout: layer.migration_lock_timeout.unwrap_or(defaults.migration_lock_timeout),
            statement_timeout: layer.statement_timeout,
            checksums: layer.checksums.unwrap_or(defaults.checksums),
            ignore: layer.ignore.unwrap_or_default(),
            adopt_check: layer.adopt_check.unwrap_or(defaults.adopt_check),
            database_url,
            program_url,
            scratch_url: self.scratch_url(layer.scratch_url),
            desired_schema: self.desired_schema(layer.schema, layer.schema_command),
            seeds: self.seeds(layer.seed, layer.seed_command),
            prisma_version: layer.prisma_version,
            production: layer.production.unwrap_or(defaults.production),
            check_heads: layer.check_heads.unwrap_or(defaults.check_heads),
        })
    }

    /// The folders of the scripts as absolute paths; one that is named twice comes once.
    fn version_locations(&self, setting: Setting<Vec<String>>) -> Result<Vec<PathBuf>, ConfigError> {
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

    /// The database, and its URL for programs.
    fn database_url(
        &self,
        setting: Option<DatabaseSetting>,
    ) -> Result<(DatabaseUrl, ProgramUrl), ConfigError> {
        let typed = |text: &str, origin| {
            let url = self.parsed_url(text, origin)?;
            let program = ProgramUrl::of(&url, Some(text));
            Ok((url, program))
        };
        match setting {
            Some(DatabaseSetting::Url(url)) => {
                let text = self.expanded(Key::Url, &url.value, &url.origin)?;
                return typed(&text, url.origin);
            }
            Some(DatabaseSetting::Connection(table)) => {
                let url = table.resolve(self.directory).map(DatabaseUrl::Postgres)?;
                let program = ProgramUrl::of(&url, None);
                return Ok((url, program));
            }
            None => {}
        }
        for name in URL_VARIABLES {
            if let Some(variable) = self.environment.setting(name)? {
                return typed(&variable.value, variable.origin);
            }
        }
        Err(ConfigError::new(Problem::NoDatabaseUrl { looked_at: self.places_of_the_url() }))
    }

    fn scratch_url(&self, setting: Option<Setting<String>>) -> Result<Option<DatabaseUrl>, ConfigError> {
        let Some(Setting { value, origin }) = setting else { return Ok(None) };
        let text = self.expanded(Key::ScratchUrl, &value, &origin)?;
        if text.trim().is_empty() { Ok(None) } else { self.parsed_url(&text, origin).map(Some) }
    }

    fn desired_schema(
        &self,
        paths: Option<Setting<SchemaPaths>>,
        command: Option<Setting<Vec<String>>>,
    ) -> Result<Option<DesiredSchema>, ConfigError> {
        Ok(match paths_or_command((Key::Schema, paths), (Key::SchemaCommand, command))? {
            None => None,
            Some(Named::Command(command)) => Some(DesiredSchema::Command(command)),
            Some(Named::Paths(Setting { value, origin })) => {
                Some(value.resolved(|path| self.path(Key::Schema, path, &origin))?)
            }
        })
    }

    fn seeds(
        &self,
        paths: Option<Setting<Vec<String>>>,
        command: Option<Setting<Vec<String>>>,
    ) -> Result<Option<Seeds>, ConfigError> {
        Ok(match paths_or_command((Key::Seed, paths), (Key::SeedCommand, command))? {
            None => None,
            Some(Named::Command(command)) => Some(Seeds::Command(command)),
            Some(Named::Paths(Setting { value, origin })) => {
                let paths = value.iter().map(|path| self.path(Key::Seed, path, &origin));
                Some(Seeds::Paths(paths.collect::<Result<_, _>>()?))
            }
        })
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

fn file_template(setting: Setting<String>, recursive: bool) -> Result<String, ConfigError> {
    let Setting { value, origin } = setting;
    if template::makes_subfolders(&value) && !recursive {
        return Err(ConfigError::at(origin, Problem::TemplateNeedsRecursion));
    }
    Ok(value)
}
