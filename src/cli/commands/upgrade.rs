//! `revgraph upgrade`.

use std::time::Duration;

use clap::Args;

use super::super::backup_first::BackupArgs;
use super::super::context::Context;
use super::super::migration::{self, Migration};
use super::super::{offline, readiness, target};
use crate::backend::Access;
use crate::diagnostic::{Diagnostic, ExitStatus};
use crate::execute::{Direction, Reading};
use crate::graph::RevisionId;
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
    /// Run this revision though its script was recorded from other rows than the database holds; repeatable
    #[arg(long, value_name = "REV", conflicts_with = "sql", value_parser = RevisionId::new)]
    pub accept_recorded: Vec<RevisionId>,
    /// Go on even where the schema of a database without a ledger is not what its version rows say
    #[arg(long, conflicts_with_all = ["sql", "dry_run"])]
    pub force: bool,
    #[command(flatten)]
    pub backup: BackupArgs,
    /// Make the database where its server has none of that name
    #[arg(long, conflicts_with_all = ["sql", "dry_run"])]
    pub create: bool,
    /// Wait so long for a server that is not up yet, such as 30s or 2min
    #[arg(long, value_name = "TIME", conflicts_with = "sql", value_parser = readiness::duration)]
    pub wait: Option<Duration>,
    /// Where to: head, heads, an id, +N, LABEL@head, … [default: head]
    #[arg(value_name = "TARGET", allow_negative_numbers = true)]
    pub target: Option<String>,
}

/// Brings the database up to the target, or prints the SQL that would.
pub fn run(context: &Context, args: &UpgradeArgs) -> Result<ExitStatus, Diagnostic> {
    let text = args.target.as_deref().unwrap_or("head");
    if args.sql {
        let scripts = context.scripts(ReadMode::Checksums)?;
        return offline::migrate(context, &scripts, Direction::Up, text);
    }
    let wanted = target::parse(text)?;
    let access = Migration::access(args.dry_run);
    readiness::wait_for(context, args.wait)?;
    let open = || context.scripts_and_database(ReadMode::Checksums, access, Reading::of);
    let (scripts, mut backend, reading) = match access {
        Access::Read => open()?,
        Access::Write => readiness::open_or_make(context, args.create, open)?,
    };
    let target = target::one_of_several_heads(context, &scripts, wanted)?;
    let migration = Migration {
        direction: Direction::Up,
        target,
        dry_run: args.dry_run,
        force: args.force,
        backup: args.backup.is_wanted(context),
        confirm: None,
        accepted_recorded: args.accept_recorded.clone(),
    };
    migration::run(context, &scripts, backend.as_mut(), &reading, &migration)
}
