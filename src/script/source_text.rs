//! Texts of scripts, and what of them runs. Pure.

use std::path::PathBuf;
use std::sync::Arc;

use thiserror::Error;

use super::body::{Body, Side, body};
use super::problem::ScriptProblem;
use crate::excerpt::Excerpt;
use crate::sql::{Dialect, is_blank};

/// The two scripts of a revision as they run on one dialect, with their text as it is on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bodies {
    /// The up script.
    pub up: SourceText,
    /// The down script, where there is one.
    pub down: Option<SourceText>,
}

/// A script's text, where it is from, and what of it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceText {
    /// The file.
    pub path: PathBuf,
    /// The whole text of the file, header included.
    pub text: Arc<str>,
    /// What of the text runs on the dialect.
    pub body: Body,
}

impl SourceText {
    /// The text of a script, whose directives are followed for a dialect.
    ///
    /// # Errors
    /// [`ScriptProblem::Directive`] at a misplaced directive.
    pub fn new(path: PathBuf, text: Arc<str>, side: Side, dialect: Dialect) -> Result<Self, ScriptProblem> {
        // As for the checksum, line ends do not count: a checkout with other ones builds the same database, also where
        // they stand in a string or in the body of a function.
        let text = if text.contains("\r\n") { text.replace("\r\n", "\n").into() } else { text };
        match body(&text, side, dialect) {
            Ok(body) => Ok(Self { path, text, body }),
            Err(error) => Err(ScriptProblem::Directive {
                excerpt: Box::new(Excerpt::new(&path, &text, error.span)),
                error: error.kind,
            }),
        }
    }
}

impl Bodies {
    /// Why the revision cannot be undone, where it cannot: the reason of its directive, or that its down script
    /// is missing, or empty beside an up script that has statements.
    #[must_use]
    pub fn irreversible(&self, dialect: Dialect) -> Option<Irreversible> {
        let Some(down) = &self.down else {
            return Some(Irreversible::NoDownScript);
        };
        if let Some(reason) = &down.body.irreversible {
            return Some(Irreversible::Declared(reason.clone()));
        }
        let is_empty = is_blank(dialect, &down.body.sql) && !is_blank(dialect, &self.up.body.sql);
        is_empty.then_some(Irreversible::EmptyDownScript)
    }
}

/// Why a revision cannot be undone on one dialect.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Irreversible {
    /// There is no down script.
    #[error("it has no down script")]
    NoDownScript,
    /// The down script has no statement.
    #[error("its down script is empty")]
    EmptyDownScript,
    /// The down script says so.
    #[error("{}", .0.as_deref().unwrap_or("its down script says that it is irreversible"))]
    Declared(Option<String>),
}
