//! `revgraph downgrade`.

use clap::Args;

use super::super::backup_first::BackupArgs;
use super::super::context::Context;
use super::super::migration::{self, Migration};
use super::super::{offline, target};
use crate::diagnostic::{Diagnostic, ExitStatus};
use crate::execute::{Direction, Reading};
use crate::script::ReadMode;

/// Arguments of `downgrade`.
#[derive(Debug, Args)]
pub struct DowngradeArgs {
    /// Print the SQL instead of running it; TARGET must then be a range A:B
    #[arg(long)]
    pub sql: bool,
    /// Show what would run, and run nothing
    #[arg(long, conflicts_with = "sql")]
    pub dry_run: bool,
    /// Erase the protected database of this name whole, where TARGET leaves nothing
    #[arg(long, value_name = "NAME", conflicts_with_all = ["sql", "dry_run"])]
    pub confirm: Option<String>,
    /// Go on even where the schema of a database without a ledger is not what its version rows say
    #[arg(long, conflicts_with_all = ["sql", "dry_run"])]
    pub force: bool,
    #[command(flatten)]
    pub backup: BackupArgs,
    /// Where to: base, an id, -N, LABEL@base, …
    #[arg(value_name = "TARGET", allow_negative_numbers = true)]
    pub target: String,
}

/// Takes the database down to the target, or prints the SQL that would; asks before values are lost.
pub fn run(context: &Context, args: &DowngradeArgs) -> Result<ExitStatus, Diagnostic> {
    if args.sql {
        let scripts = context.scripts(ReadMode::Headers)?;
        return offline::migrate(context, &scripts, Direction::Down, &args.target);
    }
    let target = target::parse(&args.target)?;
    let access = Migration::access(args.dry_run);
    let (scripts, mut backend, reading) =
        context.scripts_and_database(ReadMode::Headers, access, Reading::of)?;
    let migration = Migration {
        direction: Direction::Down,
        target,
        dry_run: args.dry_run,
        force: args.force,
        backup: args.backup.is_wanted(context),
        confirm: args.confirm.clone(),
        accepted_recorded: Vec::new(),
    };
    migration::run(context, &scripts, backend.as_mut(), &reading, &migration)
}
