//! `revgraph database`.

use std::time::Duration;

use clap::{Args, Subcommand};

use super::super::context::Context;
use super::super::erasing;
use super::super::output::print_json;
use super::super::readiness;
use crate::backend::{Sessions, drop_database};
use crate::config::DatabaseUrl;
use crate::daily::{Answer, Guard};
use crate::diagnostic::{Diagnostic, ExitStatus};
use crate::report::{DatabaseDocument, DatabaseState};

/// Arguments of `database`.
#[derive(Debug, Args)]
pub struct DatabaseArgs {
    #[command(subcommand)]
    pub action: Action,
}

/// What becomes of the database.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// Make the database, where it is missing
    Create,
    /// Drop the database with all that it holds
    Drop(DropArgs),
    /// Wait until the database answers, as where containers start together
    Wait(WaitArgs),
}

/// Arguments of `database drop`.
#[derive(Debug, Args)]
pub struct DropArgs {
    /// The name of a database that is protected, of production, or on another machine
    #[arg(long, value_name = "NAME")]
    pub confirm: Option<String>,
    /// End the sessions that others have in it (PostgreSQL)
    #[arg(long)]
    pub disconnect: bool,
}

/// Arguments of `database wait`.
#[derive(Debug, Args)]
pub struct WaitArgs {
    /// How long at the most, such as 30s or 2min; 0 waits for ever
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = readiness::duration)]
    pub timeout: Duration,
}

/// Makes the database, drops it, or waits for its server.
pub fn run(context: &Context, args: &DatabaseArgs) -> Result<ExitStatus, Diagnostic> {
    match &args.action {
        Action::Create => create(context),
        Action::Drop(args) => drop(context, args),
        Action::Wait(args) => wait(context, args),
    }
}

fn create(context: &Context) -> Result<ExitStatus, Diagnostic> {
    let url = context.config.database_url()?;
    let was_missing = readiness::make(context)?;
    if context.json {
        print(url, DatabaseState::Created { created: was_missing });
    } else if !was_missing {
        context.say(&format!("the database {url} is there already"));
    }
    Ok(ExitStatus::Done)
}

fn drop(context: &Context, args: &DropArgs) -> Result<ExitStatus, Diagnostic> {
    let url = context.config.database_url()?;
    let mut was_there = false;
    if let Some(guard) = Guard::of_existing(&context.config, &context.control)? {
        let what = format!("this drops the database {url} with all that it holds");
        erasing::agreed(context, &guard, &what, args.confirm.as_deref())?;
        let sessions = if args.disconnect { Sessions::Ended } else { Sessions::Respected };
        was_there = drop_database(&context.config, url, sessions, &context.control)?;
    }
    if context.json {
        print(url, DatabaseState::Dropped { dropped: was_there });
    } else if was_there {
        context.say(&format!("dropped the database {url}"));
    } else {
        context.say(&format!("there is no database {url}"));
    }
    Ok(ExitStatus::Done)
}

fn wait(context: &Context, args: &WaitArgs) -> Result<ExitStatus, Diagnostic> {
    let url = context.config.database_url()?;
    let answer = readiness::wait_for(context, Some(args.timeout))?;
    let exists = answer == Some(Answer::Ready);
    if context.json {
        print(url, DatabaseState::Waited { answers: true, exists });
    } else if exists {
        context.say(&format!("the database {url} answers"));
    } else {
        context.say(&format!("the server answers; it has no database {url} yet"));
    }
    Ok(ExitStatus::Done)
}

fn print(url: &DatabaseUrl, state: DatabaseState) {
    print_json(&DatabaseDocument { database: url.to_string(), state });
}
