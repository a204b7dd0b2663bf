//! Values that would be lost, and whether the user agrees to it.

use serde_json::json;

use super::context::Context;
use super::prompt;
use crate::autogenerate::Stake;
use crate::diagnostic::{Diagnostic, ErrorKind};

/// Has the user agree that the values are lost that statements take: by a flag, or on a terminal. What is known to hold
/// nothing is no loss.
pub fn agreed(context: &Context, stakes: &[Stake<'_>], accepted: bool) -> Result<(), Diagnostic> {
    let losses: Vec<&Stake<'_>> = stakes.iter().filter(|stake| stake.is_loss_of_something()).collect();
    if losses.is_empty() || accepted {
        return Ok(());
    }
    if !context.json && prompt::somebody_is_there() {
        let url = context.config.database_url()?;
        let question = format!("What {url} loses is listed above. Go on?");
        let agreed = context.yes || prompt::confirm(context, &question)?;
        return if agreed {
            Ok(())
        } else {
            Err(Diagnostic::new(ErrorKind::Declined, "nothing has changed"))
        };
    }
    let told = Diagnostic::new(ErrorKind::DataLoss, "values would be lost, and nobody has agreed to it");
    let told = losses.iter().fold(told, |told, loss| told.cause(loss.line()));
    Err(told
        .cause("nothing has changed")
        .hint("agree to it: --accept-data-loss")
        .field("losses", json!(losses)))
}
