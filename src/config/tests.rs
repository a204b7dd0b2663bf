use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use proptest::prelude::*;
use tempfile::TempDir;

use super::key::Key;
use super::*;

mod database;
mod default_text;
mod mistakes;
mod places;
mod precedence;
mod redaction;

/// A folder with an `alembic.toml`, and what is said beside it.
struct Project {
    folder: TempDir,
    sources: Sources,
}

impl Project {
    fn empty() -> Self {
        let folder = TempDir::new().unwrap();
        let sources = Sources { current_directory: folder.path().to_owned(), ..Sources::default() };
        Self { folder, sources }
    }

    fn new(toml: &str) -> Self {
        Self::empty().with_file(FILE_NAME, toml)
    }

    fn with_file(self, name: &str, text: &str) -> Self {
        fs::write(self.path(name), text).unwrap();
        self
    }

    fn with_variable(mut self, name: &str, value: &str) -> Self {
        let environment = &mut self.sources.environment;
        environment.insert(name.to_owned(), value.to_owned());
        self
    }

    fn with_override(mut self, key: &str, value: &str) -> Self {
        let overrides = &mut self.sources.overrides;
        overrides.insert(key.to_owned(), value.to_owned());
        self
    }

    fn with_section(mut self, name: &str) -> Self {
        self.sources.section = Some(name.to_owned());
        self
    }

    fn with_url(mut self, url: &str) -> Self {
        self.sources.url = Some(url.to_owned());
        self
    }

    /// Runs the command in a subfolder, which is made.
    fn in_subfolder(mut self, name: &str) -> Self {
        self.sources.current_directory = self.path(name);
        fs::create_dir_all(&self.sources.current_directory).unwrap();
        self
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn config(&self) -> Config {
        Config::load(&self.sources).unwrap()
    }

    fn error(&self) -> ConfigError {
        Config::load(&self.sources).unwrap_err()
    }

    fn url(&self) -> DatabaseUrl {
        self.config().database_url().unwrap().clone()
    }

    fn url_error(&self) -> ConfigError {
        self.config().database_url().unwrap_err()
    }

    fn sqlite_file(&self) -> PathBuf {
        match self.url() {
            DatabaseUrl::Sqlite(url) => match url.location() {
                SqliteLocation::File(path) => path.clone(),
                SqliteLocation::Memory => panic!("in memory"),
            },
            DatabaseUrl::Postgres(url) => panic!("{url}"),
        }
    }

    fn parameters(&self) -> Vec<(String, String)> {
        match self.url() {
            DatabaseUrl::Postgres(url) => url.parameters().to_vec(),
            DatabaseUrl::Sqlite(url) => panic!("{url}"),
        }
    }
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}
