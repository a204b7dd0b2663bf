//! Questions, asked only where somebody can answer.

use std::io::IsTerminal;

use dialoguer::{Confirm, Input, Select};

use super::context::Context;
use super::error::CliError;
use super::interrupt;
use super::output::readable;

/// Whether standard input and standard error are a terminal.
pub fn somebody_is_there() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Asks yes or no; no is the default.
pub fn confirm(context: &Context, question: &str) -> Result<bool, CliError> {
    let _ending = interrupt::ending_at_once(context.control.cancellation());
    Confirm::new()
        .with_prompt(readable(question))
        .default(false)
        .wait_for_newline(true)
        .interact()
        .map_err(CliError::prompt)
}

/// Asks for a line of text.
pub fn line(context: &Context, question: &str) -> Result<String, CliError> {
    let _ending = interrupt::ending_at_once(context.control.cancellation());
    Input::new().with_prompt(readable(question)).interact_text().map_err(CliError::prompt)
}

/// Asks for a line of text, which may be empty.
pub fn optional_line(context: &Context, question: &str) -> Result<String, CliError> {
    let _ending = interrupt::ending_at_once(context.control.cancellation());
    Input::new().with_prompt(readable(question)).allow_empty(true).interact_text().map_err(CliError::prompt)
}

/// Offers a choice; the index of what was chosen.
pub fn choice(context: &Context, question: &str, choices: &[String]) -> Result<usize, CliError> {
    let _ending = interrupt::ending_at_once(context.control.cancellation());
    let choices: Vec<_> = choices.iter().map(|choice| readable(choice)).collect();
    Select::new()
        .with_prompt(readable(question))
        .items(&choices)
        .default(0)
        .interact()
        .map_err(CliError::prompt)
}
