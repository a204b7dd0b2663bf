//! What a database answers to an [`Sql`](super::Sql): rows of text, in which values may be missing that revgraph has
//! written, because somebody else can write there too.

use std::borrow::Cow;

use thiserror::Error;

use crate::graph::RevisionId;

/// A row of an answer: each value as text, none for NULL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextRow<'r>(Vec<Option<Cow<'r, str>>>);

/// A row that revgraph has not written so. To take it for none would pass over what it says.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum UnreadableRow {
    /// A part of an entry is missing.
    #[error("the ledger's entry of {revision} is incomplete: somebody has changed it")]
    IncompleteEntry {
        /// The revision.
        revision: RevisionId,
    },
    /// A value is missing, or is none that the column can have.
    #[error("a row of revgraph's tables has no {column} that can be read: somebody has changed it")]
    Value {
        /// The column.
        column: &'static str,
    },
}

impl<'r> TextRow<'r> {
    /// A row of these values, in the order of the columns of its query; none for NULL.
    pub fn new(values: impl IntoIterator<Item = Option<Cow<'r, str>>>) -> Self {
        Self(values.into_iter().collect())
    }

    /// The value in the column at a place, from 0; none where it is NULL or the row has no such column.
    #[must_use]
    pub fn optional(&self, place: usize) -> Option<&str> {
        self.0.get(place)?.as_deref()
    }

    /// The value at a place that the column, for people, always has.
    ///
    /// # Errors
    /// [`UnreadableRow::Value`] where it is NULL.
    pub fn text(&self, place: usize, column: &'static str) -> Result<&str, UnreadableRow> {
        self.optional(place).ok_or(UnreadableRow::Value { column })
    }

    /// The number at a place; none where it is NULL.
    ///
    /// # Errors
    /// [`UnreadableRow::Value`] where it is no number of this type.
    pub fn number<N: std::str::FromStr>(
        &self,
        place: usize,
        column: &'static str,
    ) -> Result<Option<N>, UnreadableRow> {
        let number = self.optional(place).map(str::parse).transpose();
        number.map_err(|_| UnreadableRow::Value { column })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_or_no_number_is_told() {
        let row = TextRow::new([Some("7".into()), None, Some("seven".into())]);
        assert_eq!((row.text(0, "a"), row.optional(1), row.optional(3)), (Ok("7"), None, None));
        assert_eq!(row.text(1, "b"), Err(UnreadableRow::Value { column: "b" }));
        assert_eq!(row.text(3, "d"), Err(UnreadableRow::Value { column: "d" }));
        assert_eq!((row.number(0, "a"), row.number::<i64>(1, "b")), (Ok(Some(7_i64)), Ok(None)));
        assert_eq!(row.number::<usize>(2, "c"), Err(UnreadableRow::Value { column: "c" }));
    }
}
