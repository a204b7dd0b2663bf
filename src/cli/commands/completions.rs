//! `revgraph completions`.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::super::Cli;
use super::super::exit::ExitStatus;
use super::super::output::print_raw;

/// Arguments of `completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub shell: Shell,
}

/// Prints the completion script of a shell.
pub fn run(args: &CompletionsArgs) -> ExitStatus {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "revgraph", &mut script);
    print_raw(&String::from_utf8_lossy(&script));
    ExitStatus::Done
}
