//! What can be wrong with the configuration, where, and what to do about it.
//!
//! No message, hint or excerpt holds a database URL, a password, or text from a part of the file
//! that may hold one.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::excerpt::Excerpt;

use super::suggestion::Suggestion;
use super::url::UrlError;
use super::values::ValueError;

/// An error in the configuration: what is wrong, and which file, variable or flag said it.
///
/// `Display` gives both on one line, the place first as `file:line:column`. A caller that renders
/// a snippet takes [`ConfigError::excerpt`] and not the file's own lines, which may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{}", .0.prefix(), .0.problem)]
pub struct ConfigError(Box<Details>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Details {
    problem: Problem,
    origin: Option<Origin>,
}

impl Details {
    fn prefix(&self) -> String {
        match &self.origin {
            Some(origin) => format!("{origin}: "),
            None => String::new(),
        }
    }
}

impl ConfigError {
    /// The error of a problem that has no place of its own.
    pub(super) fn new(problem: Problem) -> Self {
        Self(Box::new(Details { problem, origin: None }))
    }

    /// The error of a problem with the value that comes from `origin`.
    pub(super) fn at(origin: Origin, problem: Problem) -> Self {
        Self(Box::new(Details { problem, origin: Some(origin) }))
    }

    /// What is wrong, for callers that tell one problem from another.
    #[doc(hidden)]
    #[must_use]
    pub fn problem(&self) -> &Problem {
        &self.0.problem
    }

    /// What is wrong, in words, without the place.
    #[must_use]
    pub fn message(&self) -> String {
        self.0.problem.to_string()
    }

    /// What to do about it, where there is something to say.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        self.0.problem.hint()
    }

    /// The file, variable or flag that holds the mistake.
    #[doc(hidden)]
    #[must_use]
    pub fn origin(&self) -> Option<&Origin> {
        self.0.origin.as_ref()
    }

    /// The file that holds the mistake, or that could not be read.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match (&self.0.problem, &self.0.origin) {
            (Problem::Unreadable { path, .. } | Problem::UnreadableVariable { path, .. }, _) => Some(path),
            (_, Some(Origin::File(location))) => Some(&location.path),
            (_, Some(Origin::DotEnv { path, .. })) => Some(path),
            _ => None,
        }
    }

    /// The bytes of the configuration file that are at fault.
    #[doc(hidden)]
    #[must_use]
    pub fn span(&self) -> Option<Range<usize>> {
        self.location().map(|location| location.span.clone())
    }

    /// Line and column of the mistake in the configuration file, both from 1, the column in
    /// characters.
    #[must_use]
    pub fn line_column(&self) -> Option<(usize, usize)> {
        self.location().map(|location| (location.line, location.column))
    }

    /// The text at fault, where it can be shown; `None` where it may hold a password.
    #[doc(hidden)]
    #[must_use]
    pub fn excerpt(&self) -> Option<&Excerpt> {
        self.location()?.excerpt.as_ref()
    }

    fn location(&self) -> Option<&Location> {
        match &self.0.origin {
            Some(Origin::File(location)) => Some(location),
            _ => None,
        }
    }
}

/// What is wrong with a configuration, apart from where it stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// A file that is named, or that was found, cannot be read.
    #[error("cannot read {}: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The operating system's reason.
        reason: String,
    },
    /// The file is not TOML.
    #[error("{message}")]
    Syntax {
        /// The TOML parser's description, which quotes nothing of the file.
        message: String,
    },
    /// A key that no table of this kind has.
    #[error("unknown key `{key}`{}", in_table(table))]
    UnknownKey {
        /// The key as written.
        key: String,
        /// The table it stands in, such as `connection`; empty for the top of the file.
        table: String,
        /// The key that was probably meant.
        suggestion: Suggestion,
    },
    /// A known key with a value that it cannot take.
    #[error("`{key}` {error}")]
    Invalid {
        /// The key, with its tables: `connection.port`.
        key: String,
        /// What is wrong with the value.
        error: ValueError,
    },
    /// Two keys of one table of which only one may be given.
    #[error("both `{first}` and `{second}` are given")]
    Conflict {
        /// One key, with its tables.
        first: String,
        /// The other.
        second: String,
    },
    /// `file_template` makes subfolders that `recursive_version_locations` would never look into.
    #[error("`file_template` makes subfolders, and `recursive_version_locations` is false")]
    TemplateNeedsRecursion,
    /// `-n NAME` without an `[env.NAME]`.
    #[error("there is no [env.{name}]")]
    UnknownEnvironment {
        /// The name that was asked for.
        name: String,
        /// The names that the file has.
        known: Vec<String>,
    },
    /// `${VARIABLE}` in the value of a key, and no such variable.
    #[error("`{key}` uses ${{{variable}}}, which is not set")]
    UnsetVariable {
        /// The key.
        key: String,
        /// The variable.
        variable: String,
    },
    /// A variable whose line in `.env` cannot be read.
    #[error("{}:{line}: the value of {variable} cannot be read", path.display())]
    UnreadableVariable {
        /// The variable.
        variable: String,
        /// The `.env` file.
        path: PathBuf,
        /// The line that assigns it, from 1.
        line: usize,
    },
    /// A database URL that cannot be understood.
    #[error(transparent)]
    Url(#[from] UrlError),
    /// No database URL anywhere.
    #[error("no database URL is given; looked at {}", looked_at.join(", "))]
    NoDatabaseUrl {
        /// The places where one could have been, in order.
        looked_at: Vec<String>,
    },
}

