//! Permission to erase a database, asked for where somebody can answer.

use super::context::Context;
use super::prompt;
use crate::daily::Guard;
use crate::diagnostic::{Diagnostic, ErrorKind};

/// Has the user agree that a database is erased. `what` is a sentence that names the database and what is lost. Where
/// the database is guarded, its name has to be given as `--confirm` or typed; else `--yes` agrees, or the answer to a
/// question. Where nobody can be asked, nobody has agreed. The name that was given or typed.
pub fn agreed(
    context: &Context,
    guard: &Guard,
    what: &str,
    confirm: Option<&str>,
) -> Result<Option<String>, Diagnostic> {
    let somebody = !context.json && prompt::somebody_is_there();
    if confirm.is_some() || !guard.dangers.is_empty() {
        let typed = match confirm {
            None if somebody => Some(prompt::line(context, &type_the_name(guard, what))?),
            None => None,
            Some(given) => Some(given.to_owned()),
        };
        guard.check(typed.as_deref())?;
        return Ok(typed);
    }
    if context.yes {
        return Ok(None);
    }
    if !somebody {
        return Err(Diagnostic::new(ErrorKind::NotConfirmed, format!("{what}, and nobody has agreed to it"))
            .cause("nobody can be asked here, and nothing has changed")
            .hint("agree to it: --yes"));
    }
    if prompt::confirm(context, &format!("{what}. Go on?"))? {
        return Ok(None);
    }
    Err(Diagnostic::new(ErrorKind::Declined, "nothing has changed"))
}

fn type_the_name(guard: &Guard, what: &str) -> String {
    let dangers: Vec<&str> = guard.dangers.iter().map(|danger| danger.sentence()).collect();
    format!("{what}; {}. Type its name ({}) to go on", dangers.join(", "), guard.name)
}
