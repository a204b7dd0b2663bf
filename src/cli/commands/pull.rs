//! `revgraph pull`.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::json;

use super::super::context::Context;
use super::super::error::{CliError, from_here};
use super::super::exit::ExitStatus;
use super::super::observer::ScratchProgress;
use super::super::output::{print_json, print_line};
use super::super::schema_side::{Side, ground};
use crate::autogenerate::{Unmodelled, completed_catalog, is_model_path};
use crate::backend::Access;
use crate::catalog::{Catalog, sql};
use crate::prisma::{SourceFile, introspect};

/// Arguments of `pull`.
#[derive(Debug, Args)]
pub struct PullArgs {
    /// The file, or the folder of models [default: what `schema` in alembic.toml names]
    pub path: Option<PathBuf>,
    /// What to write [default: by the ending of the file]
    #[arg(long, value_enum)]
    pub format: Option<FormatArg>,
}

/// What a schema can be written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FormatArg {
    /// SQL
    Sql,
    /// The models of Prisma
    Prisma,
}

/// Writes the schema of a database into the schema files, as SQL or as models of Prisma.
pub fn run(context: &Context, args: &PullArgs) -> Result<ExitStatus, CliError> {
    let path = target(context, args)?;
    let is_model = is_model_path(&path) || path.extension().is_some_and(|ending| ending == "prisma");
    let format = args.format.unwrap_or(if is_model { FormatArg::Prisma } else { FormatArg::Sql });
    let database = context.connect(Access::Read)?.catalog()?;
    let files = match format {
        FormatArg::Sql if path.is_dir() || is_model => {
            return Err(CliError::usage(format!("{} is no SQL file", from_here(&path))));
        }
        FormatArg::Sql => vec![SourceFile { path, text: sql::write(&database) }],
        FormatArg::Prisma => models(context, path, &database)?,
    };
    let mut changed = Vec::new();
    for file in files {
        if fs::read_to_string(&file.path).is_ok_and(|text| text == file.text) {
            continue;
        }
        write(&file)?;
        changed.push(file.path.display().to_string());
    }
    if context.json {
        print_json(&json!({ "files": changed }));
        return Ok(ExitStatus::Done);
    }
    for path in &changed {
        print_line(path);
    }
    if changed.is_empty() {
        context.say("nothing to do: the files say what the database is");
    }
    Ok(ExitStatus::Done)
}

/// Where to write: what was named, else the only path of `schema`.
fn target(context: &Context, args: &PullArgs) -> Result<PathBuf, CliError> {
    if let Some(path) = &args.path {
        let here = std::env::current_dir().map_err(|error| CliError::io("the current folder", &error))?;
        return Ok(here.join(path));
    }
    let dialect = context.config.database_url()?.dialect();
    let paths = match context.config.desired_schema()? {
        Some(schema) => schema.paths(dialect).to_vec(),
        None => Vec::new(),
    };
    let models: Vec<&PathBuf> = paths.iter().filter(|path| is_model_path(path)).collect();
    match (paths.as_slice(), models.as_slice(), args.format) {
        ([only], ..) => Ok(only.clone()),
        (_, [only], None | Some(FormatArg::Prisma)) => Ok((*only).clone()),
        _ => Err(CliError::usage("nothing says which file to write")
            .hint("name it: revgraph pull schema.sql, or revgraph pull prisma/schema.prisma")),
    }
}

/// The files of models, made what the database is.
fn models(context: &Context, path: PathBuf, database: &Catalog) -> Result<Vec<SourceFile>, CliError> {
    if !path.exists() {
        return Ok(vec![SourceFile { path, text: introspect::file(database) }]);
    }
    let mut progress = ScratchProgress::new(context, 0);
    let ground = ground(context, &Side::Files(path.clone()), database.dialect, &mut progress)?;
    let like = context.config.database_url()?;
    let catalog =
        completed_catalog(&context.config, like, &ground, database, Unmodelled::Missing, &mut progress)?;
    let (Some(models), Some(catalog)) = (ground.models(), catalog) else {
        return Err(CliError::usage(format!("{} holds no models", from_here(&path))));
    };
    let known = introspect::Known { files: &models.files, schema: &models.schema, catalog: &catalog };
    Ok(introspect::pull(known, database))
}

fn write(file: &SourceFile) -> Result<(), CliError> {
    let failed = |error| CliError::io(&from_here(&file.path), &error);
    if let Some(folder) = file.path.parent().filter(|folder| *folder != Path::new("")) {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    fs::write(&file.path, &file.text).map_err(failed)
}
