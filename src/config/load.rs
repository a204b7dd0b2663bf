//! From flags, variables and files to the configuration: each source is read whole, and laid over the next.

use std::path::{Path, PathBuf};

use super::configuration::Config;
use super::environment::Environment;
use super::error::{ConfigError, Origin, Problem};
use super::file::{self, ConfigFile};
use super::key::{Key, suggest_setting};
use super::layer::Layer;
use super::path::absolute;
use super::resolve::Resolver;
use super::sources::Sources;

/// The variable that names the configuration file.
const CONFIG_VARIABLE: &str = "REVGRAPH_CONFIG";

impl Config {
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
}

/// The names of the `[env.NAME]` of the configuration, sorted; none where there is no file, or it cannot be read.
#[must_use]
pub fn environments(sources: &Sources) -> Vec<String> {
    let file = config_path(sources).and_then(|path| ConfigFile::read(&path).ok());
    file.map(|file| file.environments.into_keys().collect()).unwrap_or_default()
}

fn config_path(sources: &Sources) -> Option<PathBuf> {
    let current = &sources.current_directory;
    let variable = sources.environment.get(CONFIG_VARIABLE);
    let named = sources.config_file.as_deref().or_else(|| {
        let variable = variable.filter(|path| !path.trim().is_empty());
        variable.map(Path::new)
    });
    match named {
        Some(path) => Some(absolute(current, path)),
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
