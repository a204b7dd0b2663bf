//! `revgraph resolve`.

use clap::Args;
use serde_json::json;

use super::super::context::Context;
use super::super::error::CliError;
use super::super::exit::ExitStatus;
use super::super::output::print_json;
use crate::backend::Access;
use crate::execute::{self, Resolution};
use crate::script::ReadMode;

/// Arguments of `resolve`.
#[derive(Debug, Args)]
pub struct ResolveArgs {
    #[command(flatten)]
    pub how: How,
}

/// What a person says of a revision; one of them.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct How {
    /// REV was left halfway, and all of it is there now
    #[arg(long, value_name = "REV")]
    pub applied: Option<String>,
    /// REV was left halfway, and nothing of it is left
    #[arg(long, value_name = "REV")]
    pub rolled_back: Option<String>,
}

/// Runs it.
pub fn run(context: &Context, args: &ResolveArgs) -> Result<ExitStatus, CliError> {
    match (&args.how.applied, &args.how.rolled_back) {
        (Some(revision), _) => settle(context, revision, Resolution::Applied),
        (_, Some(revision)) => settle(context, revision, Resolution::RolledBack),
        (None, None) => {
            Err(CliError::usage("say how the revision stands: --applied REV or --rolled-back REV"))
        }
    }
}

fn settle(context: &Context, revision: &str, resolution: Resolution) -> Result<ExitStatus, CliError> {
    let scripts = context.scripts(ReadMode::Headers)?;
    let mut backend = context.connect(Access::Write)?;
    let resolved = execute::resolve(&scripts, backend.as_mut(), revision, resolution, &context.options())?;
    if context.json {
        print_json(&json!({
            "revision": resolved.revision,
            "resolution": resolved.resolution.name(),
            "heads": resolved.heads,
        }));
        return Ok(ExitStatus::Done);
    }
    let heads: Vec<&str> = resolved.heads.iter().map(|head| head.as_str()).collect();
    let stands = if heads.is_empty() { "base".to_owned() } else { heads.join(", ") };
    let (revision, how) = (&resolved.revision, resolved.resolution.name());
    context.say(&format!("{revision} counts as {how}; the database stands at {stands}"));
    Ok(ExitStatus::Done)
}
