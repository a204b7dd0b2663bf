//! The fates of objects and columns, which say what becomes of each; [`super::decision`] decides of them.

use std::collections::{BTreeMap, BTreeSet};

use super::super::Statement;
use crate::catalog::ObjectName;

/// What becomes of an object, or of a column of a table that stays. What stays as it is has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fate {
    /// Only the right side has it.
    Comes,
    /// Only the left side has it.
    Goes,
    /// It is altered in place, by these statements.
    Stays(Vec<Statement>),
    /// It is dropped and made again.
    Renewed,
    /// A type: the old one is set aside, and everything of it turned to a new one of the same name.
    Swapped,
}

/// The fates of all objects, and of the columns of tables that stay.
#[derive(Debug, Default)]
pub(super) struct Fates {
    pub(super) fates: BTreeMap<ObjectName, Fate>,
    /// What stays and is defined anew, so that it no longer reads what goes.
    pub(super) redefined: BTreeSet<ObjectName>,
    /// Columns whose default, and domains whose constraints and default, are away while what these need is made again.
    pub(super) released: BTreeSet<ObjectName>,
    /// Columns whose type changes, or is swapped.
    pub(super) retyped: BTreeSet<ObjectName>,
    /// Constraints and indexes that have another name on the right: the new name, and the old one.
    pub(super) renamed: BTreeMap<ObjectName, ObjectName>,
    /// New columns that are written as `serial`, with the sequences that come with them.
    pub(super) serials: BTreeMap<ObjectName, ObjectName>,
}

impl Fates {
    /// What becomes of the object or column of this name; none where it stays as it is.
    pub(super) fn get(&self, name: &ObjectName) -> Option<&Fate> {
        self.fates.get(name)
    }

    /// Whether the object or column is dropped, for good or to be made again.
    pub(super) fn is_away(&self, name: &ObjectName) -> bool {
        matches!(self.get(name), Some(Fate::Goes | Fate::Renewed))
    }

    /// Whether the object or column is made, for the first time or again.
    pub(super) fn is_made(&self, name: &ObjectName) -> bool {
        matches!(self.get(name), Some(Fate::Comes | Fate::Renewed))
    }
}
