//! `revgraph init`.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::super::context::environment;
use super::super::global_args::GlobalArgs;
use super::super::output::{print_json, print_line, tell};
use super::super::path_argument::path_to_write;
use crate::config::{
    Config, ConfigError, DatabaseUrl, FILE_NAME, Pointer, Problem, Sources, config_text, default_config_text,
};
use crate::diagnostic::{Diagnostic, ErrorKind, ExitStatus, from_here};
use crate::import;
use crate::report::{ImportableEntry, InitDocument};

/// How many histories of other tools are told.
const MOST_TOLD: usize = 3;

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
    let config = config_file(global, args)?;
    let directory = config.parent().unwrap_or(Path::new(""));
    let versions = directory.join("versions");
    let heads = versions.join("heads");
    let given = global.url.as_ref().map(|url| given(&url.0, directory)).transpose()?;
    make_folder(&versions)?;
    // Opened so that a file that is there, or comes to be there just now, stays as it is.
    let mut file = fs::File::create_new(&config).map_err(|error| refusal(&config, &error))?;
    let pointer = given.map_or_else(|| found(directory), Ok)?;
    let importable = import::found_in(&absolute(directory)?);
    let text = pointer.url().map_or_else(|| default_config_text().to_owned(), |url| config_text(&url));
    file.write_all(text.as_bytes()).map_err(|error| failure(&config, &error))?;
    // Git keeps no empty folder; the scripts' one has this file from the beginning.
    match fs::File::create_new(&heads) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(failure(&heads, &error)),
        _ => {}
    }
    if global.json {
        let entry = |(kind, path): &(_, PathBuf)| ImportableEntry::new(kind, path);
        print_json(&InitDocument {
            config: config.display().to_string(),
            versions: versions.display().to_string(),
            url: pointer.url().as_deref(),
            importable: importable.iter().map(entry).collect(),
        });
    } else {
        print_line(&config.display().to_string());
        print_line(&versions.display().to_string());
    }
    if !global.quiet {
        let there = if directory.as_os_str().is_empty() {
            String::new()
        } else {
            format!("cd {} && ", directory.display())
        };
        let with = if is_found_by_itself(&config) {
            String::new()
        } else {
            let name = config.file_name().unwrap_or_default().to_string_lossy();
            format!(" -c {}", shell_words::quote(&name))
        };
        tell(&told(&pointer));
        if let Some(error) = misunderstood(&config)? {
            tell(&format!("warning: that one cannot be used: {}", error.message()));
        }
        for (kind, path) in importable.iter().take(MOST_TOLD) {
            let path = path.strip_prefix(absolute(directory)?).unwrap_or(path).display().to_string();
            let path = if path.is_empty() { "." } else { path.as_str() };
            tell(&format!(
                "found {kind}'s files: {there}revgraph{with} import {kind} {} takes their history over",
                shell_words::quote(path)
            ));
        }
        tell(&format!(
            "next: {there}revgraph{with} revision -m \"what it does\", then write its SQL, then revgraph{with} upgrade"
        ));
    }
    Ok(ExitStatus::Done)
}

/// What is wrong with the URL that a new configuration leads to. A variable that is not set yet is no mistake.
fn misunderstood(config: &Path) -> Result<Option<ConfigError>, Diagnostic> {
    let sources = Sources {
        current_directory: absolute(Path::new(""))?,
        config_file: Some(config.to_owned()),
        environment: environment(),
        ..Sources::default()
    };
    let url = Config::load(&sources).and_then(|config| config.database_url().map(drop));
    Ok(url.err().filter(|error| matches!(error.problem(), Problem::Url(_))))
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

/// Whether commands that are told nothing read this file.
fn is_found_by_itself(config: &Path) -> bool {
    config.file_name().is_some_and(|name| name == FILE_NAME)
}

/// The database of `--url`, which comes into the configuration as it is, and so must hold no password.
fn given(url: &str, directory: &Path) -> Result<Pointer, Diagnostic> {
    let parsed = DatabaseUrl::parse(url, &absolute(directory)?).map_err(|error| {
        let refused = Diagnostic::new(ErrorKind::Config, format!("--url: {error}"));
        match error.hint() {
            Some(hint) => refused.hint(hint),
            None => refused,
        }
    })?;
    if parsed.has_secret() {
        let error =
            Diagnostic::usage("the URL holds a password, and a configuration is a file that others read");
        return Err(
            error.hint("set DATABASE_URL, or write the URL to .env, and run revgraph init without --url")
        );
    }
    Ok(Pointer::Given { url: url.trim().to_owned() })
}

/// Looks around in the folder where the configuration is to be.
fn found(directory: &Path) -> Result<Pointer, Diagnostic> {
    Ok(Pointer::found(&absolute(directory)?, |name| std::env::var(name).ok()))
}

fn absolute(directory: &Path) -> Result<PathBuf, Diagnostic> {
    let directory = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
    std::path::absolute(directory).map_err(|error| failure(directory, &error))
}

/// Where the database is, and what says so.
fn told(pointer: &Pointer) -> String {
    match pointer {
        Pointer::Variable { name, file: None } => format!("the database is the one that {name} names"),
        Pointer::Variable { name, file: Some(file) } => {
            format!("the database is the one that {name} names in {}", from_here(file))
        }
        Pointer::Tool { file, variable } => {
            format!(
                "the database is the one that {variable} names, for the sake of {}; set it",
                from_here(file)
            )
        }
        Pointer::Part { name, variable } => {
            format!("the database is the one that {variable} names, for the sake of {name}; set it")
        }
        Pointer::Given { url } => format!("the database is {url}"),
        Pointer::Sqlite { file, url } => format!("the database is {url}, as in {}", from_here(file)),
        Pointer::Nowhere => {
            format!("the database is dev.db beside {FILE_NAME}, unless DATABASE_URL names another")
        }
    }
}

fn make_folder(folder: &Path) -> Result<(), Diagnostic> {
    fs::create_dir_all(folder).map_err(|error| failure(folder, &error))
}

fn failure(path: &Path, error: &io::Error) -> Diagnostic {
    Diagnostic::io(&path.display().to_string(), error)
}

fn refusal(config: &Path, error: &io::Error) -> Diagnostic {
    if error.kind() != io::ErrorKind::AlreadyExists {
        return failure(config, error);
    }
    Diagnostic::new(ErrorKind::Exists, format!("{} exists already, and stays as it is", config.display()))
        .hint("name another folder: revgraph init DIR")
}
