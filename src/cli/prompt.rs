//! Questions, asked only where somebody can answer.

use std::io::{self, IsTerminal};

use dialoguer::{Confirm, Input, Select};

use super::context::Context;
use super::interrupt;
use super::output::readable;
use crate::cancellation::Cancelled;
use crate::diagnostic::Diagnostic;

/// Whether standard input and standard error are a terminal.
pub fn somebody_is_there() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Asks a question of yes or no at the terminal; no is the default.
///
/// # Errors
/// Where the question is interrupted, or the terminal cannot be used.
pub fn confirm(context: &Context, question: &str) -> Result<bool, Diagnostic> {
    let _ending = interrupt::ending_at_once(context.control.cancellation());
    Confirm::new()
        .with_prompt(readable(question))
        .default(false)
        .wait_for_newline(true)
        .interact()
        .map_err(failed)
}

/// Asks for a line of text at the terminal, which may not be empty; the errors are those of [`confirm`].
pub fn line(context: &Context, question: &str) -> Result<String, Diagnostic> {
    let _ending = interrupt::ending_at_once(context.control.cancellation());
    Input::new().with_prompt(readable(question)).interact_text().map_err(failed)
}

/// Asks for a line of text at the terminal, which may be empty; the errors are those of [`confirm`].
pub fn optional_line(context: &Context, question: &str) -> Result<String, Diagnostic> {
    let _ending = interrupt::ending_at_once(context.control.cancellation());
    Input::new().with_prompt(readable(question)).allow_empty(true).interact_text().map_err(failed)
}

/// Offers `choices` at the terminal, of which the first is the default, and returns the index of the one that was
/// chosen; the errors are those of [`confirm`].
pub fn choice(context: &Context, question: &str, choices: &[String]) -> Result<usize, Diagnostic> {
    let _ending = interrupt::ending_at_once(context.control.cancellation());
    let choices: Vec<_> = choices.iter().map(|choice| readable(choice)).collect();
    Select::new().with_prompt(readable(question)).items(&choices).default(0).interact().map_err(failed)
}

/// What ends a question that has no answer: an interruption, or a terminal that cannot be used.
fn failed(error: dialoguer::Error) -> Diagnostic {
    let dialoguer::Error::IO(error) = error;
    if error.kind() == io::ErrorKind::Interrupted {
        return Cancelled.into();
    }
    Diagnostic::io("the terminal", &error)
}
