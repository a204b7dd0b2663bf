//! Revision identifiers.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

use thiserror::Error;

/// Words that are targets of their own and therefore neither ids nor labels.
pub const RESERVED_NAMES: [&str; 4] = ["base", "current", "head", "heads"];

/// The identifier of a revision, valid by construction. Cheap to clone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RevisionId(Arc<str>);

/// Why a text cannot name a revision or a branch.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidName {
    /// The text is empty.
    #[error("a name must not be empty")]
    Empty,
    /// The text is one of [`RESERVED_NAMES`].
    #[error("`{0}` is a target of its own and cannot be a name")]
    Reserved(String),
    /// An id of dots alone, which a path takes for a folder.
    #[error("`{0}` would be a folder in the name of a file")]
    Dots(String),
    /// The end of a label would be read as steps.
    #[error("`{0}` would be read as a number of steps")]
    ReadsAsSteps(String),
    /// The text holds a character that the target syntax uses, white space or a control character.
    #[error("`{name}` holds {character:?}, which a name must not contain")]
    Character {
        /// The text.
        name: String,
        /// The first character at fault.
        character: char,
    },
}

/// Checks that `id` may stand for a revision.
///
/// # Errors
/// [`InvalidName`] says which rule it breaks.
pub fn check_id(id: &str) -> Result<(), InvalidName> {
    if !id.is_empty() && id.bytes().all(|byte| byte == b'.') {
        return Err(InvalidName::Dots(id.to_owned()));
    }
    check(id, &['@', '-', '+', ':', ','])
}

/// Checks that `label` may stand for a branch. As in Alembic it may hold signs, unless a target would read its end
/// as a number of steps.
///
/// # Errors
/// [`InvalidName`] says which rule it breaks.
pub fn check_label(label: &str) -> Result<(), InvalidName> {
    check(label, &['@', ':', ','])?;
    let without_number = label.trim_end_matches(|c: char| c.is_ascii_digit());
    if without_number.len() < label.len() && without_number.ends_with(['+', '-']) || label.starts_with('-') {
        return Err(InvalidName::ReadsAsSteps(label.to_owned()));
    }
    Ok(())
}

/// `illegal` are the characters that the target syntax uses (`label@id+2`, ranges), as Alembic 1.20's
/// `_revision_illegal_chars`, and the comma that separates lists in a header.
fn check(name: &str, illegal: &[char]) -> Result<(), InvalidName> {
    if name.is_empty() {
        return Err(InvalidName::Empty);
    }
    if RESERVED_NAMES.contains(&name) {
        return Err(InvalidName::Reserved(name.to_owned()));
    }
    // Nearly all ids are so.
    if name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return Ok(());
    }
    let is_illegal = |c: &char| illegal.contains(c) || c.is_whitespace() || c.is_control();
    match name.chars().find(is_illegal) {
        Some(character) => Err(InvalidName::Character { name: name.to_owned(), character }),
        None => Ok(()),
    }
}

impl RevisionId {
    /// Takes `id` as a revision's identifier.
    ///
    /// # Errors
    /// [`InvalidName`] where Alembic would not allow the id either.
    #[doc(hidden)]
    pub fn new(id: &str) -> Result<Self, InvalidName> {
        check_id(id)?;
        Ok(Self(Arc::from(id)))
    }

    /// Takes an id as a database recorded it, unchecked: a version row is evidence, not input to be judged.
    #[doc(hidden)]
    #[must_use]
    pub fn recorded(id: &str) -> Self {
        Self(Arc::from(id))
    }

    /// The id as text, as it stands in headers and version rows.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RevisionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for RevisionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl AsRef<str> for RevisionId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for RevisionId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for RevisionId {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl serde::Serialize for RevisionId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_may_hold_signs() {
        for good in ["data-model", "a+b", "v2", "net-work-x"] {
            assert_eq!(check_label(good), Ok(()), "{good:?}");
        }
        for bad in ["rel-1", "a+2", "-x", "a@b", "heads", "a b"] {
            assert!(check_label(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn ids_follow_alembics_rules() {
        for good in ["e2412789c190", "001_initial", "1.2", "a", "größe"] {
            assert_eq!(RevisionId::new(good).as_ref().map(RevisionId::as_str), Ok(good));
        }
        for bad in ["", "head", "current", "a-b", "a+1", "a@b", "a:b", "a,b", "a b", "a\u{a0}b", "a\0"] {
            assert!(RevisionId::new(bad).is_err(), "{bad:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn every_character_of_an_id_is_looked_at(id in "[a-z0-9_é.@+:, \u{7f}-]{1,6}") {
            let is_good = |c: char| !"@-+:,".contains(c) && !c.is_whitespace() && !c.is_control();
            let is_folder = id.chars().all(|c| c == '.');
            assert_eq!(check_id(&id).is_ok(), !is_folder && id.chars().all(is_good), "{id:?}");
        }
    }
}
