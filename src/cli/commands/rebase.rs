//! `revgraph rebase`.

use clap::Args;

use super::super::context::Context;
use super::super::output::print_json;
use super::super::target;
use crate::backend::Access;
use crate::diagnostic::{Diagnostic, ExitStatus};
use crate::execute;
use crate::graph::NodeIndex;
use crate::plan;
use crate::report::{RebaseDocument, rebase_told};
use crate::script::{ReadMode, ScriptDirectory, lock_scripts};

/// Arguments of `rebase`.
#[derive(Debug, Args)]
pub struct RebaseArgs {
    /// The revision: the first one that a branch has for itself. What is above it follows
    #[arg(value_name = "REV")]
    pub revision: String,
    /// Its new parent; `base` leaves it without
    #[arg(long, value_name = "REV")]
    pub onto: String,
    /// Of several parents the one to leave; the others stay
    #[arg(long, value_name = "REV")]
    pub from: Option<String>,
    /// Do not ask the database whether it has applied the revision
    #[arg(long)]
    pub offline: bool,
}

/// Gives a revision that the database has not applied another parent, and rewrites its header.
pub fn run(context: &Context, args: &RebaseArgs) -> Result<ExitStatus, Diagnostic> {
    let _lock = lock_scripts(&context.config)?;
    let scripts = context.scripts(ReadMode::Headers)?;
    let one = |text: &str| Ok::<_, Diagnostic>(plan::one_or_base(scripts.graph(), &target::parse(text)?)?);
    let revision = one(&args.revision)?
        .ok_or_else(|| Diagnostic::usage(format!("`{}` is not a revision", args.revision)))?;
    let from = args.from.as_deref().map(one).transpose()?.flatten();
    let onto = one(&args.onto)?;
    let rebase = scripts.rebase(revision, from, onto)?;
    let asked = if rebase.files.is_empty() { None } else { check_local(context, args, &scripts, revision)? };
    rebase.write(&context.config)?;
    if context.json {
        print_json(&RebaseDocument::new(&rebase, asked));
    } else {
        context.show(&rebase_told(&rebase));
    }
    Ok(ExitStatus::Done)
}

/// Asks the database, where one is configured, whether it has applied what is to move; which database was asked.
fn check_local(
    context: &Context,
    args: &RebaseArgs,
    scripts: &ScriptDirectory,
    revision: NodeIndex,
) -> Result<Option<String>, Diagnostic> {
    if args.offline {
        return Ok(None);
    }
    if !context.config.names_a_database() {
        context.say("no database is configured, so none was asked whether it has applied the revision");
        return Ok(None);
    }
    let offline = "to move it without asking the database: --offline";
    let mut backend = context.connect(Access::Read).map_err(|error| error.hint(offline))?;
    execute::check_local(scripts, backend.as_mut(), revision)?;
    Ok(Some(backend.describe()))
}
