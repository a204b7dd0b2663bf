//! The command line as a whole.

use clap::{CommandFactory, Parser};

use super::commands::Command;
use super::examples::with_examples;
use super::global_args::GlobalArgs;

/// Migrates databases along a graph of revisions, each an up and a down SQL script.
#[derive(Debug, Parser)]
#[command(name = "revgraph", version, propagate_version = true, max_term_width = 100)]
pub struct Cli {
    #[command(flatten)]
    pub global: GlobalArgs,
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// The command line as it is read, with the examples of each command in its help.
#[must_use]
pub fn command() -> clap::Command {
    with_examples(Cli::command(), "")
}
