//! Where a schema can come from: the sides of a comparison.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use thiserror::Error;

use super::desired::{DesiredError, NamedSql, desired_texts, is_sqlite_file, texts_of_paths};
use super::error::AutogenerateError;
use super::ground::Ground;
use crate::backend::{self, Access, Backend, BackendError, Control};
use crate::catalog::{Catalog, sql};
use crate::config::{Config, ConfigError, DatabaseUrl, UrlError};
use crate::execute::{ExecuteError, KnownHistory};
use crate::graph::{NodeIndex, RevisionSpec, SpecError, Symbol};
use crate::plan::{self, PlanError};
use crate::scratch::{ScratchDatabase, ScratchError};
use crate::script::{EnvironmentError, ReadMode, ScriptDirectory, load_environment};
use crate::sql::Dialect;
use crate::verify::{Aside, Observer, catalog_of_revisions, catalog_of_rows};

/// One side of a comparison as it is asked for: a database, files, or a state of the scripts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Side {
    /// The configured database.
    Database,
    /// An empty database.
    Empty,
    /// Another database.
    Url(DatabaseUrl),
    /// What the configuration says that it should be.
    Schema,
    /// What a SQL file, or those of a folder, build.
    Files(PathBuf),
    /// What the version rows of the database say.
    VersionRows,
    /// What the scripts build at a target.
    Target(RevisionSpec),
}

impl Side {
    /// Reads a side. A path is told from a target by its `/` or its ending `.sql` or `.prisma`, and is relative to `here`.
    ///
    /// # Errors
    /// [`SideError::Url`] and [`SideError::Spec`].
    pub fn parse(text: &str, here: &Path) -> Result<Self, SideError> {
        match text {
            "database" => return Ok(Self::Database),
            "empty" => return Ok(Self::Empty),
            "schema" => return Ok(Self::Schema),
            "current" => return Ok(Self::VersionRows),
            _ => {}
        }
        let is_url = text.contains("://") || text.starts_with("sqlite:") || text.starts_with("file:");
        if is_url {
            return Ok(Self::Url(DatabaseUrl::parse(text, here)?));
        }
        if text.contains('/') || text.ends_with(".sql") || text.ends_with(".prisma") {
            return Ok(Self::Files(here.join(text)));
        }
        Ok(Self::Target(text.parse()?))
    }

    /// Whether scripts build the schema, which may then have volatile objects.
    #[must_use]
    pub fn is_of_scripts(&self) -> bool {
        matches!(self, Self::VersionRows | Self::Target(_))
    }
}

