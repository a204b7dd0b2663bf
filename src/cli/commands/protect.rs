//! `revgraph protect`.

use clap::Args;

use super::super::actor::actor;
use super::super::context::Context;
use super::super::output::print_json;
use crate::backend::Access;
use crate::diagnostic::{Diagnostic, ExitStatus};
use crate::execute::protect;
use crate::report::ProtectionDocument;

/// Arguments of `protect`.
#[derive(Debug, Args)]
pub struct ProtectArgs {
    /// End the protection; NAME must be the name it was given
    #[arg(long)]
    pub off: bool,
    /// The name to type or to give as --confirm before everything can be undone
    #[arg(value_name = "NAME", value_parser = name)]
    pub database: String,
}

/// A name that can be typed at a prompt.
fn name(text: &str) -> Result<String, String> {
    if text.trim().is_empty() || text.trim() != text || text.chars().any(char::is_control) {
        return Err("a name has no space around it and no control characters, and is not empty".to_owned());
    }
    Ok(text.to_owned())
}

/// Marks the database as protected under a name, or takes the mark away.
pub fn run(context: &Context, args: &ProtectArgs) -> Result<ExitStatus, Diagnostic> {
    let mut backend = context.connect(Access::Write)?;
    let wanted = (!args.off).then_some(args.database.as_str());
    let changes = protect(backend.as_mut(), &args.database, args.off, &actor())?;
    if context.json {
        let database = backend.describe();
        print_json(&ProtectionDocument { protected_as: wanted, changed: changes, database });
        return Ok(ExitStatus::Done);
    }
    context.say(&match (wanted, changes) {
        (Some(name), true) => format!("the database is protected as {name}"),
        (Some(name), false) => format!("the database was protected as {name} already"),
        (None, true) => format!("the database is no longer protected as {}", args.database),
        (None, false) => "the database was not protected".to_owned(),
    });
    Ok(ExitStatus::Done)
}
