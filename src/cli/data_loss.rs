//! Values that would be lost, and whether the user agrees to it.

use super::context::Context;
use super::prompt;
use crate::autogenerate::UnagreedLoss;
use crate::diagnostic::{Diagnostic, ErrorKind};

/// Has the user agree that the values are lost that statements take: by a flag, or on a terminal.
pub fn agreed(context: &Context, loss: UnagreedLoss, accepted: bool) -> Result<(), Diagnostic> {
    if accepted {
        return Ok(());
    }
    if context.json || !prompt::somebody_is_there() {
        return Err(loss.into());
    }
    let url = context.config.database_url()?;
    let question = format!("What {url} loses is listed above. Go on?");
    if context.yes || prompt::confirm(context, &question)? {
        return Ok(());
    }
    Err(Diagnostic::new(ErrorKind::Declined, "nothing has changed"))
}
