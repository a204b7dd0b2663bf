//! `revgraph restore`.

use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use clap::Args;

use super::super::context::Context;
use super::super::output::print_json;
use super::super::prompt;
use crate::backup::{self, KeptDatabase, Restoring};
use crate::config::DatabaseUrl;
use crate::diagnostic::{Diagnostic, ErrorKind, ExitStatus, UNTOUCHED, from_here};
use crate::report::{DroppedDatabasesDocument, RestoreDocument};

/// Arguments of `restore`.
#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// The backup
    #[arg(value_name = "FILE", required_unless_present = "drop_old")]
    pub file: Option<PathBuf>,
    /// Drop the databases whose places backups took
    #[arg(long, conflicts_with = "file")]
    pub drop_old: bool,
    /// Replace the database of this name, which is protected or of production
    #[arg(long, value_name = "NAME")]
    pub confirm: Option<String>,
    /// Restore it though it is a backup of another database
    #[arg(long)]
    pub other_database: bool,
    /// Disconnect others from the database that is replaced or dropped (PostgreSQL)
    #[arg(long)]
    pub disconnect: bool,
    /// Everything belongs to the role that restores, and nobody is granted anything (PostgreSQL)
    #[arg(long)]
    pub no_owner: bool,
    /// Load N tables at once (PostgreSQL)
    #[arg(short, long, value_name = "N")]
    pub jobs: Option<NonZeroU32>,
}

/// Restores a backup, or without one drops the databases that restores have kept.
pub fn run(context: &Context, args: &RestoreArgs) -> Result<ExitStatus, Diagnostic> {
    let url = context.config.database_url()?;
    context.say(&format!("database: {url}"));
    match &args.file {
        Some(file) => restore(context, url, file, args),
        None => drop_old(context, url, args),
    }
}

fn restore(
    context: &Context,
    url: &DatabaseUrl,
    file: &Path,
    args: &RestoreArgs,
) -> Result<ExitStatus, Diagnostic> {
    // What cannot be restored is told before anybody is asked.
    let info = backup::subject(file, url, args.other_database, &context.control)?;
    let question = format!(
        "A database made from {} ({}) takes the place of {url}, which stays under another name. Go on?",
        from_here(file),
        info.taken_at
    );
    if args.confirm.is_none() && !agreed(context, &question)? {
        return Err(Diagnostic::new(ErrorKind::Declined, UNTOUCHED));
    }
    let restoring = Restoring {
        confirmed: args.confirm.clone(),
        any_database: args.other_database,
        disconnect: args.disconnect,
        no_owner: args.no_owner,
        jobs: args.jobs,
    };
    let restored = backup::restore(&context.config, url, file, &restoring, &context.control)
        .map_err(|error| Diagnostic::from(error).cause(UNTOUCHED))?;
    if context.json {
        print_json(&RestoreDocument::new(file, &restored, url.to_string()));
        return Ok(ExitStatus::Done);
    }
    context.say(&format!("restored {}, as it was at {}", from_here(file), restored.info.taken_at));
    if let Some(kept) = &restored.kept {
        context.say(&format!(
            "the database that was there is {kept} now; it goes with: revgraph restore --drop-old"
        ));
    }
    Ok(ExitStatus::Done)
}

fn drop_old(context: &Context, url: &DatabaseUrl, args: &RestoreArgs) -> Result<ExitStatus, Diagnostic> {
    let kept = backup::kept(url, &context.control)?;
    let names: Vec<&str> = kept.iter().map(|kept| kept.name.as_str()).collect();
    let question = format!("This drops {}, and what they hold is lost. Go on?", names.join(", "));
    if !kept.is_empty() && !agreed(context, &question)? {
        return Err(Diagnostic::new(ErrorKind::Declined, "nothing has been dropped"));
    }
    for one in &kept {
        dropped(context, url, one, args)?;
    }
    if context.json {
        print_json(&DroppedDatabasesDocument { dropped: names, database: url.to_string() });
    } else if kept.is_empty() {
        context.say("no database has been kept by a restore");
    }
    Ok(ExitStatus::Done)
}

fn dropped(
    context: &Context,
    url: &DatabaseUrl,
    kept: &KeptDatabase,
    args: &RestoreArgs,
) -> Result<(), Diagnostic> {
    backup::drop_kept(url, kept, args.disconnect, &context.control)?;
    context.say(&format!("dropped {}", kept.name));
    Ok(())
}

/// Whether the user agrees, where there is a user to ask.
fn agreed(context: &Context, question: &str) -> Result<bool, Diagnostic> {
    if context.yes || context.json || !prompt::somebody_is_there() {
        return Ok(true);
    }
    prompt::confirm(context, question)
}
