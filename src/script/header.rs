//! The header of an up script. Pure: text in, declaration out.

use std::collections::HashSet;
use std::ops::Range;

use chrono::{DateTime, FixedOffset, SecondsFormat};
use thiserror::Error;

use super::directive::{Directive, DirectiveError, directive_of_line};
use crate::graph::joined;
use crate::graph::{InvalidName, RevisionId, check_label};

/// A header's list of so many names is looked through from its beginning.
const SHORT_LIST: usize = 16;

/// The keys of a header, in the order in which they are written.
pub const KEYS: [&str; 6] =
    ["revision", "down_revision", "depends_on", "branch_labels", "replaces", "created"];

/// What the header of an up script declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// `revision`.
    pub revision: RevisionId,
    /// `down_revision`.
    pub down_revisions: Vec<RevisionId>,
    /// `depends_on`: ids or branch labels.
    pub depends_on: Vec<String>,
    /// `branch_labels`.
    pub branch_labels: Vec<String>,
    /// `replaces`.
    pub replaces: Vec<RevisionId>,
    /// `created`.
    pub created: Option<DateTime<FixedOffset>>,
    /// The lines that are neither key nor directive, less blank ones around them.
    pub message: String,
}

impl Header {
    /// The comment lines that say this, each with its line end. What they say, read back, is checked by nobody: a line
    /// of the message could be a key.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text: String = self.message.lines().map(comment_line).collect();
        text.push_str(&format!("--\n-- revision: {}\n", self.revision));
        text.push_str(&comment_line(&format!("down_revision: {}", joined(&self.down_revisions))));
        let lists = [
            ("depends_on", self.depends_on.join(", ")),
            ("branch_labels", self.branch_labels.join(", ")),
            ("replaces", joined(&self.replaces)),
        ];
        for (key, list) in lists.iter().filter(|(_, list)| !list.is_empty()) {
            text.push_str(&format!("-- {key}: {list}\n"));
        }
        if let Some(created) = self.created {
            text.push_str(&format!("-- created: {}\n", created.to_rfc3339_opts(SecondsFormat::Secs, true)));
        }
        text
    }
}

fn comment_line(line: &str) -> String {
    format!("{}\n", format!("-- {line}").trim_end())
}

/// What is wrong with a header.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum HeaderErrorKind {
    /// The file does not begin with comment lines.
    #[error("the script has no header: it must begin with comment lines, one of them `-- revision: ID`")]
    NoHeader,
    /// No line gives the id.
    #[error("the header names no revision")]
    NoRevision,
    /// A key comes twice.
    #[error("`{0}` is given twice")]
    DuplicateKey(&'static str),
    /// Almost a key.
    #[error("`{found}` is not a header key; did you mean `{nearest}`?")]
    MisspelledKey {
        /// The word that stands there.
        found: String,
        /// The key it is like.
        nearest: &'static str,
    },
    /// An id or label that is not allowed.
    #[error(transparent)]
    Name(#[from] InvalidName),
    /// `revision` holds several ids.
    #[error("a script is one revision, and this names several")]
    SeveralRevisions,
    /// The same name twice in one list.
    #[error("`{0}` is listed twice")]
    RepeatedName(String),
    /// `created` is not a date.
    #[error("`{0}` is not a date; write it as 2025-11-21T09:23:00Z")]
    Date(String),
    /// A directive that does not exist, or not here.
    #[error(transparent)]
    Directive(#[from] DirectiveError),
}

/// An error with the bytes of the script that it is about.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{kind}")]
pub struct HeaderError {
    /// What is wrong.
    pub kind: HeaderErrorKind,
    /// The bytes of the script that the error is about.
    pub span: Range<usize>,
}

/// A line of a text with the offset of its first byte; without its line ending.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut offset = 0;
    text.split_inclusive('\n').map(move |line| {
        let start = offset;
        offset += line.len();
        let line = line.strip_suffix('\n').unwrap_or(line);
        (start, line.strip_suffix('\r').unwrap_or(line))
    })
}

/// How many bytes a byte order mark takes at the beginning of a text.
pub(super) fn bom_length(text: &str) -> usize {
    if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 }
}

