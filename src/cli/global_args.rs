//! The options that all commands share. Those of a command stand beside the command.

use std::path::PathBuf;

use clap::Args;

/// Options of every command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub struct GlobalArgs {
    /// The configuration file [default: alembic.toml here or in a folder above]
    #[arg(short = 'c', long, value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,
    /// The [env.NAME] section to lay over the configuration
    #[arg(short = 'n', long, value_name = "NAME", global = true)]
    pub name: Option<String>,
    /// The database, instead of the configuration's
    #[arg(long, value_name = "URL", global = true, hide_env_values = true)]
    pub url: Option<String>,
    /// Print one JSON document instead of text
    #[arg(long, global = true)]
    pub json: bool,
    /// Say nothing but results and errors
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Say more
    #[arg(short, long, global = true)]
    pub verbose: bool,
    /// Agree to everything that would be asked
    #[arg(short, long, global = true)]
    pub yes: bool,
    #[command(flatten)]
    pub color: colorchoice_clap::Color,
}
