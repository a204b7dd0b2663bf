//! An environment whose scripts cannot be used, with where a parent that no script declares may be, beside a ledger: in the
//! backup of a squash, among another tool's files.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Diagnostic, ErrorKind, from_here};
use crate::graph::GraphProblem;
use crate::import;
use crate::regular_file;
use crate::script::{EnvironmentError, ScriptProblem};

impl From<EnvironmentError> for Diagnostic {
    fn from(error: EnvironmentError) -> Self {
        match error {
            EnvironmentError::Missing => Self::new(ErrorKind::Config, error.to_string())
                .hint("make them: revgraph init")
                .hint("or name the file: revgraph -c FILE …"),
            EnvironmentError::Scripts { problems, backup_location, directory } => {
                let places = (backup_location.as_path(), directory.as_path());
                let missing = missing(&problems);
                let hints: Vec<String> = missing.iter().filter_map(|id| place_of(id, places)).collect();
                hints.into_iter().fold(Self::from(problems), Self::hint)
            }
        }
    }
}

fn missing(problems: &[ScriptProblem]) -> Vec<String> {
    let mut missing: Vec<String> = problems
        .iter()
        .filter_map(|problem| match problem {
            ScriptProblem::Graph(GraphProblem::UnknownParent { parent, .. }) => Some(parent.to_string()),
            _ => None,
        })
        .collect();
    missing.sort();
    missing.dedup();
    missing
}

fn place_of(id: &str, (backup_location, directory): (&Path, &Path)) -> Option<String> {
    if let Some(script) = files_of(backup_location).find(|path| declares(path, id)) {
        return Some(format!(
            "{id} is in the backup of a squash: {}; let down_revision name the baseline that replaces it",
            from_here(&script)
        ));
    }
    import::found_in(directory).into_iter().find_map(|(kind, folder)| {
        let file =
            files_of(&folder).chain(files_of(&folder.join("versions"))).find(|path| is_named(path, id))?;
        let (file, folder) = (from_here(&file), from_here(&folder));
        let folder = if folder.is_empty() { "." } else { folder.as_str() };
        Some(format!(
            "{id} is among the files of {kind}: {file}; take its history over: revgraph import {kind} {}",
            shell_words::quote(folder)
        ))
    })
}

/// The files of a folder, in the order of their names.
fn files_of(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    files.retain(|path| path.is_file());
    files.sort();
    files.into_iter()
}

/// Whether the header of a script declares an id.
fn declares(path: &Path, id: &str) -> bool {
    let Ok(text) = regular_file::read_to_string(path) else { return false };
    let header = text.trim_start_matches('\u{feff}').lines().take_while(|line| line.starts_with("--"));
    header
        .filter_map(|line| line.trim_start_matches('-').trim().strip_prefix("revision:"))
        .any(|declared| declared.trim() == id)
}

/// Whether the name of a file begins with an id, or ends with it.
fn is_named(path: &Path, id: &str) -> bool {
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    name.split(['_', '.', '-']).any(|word| word == id)
}
