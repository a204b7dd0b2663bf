//! Seeds: what fills a database with rows, each noted in the ledger with its checksum.

mod command;
mod error;
mod run;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

pub use error::{FailedSeed, SeedError};
pub use run::{SeedOutcome, Seeded, Seeding, seed};

use crate::config::{Config, Seeds};
use crate::regular_file;
use crate::scratch::{ScratchError, sql_files};
use crate::script::{Checksum, Side, SourceText};
use crate::sql::Dialect;

/// One SQL file or command that fills the database with rows.
#[derive(Debug, Clone)]
pub struct Seed {
    /// What the ledger calls it: its path below the folder of the configuration, or the program.
    pub name: String,
    /// The checksum of all that decides what it does, as far as it is known.
    pub checksum: Checksum,
    what: What,
}

#[derive(Debug, Clone)]
enum What {
    Script(SourceText),
    Command(Vec<String>),
}

impl Seed {
    /// Whether the seed is the file at `path`, also by way of a link.
    fn is_file(&self, path: &Path) -> bool {
        let same = |own: &Path| own == path || own.canonicalize().ok() == path.canonicalize().ok();
        matches!(&self.what, What::Script(script) if same(&script.path))
    }
}

/// The seeds of a configuration for a database that speaks `dialect`, in the order in which they run; none where it has
/// none. Nothing runs.
///
/// # Errors
/// [`SeedError::Config`], and where a file cannot be read or its directives not be followed.
pub fn seeds(config: &Config, dialect: Dialect) -> Result<Vec<Seed>, SeedError> {
    match config.seeds()? {
        None => Ok(Vec::new()),
        Some(Seeds::Command(command)) => Ok(vec![of_command(config, command)]),
        Some(Seeds::Paths(paths)) => {
            let mut seen = BTreeSet::new();
            let mut seeds = Vec::new();
            for path in paths {
                for file in sql_files(path)? {
                    if seen.insert(file.clone()) {
                        seeds.push(of_file(config, file, dialect)?);
                    }
                }
            }
            Ok(seeds)
        }
    }
}

/// Those of the seeds that are one of these files, in their own order; all where none is named.
///
/// # Errors
/// [`SeedError::NotASeed`].
pub fn only(seeds: Vec<Seed>, files: &[PathBuf]) -> Result<Vec<Seed>, SeedError> {
    if files.is_empty() {
        return Ok(seeds);
    }
    if let Some(stranger) = files.iter().find(|file| !seeds.iter().any(|seed| seed.is_file(file))) {
        let known = seeds.into_iter().map(|seed| seed.name).collect();
        return Err(SeedError::NotASeed { path: stranger.clone(), known });
    }
    Ok(seeds.into_iter().filter(|seed| files.iter().any(|file| seed.is_file(file))).collect())
}

fn of_file(config: &Config, path: PathBuf, dialect: Dialect) -> Result<Seed, SeedError> {
    let text = regular_file::read_to_string(&path)
        .map_err(|source| ScratchError::Io { path: path.clone(), source })?;
    let checksum = Checksum::of_texts([text.as_str()]);
    let name = path.strip_prefix(&config.directory).unwrap_or(&path).display().to_string();
    let script = SourceText::new(path, text.into(), Side::Up, dialect)?;
    Ok(Seed { name, checksum, what: What::Script(script) })
}

/// A command's own files among its arguments count: an edited script seeds otherwise.
fn of_command(config: &Config, command: &[String]) -> Seed {
    let mut texts = command.to_vec();
    for argument in command {
        texts.extend(
            regular_file::read(config.directory.join(argument))
                .ok()
                .map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
        );
    }
    let checksum = Checksum::of_texts(texts.iter().map(String::as_str));
    Seed { name: "seed_command".to_owned(), checksum, what: What::Command(command.to_vec()) }
}
