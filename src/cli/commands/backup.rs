//! `revgraph backup`.

use std::num::NonZeroU32;
use std::path::PathBuf;

use clap::Args;

use super::super::backup_first::tell_of;
use super::super::context::Context;
use super::super::output::{print_json, print_line};
use super::super::path_argument::path_to_write;
use crate::backup::{self, Taking};
use crate::diagnostic::{Diagnostic, ExitStatus, from_here};
use crate::report::{BackupDocument, bytes, count, version_rows};

/// Arguments of `backup`.
#[derive(Debug, Args)]
pub struct BackupArgs {
    /// The file, or with --jobs the folder, that is to be made [default: a new one below backup_location]
    #[arg(value_name = "FILE", value_parser = path_to_write())]
    pub file: Option<PathBuf>,
    /// List the backups below backup_location, the newest first
    #[arg(long, conflicts_with_all = ["file", "check", "jobs"])]
    pub list: bool,
    /// Restore this backup where nothing depends on it, and compare it with what was backed up
    #[arg(long, value_name = "FILE", conflicts_with_all = ["file", "jobs"])]
    pub check: Option<PathBuf>,
    /// Dump N tables at once, into a folder (PostgreSQL)
    #[arg(short, long, value_name = "N")]
    pub jobs: Option<NonZeroU32>,
    /// With --check: leave owners and privileges out, whose roles this server may lack (PostgreSQL)
    #[arg(long, requires = "check")]
    pub no_owner: bool,
}

/// Backs the database up, lists the backups, or checks one, as the options say; prints the path of what was written.
pub fn run(context: &Context, args: &BackupArgs) -> Result<ExitStatus, Diagnostic> {
    if args.list {
        return list(context);
    }
    let url = context.config.database_url()?;
    context.say(&format!("database: {url}"));
    if let Some(path) = &args.check {
        let info = backup::check(&context.config, url, path, args.no_owner, &context.control)?;
        if context.json {
            print_json(&BackupDocument::new(path, &info));
        } else {
            let tables = count(info.tables.len(), "table");
            context.say(&format!("{} restores to what was backed up: {tables}", from_here(path)));
        }
        return Ok(ExitStatus::Done);
    }
    let taking = Taking { path: args.file.clone(), jobs: args.jobs };
    let taken = backup::take(&context.config, url, &taking, &context.control)?;
    if context.json {
        print_json(&BackupDocument::taken(&taken));
    } else {
        tell_of(context, &taken);
        print_line(&from_here(&taken.path));
    }
    Ok(ExitStatus::Done)
}

fn list(context: &Context) -> Result<ExitStatus, Diagnostic> {
    let folder = backup::folder(&context.config);
    let found = backup::list(&folder)?;
    if context.json {
        print_json(&found.iter().map(BackupDocument::found).collect::<Vec<_>>());
        return Ok(ExitStatus::Done);
    }
    if found.is_empty() {
        context.say(&format!("there are no backups in {}", from_here(&folder)));
    }
    for backup::Found { path, info } in &found {
        let (size, rows) = (bytes(info.size), version_rows(info));
        print_line(&format!(
            "{}  {size:>9}  {}  {}  at {rows}",
            info.taken_at,
            from_here(path),
            info.database
        ));
    }
    Ok(ExitStatus::Done)
}
