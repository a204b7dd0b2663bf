//! The values of two sides.

use super::value::Value;
use crate::sql::Dialect;

/// A value on the left side and on the right side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair<T> {
    /// On the left side.
    pub left: T,
    /// On the right side.
    pub right: T,
}

impl<T: Value> Pair<T> {
    /// The two values, where output tells them otherwise.
    pub(super) fn differing(dialect: Dialect, left: T, right: T) -> Option<Self> {
        Some(Self { left, right }).filter(|pair| pair.differs(dialect))
    }

    /// Whether output tells the two otherwise: values that are unequal and have the same text are no
    /// difference.
    pub(super) fn differs(&self, dialect: Dialect) -> bool {
        self.left != self.right && self.left.text(dialect) != self.right.text(dialect)
    }

    /// The two values as they are shown; none where one is absent.
    pub(super) fn texts(&self, dialect: Dialect) -> Pair<Option<String>> {
        Pair { left: self.left.text(dialect), right: self.right.text(dialect) }
    }
}
