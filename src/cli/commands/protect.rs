//! `revgraph protect`.

use clap::Args;

use super::super::actor::actor;
use super::super::context::Context;
use super::super::output::print_json;
use crate::backend::{Access, Backend};
use crate::diagnostic::{Diagnostic, ErrorKind, ExitStatus};
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
    backend.lock()?;
    let known = backend.protection()?;
    let wanted = (!args.off).then_some(args.database.as_str());
    if known.as_deref().is_some_and(|known| known != args.database) {
        let known = known.unwrap_or_default();
        let message = format!("the database is protected as `{known}`, not as `{}`", args.database);
        return Err(Diagnostic::new(ErrorKind::Protected, message).cause("nothing has changed").hint(
            format!("end that protection first: revgraph protect --off {}", shell_words::quote(&known)),
        ));
    }
    let changes = known.as_deref() != wanted;
    if changes {
        change(backend.as_mut(), wanted)?;
    }
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

fn change(backend: &mut dyn Backend, name: Option<&str>) -> Result<(), Diagnostic> {
    let state = backend.state()?;
    backend.ensure_tables(&state, 0)?;
    Ok(backend.set_protection(name, &actor())?)
}
