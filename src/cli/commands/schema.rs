//! `revgraph schema`.

use clap::Args;

use super::super::context::Context;
use super::super::observer::ScratchProgress;
use super::super::output::{print_json, print_raw};
use crate::autogenerate::Side;
use crate::catalog::sql;
use crate::diagnostic::{Diagnostic, ExitStatus};
use crate::report::SqlDocument;

/// Arguments of `schema`.
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// `database`, as it is; or a target: what the scripts build there, on a scratch database. Also `schema`, the
    /// desired one, another URL, a SQL file or folder, or `current`: what the version rows of the database say
    #[arg(default_value = "database", allow_hyphen_values = true)]
    pub target: String,
}

/// Prints the schema of a side (database, revision, SQL or model file) as SQL.
pub fn run(context: &Context, args: &SchemaArgs) -> Result<ExitStatus, Diagnostic> {
    let here = std::env::current_dir().map_err(|error| Diagnostic::io("the current folder", &error))?;
    let side = Side::parse(&args.target, &here)?;
    let mut progress = ScratchProgress::new(context, 0);
    let catalog = context.sides().catalog(&side, &mut progress);
    drop(progress);
    let catalog = catalog?;
    let text = sql::write(&catalog);
    if context.json {
        print_json(&SqlDocument { dialect: Some(catalog.dialect.name()), sql: &text });
    } else {
        print_raw(&text);
    }
    Ok(ExitStatus::Done)
}
