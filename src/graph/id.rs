//! Revision identifiers.

use std::fmt;
use std::sync::Arc;

use thiserror::Error;

/// Words that are targets of their own and therefore neither ids nor labels.
pub const RESERVED_NAMES: [&str; 4] = ["base", "current", "head", "heads"];

/// Characters that the target syntax uses (`label@id+2`, ranges, lists), as Alembic 1.20's
/// `_revision_illegal_chars`, with the comma that separates lists in a script's header.
const ILLEGAL_CHARACTERS: [char; 5] = ['@', '-', '+', ':', ','];

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
    /// The text holds a character that the target syntax uses, white space or a control character.
    #[error("`{name}` holds {character:?}, which a name must not contain")]
    Character {
        /// The text.
        name: String,
        /// The first character at fault.
        character: char,
    },
}

/// Checks that `name` may stand for a revision or a branch.
///
/// # Errors
/// [`InvalidName`] says which rule it breaks.
pub fn check_name(name: &str) -> Result<(), InvalidName> {
    if name.is_empty() {
        return Err(InvalidName::Empty);
    }
    if RESERVED_NAMES.contains(&name) {
        return Err(InvalidName::Reserved(name.to_owned()));
    }
    let illegal = |c: &char| ILLEGAL_CHARACTERS.contains(c) || c.is_whitespace() || c.is_control();
    match name.chars().find(illegal) {
        Some(character) => Err(InvalidName::Character { name: name.to_owned(), character }),
        None => Ok(()),
    }
}

impl RevisionId {
    /// Takes `id` as a revision's identifier.
    ///
    /// # Errors
    /// [`InvalidName`] where Alembic would not allow the id either.
    pub fn new(id: &str) -> Result<Self, InvalidName> {
        check_name(id)?;
        Ok(Self(Arc::from(id)))
    }

    /// Takes an id as a database recorded it, unchecked: a version row is evidence, not input to be judged.
    #[must_use]
    pub fn recorded(id: &str) -> Self {
        Self(Arc::from(id))
    }

    /// The id as text.
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
    fn ids_follow_alembics_rules() {
        for good in ["e2412789c190", "001_initial", "1.2", "a", "größe"] {
            assert_eq!(RevisionId::new(good).as_ref().map(RevisionId::as_str), Ok(good));
        }
        for bad in ["", "head", "current", "a-b", "a+1", "a@b", "a:b", "a,b", "a b", "a\u{a0}b", "a\0"] {
            assert!(RevisionId::new(bad).is_err(), "{bad:?}");
        }
    }
}
