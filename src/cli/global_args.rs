//! The options that all commands share. Those of a command stand beside the command.

use std::convert::Infallible;
use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum};

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
    pub url: Option<UrlArgument>,
    /// Print one JSON document instead of text
    #[arg(long, global = true)]
    pub json: bool,
    /// Say nothing but results and errors
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Say more
    #[arg(short, long, global = true)]
    pub verbose: bool,
    /// How messages are written to standard error: json is one document a line, with its time
    #[arg(long, value_name = "FORMAT", default_value = "text", global = true)]
    pub log_format: LogFormat,
    /// Agree to everything that would be asked
    #[arg(short, long, global = true)]
    pub yes: bool,
    #[command(flatten)]
    pub color: colorchoice_clap::Color,
}

/// How messages are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

impl LogFormat {
    /// What arguments ask for that are not understood otherwise, which is told in it.
    pub fn of_arguments(arguments: impl Iterator<Item = OsString>) -> Self {
        let mut arguments = arguments.take_while(|argument| argument != "--");
        let mut format = Self::Text;
        while let Some(argument) = arguments.next() {
            let argument = argument.to_string_lossy();
            let value = match argument.strip_prefix("--log-format") {
                Some("") => arguments.next().map(|value| value.to_string_lossy().into_owned()),
                Some(rest) => rest.strip_prefix('=').map(str::to_owned),
                None => None,
            };
            format = value.and_then(|value| Self::from_str(&value, false).ok()).unwrap_or(format);
        }
        format
    }
}

/// A database URL as it was typed. `Debug` leaves it out, as it may hold a password.
#[derive(Clone)]
pub struct UrlArgument(pub String);

impl FromStr for UrlArgument {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for UrlArgument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UrlArgument(…)")
    }
}
