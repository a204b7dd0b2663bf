//! Writing the scripts of a new revision.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Datelike, FixedOffset, Timelike};
use thiserror::Error;

use super::header::{Header, parse};
use crate::config::Config;
use crate::graph::{Revision, RevisionId};
use crate::regular_file::is_taken;

/// A revision that is about to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewScript {
    /// The revision's id.
    pub revision: RevisionId,
    /// The revision's parents; none for a base.
    pub down_revisions: Vec<RevisionId>,
    /// What else it needs: ids or labels.
    pub depends_on: Vec<String>,
    /// The labels that the revision gives its branch.
    pub branch_labels: Vec<String>,
    /// The message of the header; its first line is the title.
    pub message: String,
    /// The time of creation that the header gets.
    pub created: DateTime<FixedOffset>,
}

/// Why a revision was not written. Nothing is left behind.
#[derive(Debug, Error)]
pub enum NewScriptError {
    /// The message would be read as something else.
    #[error("this line of the message would be read as part of the header: {line}")]
    Message {
        /// The line at fault.
        line: String,
    },
    /// A character that a script cannot hold, or that would hide what it says.
    #[error("the message holds the control character {character:?}")]
    Control {
        /// The character.
        character: char,
    },
    /// The id cannot be part of a file's name.
    #[error("revision id `{id}` holds a path separator, and files are named after it")]
    Separator {
        /// The id.
        id: RevisionId,
    },
    /// The id is a name that file systems keep for folders.
    #[error("revision id `{id}` stands for a folder in every file system, and files are named after it")]
    Dots {
        /// The id.
        id: RevisionId,
    },
    /// A file of that name is there.
    #[error("{path} exists already")]
    Exists {
        /// The file.
        path: PathBuf,
    },
}

/// A random id of twelve hexadecimal digits, as Alembic's.
///
/// # Errors
/// Where the system has no randomness.
pub fn new_revision_id() -> Result<RevisionId, getrandom::Error> {
    let mut bytes = [0; 6];
    getrandom::fill(&mut bytes)?;
    let id: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(RevisionId::recorded(&id))
}

/// The part of a file name that a message gives: its words in lower case, cut at a word where it is longer than
/// `longest` characters, as Alembic 1.20's `_rev_path`.
#[must_use]
pub fn slug(message: &str, longest: usize) -> String {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let title = message.lines().next().unwrap_or_default();
    let words: Vec<&str> = title.split(|c| !is_word(c)).filter(|word| !word.is_empty()).collect();
    let slug = words.join("_").to_lowercase();
    if slug.chars().count() <= longest {
        return slug;
    }
    let cut: String = slug.chars().take(longest).collect();
    let at_word = cut.rsplit_once('_').map_or(cut.as_str(), |(before, _)| before);
    format!("{at_word}_")
}

impl NewScript {
    /// Both scripts as they are to be written into `folder`, the up script first, named by the configuration's template.
    ///
    /// # Errors
    /// [`NewScriptError`]; files that are there are not to be written over.
    pub fn files(&self, config: &Config, folder: &Path) -> Result<[(PathBuf, String); 2], NewScriptError> {
        self.check()?;
        let (up, down) = self.unused_paths(config, folder)?;
        Ok([(up, self.up_text()), (down, self.down_text())])
    }

    /// Where both scripts go in `folder`, as [`NewScript::paths`] has it, where nothing is in either place.
    ///
    /// # Errors
    /// [`NewScriptError::Exists`].
    pub fn unused_paths(&self, config: &Config, folder: &Path) -> Result<(PathBuf, PathBuf), NewScriptError> {
        let (up, down) = self.paths(config, folder);
        if let Some(path) = [&up, &down].into_iter().find(|path| is_taken(path)) {
            return Err(NewScriptError::Exists { path: path.clone() });
        }
        Ok((up, down))
    }

    /// Where both scripts go in `folder`, by the configuration's template.
    #[must_use]
    pub fn paths(&self, config: &Config, folder: &Path) -> (PathBuf, PathBuf) {
        let slug = slug(&self.message, config.truncate_slug_length);
        let stem = folder.join(file_stem(config, &self.revision, &slug, &self.created));
        let with_side = |side: &str| {
            let mut name = stem.clone().into_os_string();
            name.push(side);
            PathBuf::from(name)
        };
        (with_side(".up.sql"), with_side(".down.sql"))
    }

