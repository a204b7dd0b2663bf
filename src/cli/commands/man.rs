//! `revgraph man`.

use std::path::PathBuf;

use clap::Args;
use clap_mangen::Man;

use super::super::error::{CliError, from_here};
use super::super::examples::command;
use super::super::exit::ExitStatus;
use super::super::output::{print_line, print_raw};

/// Arguments of `man`.
#[derive(Debug, Args)]
pub struct ManArgs {
    /// Write the pages of all commands into this folder, instead of the first page to standard output
    #[arg(value_name = "DIR")]
    pub directory: Option<PathBuf>,
}

/// Runs it.
pub fn run(args: &ManArgs) -> Result<ExitStatus, CliError> {
    let unwritable = |error: std::io::Error| CliError::io("the manual page", &error);
    let Some(folder) = &args.directory else {
        let mut page = Vec::new();
        Man::new(command()).render(&mut page).map_err(unwritable)?;
        print_raw(&String::from_utf8_lossy(&page));
        return Ok(ExitStatus::Done);
    };
    std::fs::create_dir_all(folder).map_err(unwritable)?;
    let root = command().disable_help_subcommand(true);
    clap_mangen::generate_to(root, folder).map_err(unwritable)?;
    print_line(&from_here(folder));
    Ok(ExitStatus::Done)
}
