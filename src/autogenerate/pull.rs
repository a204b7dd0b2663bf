//! The schema of a database, written into the files of the desired one: these are made, or edited so that they build it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use thiserror::Error;

use super::built::{Unmodelled, catalog, completed_catalog};
use super::desired::NamedSql;
use super::error::AutogenerateError;
use super::ground::Ground;
use super::models::is_model_path;
use super::side::{Side, SideError, SideReader};
use crate::catalog::files::{Root, SqlFile, pull};
use crate::catalog::{Catalog, CompareOptions, Difference, compare, sql};
use crate::config::{Config, ConfigError, DatabaseUrl};
use crate::prisma::{SourceFile, introspect};
use crate::scratch::ScratchError;
use crate::script::{self, SourceText};
use crate::sql::{Dialect, LexError};
use crate::verify::{Observer, spelled_alike};
use crate::{regular_file, whole_file};

/// What a schema can be written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PullFormat {
    /// SQL.
    Sql,
    /// The models of Prisma.
    Prisma,
}

/// The files that the schema of a database is written to.
#[derive(Debug)]
pub struct PullTarget {
    format: PullFormat,
    /// The files and folders, which need not exist.
    roots: Vec<PathBuf>,
    /// The schema that they are, or are a part of.
    side: Side,
}

/// Why a schema was not written into files. Nothing was written, but where a file could not be.
#[derive(Debug, Error)]
pub enum PullError {
    /// What was named holds models, and SQL was asked for.
    #[error("{} is no SQL file", .0.display())]
    NoSqlFile(PathBuf),
    /// Nothing was named, and the configuration names nothing of that format.
    #[error("nothing says which file to write")]
    Nowhere,
    /// There are no models where they should be.
    #[error("{} holds no models", .0.display())]
    NoModels(PathBuf),
    /// A file cannot be cut into statements.
    #[error(transparent)]
    Unreadable(#[from] LexError),
    /// The edited files would build something else.
    #[error("the files cannot be edited so that they build the schema of the database")]
    NotPulled {
        /// What sets what they would build apart from the database.
        differences: Vec<Difference>,
    },
    /// The configuration is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The desired schema cannot be read.
    #[error(transparent)]
    Side(Box<SideError>),
    /// It cannot be built on a scratch database.
    #[error(transparent)]
    Autogenerate(Box<AutogenerateError>),
    /// The schemas could not be compared.
    #[error(transparent)]
    Scratch(Box<ScratchError>),
    /// A file cannot be written.
    #[error("{} cannot be used", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The file system's reason.
        source: io::Error,
    },
}

impl From<SideError> for PullError {
    fn from(error: SideError) -> Self {
        Self::Side(Box::new(error))
    }
}

impl From<AutogenerateError> for PullError {
    fn from(error: AutogenerateError) -> Self {
        Self::Autogenerate(Box::new(error))
    }
}

impl From<ScratchError> for PullError {
    fn from(error: ScratchError) -> Self {
        Self::Scratch(Box::new(error))
    }
}

impl PullTarget {
    /// What was named, as an absolute path, else what `schema` in the configuration names; as the format that was named, else
    /// by the endings of the files.
    ///
    /// # Errors
    /// [`PullError::NoSqlFile`], [`PullError::Nowhere`], and the configuration's.
    pub fn of(config: &Config, path: Option<PathBuf>, format: Option<PullFormat>) -> Result<Self, PullError> {
        if let Some(path) = path {
            let of_path = if is_of_models(&path) { PullFormat::Prisma } else { PullFormat::Sql };
            let format = format.unwrap_or(of_path);
            if format == PullFormat::Sql && of_path == PullFormat::Prisma {
                return Err(PullError::NoSqlFile(path));
            }
            return Ok(Self { format, roots: vec![path.clone()], side: Side::Files(path) });
        }
        let dialect = config.database_url()?.dialect();
        let paths = match config.desired_schema()? {
            Some(schema) => schema.paths(dialect).to_vec(),
            None => Vec::new(),
        };
        let (models, others): (Vec<PathBuf>, Vec<PathBuf>) =
            paths.into_iter().partition(|path| is_of_models(path));
        let of_models = if models.is_empty() { PullFormat::Sql } else { PullFormat::Prisma };
        match (format.unwrap_or(of_models), models.is_empty(), others.is_empty()) {
            (PullFormat::Prisma, false, _) => {
                Ok(Self { format: PullFormat::Prisma, roots: models, side: Side::Schema })
            }
            (PullFormat::Sql, true, false) => {
                Ok(Self { format: PullFormat::Sql, roots: others, side: Side::Schema })
            }
            _ => Err(PullError::Nowhere),
        }
    }

    fn is_there(&self) -> bool {
        self.roots.iter().any(|root| !is_empty(root))
    }

    /// Where a schema goes of which nothing is there yet; `name` is for a folder.
    fn first_file(&self, name: &str) -> PathBuf {
        let root = self.roots.first().cloned().unwrap_or_default();
        if root.is_dir() || root.extension().is_none() { root.join(name) } else { root }
    }
}

