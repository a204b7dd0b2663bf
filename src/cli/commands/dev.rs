//! `revgraph dev`.

use std::mem::ManuallyDrop;
use std::sync::Arc;

use clap::Args;

use super::super::autogenerate_args::DecisionArgs;
use super::super::context::Context;
use super::super::dev::{DriftArg, User};
use super::super::output::print_json;
use super::super::readiness;
use crate::backend::Access;
use crate::daily::{Day, Diary, Seen, Wishes};
use crate::diagnostic::{Diagnostic, ExitStatus};
use crate::report::DayDocument;
use crate::script::{ReadMode, lock_scripts};

/// Arguments of `dev`.
#[derive(Debug, Args)]
pub struct DevArgs {
    /// What a new revision is for; the first line is its title [default: made from what changes]
    #[arg(short, long, value_name = "MSG")]
    pub message: Option<String>,
    /// Write the revision, and do not apply it
    #[arg(long)]
    pub create_only: bool,
    /// Agree that values are lost, where the desired schema has no place for them
    #[arg(long)]
    pub accept_data_loss: bool,
    /// What becomes of what the database has and no script builds
    #[arg(long, value_enum, value_name = "WAY")]
    pub drift: Option<DriftArg>,
    #[command(flatten)]
    pub decisions: DecisionArgs,
}

/// Brings the database to the heads and the scripts to the desired schema, proved on the way, and seeds a new database.
pub fn run(context: &Context, args: DevArgs) -> Result<ExitStatus, Diagnostic> {
    let config = &context.config;
    let DevArgs { message, create_only, accept_data_loss, drift, decisions } = args;
    let options = context.options();
    let day = Day::of(config, &context.control, &options, Wishes { message, create_only })?;
    let _lock = lock_scripts(config)?;
    let open = || context.scripts_and_database(ReadMode::Checksums, Access::Write, Seen::of);
    let (scripts, mut backend, seen) = readiness::open_or_make(context, true, open)?;
    let diary = if day.is_done(&scripts, backend.as_mut(), &seen)? {
        if !context.json {
            context.say("nothing to do: scripts, schema and database are as they were proved last");
        }
        Diary { heads: seen.reading.state.rows.clone(), ..Diary::new(backend.describe()) }
    } else {
        let scripts = Arc::new(ManuallyDrop::into_inner(scripts));
        let mut user = User { context, accept_data_loss, drift, decisions };
        day.run(scripts, backend.as_mut(), &seen, &mut user)?
    };
    if context.json {
        print_json(&DayDocument::new(&diary));
    }
    Ok(ExitStatus::Done)
}
