//! `revgraph schema`.

use clap::Args;

use super::super::context::Context;
use super::super::error::CliError;
use super::super::exit::ExitStatus;
use super::super::output::{print_json, print_text};
use crate::backend::Access;
use crate::catalog::sql;

/// Arguments of `schema`.
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// `database`: the schema of the database as it is
    #[arg(default_value = "database", value_parser = ["database"])]
    pub target: String,
}

/// Runs it.
pub fn run(context: &Context, _: &SchemaArgs) -> Result<ExitStatus, CliError> {
    let mut backend = context.connect(Access::Read)?;
    let catalog = backend.catalog()?;
    let text = sql::write(&catalog);
    if context.json {
        print_json(&serde_json::json!({ "dialect": catalog.dialect.name(), "sql": text }));
    } else {
        print_text(&text);
    }
    Ok(ExitStatus::Done)
}
