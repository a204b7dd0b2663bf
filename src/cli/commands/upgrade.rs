//! `revgraph upgrade`.

use clap::Args;

use super::super::context::Context;
use super::super::error::CliError;
use super::super::exit::ExitStatus;
use super::super::migration::{self, Migration};
use super::super::{offline, target};
use crate::execute::Direction;
use crate::script::ReadMode;

/// Arguments of `upgrade`.
#[derive(Debug, Args)]
pub struct UpgradeArgs {
    /// Print the SQL instead of running it; TARGET may then be a range A:B
    #[arg(long)]
    pub sql: bool,
    /// Show what would run, and run nothing
    #[arg(long, conflicts_with = "sql")]
    pub dry_run: bool,
    /// Where to: head, heads, an id, +N, LABEL@head, … [default: head]
    #[arg(value_name = "TARGET", allow_negative_numbers = true)]
    pub target: Option<String>,
}

/// Runs it.
pub fn run(context: &Context, args: &UpgradeArgs) -> Result<ExitStatus, CliError> {
    let scripts = context.scripts(ReadMode::Checksums)?;
    if args.sql {
        let text = args.target.as_deref().unwrap_or("head");
        return offline::migrate(context, &scripts, Direction::Up, text);
    }
    let target = target::upgrade_target(context, &scripts, args.target.as_deref())?;
    migration::run(
        context,
        &scripts,
        &Migration { direction: Direction::Up, target, dry_run: args.dry_run, confirm: None },
    )
}
