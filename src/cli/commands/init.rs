//! `revgraph init`.

use std::path::{Path, PathBuf};

use clap::Args;

use super::super::context::environment;
use super::super::global_args::GlobalArgs;
use super::super::output::{print_json, print_line, tell};
use super::super::path_argument::path_to_write;
use crate::config::FILE_NAME;
use crate::diagnostic::{Diagnostic, ExitStatus, from_here};
use crate::report::{InitDocument, setup_sentences};
use crate::setup::Setup;

/// Arguments of `init`.
#[derive(Debug, Args)]
pub struct InitArgs {
    /// Where to; made where it does not exist [default: the current folder]
    #[arg(value_name = "DIR", value_parser = path_to_write())]
    pub directory: Option<PathBuf>,
}

/// Writes `alembic.toml`, or the file of `--config`, and the folder of scripts beside it, and tells what was found around
/// them.
pub fn run(global: &GlobalArgs, args: &InitArgs) -> Result<ExitStatus, Diagnostic> {
    let url = global.url.as_ref().map(|url| url.0.as_str());
    let setup = Setup::at(&config_file(global, args)?, url, &environment())?;
    setup.write()?;
    if global.json {
        print_json(&InitDocument::new(&setup));
    } else {
        print_line(&setup.config.display().to_string());
        print_line(&setup.versions.display().to_string());
    }
    if !global.quiet {
        let unusable = setup.unusable_url(environment())?;
        setup_sentences(&setup, unusable.as_ref(), &from_here).iter().for_each(|sentence| tell(sentence));
    }
    Ok(ExitStatus::Done)
}

/// The configuration that is to be written: `alembic.toml` in the folder, or what `--config` names, as Alembic's
/// `alembic -c FILE init`.
fn config_file(global: &GlobalArgs, args: &InitArgs) -> Result<PathBuf, Diagnostic> {
    match (&global.config, &args.directory) {
        (Some(_), Some(_)) => {
            let error = Diagnostic::usage("--config and DIR both say where the configuration is to be");
            Err(error.hint("give one of them"))
        }
        (Some(file), None) => Ok(file.clone()),
        (None, directory) => Ok(directory.as_deref().unwrap_or(Path::new("")).join(FILE_NAME)),
    }
}
