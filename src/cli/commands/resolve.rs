//! `revgraph resolve`.

use clap::Args;

use super::super::context::Context;
use super::super::output::print_json;
use super::super::target;
use crate::backend::Access;
use crate::diagnostic::{Diagnostic, ExitStatus};
use crate::execute::{self, Resolution};
use crate::graph::joined_or_base;
use crate::report::{AcceptedDocument, ResolvedDocument};
use crate::script::ReadMode;

/// Arguments of `resolve`.
#[derive(Debug, Args)]
#[group(id = "resolution", required = true, multiple = false)]
pub struct ResolveArgs {
    /// REV was left halfway, and all of it is there now
    #[arg(long, value_name = "REV")]
    pub applied: Option<String>,
    /// REV was left halfway, and nothing of it is left
    #[arg(long, value_name = "REV")]
    pub rolled_back: Option<String>,
    /// Take an edited script of an applied revision into the ledger as it is now
    #[arg(long, value_name = "REV")]
    pub accept: Option<String>,
}

/// Settles a failed revision, or accepts an edited script, and records that in the ledger.
pub fn run(context: &Context, args: &ResolveArgs) -> Result<ExitStatus, Diagnostic> {
    match (&args.applied, &args.rolled_back, &args.accept) {
        (Some(revision), ..) => settle(context, revision, Resolution::Applied),
        (_, Some(revision), _) => settle(context, revision, Resolution::RolledBack),
        (.., Some(revision)) => accept(context, revision),
        (None, None, None) => Err(Diagnostic::usage("resolve needs to be told what to do")),
    }
}

fn settle(context: &Context, revision: &str, resolution: Resolution) -> Result<ExitStatus, Diagnostic> {
    let scripts = context.scripts(ReadMode::Headers)?;
    let mut backend = context.connect(Access::Write)?;
    let resolved = execute::resolve(&scripts, backend.as_mut(), revision, resolution, &context.options())?;
    if context.json {
        print_json(&ResolvedDocument::new(&resolved, backend.describe()));
        return Ok(ExitStatus::Done);
    }
    let stands = joined_or_base(&resolved.heads);
    let (revision, how) = (&resolved.revision, resolved.resolution.name());
    context.say(&format!("{revision} counts as {how}; the database stands at {stands}"));
    if resolution == Resolution::RolledBack {
        context.say("mend its script where that was wrong, then: revgraph upgrade");
    }
    Ok(ExitStatus::Done)
}

fn accept(context: &Context, revision: &str) -> Result<ExitStatus, Diagnostic> {
    let scripts = context.scripts(ReadMode::Checksums)?;
    let target = target::parse(revision)?;
    let mut backend = context.connect(Access::Write)?;
    let accepted = execute::accept(&scripts, backend.as_mut(), &target, &context.options())?;
    if context.json {
        print_json(&AcceptedDocument::new(&accepted, backend.describe()));
        return Ok(ExitStatus::Done);
    }
    for one in &accepted {
        let what = if one.changed { "now has" } else { "already had" };
        context.say(&format!("the ledger {what} the scripts of {} as they are on disk", one.revision));
    }
    Ok(ExitStatus::Done)
}
