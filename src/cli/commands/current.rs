//! `revgraph current`.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::super::context::Context;
use super::super::error::CliError;
use super::super::exit::ExitStatus;
use super::super::output::{print_json, print_line};
use crate::backend::Access;
use crate::graph::NodeIndex;
use crate::plan::{applied, implied_by, nodes_of_rows};
use crate::report;
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

/// Runs it.
pub fn run(context: &Context, args: &CurrentArgs) -> Result<ExitStatus, CliError> {
    let scripts = context.scripts(ReadMode::Headers)?;
    let mut backend = context.connect(Access::Read)?;
    let rows = backend.state()?.rows;
    let graph = scripts.graph();
    let nodes = nodes_of_rows(graph, &rows)?;
    let implied = implied_by(graph, &rows)?;
    if context.json {
        let entry = |node: &NodeIndex| {
            json!({
                "revision": graph.id(*node),
                "is_head": graph.is_head(*node),
                "is_effective_head": graph.is_effective_head(*node),
            })
        };
        let heads: Vec<_> = nodes.iter().map(entry).collect();
        let implied: Vec<_> = implied.iter().map(entry).collect();
        print_json(&json!({ "heads": heads, "implied": implied }));
    } else {
        print(context, &scripts, &backend.describe(), nodes.iter().chain(&implied));
    }
    let applied = applied(graph, &rows)?;
    let all_heads_applied = graph.heads().iter().all(|head| applied.contains(*head));
    Ok(if args.check_heads && !all_heads_applied { ExitStatus::No } else { ExitStatus::Done })
}

fn print<'n>(
    context: &Context,
    scripts: &ScriptDirectory,
    database: &str,
    nodes: impl Iterator<Item = &'n NodeIndex>,
) {
    let describer = report::Describer::new(scripts);
    if context.verbose {
        print_line(&format!("Current revision(s) for {database}:"));
    }
    for node in nodes {
        if context.verbose {
            print_line(&describer.entry(*node, false));
        } else {
            print_line(&describer.line(*node, &report::LineParts::for_current()));
        }
    }
}
