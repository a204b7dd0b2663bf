//! `revgraph completions`.

use clap::Args;
use clap::builder::PossibleValuesParser;
use clap_complete::env::Shells;

use super::super::candidates::VARIABLE;
use super::super::error::CliError;
use super::super::exit::ExitStatus;
use super::super::output::print_raw;

/// The shells that are known.
const SHELLS: [&str; 5] = ["bash", "elvish", "fish", "powershell", "zsh"];

/// Arguments of `completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL", value_parser = PossibleValuesParser::new(SHELLS))]
    pub shell: String,
}

/// Runs it. What is written calls `revgraph` again while somebody types.
pub fn run(args: &CompletionsArgs) -> Result<ExitStatus, CliError> {
    let shells = Shells::builtins();
    let mut script = Vec::new();
    if let Some(shell) = shells.completer(&args.shell) {
        let written = shell.write_registration(VARIABLE, "revgraph", "revgraph", "revgraph", &mut script);
        written.map_err(|error| CliError::io("the completions", &error))?;
    }
    print_raw(&String::from_utf8_lossy(&script));
    Ok(ExitStatus::Done)
}
