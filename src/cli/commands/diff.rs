//! `revgraph diff`.

use clap::Args;
use serde_json::json;

use super::super::autogenerate_args::DecisionArgs;
use super::super::autogeneration;
use super::super::context::Context;
use super::super::differences;
use super::super::error::CliError;
use super::super::exit::ExitStatus;
use super::super::observer::ScratchProgress;
use super::super::output::{print_json, print_line};
use super::super::schema_side::{Side, catalog, version_rows};
use super::super::target::count;
use crate::catalog::{CompareOptions, Difference, compare};

/// Arguments of `diff`.
#[derive(Debug, Args)]
pub struct DiffArgs {
    /// The left side: `database`, another URL, a target (what the scripts build there), a SQL file or folder, or
    /// `empty` [default: what the version rows of the database say that it should be]
    #[arg(value_name = "A", allow_hyphen_values = true)]
    pub left: Option<String>,
    /// The right side, likewise [default: the database]
    #[arg(value_name = "B", allow_hyphen_values = true)]
    pub right: Option<String>,
    /// Pass over tables whose columns stand in another order only
    #[arg(long)]
    pub ignore_column_order: bool,
    /// Compare owners and grants too
    #[arg(long)]
    pub privileges: bool,
    /// Print the SQL that makes the left side like the right one, instead of what sets them apart
    #[arg(long, conflicts_with_all = ["ignore_column_order", "privileges"])]
    pub sql: bool,
    #[command(flatten)]
    pub decisions: DecisionArgs,
}

/// Runs it.
pub fn run(context: &Context, args: &DiffArgs) -> Result<ExitStatus, CliError> {
    if args.sql {
        return autogeneration::print_sql(
            context,
            args.left.as_deref(),
            args.right.as_deref(),
            &args.decisions,
        );
    }
    let mut found = found(context, args)?;
    let asks_for_drift = args.left.is_none();
    found.retain(|difference| !(asks_for_drift && difference.is_bookkeeping_of_another_migrator()));
    if context.json {
        print_json(&json!({ "differences": found }));
    } else {
        for line in differences::lines(&found) {
            print_line(&line);
        }
        context.say(&if found.is_empty() {
            "no differences".to_owned()
        } else {
            count(found.len(), "difference")
        });
    }
    Ok(if found.is_empty() { ExitStatus::Done } else { ExitStatus::Differs })
}

/// What sets the two sides apart.
fn found(context: &Context, args: &DiffArgs) -> Result<Vec<Difference>, CliError> {
    let here = std::env::current_dir().map_err(|error| CliError::io("the current folder", &error))?;
    let parse = |text: &str| Side::parse(text, &here);
    let left_side = args.left.as_deref().map(parse).transpose()?;
    let right_side = args.right.as_deref().map_or(Ok(Side::Database), parse)?;
    let mut progress = ScratchProgress::new(context, 0);
    let left = match &left_side {
        Some(side) => catalog(context, side, &mut progress)?,
        None => version_rows(context, &mut progress)?,
    };
    let right = catalog(context, &right_side, &mut progress)?;
    if left.dialect != right.dialect {
        return Err(CliError::usage("the two sides are different kinds of databases"));
    }
    let like = match (context.config.database_url(), &right_side) {
        (Ok(configured), _) if configured.dialect() == right.dialect => configured,
        (_, Side::Url(url)) => url,
        (configured, _) => configured?,
    };
    let right = differences::settled(context, &left, &right, like, &mut progress)?;
    let options =
        CompareOptions { ignore_column_order: args.ignore_column_order, with_privileges: args.privileges };
    Ok(compare(&left, &right, &options))
}
