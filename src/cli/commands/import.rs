//! `revgraph import`.

use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::super::adoption;
use super::super::context::Context;
use super::super::observer::ScratchProgress;
use super::super::open_database::OpenDatabase;
use super::super::output::{print_json, print_line};
use crate::autogenerate::Side;
use crate::backend::{Access, Backend};
use crate::diagnostic::{Diagnostic, ExitStatus, from_here};
use crate::import::alembic::{AlembicError, AlembicOptions};
use crate::import::{
    self, Adoption, Import, ImportError, ImportRun, Imported, ImportedHistory, Kind, Request, meant_dialect,
};
use crate::report::{ImportDocument, ImportSentences};
use crate::sql::Dialect;

/// Arguments of `import`.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The tool that the history is of
    #[arg(value_parser = PossibleValuesParser::new(Kind::ALL.map(Kind::name)))]
    pub kind: String,
    /// The folder of its files [default: where the tool usually has them]
    pub dir: Option<PathBuf>,
    /// List what would be written, and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Set version rows and ledger to what the tool has applied to the database, by its own table
    #[arg(long)]
    pub adopt: bool,
    /// Adopt even where the schema is not what the applied revisions build
    #[arg(long, requires = "adopt")]
    pub force: bool,
    /// The SQL of the files, where neither they nor the database tell [possible values: postgres, sqlite]
    #[arg(long, value_name = "DIALECT")]
    pub dialect: Option<Dialect>,
    #[command(flatten)]
    pub alembic: AlembicArgs,
}

/// Arguments of `import alembic`.
#[derive(Debug, Args)]
#[command(next_help_heading = "Alembic")]
pub struct AlembicArgs {
    /// The environment's Python, or the folder of its virtual environment [default: .venv, venv or env near DIR, else
    /// python3]
    #[arg(long, value_name = "PATH", env = "VIRTUAL_ENV", hide_env_values = true)]
    pub python: Option<PathBuf>,
    /// What env.py finds in context.get_x_argument(), as alembic's -x; repeatable
    #[arg(short = 'x', value_name = "KEY=VALUE")]
    pub x: Vec<String>,
    /// What is there before the history begins, for revisions that are recorded on an empty database: a file or folder of
    /// SQL, or the URL of a database
    #[arg(long, value_name = "SCHEMA")]
    pub starting_schema: Option<String>,
    /// Leave env.py out; what it sets, such as a naming convention, is then not heeded
    #[arg(long)]
    pub without_env: bool,
}

impl AlembicArgs {
    fn options(&self, context: &Context) -> Result<AlembicOptions, Diagnostic> {
        let starting_schema = match &self.starting_schema {
            Some(side) => {
                let here =
                    std::env::current_dir().map_err(|error| Diagnostic::io("the current folder", &error))?;
                let mut progress = ScratchProgress::new(context, 0);
                context.sides().statements(&Side::parse(side, &here)?, &mut progress)?
            }
            None => Vec::new(),
        };
        Ok(AlembicOptions {
            python: self.python.clone(),
            x: self.x.clone(),
            starting_schema,
            without_env: self.without_env,
        })
    }
}

/// Writes the migrations of another tool as revisions, and adopts its state where that is asked for.
pub fn run(context: &Context, args: &ImportArgs) -> Result<ExitStatus, Diagnostic> {
    let kind = adoption::kind(&args.kind)?;
    let folder = match &args.dir {
        Some(folder) => folder.clone(),
        None => usual_folder(kind)?,
    };
    let request = Request {
        kind,
        folder: folder.clone(),
        dialect: args.dialect.or_else(|| meant_dialect(&context.config, args.alembic.without_env)),
        config: &context.config,
        alembic: args.alembic.options(context)?,
        control: context.control.clone(),
    };
    let history = import::read(&request).map_err(|error| told(context, error))?;
    let mut applied = match args.adopt {
        true => {
            let mut backend = context.connect(Access::Write)?;
            Some((Adoption::read(&history, backend.as_mut())?, backend))
        }
        false => None,
    };
    let run = ImportRun {
        config: &context.config,
        folder: &folder,
        dialect: args.dialect,
        dry_run: args.dry_run,
        options: &context.options(),
        force: args.force,
    };
    let of_tool: Option<(&Adoption, &mut dyn Backend)> = match &mut applied {
        Some((adoption, backend)) => Some((adoption, backend.as_mut())),
        None => None,
    };
    let mut progress = ScratchProgress::new(context, 0);
    let imported =
        import::carry_out(&history, &run, of_tool, |name| std::env::var(name).ok(), &mut progress)?;
    drop(progress);
    tell(context, args, &history, &imported, applied.as_ref().map(|(adoption, backend)| (adoption, backend)));
    Ok(ExitStatus::Done)
}

/// Tells what has been imported; `applied` is what the tool has applied to which database, where that was asked.
fn tell(
    context: &Context,
    args: &ImportArgs,
    history: &ImportedHistory,
    imported: &Imported,
    applied: Option<(&Adoption, &OpenDatabase)>,
) {
    let Imported { import, adopted, models } = imported;
    let (kind, summary, adopted) = (history.kind, history.summary.as_deref(), adopted.as_deref());
    if context.json {
        print_json(&ImportDocument {
            adopted,
            database: applied.map(|(_, backend)| backend.describe()),
            ..ImportDocument::new(kind, import, summary, args.dry_run)
        });
        return;
    }
    print(import);
    let sentences = ImportSentences {
        kind,
        import,
        summary,
        dry_run: args.dry_run,
        verbose: context.verbose,
        adopted,
        applied: applied.map(|(adoption, _)| adoption.count()),
        models: models.told(),
    };
    sentences.all(&from_here).iter().for_each(|sentence| context.say(sentence));
}

/// Where the files of a tool are that nobody has named.
fn usual_folder(kind: Kind) -> Result<PathBuf, Diagnostic> {
    let said = if kind == Kind::Prisma { import::said_migrations() } else { None };
    let found = said.or_else(|| import::usual_folder(kind, Path::new("")));
    found.ok_or_else(|| adoption::no_folder(kind, "import"))
}

/// An error whose traceback is only for those who ask.
fn told(context: &Context, error: ImportError) -> Diagnostic {
    let traceback = match &error {
        ImportError::Alembic(AlembicError::Failed { failure, .. }) if context.verbose => {
            Some(failure.traceback.trim_end().to_owned())
        }
        _ => None,
    };
    let told: Diagnostic = error.into();
    traceback.into_iter().fold(told, Diagnostic::cause)
}

/// The revisions with their files.
fn print(import: &Import) {
    for files in &import.files {
        if files.name == files.revision.as_str() {
            print_line(&files.name);
        } else {
            print_line(&format!("{}: {}", files.revision, files.name));
        }
        print_line(&format!("    {}", files.up.0.display()));
        print_line(&format!("    {}", files.down.0.display()));
    }
}
