//! A new environment, as a document and in sentences.

use serde::Serialize;

use super::path::{self, ShownPath};
use crate::config::{ConfigError, FILE_NAME, Pointer};
use crate::setup::Setup;

/// How many histories of other tools are told in sentences.
const MOST_TOLD: usize = 3;

/// What `init --json` prints.
#[derive(Debug, Serialize)]
pub struct InitDocument {
    /// The configuration file.
    pub config: String,
    /// The folder of the scripts.
    pub versions: String,
    /// The URL that was written, where it is not the default one; without password.
    pub url: Option<String>,
    /// The histories of other tools that lie around.
    pub importable: Vec<ImportableEntry>,
}

/// A history of another tool that `import` could take.
#[derive(Debug, Serialize)]
pub struct ImportableEntry {
    /// The tool, as `import` takes it.
    pub kind: String,
    /// The folder of the history.
    pub path: String,
}

impl InitDocument {
    /// The document of an environment that was made.
    #[must_use]
    pub fn new(setup: &Setup) -> Self {
        let importable = setup
            .importable
            .iter()
            .map(|(kind, at)| ImportableEntry { kind: kind.to_string(), path: path::text(at) });
        Self {
            config: path::text(&setup.config),
            versions: path::text(&setup.versions),
            url: setup.pointer.url(),
            importable: importable.collect(),
        }
    }
}

/// What there is to say of an environment that was made: where its database is, what is wrong with the URL of it, whose
/// history can be taken over, and what comes next.
#[must_use]
pub fn setup_sentences(setup: &Setup, unusable: Option<&ConfigError>, shown: ShownPath<'_>) -> Vec<String> {
    let there = match setup.directory() {
        directory if directory.as_os_str().is_empty() => String::new(),
        directory => format!("cd {} && ", directory.display()),
    };
    let with = if setup.is_found_by_itself() {
        String::new()
    } else {
        let name = setup.config.file_name().unwrap_or_default().to_string_lossy();
        format!(" -c {}", shell_words::quote(&name))
    };
    let mut sentences = vec![where_the_database_is(&setup.pointer, shown)];
    if let Some(error) = unusable {
        sentences.push(format!("warning: that one cannot be used: {}", error.message()));
    }
    for (kind, at) in setup.importable.iter().take(MOST_TOLD) {
        let at = path::text(at.strip_prefix(&setup.project).unwrap_or(at));
        let at = if at.is_empty() { "." } else { at.as_str() };
        sentences.push(format!(
            "found {kind}'s files: {there}revgraph{with} import {kind} {} takes their history over",
            shell_words::quote(at)
        ));
    }
    sentences.push(format!(
        "next: {there}revgraph{with} revision -m \"what it does\", then write its SQL, then revgraph{with} upgrade"
    ));
    sentences
}

/// Where the database is, and what says so.
fn where_the_database_is(pointer: &Pointer, shown: ShownPath<'_>) -> String {
    match pointer {
        Pointer::Variable { name, file: None } => format!("the database is the one that {name} names"),
        Pointer::Variable { name, file: Some(file) } => {
            format!("the database is the one that {name} names in {}", shown(file))
        }
        Pointer::Tool { file, variable } => {
            format!("the database is the one that {variable} names, for the sake of {}; set it", shown(file))
        }
        Pointer::Part { name, variable } => {
            format!("the database is the one that {variable} names, for the sake of {name}; set it")
        }
        Pointer::Given { url } => format!("the database is {url}"),
        Pointer::Sqlite { file, url } => format!("the database is {url}, as in {}", shown(file)),
        Pointer::Nowhere => {
            format!("the database is dev.db beside {FILE_NAME}, unless DATABASE_URL names another")
        }
    }
}