/// The bytes of the header: the leading run of `--` lines, behind a byte order mark and blank lines.
///
/// The end is where the first other line begins; at the end of `text` the run may go on behind it.
#[must_use]
pub fn header_range(text: &str) -> Range<usize> {
    let bom = bom_length(text);
    let mut range: Option<Range<usize>> = None;
    for (start, line) in lines(text.get(bom..).unwrap_or_default()) {
        let start = start + bom;
        match &mut range {
            None if line.trim().is_empty() => {}
            None if line.starts_with("--") => range = Some(start..text.len()),
            None => return start..start,
            Some(header) if !line.starts_with("--") => {
                header.end = start;
                break;
            }
            Some(_) => {}
        }
    }
    range.unwrap_or(text.len()..text.len())
}

/// Reads the header of an up script; `text` may end anywhere behind the header.
///
/// # Errors
/// The first thing wrong with it, with its place.
pub fn parse(text: &str) -> Result<Header, HeaderError> {
    parse_script(text).map(|(header, _)| header)
}

/// Reads the header of an up script, and gives what follows it in `text`.
///
/// # Errors
/// As [`parse`].
pub(super) fn parse_script(text: &str) -> Result<(Header, &str), HeaderError> {
    let range = header_range(text);
    if range.is_empty() {
        let first_line = text.get(range.start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        return Err(HeaderError {
            kind: HeaderErrorKind::NoHeader,
            span: range.start..range.start + first_line.len(),
        });
    }
    let mut reader = Reader::default();
    for (start, line) in lines(text.get(range.clone()).unwrap_or_default()) {
        reader.line(range.start + start, line)?;
    }
    let body = text.get(range.end..).unwrap_or_default();
    Ok((reader.finish(range)?, body))
}

#[derive(Default)]
struct Reader {
    revision: Option<RevisionId>,
    down_revisions: Option<Vec<RevisionId>>,
    depends_on: Option<Vec<String>>,
    branch_labels: Option<Vec<String>>,
    replaces: Option<Vec<RevisionId>>,
    created: Option<Option<DateTime<FixedOffset>>>,
    message: Message,
}

/// Lines of a message as one text, without blank ones around them.
#[derive(Default)]
struct Message {
    text: String,
    /// Blank lines that end up in the text once another line follows.
    blank: usize,
}

impl Message {
    fn add(&mut self, line: &str) {
        let line = line.trim();
        if self.text.is_empty() {
            self.text.push_str(line);
        } else if line.is_empty() {
            self.blank += 1;
        } else {
            self.text.extend(std::iter::repeat_n('\n', self.blank + 1));
            self.text.push_str(line);
            self.blank = 0;
        }
    }
}

impl Reader {
    fn line(&mut self, start: usize, line: &str) -> Result<(), HeaderError> {
        let whole = start..start + line.len();
        let at = |kind: HeaderErrorKind| HeaderError { kind, span: whole.clone() };
        if let Some(directive) = directive_of_line(line) {
            return match directive.map_err(|error| at(error.into()))? {
                Directive::NoTransaction => Ok(()),
                other => Err(at(DirectiveError::NotInHeader(other.name()).into())),
            };
        }
        let content = line.trim_start_matches('-');
        let Some((key, value)) = content.split_once(':') else {
            self.message.add(content);
            return Ok(());
        };
        match known_key(key.trim()) {
            Key::Known(key) => {
                let value_start = start + (line.len() - value.len());
                self.key(key, List { text: value, start: value_start, line: whole })
            }
            Key::Misspelled { found, nearest } => Err(at(HeaderErrorKind::MisspelledKey { found, nearest })),
            Key::None => {
                self.message.add(content);
                Ok(())
            }
        }
    }

    fn key(&mut self, key: &'static str, value: List<'_>) -> Result<(), HeaderError> {
        match key {
            "revision" => set(&mut self.revision, key, value.line.clone(), value.single()?),
            "down_revision" => set(&mut self.down_revisions, key, value.line.clone(), value.ids()?),
            "depends_on" => set(&mut self.depends_on, key, value.line.clone(), value.labels()?),
            "branch_labels" => set(&mut self.branch_labels, key, value.line.clone(), value.labels()?),
            "replaces" => set(&mut self.replaces, key, value.line.clone(), value.ids()?),
            _ => set(&mut self.created, "created", value.line.clone(), value.date()?),
        }
    }

    fn finish(self, header: Range<usize>) -> Result<Header, HeaderError> {
        let revision =
            self.revision.ok_or(HeaderError { kind: HeaderErrorKind::NoRevision, span: header })?;
        Ok(Header {
            revision,
            down_revisions: self.down_revisions.unwrap_or_default(),
            depends_on: self.depends_on.unwrap_or_default(),
            branch_labels: self.branch_labels.unwrap_or_default(),
            replaces: self.replaces.unwrap_or_default(),
            created: self.created.flatten(),
            message: self.message.text,
        })
    }
}

fn set<T>(slot: &mut Option<T>, key: &'static str, line: Range<usize>, value: T) -> Result<(), HeaderError> {
    if slot.is_some() {
        return Err(HeaderError { kind: HeaderErrorKind::DuplicateKey(key), span: line });
    }
    *slot = Some(value);
    Ok(())
}

enum Key {
    Known(&'static str),
    Misspelled { found: String, nearest: &'static str },
    None,
}

/// A key must be written exactly: a misspelled `down_revision` would otherwise silently make a base.
fn known_key(word: &str) -> Key {
    if let Some(key) = KEYS.iter().find(|key| **key == word) {
        return Key::Known(key);
    }
    if word.is_empty() || word.contains(char::is_whitespace) {
        return Key::None;
    }
    let lower = word.to_lowercase().replace('-', "_");
    let distance = |key: &&&str| strsim::damerau_levenshtein(&lower, key);
    match KEYS.iter().min_by_key(distance) {
        Some(nearest) if distance(&nearest) <= 2 => Key::Misspelled { found: word.to_owned(), nearest },
        _ => Key::None,
    }
}

/// The value of a key, with its place in the script.
struct List<'t> {
    text: &'t str,
    start: usize,
    line: Range<usize>,
}

impl<'t> List<'t> {
    fn items(&self) -> impl Iterator<Item = (&'t str, Range<usize>)> {
        let mut offset = self.start;
        self.text.split(',').filter_map(move |item| {
            let begin = offset + (item.len() - item.trim_start().len());
            offset += item.len() + 1;
            let item = item.trim();
            (!item.is_empty()).then_some((item, begin..begin + item.len()))
        })
    }

    fn names<N: AsRef<str>>(
        &self,
        read: impl Fn(&str) -> Result<N, InvalidName>,
    ) -> Result<Vec<N>, HeaderError> {
        let mut names: Vec<N> = Vec::new();
        let mut known: HashSet<&str> = HashSet::new();
        for (item, span) in self.items() {
            let name = read(item).map_err(|error| HeaderError { kind: error.into(), span: span.clone() })?;
            // Looking through a short list is cheaper than hashing.
            if known.is_empty() && names.len() > SHORT_LIST {
                known.extend(self.items().map(|(item, _)| item).take(names.len()));
            }
            let is_repeated = match known.is_empty() {
                true => names.iter().any(|name| name.as_ref() == item),
                false => !known.insert(item),
            };
            if is_repeated {
                return Err(HeaderError { kind: HeaderErrorKind::RepeatedName(item.to_owned()), span });
            }
            if names.is_empty() {
                // Most lists are of one, and there are many.
                names.reserve_exact(1);
            }
            names.push(name);
        }
        Ok(names)
    }

    fn ids(&self) -> Result<Vec<RevisionId>, HeaderError> {
        self.names(RevisionId::new)
    }

    fn labels(&self) -> Result<Vec<String>, HeaderError> {
        self.names(|name| check_label(name).map(|()| name.to_owned()))
    }

    fn single(&self) -> Result<RevisionId, HeaderError> {
        let at = |kind| HeaderError { kind, span: self.line.clone() };
        let mut ids = self.ids()?;
        match (ids.pop(), ids.is_empty()) {
            (None, _) => Err(at(HeaderErrorKind::NoRevision)),
            (Some(id), true) => Ok(id),
            (Some(_), false) => Err(at(HeaderErrorKind::SeveralRevisions)),
        }
    }

    fn date(&self) -> Result<Option<DateTime<FixedOffset>>, HeaderError> {
        let text = self.text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        DateTime::parse_from_rfc3339(text).map(Some).map_err(|_| HeaderError {
            kind: HeaderErrorKind::Date(text.to_owned()),
            span: self.line.clone(),
        })
    }
}

#[cfg(test)]
mod tests;
