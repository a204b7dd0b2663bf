//! Scripts that another tool computed from rows: sound, and yet to be looked at.

use std::path::PathBuf;

use serde::Serialize;

use crate::config::Config;
use crate::graph::RevisionId;
use crate::script::{Directive, ReadMode, ScriptDirectory, ScriptReader, directive_of_line};

/// A revision whose script was recorded from the rows of tables.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecordedScript {
    /// The revision.
    pub revision: RevisionId,
    /// The up script.
    pub path: PathBuf,
    /// The tables from whose rows the script was computed, as SQL names them.
    pub tables: Vec<String>,
}

/// The recorded scripts of an environment, in the order in which they are applied; none where the scripts make no
/// history, which `check` tells.
#[must_use]
pub fn recorded_scripts(config: &Config) -> Vec<RecordedScript> {
    let Ok(scripts) = ScriptDirectory::load(config, ReadMode::Headers) else { return Vec::new() };
    let mut reader = ScriptReader::default();
    let mut found = Vec::new();
    for node in scripts.graph().in_order() {
        let path = scripts.script(*node).up.clone();
        let Ok(text) = reader.whole(&path) else { continue };
        let directives = text.lines().filter_map(|line| directive_of_line(line)?.ok());
        let tables: Vec<String> = directives
            .filter_map(|directive| match directive {
                Directive::Recorded(tables) => Some(tables),
                _ => None,
            })
            .flatten()
            .map(|table| table.to_string())
            .collect();
        if !tables.is_empty() {
            found.push(RecordedScript { revision: scripts.graph().id(*node).clone(), path, tables });
        }
    }
    found
}
