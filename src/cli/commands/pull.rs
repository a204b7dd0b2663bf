//! `revgraph pull`.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};

use super::super::context::Context;
use super::super::observer::ScratchProgress;
use super::super::output::{print_json, print_line};
use super::super::path_argument::path_to_write;
use crate::autogenerate::{self, Ground, NamedSql, Side, Unmodelled, completed_catalog, is_model_path};
use crate::backend::Access;
use crate::catalog::files::{self, Root, SqlFile};
use crate::catalog::{Catalog, CompareOptions, Difference, compare, sql};
use crate::diagnostic::{Diagnostic, ErrorKind, ExitStatus, from_here};
use crate::prisma::{SourceFile, introspect};
use crate::regular_file;
use crate::report::{PulledDocument, difference_lines};
use crate::scratch::ScratchError;
use crate::script::{self, SourceText};
use crate::sql::Dialect;
use crate::verify::spelled_alike;

/// Arguments of `pull`.
#[derive(Debug, Args)]
pub struct PullArgs {
    /// The file, or the folder of models [default: what `schema` in alembic.toml names]
    #[arg(value_parser = path_to_write())]
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
pub fn run(context: &Context, args: &PullArgs) -> Result<ExitStatus, Diagnostic> {
    let target = target(context, args)?;
    let database = context.connect(Access::Read)?.catalog()?.within(&context.config.scope());
    let files = match target.format {
        FormatArg::Sql => sql_files(context, &target, &database)?,
        FormatArg::Prisma => models(context, &target, &database)?,
    };
    let mut changed = Vec::new();
    for file in files {
        if regular_file::read_to_string(&file.path).is_ok_and(|text| text == file.text) {
            continue;
        }
        write(&file)?;
        changed.push(file.path.display().to_string());
    }
    if context.json {
        print_json(&PulledDocument { files: &changed });
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

/// What is to be written.
struct Target {
    format: FormatArg,
    /// The files and folders, which need not exist.
    roots: Vec<PathBuf>,
    /// The schema that they are, or are a part of.
    side: Side,
}

impl Target {
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

/// Where to write: what was named, else what `schema` names.
fn target(context: &Context, args: &PullArgs) -> Result<Target, Diagnostic> {
    if let Some(path) = &args.path {
        let here = std::env::current_dir().map_err(|error| Diagnostic::io("the current folder", &error))?;
        let path = here.join(path);
        let of_path = if is_of_models(&path) { FormatArg::Prisma } else { FormatArg::Sql };
        let format = args.format.unwrap_or(of_path);
        if format == FormatArg::Sql && of_path == FormatArg::Prisma {
            return Err(Diagnostic::usage(format!("{} is no SQL file", from_here(&path))));
        }
        return Ok(Target { format, roots: vec![path.clone()], side: Side::Files(path) });
    }
    let dialect = context.config.database_url()?.dialect();
    let paths = match context.config.desired_schema()? {
        Some(schema) => schema.paths(dialect).to_vec(),
        None => Vec::new(),
    };
    let (models, others): (Vec<PathBuf>, Vec<PathBuf>) =
        paths.into_iter().partition(|path| is_of_models(path));
    let of_models = if models.is_empty() { FormatArg::Sql } else { FormatArg::Prisma };
    match (args.format.unwrap_or(of_models), models.is_empty(), others.is_empty()) {
        (FormatArg::Prisma, false, _) => {
            Ok(Target { format: FormatArg::Prisma, roots: models, side: Side::Schema })
        }
        (FormatArg::Sql, true, false) => {
            Ok(Target { format: FormatArg::Sql, roots: others, side: Side::Schema })
        }
        _ => Err(Diagnostic::usage("nothing says which file to write")
            .hint("name it: revgraph pull schema.sql, or revgraph pull prisma/schema.prisma")),
    }
}

/// The files of models, made what the database is.
fn models(context: &Context, target: &Target, database: &Catalog) -> Result<Vec<SourceFile>, Diagnostic> {
    if !target.is_there() {
        let path = target.first_file("schema.prisma");
        return Ok(vec![SourceFile { path, text: introspect::file(database) }]);
    }
    let mut progress = ScratchProgress::new(context, 0);
    let ground = context.sides().ground(&target.side, database.dialect, &mut progress)?;
    let like = context.config.database_url()?;
    let catalog =
        completed_catalog(&context.config, like, &ground, database, Unmodelled::Missing, &mut progress)?;
    let (Some(models), Some(catalog)) = (ground.models(), catalog) else {
        let path = target.roots.first().cloned().unwrap_or_default();
        return Err(Diagnostic::usage(format!("{} holds no models", from_here(&path))));
    };
    let known = introspect::Known { files: &models.files, schema: &models.schema, catalog: &catalog };
    Ok(introspect::pull(known, database))
}

/// The files of SQL, made what the database is, and seen to build it.
fn sql_files(context: &Context, target: &Target, database: &Catalog) -> Result<Vec<SourceFile>, Diagnostic> {
    if !target.is_there() {
        return Ok(vec![SourceFile { path: target.first_file("schema.sql"), text: sql::write(database) }]);
    }
    let like = context.config.database_url()?;
    let mut progress = ScratchProgress::new(context, 0);
    let ground = context.sides().ground(&target.side, database.dialect, &mut progress)?;
    let Ground::Texts(texts) = &ground else { return Ok(Vec::new()) };
    let known = autogenerate::catalog(&context.config, like, &ground, &mut progress)?;
    let wanted = spelled_alike(&known, database, &context.config, like, &mut progress)?;
    let files = texts.iter().map(|text| sql_file(text, database.dialect)).collect::<Result<Vec<_>, _>>()?;
    let root = |path: &PathBuf| Root { path: path.clone(), is_folder: path.is_dir() };
    let roots: Vec<Root> = target.roots.iter().map(root).collect();
    let edited = files::pull(&files, &roots, &known, &wanted)
        .map_err(|error| Diagnostic::new(ErrorKind::UnreadableSchema, error.to_string()))?;
    let named = |(path, text): &(PathBuf, String)| NamedSql {
        path: path.clone(),
        text: text.as_str().into(),
        models: None,
    };
    let built = Ground::Texts(edited.iter().map(named).collect());
    let built = autogenerate::catalog(&context.config, like, &built, &mut progress)?;
    let wanted = spelled_alike(&built, database, &context.config, like, &mut progress)?;
    let options = CompareOptions { ignore_column_order: true, ..CompareOptions::default() };
    let left = compare(&built, &wanted, &options);
    if !left.is_empty() {
        return Err(not_pulled(&left));
    }
    let with_line_ends = |(path, text): (PathBuf, String)| {
        let is_crlf = texts.iter().any(|one| one.path == path && one.text.contains("\r\n"));
        SourceFile { path, text: if is_crlf { text.replace('\n', "\r\n") } else { text } }
    };
    Ok(edited.into_iter().map(with_line_ends).collect())
}

fn sql_file(text: &NamedSql, dialect: Dialect) -> Result<SqlFile, Diagnostic> {
    let source = SourceText::new(text.path.clone(), Arc::clone(&text.text), script::Side::Up, dialect)
        .map_err(ScratchError::from)?;
    let sql = source.body.sql.to_string();
    Ok(SqlFile { path: source.path, text: source.text.to_string(), sql })
}

/// The error where the files cannot be edited so that they build the schema.
fn not_pulled(left: &[Difference]) -> Diagnostic {
    let told = Diagnostic::new(
        ErrorKind::NotPulled,
        "the files cannot be edited so that they build the schema of the database",
    )
    .cause("nothing was written");
    let told = difference_lines(left).into_iter().fold(told, Diagnostic::cause);
    told.hint("write it into a new file, and take over from it by hand: revgraph pull pulled.sql")
}

fn write(file: &SourceFile) -> Result<(), Diagnostic> {
    let failed = |error| Diagnostic::io(&from_here(&file.path), &error);
    if let Some(folder) = file.path.parent().filter(|folder| *folder != Path::new("")) {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    fs::write(&file.path, &file.text).map_err(failed)
}
