//! A new environment: where its configuration and its scripts are to be, and what the project around it tells of its database
//! and of other tools' histories.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::config::{
    Config, ConfigError, DatabaseUrl, FILE_NAME, Pointer, Problem, Sources, UrlError, config_text,
    default_config_text,
};
use crate::import::{self, Kind};
use crate::regular_file::is_taken;
use crate::whole_file;

/// An environment that is not there yet, as far as it is known before anything is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setup {
    /// The configuration file that is to be written, as it was named.
    pub config: PathBuf,
    /// The folder of the scripts, beside the configuration.
    pub versions: PathBuf,
    /// What says where the database is.
    pub pointer: Pointer,
    /// The histories of other tools in the project, each with its folder, the likeliest first.
    pub importable: Vec<(Kind, PathBuf)>,
    /// The folder of the configuration as a whole path.
    pub project: PathBuf,
}

/// Why `init` has not made an environment.
#[derive(Debug, Error)]
pub enum SetupError {
    /// The configuration is there.
    #[error("{} exists already, and stays as it is", .config.display())]
    Exists {
        /// The file.
        config: PathBuf,
    },
    /// A file or a folder cannot be made or written.
    #[error("{} cannot be used", .path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The file system's reason.
        source: io::Error,
    },
    /// The URL that the configuration is to have is none.
    #[error("--url: {0}")]
    Url(#[source] UrlError),
    /// The URL that the configuration is to have holds a password.
    #[error("the URL holds a password, and a configuration is a file that others read")]
    Secret,
}

impl Setup {
    /// Looks around where `config` is to be. `url` is the database that somebody has named; else it is looked for, in
    /// `environment`, the variables of the process, and in the files of the project. Writes nothing.
    ///
    /// # Errors
    /// [`SetupError::Url`] and [`SetupError::Secret`] of `url`, and [`SetupError::Io`] where the current folder is gone.
    pub fn at(
        config: &Path,
        url: Option<&str>,
        environment: &BTreeMap<String, String>,
    ) -> Result<Self, SetupError> {
        let directory = config.parent().unwrap_or(Path::new(""));
        let project = absolute(directory)?;
        let pointer = match url {
            Some(url) => given(url, &project)?,
            None => Pointer::found(&project, |name| environment.get(name).cloned()),
        };
        Ok(Self {
            config: config.to_owned(),
            versions: directory.join("versions"),
            pointer,
            importable: import::found_in(&project),
            project,
        })
    }

    /// The folder of the configuration, as it was named; empty where that is the current one.
    #[must_use]
    pub fn directory(&self) -> &Path {
        self.config.parent().unwrap_or(Path::new(""))
    }

    /// Whether commands that are told no configuration find this one, from its folder or from one below.
    #[must_use]
    pub fn is_found_by_itself(&self) -> bool {
        self.config.file_name().is_some_and(|name| name == FILE_NAME)
    }

    /// The text of `alembic.toml` with the URL that was found; the default one where none was.
    #[must_use]
    pub fn config_text(&self) -> String {
        self.pointer.url().map_or_else(|| default_config_text().to_owned(), |url| config_text(&url))
    }

    /// Makes the folder of the scripts and writes the configuration. Whatever is there stays as it is.
    ///
    /// # Errors
    /// [`SetupError::Exists`] where the configuration is there, also where it comes to be there just now, and
    /// [`SetupError::Io`].
    pub fn write(&self) -> Result<(), SetupError> {
        let failed = |path: &Path| {
            let path = path.to_owned();
            |source| SetupError::Io { path, source }
        };
        let is_there = || SetupError::Exists { config: self.config.clone() };
        if is_taken(&self.config) {
            return Err(is_there());
        }
        fs::create_dir_all(&self.versions).map_err(failed(&self.versions))?;
        // Git keeps no empty folder; the scripts' one has this file from the beginning.
        let heads = self.versions.join("heads");
        match fs::File::create_new(&heads) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(failed(&heads)(error)),
            _ => {}
        }
        // The last, as a configuration that is there keeps this from being done again.
        whole_file::make(&self.config, &self.config_text()).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => is_there(),
            _ => failed(&self.config)(error),
        })
    }

    /// What is wrong with the URL that the written configuration leads to, in a process with these variables; none where it can
    /// be used. A variable that is not set yet is no mistake.
    ///
    /// # Errors
    /// [`SetupError::Io`] where the current folder is gone.
    pub fn unusable_url(
        &self,
        environment: BTreeMap<String, String>,
    ) -> Result<Option<ConfigError>, SetupError> {
        let sources = Sources {
            current_directory: absolute(Path::new(""))?,
            config_file: Some(self.config.clone()),
            environment,
            ..Sources::default()
        };
        let url = Config::load(&sources).and_then(|config| config.database_url().map(drop));
        Ok(url.err().filter(|error| matches!(error.problem(), Problem::Url(_))))
    }
}

/// The database of a URL, which comes into the configuration as it is, and so must hold no password.
fn given(url: &str, directory: &Path) -> Result<Pointer, SetupError> {
    let parsed = DatabaseUrl::parse(url, directory).map_err(SetupError::Url)?;
    if parsed.has_secret() {
        Err(SetupError::Secret)
    } else {
        Ok(Pointer::Given { url: url.trim().to_owned() })
    }
}

fn absolute(directory: &Path) -> Result<PathBuf, SetupError> {
    let directory = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
    std::path::absolute(directory).map_err(|source| SetupError::Io { path: directory.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nothing() -> BTreeMap<String, String> {
        BTreeMap::new()
    }

    #[test]
    fn nothing_is_written_before_it_is_asked_for_and_nothing_is_written_twice() {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("shop").join(FILE_NAME);
        let setup = Setup::at(&config, Some(" sqlite:app.db "), &nothing()).unwrap();
        assert!(!folder.path().join("shop").exists());
        assert_eq!(setup.pointer, Pointer::Given { url: "sqlite:app.db".to_owned() });
        setup.write().unwrap();
        assert!(fs::read_to_string(&config).unwrap().starts_with("url = \"sqlite:app.db\"\n"));
        assert!(setup.versions.join("heads").exists());
        assert!(matches!(setup.write(), Err(SetupError::Exists { .. })));
    }

    #[test]
    fn a_password_comes_into_no_configuration() {
        let refused = Setup::at(Path::new(FILE_NAME), Some("postgres://u:p@h/d"), &nothing());
        assert!(matches!(refused, Err(SetupError::Secret)));
    }
}
