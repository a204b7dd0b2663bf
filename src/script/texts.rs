//! Where the texts of a revision are: in its files, in the program, or in a ledger. Pure.

use std::path::PathBuf;
use std::sync::Arc;

use super::body::Side;
use super::directory::{Bodies, Script, ScriptProblem, SourceText};
use crate::sql::Dialect;

/// Where the texts of a revision are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScriptTexts {
    /// In the files of its paths.
    Files,
    /// In the program: compiled in, with the paths of the build, or not written yet.
    Program(HeldTexts),
    /// In a ledger, as the files are gone. The paths are made up.
    Ledger(HeldTexts),
}

/// The texts of a revision, in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldTexts {
    /// The up script.
    pub up: Arc<str>,
    /// The down script, where there is one.
    pub down: Option<Arc<str>>,
}

impl HeldTexts {
    pub(super) fn bodies(&self, script: &Script, dialect: Dialect) -> Result<Bodies, ScriptProblem> {
        let source =
            |path: PathBuf, text: &Arc<str>, side| SourceText::new(path, Arc::clone(text), side, dialect);
        let up = source(script.up.clone(), &self.up, Side::Up)?;
        let down = match (&script.down, &self.down) {
            (Some(path), Some(text)) => Some(source(path.clone(), text, Side::Down)?),
            _ => None,
        };
        Ok(Bodies { up, down })
    }
}
