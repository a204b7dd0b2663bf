//! The files of a revision, and where their texts are: in the files, in the program, or in a ledger.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, FixedOffset};

use super::body::Side;
use super::checksum::Checksum;
use super::file::ScriptReader;
use super::problem::ScriptProblem;
use super::source_text::{Bodies, SourceText};
use crate::sql::Dialect;

/// A revision's files and what their header says beside the graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// The up script.
    pub up: PathBuf,
    /// The down script, where there is one.
    pub down: Option<PathBuf>,
    /// The message of the header.
    pub message: String,
    /// When the revision was created, as the header says; none where it does not.
    pub created: Option<DateTime<FixedOffset>>,
    /// Where both texts are.
    pub texts: ScriptTexts,
    /// The up script's checksum, where [`ReadMode::Checksums`](super::ReadMode::Checksums) was asked for.
    pub checksum: Option<Checksum>,
}

impl Script {
    /// The first line of the revision's message; empty where it has none.
    #[must_use]
    pub fn title(&self) -> &str {
        self.message.lines().next().unwrap_or_default()
    }
}

impl Script {
    /// Both scripts for one dialect, read from where they are.
    ///
    /// # Errors
    /// [`ScriptProblem`] where a file cannot be read or a directive is misplaced.
    pub fn bodies(&self, dialect: Dialect) -> Result<Bodies, ScriptProblem> {
        if let ScriptTexts::Program(held) | ScriptTexts::Ledger(held) = &self.texts {
            return held.bodies(self, dialect);
        }
        let mut reader = ScriptReader::default();
        let mut source = |path: &Path, side: Side| {
            SourceText::new(path.to_owned(), reader.whole(path)?.into(), side, dialect)
        };
        let up = source(&self.up, Side::Up)?;
        let down = self.down.as_deref().map(|path| source(path, Side::Down)).transpose()?;
        Ok(Bodies { up, down })
    }
}

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
    fn bodies(&self, script: &Script, dialect: Dialect) -> Result<Bodies, ScriptProblem> {
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