fn in_table(table: &str) -> String {
    if table.is_empty() { String::new() } else { format!(" in [{table}]") }
}

impl Problem {
    fn hint(&self) -> Option<String> {
        match self {
            Self::UnknownKey { suggestion, .. } => Some(suggestion.to_string()),
            Self::Invalid { error, .. } => error.hint(),
            Self::Conflict { .. } => Some("remove one of them".to_owned()),
            Self::TemplateNeedsRecursion => Some("set recursive_version_locations = true".to_owned()),
            Self::UnknownEnvironment { known, .. } if known.is_empty() => {
                Some("the configuration has no [env.NAME] table".to_owned())
            }
            Self::UnknownEnvironment { known, .. } => {
                Some(format!("the configuration has: {}", known.join(", ")))
            }
            Self::UnsetVariable { variable, .. } => Some(format!(
                "set {variable} in the environment or in the .env file, or write ${{{variable}:-default}}"
            )),
            Self::UnreadableVariable { .. } => Some("put the value in single quotes".to_owned()),
            Self::Url(error) => error.hint(),
            Self::NoDatabaseUrl { .. } => Some("give --url URL, or set DATABASE_URL".to_owned()),
            Self::Unreadable { .. } | Self::Syntax { .. } => None,
        }
    }
}

/// Where the value of a setting comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A flag of the command line, with its dashes.
    Flag(String),
    /// A variable of the process environment.
    Variable(String),
    /// A variable of the `.env` file.
    DotEnv {
        /// The `.env` file.
        path: PathBuf,
        /// The variable.
        variable: String,
    },
    /// The configuration file.
    File(Location),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) | Self::Variable(name) => f.write_str(name),
            Self::DotEnv { path, variable } => write!(f, "{variable} in {}", path.display()),
            Self::File(location) => {
                write!(f, "{}:{}:{}", location.path.display(), location.line, location.column)
            }
        }
    }
}

/// The place in the configuration file that an error points to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The file.
    pub path: PathBuf,
    /// The bytes of the file that are meant.
    pub span: Range<usize>,
    /// Line of the span's beginning, from 1.
    pub line: usize,
    /// Column of the span's beginning, from 1, in characters.
    pub column: usize,
    /// The text there, where it cannot hold a password.
    pub excerpt: Option<Excerpt>,
}

impl Location {
    /// The place `span` of the file `path` that holds `text`.
    pub(super) fn new(path: &Path, text: &str, span: Range<usize>) -> Self {
        let Excerpt { path, line, column, .. } = Excerpt::new(path, text, span.clone());
        Self { path, span, line, column, excerpt: None }
    }

    /// The same place with the first line of `text[shown]` as its excerpt, in which the span is
    /// marked. Only for text that cannot hold a password, so without the lines around it.
    pub(super) fn showing(self, text: &str, shown: Range<usize>) -> Self {
        let Some(shown_line) = text.get(shown.clone()).and_then(|shown| shown.lines().next()) else {
            return self;
        };
        let within = |byte: usize| {
            let index = byte.saturating_sub(shown.start).min(shown_line.len());
            (0..=index).rev().find(|index| shown_line.is_char_boundary(*index)).unwrap_or(0)
        };
        let excerpt = Excerpt {
            path: self.path.clone(),
            line: self.line,
            column: self.column,
            text: shown_line.to_owned(),
            first_line: self.line,
            mark: within(self.span.start)..within(self.span.end),
        };
        Self { excerpt: Some(excerpt), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_counts_lines_and_characters_from_one() {
        let text = "a = 1\né = \"ü\" # b\n";
        let span = text.find("\"ü\"").map(|start| start..start + 4).unwrap();
        let location =
            Location::new(Path::new("/x/alembic.toml"), text, span.clone()).showing(text, 6..span.end);
        assert_eq!((location.line, location.column), (2, 5));
        let excerpt = location.excerpt.unwrap();
        assert_eq!(excerpt.text, "é = \"ü\"");
        assert_eq!(excerpt.text.get(excerpt.mark), Some("\"ü\""));
    }

    #[test]
    fn a_span_beyond_the_text_does_not_panic() {
        let location = Location::new(Path::new("/x"), "é", 1..90).showing("é", 1..90);
        assert_eq!(location.excerpt, None);
    }
}
