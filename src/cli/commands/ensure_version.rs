//! `revgraph ensure-version`.

use clap::Args;

use super::super::context::Context;
use super::super::offline;
use super::super::output::print_json;
use crate::backend::Access;
use crate::diagnostic::{Diagnostic, ExitStatus};
use crate::execute::ensure_tables;
use crate::report::VersionTableDocument;

/// Arguments of `ensure-version`.
#[derive(Debug, Args)]
pub struct EnsureVersionArgs {
    /// Print the SQL instead of running it
    #[arg(long)]
    pub sql: bool,
}

/// Makes the version table where there is none, or prints the SQL that would.
pub fn run(context: &Context, args: &EnsureVersionArgs) -> Result<ExitStatus, Diagnostic> {
    if args.sql {
        return offline::ensure_version(context);
    }
    let mut backend = context.connect(Access::Write)?;
    let state = ensure_tables(backend.as_mut())?;
    if context.json {
        print_json(&VersionTableDocument {
            version_table: &context.config.version_table,
            heads: &state.rows,
            database: backend.describe(),
        });
    } else {
        context.say("the bookkeeping tables are there");
    }
    Ok(ExitStatus::Done)
}
