//! `revgraph export`.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::super::context::Context;
use super::super::offline::rows_meant;
use super::super::output::{print_json, print_line};
use super::super::path_argument::path_to_write;
use super::super::target;
use crate::diagnostic::{Diagnostic, ErrorKind, ExitStatus};
use crate::execute::rows_at;
use crate::export::{self, Kind, Layout, UnknownKind};
use crate::graph::{RevisionId, RevisionRange};
use crate::plan;
use crate::report::{ExportDocument, count};
use crate::script::{ReadMode, ScriptDirectory};
use crate::sql::Dialect;

/// Arguments of `export`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// The tool that the files are for
    #[arg(value_parser = PossibleValuesParser::new(Kind::ALL.map(Kind::name)))]
    pub kind: String,
    /// The folder to write them to: empty, or not there yet
    #[arg(value_parser = path_to_write())]
    pub dir: PathBuf,
    /// Which revisions: those that `upgrade --sql A:B` runs [default: all]
    #[arg(value_name = "A:B", allow_hyphen_values = true)]
    pub range: Option<String>,
    /// The SQL to write: postgres or sqlite [default: the configured database's]
    #[arg(long, value_name = "DIALECT")]
    pub dialect: Option<Dialect>,
}

/// Writes the revisions as migrations of another tool, or as one script for `psql`.
pub fn run(context: &Context, args: &ExportArgs) -> Result<ExitStatus, Diagnostic> {
    let kind: Kind = args.kind.parse().map_err(|error: UnknownKind| Diagnostic::usage(error.to_string()))?;
    let dialect = dialect(context, args)?;
    let scripts = context.scripts(ReadMode::Headers)?;
    let migrations = export::migrations(&scripts, dialect)?;
    let wanted = wanted(context, &scripts, args.range.as_deref())?;
    let is_wanted = |revision: &RevisionId| wanted.as_ref().is_none_or(|wanted| wanted.contains(revision));
    let layout = export::lay_out(kind, dialect, &migrations, &is_wanted)?;
    if layout.migrations.is_empty() {
        return Err(Diagnostic::new(ErrorKind::NothingToExport, "there are no revisions to export"));
    }
    export::write(&layout, &args.dir)?;
    tell(context, args, dialect, &layout);
    Ok(ExitStatus::Done)
}

fn dialect(context: &Context, args: &ExportArgs) -> Result<Dialect, Diagnostic> {
    if let Some(dialect) = args.dialect {
        return Ok(dialect);
    }
    let url = context.config.database_url().map_err(|error| {
        Diagnostic::from(error).hint("or say which SQL to write: --dialect postgres or --dialect sqlite")
    })?;
    Ok(url.dialect())
}

/// The revisions of a range; none stands for all.
fn wanted(
    context: &Context,
    scripts: &ScriptDirectory,
    range: Option<&str>,
) -> Result<Option<BTreeSet<RevisionId>>, Diagnostic> {
    let Some(text) = range else { return Ok(None) };
    if !text.contains(':') {
        return Err(Diagnostic::usage(format!("`{text}` is no range"))
            .hint(format!("from the base to it: :{text}; from it to the heads: {text}:")));
    }
    let range: RevisionRange = text.parse()?;
    let end = range.end.map_or_else(|| target::parse("heads"), Ok)?;
    let rows = rows_meant(context, range.start.as_ref())?;
    let (_, before) = rows_at(scripts, range.start.as_ref(), &[], rows.as_deref())?;
    let plan = plan::upgrade(scripts.graph(), &before, &end)?;
    Ok(Some(plan.steps.into_iter().map(|step| step.revision).collect()))
}

fn tell(context: &Context, args: &ExportArgs, dialect: Dialect, layout: &Layout) {
    if context.json {
        print_json(&ExportDocument::new(&args.kind, dialect.name(), &args.dir, layout));
        return;
    }
    for (path, _) in &layout.files {
        print_line(&args.dir.join(path).display().to_string());
    }
    for note in &layout.notes {
        context.say(&format!("{}: {}", note.revision, note.message));
    }
    for migration in &layout.migrations {
        if let Some(reason) = &migration.irreversible {
            context.say(&format!("{} cannot be undone: {reason}", migration.revision));
        }
    }
    context.say(&format!("{} exported for {}", count(layout.migrations.len(), "migration"), args.kind));
}
