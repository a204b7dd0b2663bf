//! `revgraph import`.

use std::path::PathBuf;

use chrono::Utc;
use clap::Args;
use clap::builder::PossibleValuesParser;
use serde_json::{Value, json};

use super::super::authoring;
use super::super::context::Context;
use super::super::error::CliError;
use super::super::exit::ExitStatus;
use super::super::output::{print_json, print_line};
use super::super::target::count;
use crate::config::DatabaseUrl;
use crate::import::alembic::AlembicOptions;
use crate::import::{self, Import, ImportedFiles, ImportedHistory, Kind, Note, Request};
use crate::script::{ReadMode, ScriptDirectory};
use crate::sql::Dialect;

/// Arguments of `import`.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The tool that the history is of
    #[arg(value_parser = PossibleValuesParser::new(Kind::ALL.map(Kind::name)), hide_possible_values = false)]
    pub kind: String,
    /// The folder of its files
    pub dir: PathBuf,
    /// List what would be written, and write nothing
    #[arg(long)]
    pub dry_run: bool,
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
    /// Leave env.py out; what it sets, such as a naming convention, is then not heeded
    #[arg(long)]
    pub without_env: bool,
}

impl AlembicArgs {
    fn options(&self) -> AlembicOptions {
        AlembicOptions { python: self.python.clone(), x: self.x.clone(), without_env: self.without_env }
    }
}

/// Runs it.
pub fn run(context: &Context, args: &ImportArgs) -> Result<ExitStatus, CliError> {
    let kind: Kind =
        args.kind.parse().map_err(|error: import::UnknownKind| CliError::usage(error.to_string()))?;
    let request = Request {
        kind,
        folder: args.dir.clone(),
        dialect: args.dialect.or_else(|| configured_dialect(context)),
        config: &context.config,
        alembic: args.alembic.options(),
    };
    let history = import::read(&request)?;
    let import = {
        let _lock = authoring::lock(context)?;
        let scripts = context.scripts(ReadMode::Headers)?;
        let import = plan(context, &request, &history, &scripts)?;
        if !args.dry_run {
            import.write()?;
        }
        import
    };
    if context.json {
        print_json(&as_json(kind, &import, args.dry_run));
    } else {
        tell(context, &import, args.dry_run);
    }
    Ok(ExitStatus::Done)
}

fn plan(
    context: &Context,
    request: &Request<'_>,
    history: &ImportedHistory,
    scripts: &ScriptDirectory,
) -> Result<Import, CliError> {
    // What no one tells is taken for the SQL of the more common database.
    let dialect = history.dialect.or(request.dialect).unwrap_or(Dialect::Postgres);
    let now = Utc::now().with_timezone(&context.config.timezone);
    Ok(Import::plan(history, scripts, &context.config, dialect, now)?)
}

fn configured_dialect(context: &Context) -> Option<Dialect> {
    Some(match context.config.database_url().ok()? {
        DatabaseUrl::Postgres(_) => Dialect::Postgres,
        DatabaseUrl::Sqlite(_) => Dialect::Sqlite,
    })
}

fn tell(context: &Context, import: &Import, dry_run: bool) {
    for files in &import.files {
        print_line(&format!("{}: {}", files.revision, files.name));
        print_line(&format!("    {}", files.up.0.display()));
        print_line(&format!("    {}", files.down.0.display()));
    }
    for note in &import.notes {
        context.say(&note_line(note));
    }
    let what = count(import.files.len(), "revision");
    let done = if dry_run { "would be imported" } else { "imported" };
    let known = import.known.len();
    let before = if known == 0 { String::new() } else { format!(", {known} imported before") };
    context.say(&format!("{what} {done}{before}"));
}

fn note_line(note: &Note) -> String {
    match note.line {
        Some(line) => format!("{}:{line}: {}", note.file.display(), note.message),
        None => format!("{}: {}", note.file.display(), note.message),
    }
}

fn as_json(kind: Kind, import: &Import, dry_run: bool) -> Value {
    let revision = |files: &ImportedFiles| {
        json!({
            "revision": files.revision,
            "name": files.name,
            "message": files.message,
            "down_revisions": files.down_revisions,
            "depends_on": files.depends_on,
            "branch_labels": files.branch_labels,
            "no_transaction": files.no_transaction,
            "irreversible": files.irreversible,
            "up": files.up.0.display().to_string(),
            "down": files.down.0.display().to_string(),
        })
    };
    json!({
        "kind": kind,
        "dry_run": dry_run,
        "revisions": import.files.iter().map(revision).collect::<Vec<_>>(),
        "known": import.known,
        "notes": import.notes,
        "heads": import.heads,
    })
}
