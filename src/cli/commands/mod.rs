//! The commands, one file each.

mod backup;
mod branches;
mod check;
mod completions;
mod current;
mod database;
mod dev;
mod diff;
mod downgrade;
mod downs;
mod edit;
mod ensure_version;
mod export;
mod heads;
mod history;
mod import;
mod init;
mod kept;
mod log;
mod man;
mod merge;
mod overview;
mod protect;
mod pull;
mod push;
mod rebase;
mod reset;
mod resolve;
mod restore;
mod revision;
mod schema;
mod seed;
mod show;
mod squash;
mod stamp;
mod status;
mod upgrade;
mod verify;

pub(super) use completions::VARIABLE as COMPLETION_VARIABLE;

use clap::Subcommand;

use super::context::Context;
use super::global_args::GlobalArgs;
use crate::cancellation::Cancellation;
use crate::diagnostic::{Diagnostic, ExitStatus};

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write alembic.toml and the folder of the scripts
    Init(init::InitArgs),
    /// Create a revision: an up and a down script
    Revision(revision::RevisionArgs),
    /// Create a revision that joins several heads
    Merge(merge::MergeArgs),
    /// Bring the database up to a revision
    Upgrade(upgrade::UpgradeArgs),
    /// Bring the database down to a revision
    Downgrade(downgrade::DowngradeArgs),
    /// Back the database up, while others use it
    Backup(backup::BackupArgs),
    /// Put a database made from a backup in the place of the one that is there, which is kept
    Restore(restore::RestoreArgs),
    /// Set the version rows without running scripts
    Stamp(stamp::StampArgs),
    /// Show where the database stands
    Current(current::CurrentArgs),
    /// Show where the database stands against the scripts, and what to do next
    Status(status::StatusArgs),
    /// Show what has been done to the database, newest first
    Log(log::LogArgs),
    /// List the revisions, newest first
    History(history::HistoryArgs),
    /// List the heads
    Heads(heads::HeadsArgs),
    /// List the branch points
    Branches(branches::BranchesArgs),
    /// Show a revision
    Show(show::ShowArgs),
    /// Open a revision's scripts in $VISUAL or $EDITOR
    Edit(edit::EditArgs),
    /// Settle what keeps a database from being upgraded, such as an edited script
    Resolve(resolve::ResolveArgs),
    /// Look for problems of the scripts, without a database
    Check(check::CheckArgs),
    /// Write a schema down as SQL
    Schema(schema::SchemaArgs),
    /// Show what sets two schemas apart; without arguments, the database from what its version rows say
    Diff(diff::DiffArgs),
    /// Write the database's schema into the files of the desired one
    Pull(pull::PullArgs),
    /// Try on a scratch database whether every revision goes up, down and up again
    Verify(verify::VerifyArgs),
    /// Bring the database up, tell drift, write and apply what leads to the desired schema, seed what is new
    Dev(dev::DevArgs),
    /// Make the database like the desired schema, and write no revision
    Push(push::PushArgs),
    /// Fill the database with the rows of the seeds
    Seed(seed::SeedArgs),
    /// Erase all that the database holds, bring it to the heads and seed it
    Reset(reset::ResetArgs),
    /// Make, drop or wait for the database as a whole
    Database(database::DatabaseArgs),
    /// Make the bookkeeping tables where they are missing
    EnsureVersion(ensure_version::EnsureVersionArgs),
    /// Keep the database from being erased whole unless its name is given
    Protect(protect::ProtectArgs),
    /// Put revisions that no database has applied on another parent
    Rebase(rebase::RebaseArgs),
    /// Put one revision in the place of many, proved to do the same
    Squash(squash::SquashArgs),
    /// Write down scripts for revisions that lack one, each proved to undo its revision
    Downs(downs::DownsArgs),
    /// List what revisions made with --keep have put aside, or drop it
    Kept(kept::KeptArgs),
    /// Take over the history of another tool as revisions
    Import(import::ImportArgs),
    /// Write the revisions, in one line, as files of another tool
    Export(export::ExportArgs),
    /// Write what a shell has to source to standard output: commands, ids, labels and environments are then completed
    Completions(completions::CompletionsArgs),
    /// Write the manual pages
    Man(man::ManArgs),
}

/// Runs the command that was typed, with its global options, until it ends or the cancellation is called. The command line as
/// it is `declared` is what its manual is made from.
pub fn run(
    global: GlobalArgs,
    command: Option<Command>,
    declared: fn() -> clap::Command,
    cancellation: Cancellation,
) -> Result<ExitStatus, Diagnostic> {
    // These must work where a configuration above the current folder is broken.
    let command = match command {
        Some(Command::Init(args)) => return init::run(&global, &args),
        Some(Command::Completions(args)) => return completions::run(&args),
        Some(Command::Man(args)) => return man::run(&args, declared()),
        other => other,
    };
    let context = Context::new(global, cancellation)?;
    let Some(command) = command else { return overview::run(&context) };
    match command {
        Command::Init(_) | Command::Completions(_) | Command::Man(_) => Ok(ExitStatus::Done),
        Command::Revision(args) => revision::run(&context, args),
        Command::Merge(args) => merge::run(&context, args),
        Command::Upgrade(args) => upgrade::run(&context, &args),
        Command::Downgrade(args) => downgrade::run(&context, &args),
        Command::Backup(args) => backup::run(&context, &args),
        Command::Restore(args) => restore::run(&context, &args),
        Command::Stamp(args) => stamp::run(&context, &args),
        Command::Current(args) => current::run(&context, &args),
        Command::Status(args) => status::run(&context, &args),
        Command::Log(args) => log::run(&context, &args),
        Command::History(args) => history::run(&context, &args),
        Command::Heads(args) => heads::run(&context, &args),
        Command::Branches(args) => branches::run(&context, &args),
        Command::Show(args) => show::run(&context, &args),
        Command::Edit(args) => edit::run(&context, &args),
        Command::Resolve(args) => resolve::run(&context, &args),
        Command::Check(args) => check::run(&context, &args),
        Command::Schema(args) => schema::run(&context, &args),
        Command::Diff(args) => diff::run(&context, &args),
        Command::Pull(args) => pull::run(&context, &args),
        Command::Verify(args) => verify::run(&context, &args),
        Command::Dev(args) => dev::run(&context, args),
        Command::Push(args) => push::run(&context, &args),
        Command::Seed(args) => seed::run(&context, &args),
        Command::Reset(args) => reset::run(&context, &args),
        Command::Database(args) => database::run(&context, &args),
        Command::EnsureVersion(args) => ensure_version::run(&context, &args),
        Command::Protect(args) => protect::run(&context, &args),
        Command::Squash(args) => squash::run(&context, &args),
        Command::Rebase(args) => rebase::run(&context, &args),
        Command::Downs(args) => downs::run(&context, &args),
        Command::Kept(args) => kept::run(&context, &args),
        Command::Import(args) => import::run(&context, &args),
        Command::Export(args) => export::run(&context, &args),
    }
}
