//! `revgraph current`.

use std::path::PathBuf;

use clap::Args;

use super::super::context::Context;
use super::super::output::{print_json, print_line};
use crate::backend::{Access, Backend};
use crate::diagnostic::{Diagnostic, ExitStatus};
use crate::execute::KnownHistory;
use crate::graph::RevisionId;
use crate::plan::implied_by;
use crate::report::{CurrentDocument, Describer, LineParts};
use crate::script::{ReadMode, ScriptDirectory};

/// Arguments of `current`.
#[derive(Debug, Args)]
pub struct CurrentArgs {
    /// Exit with 3 unless every head has been applied
    #[arg(short = 'c', long)]
    pub check_heads: bool,
    /// The configuration file; here without the short form, which is Alembic's for --check-heads
    #[arg(id = "config", long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// Prints the version rows of the database; [`ExitStatus::No`] where `--check-heads` finds a head that is not
/// applied.
pub fn run(context: &Context, args: &CurrentArgs) -> Result<ExitStatus, Diagnostic> {
    let read = |backend: &mut dyn Backend| backend.heads();
    let (scripts, mut backend, rows) = context.scripts_and_database(ReadMode::Headers, Access::Read, read)?;
    let known = KnownHistory::of(&scripts, backend.as_mut(), &rows)?;
    known.refuse_unknown()?;
    let graph = known.scripts().graph();
    let implied = graph.ids(&implied_by(graph, &known.known_rows())?);
    if context.json {
        print_json(&CurrentDocument::new(scripts.graph(), &rows, &implied));
    } else {
        print(context, known.scripts(), &backend.describe(), rows.iter().chain(&implied));
    }
    let applied = known.applied_of(&scripts);
    let all_heads_applied = scripts.graph().heads().iter().all(|head| applied.contains(*head));
    Ok(if args.check_heads && !all_heads_applied { ExitStatus::No } else { ExitStatus::Done })
}

fn print<'i>(
    context: &Context,
    scripts: &ScriptDirectory,
    database: &str,
    ids: impl Iterator<Item = &'i RevisionId>,
) {
    let describer = Describer::new(scripts);
    if context.verbose {
        print_line(&format!("Current revision(s) for {database}:"));
    }
    for id in ids {
        match scripts.graph().find(id.as_str()) {
            None => print_line(&format!("{id} (not in the scripts)")),
            Some(node) if context.verbose => print_line(&describer.entry(node, false)),
            Some(node) => print_line(&describer.line(node, &LineParts::for_current())),
        }
    }
}