/// Why the schema of a side cannot be had.
#[derive(Debug, Error)]
pub enum SideError {
    /// It is not the URL of a database.
    #[error(transparent)]
    Url(#[from] UrlError),
    /// It is not a target.
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// The target leads nowhere.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The target leads nowhere, and there is a file or folder of that name.
    #[error("{error}")]
    NamedLikePath {
        /// Why it leads nowhere.
        error: Box<PlanError>,
        /// The file or folder.
        path: String,
        /// Whether it is a database of SQLite.
        is_database: bool,
    },
    /// There are no scripts, or they are not sound.
    #[error(transparent)]
    Environment(#[from] EnvironmentError),
    /// The configuration does not say what is needed.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A database cannot be asked.
    #[error(transparent)]
    Backend(#[from] BackendError),
    /// Scripts and ledger do not know what the version rows name.
    #[error(transparent)]
    Execute(Box<ExecuteError>),
    /// It cannot be built on a scratch database.
    #[error(transparent)]
    Scratch(Box<ScratchError>),
    /// The desired schema cannot be read.
    #[error(transparent)]
    Desired(#[from] DesiredError),
    /// A ground cannot be built.
    #[error(transparent)]
    Autogenerate(Box<AutogenerateError>),
    /// No desired schema is configured.
    #[error("nothing says what the desired schema is")]
    NoDesiredSchema,
    /// One side is PostgreSQL, the other SQLite.
    #[error("the two sides are different kinds of databases")]
    DifferentKinds,
    /// A side has no models.
    #[error("there are no models")]
    NoModels,
    /// A revision that begins where the database is must not be put behind others that the database lacks.
    #[error("the database does not stand at the heads of the scripts")]
    NotAtHeads,
}

impl From<ExecuteError> for SideError {
    fn from(error: ExecuteError) -> Self {
        Self::Execute(Box::new(error))
    }
}

impl From<ScratchError> for SideError {
    fn from(error: ScratchError) -> Self {
        Self::Scratch(Box::new(error))
    }
}

impl From<AutogenerateError> for SideError {
    fn from(error: AutogenerateError) -> Self {
        Self::Autogenerate(Box::new(error))
    }
}

/// The revisions that a target leads to.
fn tips_of(scripts: &ScriptDirectory, spec: &RevisionSpec) -> Result<Vec<NodeIndex>, SideError> {
    let path = spec.to_string();
    tips(scripts, spec).map_err(|error| match Path::new(&path).exists() {
        true => {
            let is_database = is_sqlite_file(Path::new(&path));
            SideError::NamedLikePath { error: Box::new(error), path, is_database }
        }
        false => error.into(),
    })
}

/// Reads the schemas that sides stand for.
#[derive(Debug, Clone, Copy)]
pub struct SideReader<'c> {
    /// The environment that they are of.
    pub config: &'c Config,
    /// What may cancel the reading.
    pub control: &'c Control,
}

impl SideReader<'_> {
    /// What the schema of a side is made of, so that it can be built on a scratch database that speaks `dialect`.
    ///
    /// # Errors
    /// [`SideError`].
    pub fn ground(
        &self,
        side: &Side,
        dialect: Dialect,
        observer: &mut dyn Observer,
    ) -> Result<Ground, SideError> {
        match side {
            Side::Empty => Ok(Ground::Empty),
            Side::Files(_) | Side::Schema => Ok(Ground::Texts(self.texts(side, dialect)?)),
            Side::Target(spec) => {
                let scripts = load_environment(self.config, ReadMode::Headers)?;
                let tips = tips_of(&scripts, spec)?;
                Ok(Ground::Revisions { scripts: Arc::new(scripts), tips })
            }
            Side::Database | Side::Url(_) | Side::VersionRows => {
                Ok(Ground::Described(Box::new(self.catalog(side, observer)?)))
            }
        }
    }

    /// The texts of a side that is made of texts, for a dialect; none of any other.
    ///
    /// # Errors
    /// [`SideError::Desired`] and [`SideError::NoDesiredSchema`].
    pub fn texts(&self, side: &Side, dialect: Dialect) -> Result<Vec<NamedSql>, SideError> {
        let config = self.config;
        match side {
            Side::Files(path) => {
                Ok(texts_of_paths(std::slice::from_ref(path), dialect, config.prisma_version)?)
            }
            Side::Schema => {
                let schema = config.desired_schema()?.ok_or(SideError::NoDesiredSchema)?;
                let (version, cancellation) = (config.prisma_version, self.control.cancellation());
                Ok(desired_texts(schema, dialect, &config.directory, version, cancellation)?)
            }
            _ => Ok(Vec::new()),
        }
    }

    /// The statements that build the schema of a side in an empty database.
    ///
    /// # Errors
    /// [`SideError`].
    pub fn statements(&self, side: &Side, observer: &mut dyn Observer) -> Result<Vec<String>, SideError> {
        let catalog = self.catalog(side, observer)?;
        let statements = sql::create(&catalog, &|_| true).into_iter().map(|statement| statement.sql);
        let is_comment = |sql: &String| sql.lines().all(|line| line.starts_with("--"));
        Ok(statements.filter(|sql| !is_comment(sql)).collect())
    }

    /// The schema of a side, as far as it is to be looked at.
    ///
    /// # Errors
    /// [`SideError`].
    pub fn catalog(&self, side: &Side, observer: &mut dyn Observer) -> Result<Catalog, SideError> {
        Ok(self.whole(side, observer)?.within(&self.config.scope()))
    }

    fn whole(&self, side: &Side, observer: &mut dyn Observer) -> Result<Catalog, SideError> {
        let config = self.config;
        match side {
            Side::Database => Ok(self.connect(observer)?.catalog()?),
            Side::Empty => {
                let like = config.database_url()?;
                Ok(ScratchDatabase::create(config, like, self.control)?.catalog()?)
            }
            Side::Url(url) => Ok(backend::connect(config, url, Access::Read, self.control)?.catalog()?),
            Side::Files(_) | Side::Schema => {
                let like = config.database_url()?;
                let ground = self.ground(side, like.dialect(), observer)?;
                Ok(super::catalog(config, like, &ground, observer)?)
            }
            Side::VersionRows => self.version_rows(observer),
            Side::Target(spec) => {
                let scripts = load_environment(config, ReadMode::Headers)?;
                let tips = tips_of(&scripts, spec)?;
                Ok(catalog_of_revisions(&scripts, &tips, config, config.database_url()?, observer)?)
            }
        }
    }

    /// What the version rows of the database say that its schema is.
    fn version_rows(&self, observer: &mut dyn Observer) -> Result<Catalog, SideError> {
        let scripts = load_environment(self.config, ReadMode::Headers)?;
        let mut backend = self.connect(observer)?;
        let rows = backend.heads()?;
        let known = KnownHistory::of(&scripts, backend.as_mut(), &rows)?;
        let like = self.config.database_url()?;
        Ok(catalog_of_rows(&known, &rows, self.config, like, observer)?)
    }

    /// What a side of models is made of; none of any other side.
    ///
    /// # Errors
    /// [`SideError`].
    pub fn model_ground(
        &self,
        side: &Side,
        observer: &mut dyn Observer,
    ) -> Result<Option<Ground>, SideError> {
        if !matches!(side, Side::Files(_) | Side::Schema) {
            return Ok(None);
        }
        let ground = self.ground(side, self.config.database_url()?.dialect(), observer)?;
        Ok(Some(ground).filter(|ground| ground.models().is_some()))
    }

    /// The database whose kind the scratch databases for two sides are of: that of a side, else the configured one.
    ///
    /// # Errors
    /// [`SideError::DifferentKinds`], and [`SideError::Config`] where none is configured.
    pub fn like<'l>(&'l self, left: &'l Side, right: &'l Side) -> Result<&'l DatabaseUrl, SideError> {
        match (left, right) {
            (Side::Url(left), Side::Url(right)) if left.dialect() != right.dialect() => {
                Err(SideError::DifferentKinds)
            }
            (Side::Url(url), _) | (_, Side::Url(url)) => Ok(url),
            _ => Ok(self.config.database_url()?),
        }
    }

