//! What a project that comes from Prisma has beside its migrations: the models, which stay its desired schema.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use thiserror::Error;

use crate::autogenerate::is_model_path;
use crate::config::{Config, ConfigError, FILE_NAME, Pointer, PrismaProject, config_text};
use crate::{regular_file, whole_file};

/// Why the configuration was not made to name Prisma's models.
#[derive(Debug, Error)]
pub enum NameModelsError {
    /// The configuration is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A file or folder cannot be read or written.
    #[error("{} cannot be used", .path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The file system's reason.
        source: io::Error,
    },
}

impl NameModelsError {
    fn io(path: &Path) -> impl Fn(io::Error) -> Self {
        move |source| Self::Io { path: path.to_owned(), source }
    }
}

/// What came of naming the models as the desired schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NamedModels {
    /// The configuration had a desired schema, or there are no models.
    Nothing,
    /// This line was written to the configuration.
    Written(String),
    /// This line is to be written by hand: the configuration is not such that it could be put in.
    ToWrite(String),
}

impl NamedModels {
    /// What was written or is to be written, for people; none where there is nothing to say.
    #[must_use]
    pub fn told(&self) -> Option<String> {
        match self {
            Self::Nothing => None,
            Self::Written(line) => Some(format!("{FILE_NAME} says now: {line}")),
            Self::ToWrite(line) => {
                Some(format!("the models can be the desired schema; write to {FILE_NAME}: {line}"))
            }
        }
    }
}

/// The folder of migrations that the configuration of Prisma in the current folder names, where it does and it is there.
#[must_use]
pub fn said_migrations() -> Option<PathBuf> {
    let here = std::path::absolute(".").ok()?;
    PrismaProject::said(&here).migrations.filter(|path| path.is_dir())
}

/// Makes the folder of the scripts in a project that has no `alembic.toml` yet: it gets one with the models.
///
/// # Errors
/// [`NameModelsError::Io`].
pub fn make_scripts_folder(config: &Config) -> Result<(), NameModelsError> {
    match config.version_locations.first().filter(|_| config.file.is_none()) {
        Some(folder) => fs::create_dir_all(folder).map_err(NameModelsError::io(folder)),
        None => Ok(()),
    }
}

/// Names the models in `alembic.toml`, where it names no desired schema. `migrations` is the folder of Prisma's
/// migrations. A project that has no `alembic.toml` gets one, with the URL that lies around; `process` tells variables of the
/// process.
///
/// # Errors
/// [`NameModelsError`].
pub fn name_models(
    config: &Config,
    migrations: &Path,
    process: impl Fn(&str) -> Option<String>,
) -> Result<NamedModels, NameModelsError> {
    let directory = &config.directory;
    if config.desired_schema()?.is_some() {
        return Ok(NamedModels::Nothing);
    }
    let migrations = std::path::absolute(migrations).unwrap_or_else(|_| migrations.to_owned());
    let Some(models) = models_of(&migrations) else { return Ok(NamedModels::Nothing) };
    let line = format!("schema = {}", toml::Value::from(relative(directory, &models).display().to_string()));
    let file = config.file.clone().unwrap_or_else(|| directory.join(FILE_NAME));
    let failed = NameModelsError::io(&file);
    let text = match &config.file {
        Some(file) => regular_file::read_to_string(file).map_err(&failed)?,
        None => {
            let pointer = Pointer::found(directory, process);
            pointer.url().map(|url| config_text(&url)).unwrap_or_default()
        }
    };
    let Some(text) = with_line(&text, &line) else { return Ok(NamedModels::ToWrite(line)) };
    whole_file::replace(&file, &text).map_err(failed)?;
    Ok(NamedModels::Written(line))
}

/// The models that belong to a folder of migrations: where Prisma's configuration says, else beside it.
fn models_of(migrations: &Path) -> Option<PathBuf> {
    let home = migrations.parent()?;
    let beside = [home.join("schema"), home.join("schema.prisma"), home.to_owned()];
    let said = PrismaProject::said(home).schema;
    said.into_iter().chain(beside).find(|path| path.exists() && is_model_path(path))
}

/// A path as seen from a folder; both are absolute.
fn relative(folder: &Path, path: &Path) -> PathBuf {
    let (from, to): (Vec<_>, Vec<_>) = (folder.components().collect(), path.components().collect());
    let common = from.iter().zip(&to).take_while(|(one, other)| one == other).count();
    if common <= 1 {
        return path.to_owned();
    }
    let up = from.iter().skip(common).map(|_| Component::ParentDir);
    up.chain(to.into_iter().skip(common)).collect()
}

/// A configuration with one more line among those that are no table's; none where it would mean something else.
fn with_line(text: &str, line: &str) -> Option<String> {
    let table = text.lines().scan(0, |at, one| {
        let start = *at;
        *at += one.len() + 1;
        Some((start, one))
    });
    let end = table.into_iter().find(|(_, one)| one.trim_start().starts_with('[')).map(|(start, _)| start);
    // A line that ends in CRLF counts one byte more than it was told to have.
    let (top, rest) = text.split_at_checked(end.unwrap_or(text.len())).filter(|_| !text.contains('\r'))?;
    let newline = if top.is_empty() || top.ends_with('\n') { "" } else { "\n" };
    let written = format!("{top}{newline}{line}\n{rest}");
    let mut wanted: toml::Table = text.parse().ok()?;
    wanted.extend(line.parse::<toml::Table>().ok()?);
    (written.parse::<toml::Table>().ok()? == wanted).then_some(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_stands_before_the_tables() {
        let schema = |text| with_line(text, "schema = \"s\"");
        assert_eq!(
            schema("url = \"x\"\n\n[env.a]\nurl = \"y\"\n").as_deref(),
            Some("url = \"x\"\n\nschema = \"s\"\n[env.a]\nurl = \"y\"\n")
        );
        assert_eq!(schema("url = \"x\"").as_deref(), Some("url = \"x\"\nschema = \"s\"\n"));
        assert_eq!(schema("").as_deref(), Some("schema = \"s\"\n"));
        // A line that begins so is no table's head everywhere.
        assert_eq!(schema("a = [\n[1]]\n"), None);
    }

    #[test]
    fn a_path_leads_from_folder_to_folder() {
        let relative =
            |from: &str, to: &str| super::relative(Path::new(from), Path::new(to)).display().to_string();
        assert_eq!(relative("/home/shop", "/home/shop/prisma"), "prisma");
        assert_eq!(relative("/home/shop/apps/api", "/home/shop/db/schema"), "../../db/schema");
        assert_eq!(relative("/a", "/b/c"), "/b/c");
    }
}
