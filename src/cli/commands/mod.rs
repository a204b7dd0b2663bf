//! The commands, one file each.

mod current;
mod downgrade;
mod ensure_version;
mod resolve;
mod stamp;
mod upgrade;

use clap::Subcommand;

use super::context::Context;
use super::error::CliError;
use super::exit::ExitStatus;

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Bring the database up to a revision
    Upgrade(upgrade::UpgradeArgs),
    /// Bring the database down to a revision
    Downgrade(downgrade::DowngradeArgs),
    /// Set the version rows without running scripts
    Stamp(stamp::StampArgs),
    /// Show where the database stands
    Current(current::CurrentArgs),
    /// Settle a revision that was left halfway
    Resolve(resolve::ResolveArgs),
    /// Make the bookkeeping tables where they are missing
    EnsureVersion(ensure_version::EnsureVersionArgs),
}

/// Runs a command.
pub fn run(context: &Context, command: Command) -> Result<ExitStatus, CliError> {
    match command {
        Command::Upgrade(args) => upgrade::run(context, &args),
        Command::Downgrade(args) => downgrade::run(context, &args),
        Command::Stamp(args) => stamp::run(context, &args),
        Command::Current(args) => current::run(context, &args),
        Command::Resolve(args) => resolve::run(context, &args),
        Command::EnsureVersion(args) => ensure_version::run(context, &args),
    }
}