    /// Refuses to let a revision begin where the configured database is, unless that stands at the heads of the scripts.
    ///
    /// # Errors
    /// [`SideError::NotAtHeads`], and the database's.
    pub fn check_at_heads(
        &self,
        scripts: &ScriptDirectory,
        observer: &mut dyn Observer,
    ) -> Result<(), SideError> {
        let rows = self.connect(observer)?.heads()?;
        let graph = scripts.graph();
        let mut heads = graph.ids(&graph.effective_heads());
        heads.sort();
        if rows == heads { Ok(()) } else { Err(SideError::NotAtHeads) }
    }

    /// Connects to the configured database, to read it. The observer is told of a file that is not there.
    fn connect(&self, observer: &mut dyn Observer) -> Result<Box<dyn Backend>, SideError> {
        let url = self.config.database_url()?;
        let is_missing = url.is_missing_file();
        let backend = backend::connect(self.config, url, Access::Read, self.control)?;
        if is_missing {
            observer.noticed(&Aside::MissingFile { url });
        }
        Ok(backend)
    }
}

/// The revisions of a target; none for the base.
fn tips(scripts: &ScriptDirectory, spec: &RevisionSpec) -> Result<Vec<NodeIndex>, PlanError> {
    if spec.symbol == Some(Symbol::Base) && spec.steps.is_none() {
        return Ok(Vec::new());
    }
    plan::select(scripts.graph(), spec)
}
