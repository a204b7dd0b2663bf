//! `revgraph resolve`.

use clap::Args;
use serde_json::json;

use super::super::context::Context;
use super::super::error::CliError;
use super::super::exit::ExitStatus;
use super::super::output::print_json;
use super::super::target;
use crate::backend::Access;
use crate::execute::{self, Accepted};
use crate::script::ReadMode;

/// Arguments of `resolve`.
#[derive(Debug, Args)]
#[group(id = "resolution", required = true, multiple = false)]
pub struct ResolveArgs {
    /// Take an edited script of an applied revision into the ledger as it is now
    #[arg(long, value_name = "REV")]
    pub accept: Option<String>,
}

/// Runs it.
pub fn run(context: &Context, args: &ResolveArgs) -> Result<ExitStatus, CliError> {
    match &args.accept {
        Some(revision) => accept(context, revision),
        None => Err(CliError::usage("resolve needs to be told what to do")),
    }
}

fn accept(context: &Context, revision: &str) -> Result<ExitStatus, CliError> {
    let scripts = context.scripts(ReadMode::Checksums)?;
    let target = target::parse(revision)?;
    let mut backend = context.connect(Access::Write)?;
    let accepted = execute::accept(&scripts, backend.as_mut(), &target, &context.options())?;
    if context.json {
        let one = |accepted: &Accepted| json!({ "revision": accepted.revision, "operation": "accept", "changed": accepted.changed });
        print_json(&json!({ "resolved": accepted.iter().map(one).collect::<Vec<_>>() }));
        return Ok(ExitStatus::Done);
    }
    for one in &accepted {
        let what = if one.changed { "now has" } else { "already had" };
        context.say(&format!("the ledger {what} the scripts of {} as they are on disk", one.revision));
    }
    Ok(ExitStatus::Done)
}
