//! Questions, asked only where somebody can answer.

use std::io::IsTerminal;

use dialoguer::{Confirm, Input, Select};

use super::error::CliError;

/// Whether standard input and standard error are a terminal.
pub fn somebody_is_there() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Asks yes or no; no is the default.
pub fn confirm(question: &str) -> Result<bool, CliError> {
    Confirm::new().with_prompt(question).default(false).interact().map_err(CliError::prompt)
}

/// Asks for a line of text.
pub fn line(question: &str) -> Result<String, CliError> {
    Input::new().with_prompt(question).interact_text().map_err(CliError::prompt)
}

/// Offers a choice; the index of what was chosen.
pub fn choice(question: &str, choices: &[String]) -> Result<usize, CliError> {
    Select::new().with_prompt(question).items(choices).default(0).interact().map_err(CliError::prompt)
}