/// Whether there is nothing at a path, or a folder without any file.
fn is_empty(path: &Path) -> bool {
    match fs::read_dir(path) {
        Ok(entries) => entries.flatten().next().is_none(),
        Err(_) => !path.exists(),
    }
}

fn is_of_models(path: &Path) -> bool {
    is_model_path(path) || path.extension().is_some_and(|ending| ending == "prisma")
}

/// The files with the schema of the database in them. Of SQL it is seen that they build it.
///
/// # Errors
/// [`PullError`], [`PullError::Io`] excepted.
pub fn pulled(
    reader: SideReader<'_>,
    target: &PullTarget,
    database: &Catalog,
    observer: &mut dyn Observer,
) -> Result<Vec<SourceFile>, PullError> {
    let like = reader.config.database_url()?;
    let (name, text) = match target.format {
        PullFormat::Sql => ("schema.sql", sql::write as fn(&Catalog) -> String),
        PullFormat::Prisma => ("schema.prisma", introspect::file as fn(&Catalog) -> String),
    };
    if !target.is_there() {
        return Ok(vec![SourceFile { path: target.first_file(name), text: text(database) }]);
    }
    let ground = reader.ground(&target.side, database.dialect, observer)?;
    let place = (reader.config, like);
    match target.format {
        PullFormat::Sql => sql_files(place, target, &ground, database, observer),
        PullFormat::Prisma => models(place, target, &ground, database, observer),
    }
}

/// The files of models, made what the database is.
fn models(
    (config, like): (&Config, &DatabaseUrl),
    target: &PullTarget,
    ground: &Ground,
    database: &Catalog,
    observer: &mut dyn Observer,
) -> Result<Vec<SourceFile>, PullError> {
    let catalog = completed_catalog(config, like, ground, database, Unmodelled::Missing, observer)?;
    let (Some(models), Some(catalog)) = (ground.models(), catalog) else {
        return Err(PullError::NoModels(target.roots.first().cloned().unwrap_or_default()));
    };
    let known = introspect::Known { files: &models.files, schema: &models.schema, catalog: &catalog };
    Ok(introspect::pull(known, database))
}

/// The files of SQL, made what the database is, and seen to build it.
fn sql_files(
    (config, like): (&Config, &DatabaseUrl),
    target: &PullTarget,
    ground: &Ground,
    database: &Catalog,
    observer: &mut dyn Observer,
) -> Result<Vec<SourceFile>, PullError> {
    let Ground::Texts(texts) = ground else { return Ok(Vec::new()) };
    let known = catalog(config, like, ground, observer)?;
    let wanted = spelled_alike(&known, database, config, like, observer)?;
    let files = texts.iter().map(|text| sql_file(text, database.dialect)).collect::<Result<Vec<_>, _>>()?;
    let root = |path: &PathBuf| Root { path: path.clone(), is_folder: path.is_dir() };
    let roots: Vec<Root> = target.roots.iter().map(root).collect();
    let edited = pull(&files, &roots, &known, &wanted)?;
    let named = |(path, text): &(PathBuf, String)| NamedSql {
        path: path.clone(),
        text: text.as_str().into(),
        models: None,
    };
    let built = Ground::Texts(edited.iter().map(named).collect());
    let built = catalog(config, like, &built, observer)?;
    let wanted = spelled_alike(&built, database, config, like, observer)?;
    let options = CompareOptions { ignore_column_order: true, ..CompareOptions::default() };
    let differences = compare(&built, &wanted, &options);
    if !differences.is_empty() {
        return Err(PullError::NotPulled { differences });
    }
    let with_line_ends = |(path, text): (PathBuf, String)| {
        let is_crlf = texts.iter().any(|one| one.path == path && one.text.contains("\r\n"));
        SourceFile { path, text: if is_crlf { text.replace('\n', "\r\n") } else { text } }
    };
    Ok(edited.into_iter().map(with_line_ends).collect())
}

fn sql_file(text: &NamedSql, dialect: Dialect) -> Result<SqlFile, PullError> {
    let source = SourceText::new(text.path.clone(), Arc::clone(&text.text), script::Side::Up, dialect)
        .map_err(ScratchError::from)?;
    let sql = source.body.sql.to_string();
    Ok(SqlFile { path: source.path, text: source.text.to_string(), sql })
}

/// Writes those of the files that are not as they should be, all of them or none; their paths.
///
/// # Errors
/// [`PullError::Io`].
pub fn write_changed(files: Vec<SourceFile>) -> Result<Vec<PathBuf>, PullError> {
    let mut changed = files;
    changed.retain(|file| !regular_file::read_to_string(&file.path).is_ok_and(|there| there == file.text));
    for folder in changed.iter().filter_map(|file| file.path.parent()) {
        fs::create_dir_all(folder).map_err(|source| PullError::Io { path: folder.to_owned(), source })?;
    }
    let files: Vec<(PathBuf, String)> = changed.into_iter().map(|file| (file.path, file.text)).collect();
    whole_file::replace_files(&files).map_err(|(path, source)| PullError::Io { path, source })?;
    Ok(files.into_iter().map(|(path, _)| path).collect())
}