    /// Makes sure that the new script's header, read back, says what this says: a line of the message could be a key or a
    /// directive.
    ///
    /// # Errors
    /// [`NewScriptError::Message`], [`NewScriptError::Control`] and [`NewScriptError::Separator`].
    pub fn check(&self) -> Result<(), NewScriptError> {
        if [".", ".."].contains(&self.revision.as_str()) {
            return Err(NewScriptError::Dots { id: self.revision.clone() });
        }
        if self.revision.as_str().contains(['/', '\\']) {
            return Err(NewScriptError::Separator { id: self.revision.clone() });
        }
        if let Some(character) = self.message.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
            return Err(NewScriptError::Control { character });
        }
        let reads_back =
            |script: &Self| parse(&script.up_text()).is_ok_and(|header| script.agrees_with(&header));
        if reads_back(self) {
            return Ok(());
        }
        let alone = |line: &&str| reads_back(&Self { message: (*line).to_owned(), ..self.clone() });
        let line = self.message.lines().find(|line| !alone(line)).unwrap_or(&self.message);
        Err(NewScriptError::Message { line: line.to_owned() })
    }

    fn agrees_with(&self, header: &Header) -> bool {
        let same_text = header.message.lines().map(str::trim).eq(self.message.trim().lines().map(str::trim));
        same_text
            && header.revision == self.revision
            && header.down_revisions == self.down_revisions
            && header.depends_on == self.depends_on
            && header.branch_labels == self.branch_labels
            && header.replaces.is_empty()
    }

    /// The revision as the graph is to know it, before it has a file: messages call it "the new revision".
    #[must_use]
    pub fn as_revision(&self) -> Revision {
        Revision {
            id: self.revision.clone(),
            down_revisions: self.down_revisions.clone(),
            depends_on: self.depends_on.clone(),
            branch_labels: self.branch_labels.clone(),
            replaces: Vec::new(),
            stands_on: Vec::new(),
            source: "the new revision".to_owned(),
        }
    }

    /// The header of its up script, with the ids that it stands for, and the blank line behind it.
    #[must_use]
    pub fn header(&self, replaces: &[RevisionId]) -> String {
        let header = Header {
            revision: self.revision.clone(),
            down_revisions: self.down_revisions.clone(),
            depends_on: self.depends_on.clone(),
            branch_labels: self.branch_labels.clone(),
            replaces: replaces.to_vec(),
            created: Some(self.created),
            message: self.message.clone(),
        };
        format!("{}\n", header.text())
    }

    fn up_text(&self) -> String {
        self.header(&[])
    }

    fn down_text(&self) -> String {
        let title = self.message.lines().next().unwrap_or_default();
        format!("{}\n\n", format!("-- undoes {}: {title}", self.revision).trim_end())
    }
}

/// The name of a revision's files without `.up.sql` and `.down.sql`, by the configuration's template.
#[must_use]
pub fn file_stem(
    config: &Config,
    revision: &RevisionId,
    slug: &str,
    created: &DateTime<FixedOffset>,
) -> String {
    let values = [
        ("{rev}", revision.to_string()),
        ("{slug}", slug.to_owned()),
        ("{epoch}", created.timestamp().to_string()),
        ("{year}", format!("{:04}", created.year())),
        ("{month}", format!("{:02}", created.month())),
        ("{day}", format!("{:02}", created.day())),
        ("{hour}", format!("{:02}", created.hour())),
        ("{minute}", format!("{:02}", created.minute())),
        ("{second}", format!("{:02}", created.second())),
    ];
    let mut stem = config.file_template.clone();
    for (placeholder, value) in values {
        stem = stem.replace(placeholder, &value);
    }
    if slug.is_empty() { stem.trim_end_matches('_').to_owned() } else { stem }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_alembics() {
        assert_eq!(
            slug("Add max length for string(varchar) fields in User", 40),
            "add_max_length_for_string_varchar_"
        );
        assert_eq!(slug("initialize models", 40), "initialize_models");
        assert_eq!(slug("Größe  ändern!\nmore", 40), "größe_ändern");
        assert_eq!(slug("", 40), "");
        assert_eq!(slug("a/../b", 40), "a_b");
    }

    fn script(message: &str) -> NewScript {
        NewScript {
            revision: RevisionId::recorded("abc"),
            down_revisions: vec![RevisionId::recorded("a"), RevisionId::recorded("b")],
            depends_on: vec!["net".to_owned()],
            branch_labels: vec!["billing".to_owned()],
            message: message.to_owned(),
            created: DateTime::parse_from_rfc3339("2025-11-21T09:23:00Z").expect("a date"),
        }
    }

    #[test]
    fn a_message_cannot_smuggle_keys_or_directives() {
        for good in ["fix: the thing", "  indented\n- item\n-- dashes", "tab\there", "größe\n\n\nmore"] {
            assert!(script(good).check().is_ok(), "{good:?}");
        }
        for (bad, at) in [
            ("t\nrevision: x", "revision: x"),
            ("replaces: e2412789c190", "replaces: e2412789c190"),
            ("t\n  down_revison: x", "  down_revison: x"),
            ("t\nrevgraph: no-transaction", "revgraph: no-transaction"),
            ("revgraph: frobnicate", "revgraph: frobnicate"),
        ] {
            let error = script(bad).check().expect_err("an error");
            assert!(matches!(&error, NewScriptError::Message { line } if line == at), "{error}");
        }
        for control in ["a\rrevision: x", "nul\0", "\u{1b}[31mred"] {
            assert!(matches!(script(control).check(), Err(NewScriptError::Control { .. })), "{control:?}");
        }
        let elsewhere = NewScript { revision: RevisionId::recorded("../x"), ..script("t") };
        assert!(matches!(elsewhere.check(), Err(NewScriptError::Separator { .. })));
        for id in [".", ".."] {
            let dots = NewScript { revision: RevisionId::recorded(id), ..script("t") };
            assert!(matches!(dots.check(), Err(NewScriptError::Dots { .. })));
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let script = script("add things\n\nbecause");
        let Header { revision, down_revisions, depends_on, branch_labels, message, created, .. } =
            parse(&script.up_text()).expect("a header");
        assert_eq!((revision, down_revisions), (script.revision, script.down_revisions));
        assert_eq!(
            (depends_on, branch_labels, message),
            (script.depends_on, script.branch_labels, script.message)
        );
        assert_eq!(created.map(|date| date.timestamp()), Some(script.created.timestamp()));
    }

    #[test]
    fn ids_are_twelve_hexadecimal_digits() {
        let id = new_revision_id().expect("randomness");
        assert_eq!(id.as_str().len(), 12);
        assert!(id.as_str().bytes().all(|byte| byte.is_ascii_hexdigit()));
    }
}
