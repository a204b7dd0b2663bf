//! Where a schema can come from: the sides of `diff`.

use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::context::Context;
use super::observer::ScratchProgress;
use super::selection;
use super::target;
use crate::autogenerate::{self, Ground, NamedSql, desired_texts, texts_of_paths};
use crate::backend::{self, Access};
use crate::catalog::{Catalog, sql};
use crate::config::DatabaseUrl;
use crate::diagnostic::Diagnostic;
use crate::execute::KnownHistory;
use crate::graph::{NodeIndex, RevisionSpec, Symbol};
use crate::script::{ReadMode, ScriptDirectory};
use crate::sql::Dialect;
use crate::verify::{Observer, catalog_of_revisions, catalog_of_rows};

/// A schema that was asked for.
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
    pub fn parse(text: &str, here: &Path) -> Result<Self, Diagnostic> {
        match text {
            "database" => return Ok(Self::Database),
            "empty" => return Ok(Self::Empty),
            "schema" => return Ok(Self::Schema),
            "current" => return Ok(Self::VersionRows),
            _ => {}
        }
        let is_url = text.contains("://") || text.starts_with("sqlite:") || text.starts_with("file:");
        if is_url {
            let url = DatabaseUrl::parse(text, here).map_err(|error| {
                let told = Diagnostic::usage(error.to_string());
                error.hint().into_iter().fold(told, Diagnostic::hint)
            })?;
            return Ok(Self::Url(url));
        }
        if text.contains('/') || text.ends_with(".sql") || text.ends_with(".prisma") {
            return Ok(Self::Files(here.join(text)));
        }
        Ok(Self::Target(target::parse(text)?))
    }

    /// Whether scripts build it.
    pub fn is_of_scripts(&self) -> bool {
        matches!(self, Self::VersionRows | Self::Target(_))
    }
}

/// What the schema of a side is made of, so that it can be built on a scratch database that speaks `dialect`.
pub fn ground(
    context: &Context,
    side: &Side,
    dialect: Dialect,
    progress: &mut dyn Observer,
) -> Result<Ground, Diagnostic> {
    let described = |catalog| Ok(Ground::Described(Box::new(catalog)));
    match side {
        Side::Empty => Ok(Ground::Empty),
        Side::Files(_) | Side::Schema => Ok(Ground::Texts(texts(context, side, dialect)?)),
        Side::Target(spec) => {
            let scripts = ManuallyDrop::into_inner(context.scripts(ReadMode::Headers)?);
            let tips = tips(&scripts, spec)?;
            Ok(Ground::Revisions { scripts: Arc::new(scripts), tips })
        }
        Side::Database | Side::Url(_) | Side::VersionRows => described(catalog(context, side, progress)?),
    }
}

/// The texts of a side that is made of texts, for a dialect; none of any other.
pub fn texts(context: &Context, side: &Side, dialect: Dialect) -> Result<Vec<NamedSql>, Diagnostic> {
    let config = &context.config;
    match side {
        Side::Files(path) => Ok(texts_of_paths(std::slice::from_ref(path), dialect, config.prisma_version)?),
        Side::Schema => {
            let schema = config.desired_schema()?.ok_or_else(no_desired_schema)?;
            Ok(desired_texts(
                schema,
                dialect,
                &config.directory,
                config.prisma_version,
                context.control.cancellation(),
            )?)
        }
        _ => Ok(Vec::new()),
    }
}

/// The statements that build the schema of a side, named as on the command line, in an empty database.
pub fn statements(context: &Context, side: &str) -> Result<Vec<String>, Diagnostic> {
    let here = std::env::current_dir().map_err(|error| Diagnostic::io("the current folder", &error))?;
    let side = Side::parse(side, &here)?;
    let mut progress = ScratchProgress::new(context, 0);
    let catalog = catalog(context, &side, &mut progress);
    drop(progress);
    let statements = sql::create(&catalog?, &|_| true).into_iter().map(|statement| statement.sql);
    let is_comment = |sql: &String| sql.lines().all(|line| line.starts_with("--"));
    Ok(statements.filter(|sql| !is_comment(sql)).collect())
}

/// The schema of a side, as far as it is to be looked at.
pub fn catalog(context: &Context, side: &Side, progress: &mut dyn Observer) -> Result<Catalog, Diagnostic> {
    Ok(whole(context, side, progress)?.within(&context.config.scope()))
}

fn whole(context: &Context, side: &Side, progress: &mut dyn Observer) -> Result<Catalog, Diagnostic> {
    let config = &context.config;
    match side {
        Side::Database => Ok(context.connect(Access::Read)?.catalog()?),
        Side::Empty => {
            let like = config.database_url()?;
            Ok(crate::scratch::ScratchDatabase::create(config, like, &context.control)?.catalog()?)
        }
        Side::Url(url) => Ok(backend::connect(config, url, Access::Read, &context.control)?.catalog()?),
        Side::Files(_) | Side::Schema => {
            let like = config.database_url()?;
            let ground = ground(context, side, dialect_of(like), progress)?;
            Ok(autogenerate::catalog(config, like, &ground, progress)?)
        }
        Side::VersionRows => version_rows(context, progress),
        Side::Target(spec) => {
            let scripts = context.scripts(ReadMode::Headers)?;
            let tips = tips(&scripts, spec)?;
            Ok(catalog_of_revisions(&scripts, &tips, config, config.database_url()?, progress)?)
        }
    }
}

/// What a side of models is made of; none of any other side.
pub fn model_ground(
    context: &Context,
    side: &Side,
    progress: &mut dyn Observer,
) -> Result<Option<Ground>, Diagnostic> {
    if !matches!(side, Side::Files(_) | Side::Schema) {
        return Ok(None);
    }
    let ground = ground(context, side, dialect_of(context.config.database_url()?), progress)?;
    Ok(Some(ground).filter(|ground| ground.models().is_some()))
}

fn no_desired_schema() -> Diagnostic {
    Diagnostic::usage("nothing says what the desired schema is")
        .hint("name it in alembic.toml: schema = \"schema.sql\"")
        .hint("or say where it is: --to SIDE")
}

/// The SQL that a database speaks.
pub fn dialect_of(url: &DatabaseUrl) -> Dialect {
    match url {
        DatabaseUrl::Postgres(_) => Dialect::Postgres,
        DatabaseUrl::Sqlite(_) => Dialect::Sqlite,
    }
}

/// The revisions of a target; none for the base.
fn tips(scripts: &ScriptDirectory, spec: &RevisionSpec) -> Result<Vec<NodeIndex>, Diagnostic> {
    if spec.symbol == Some(Symbol::Base) && spec.steps.is_none() {
        return Ok(Vec::new());
    }
    selection::in_scripts(scripts, spec)
}

/// What the version rows of the database say that its schema is, as far as it is to be looked at.
pub fn version_rows(context: &Context, progress: &mut dyn Observer) -> Result<Catalog, Diagnostic> {
    let scripts = context.scripts(ReadMode::Headers)?;
    let mut backend = context.connect(Access::Read)?;
    let rows = backend.heads()?;
    let known = KnownHistory::of(&scripts, backend.as_mut(), &rows)?;
    let like = context.config.database_url()?;
    let catalog = catalog_of_rows(&known, &rows, &context.config, like, progress)?;
    Ok(catalog.within(&context.config.scope()))
}
