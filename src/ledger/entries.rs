//! What of the ledger holds now: it is a list that only grows, and of each revision its last row with an entry counts.

use super::{EntryEffect, Origin, Recorded, RecordedScripts, Sql, Tables, TextRow, UnreadableRow, read_list};
use crate::graph::RevisionId;

/// The query for all that has happened to entries, oldest first. The columns are `revision`, `entry`, and those of
/// [`Recorded`], which are null where `entry` is not [`EntryEffect::Recorded`].
#[must_use]
pub fn select_entries(tables: &Tables) -> Sql {
    Sql::new("SELECT revision, entry, checksum, parents, depends_on, origin FROM ")
        .table(tables.schema.as_deref(), tables.ledger())
        .raw(" WHERE entry IS NOT NULL ORDER BY id")
}

/// What a row with an entry says has become of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryEvent {
    /// It came into the ledger, or took the place of the one before.
    Recorded(Recorded),
    /// It left the ledger.
    Forgotten(RevisionId),
}

impl EntryEvent {
    /// Reads a row of [`select_entries`]: which entry came into the ledger or left it.
    ///
    /// # Errors
    /// [`UnreadableRow`].
    pub fn read(row: &TextRow<'_>) -> Result<Self, UnreadableRow> {
        let revision = RevisionId::recorded(row.text(0, "revision")?);
        match EntryEffect::read(row.text(1, "entry")?) {
            Some(EntryEffect::Recorded) => {}
            Some(EntryEffect::Forgotten) => return Ok(Self::Forgotten(revision)),
            // Taken for either, it would add a revision to what is applied, or take one away.
            None => return Err(UnreadableRow::Value { column: "effect on an entry" }),
        }
        let [Some(checksum), Some(parents), Some(depends_on), Some(origin)] =
            [2, 3, 4, 5].map(|place| row.optional(place))
        else {
            return Err(UnreadableRow::IncompleteEntry { revision });
        };
        Ok(Self::Recorded(Recorded {
            revision,
            checksum: checksum.to_owned(),
            parents: read_list(parents),
            depends_on: read_list(depends_on),
            origin: Origin::recorded(origin),
        }))
    }

    fn revision(&self) -> &RevisionId {
        match self {
            Self::Recorded(entry) => &entry.revision,
            Self::Forgotten(revision) => revision,
        }
    }
}

/// What is recorded in the end, sorted by id, where this has happened, oldest first.
#[must_use]
pub fn recorded_in_the_end(mut events: Vec<EntryEvent>) -> Vec<Recorded> {
    // The sort is stable: of each revision the last event stays last.
    events.sort_by(|a, b| a.revision().cmp(b.revision()));
    let mut recorded: Vec<Recorded> = Vec::with_capacity(events.len());
    for event in events {
        if recorded.last().is_some_and(|before| before.revision == *event.revision()) {
            recorded.pop();
        }
        if let EntryEvent::Recorded(entry) = event {
            recorded.push(entry);
        }
    }
    recorded
}

/// The query for the scripts of some revisions that are recorded, sorted by id. The columns are those of
/// [`RecordedScripts`].
#[must_use]
pub fn select_scripts(tables: &Tables, revisions: &[RevisionId]) -> Sql {
    let ledger = |text: &'static str| Sql::new(text).table(tables.schema.as_deref(), tables.ledger());
    ledger("SELECT revision, message, up_script, down_script FROM ")
        .raw(" WHERE entry = ")
        .value(EntryEffect::Recorded.name())
        .raw(" AND id IN (")
        .then(ledger("SELECT max(id) FROM "))
        .raw(" WHERE entry IS NOT NULL AND revision IN (")
        .values(revisions.iter().map(|id| id.as_str().into()))
        .raw(") GROUP BY revision) ORDER BY revision")
}

impl RecordedScripts {
    /// Reads a row of [`select_scripts`]: the ledger's copy of a revision's scripts.
    ///
    /// # Errors
    /// [`UnreadableRow`].
    pub fn read(row: &TextRow<'_>) -> Result<Self, UnreadableRow> {
        Ok(Self {
            revision: RevisionId::recorded(row.text(0, "revision")?),
            message: row.text(1, "message")?.to_owned(),
            up_script: row.text(2, "up script")?.into(),
            down_script: row.optional(3).map(Into::into),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_revgraph_has_not_written_is_told() {
        let read = |word: Option<&'static str>| {
            let values = [Some("a"), word, Some("c0ffee"), Some(""), Some(""), Some("upgrade")];
            EntryEvent::read(&TextRow::new(values.map(|value| value.map(Into::into))))
        };
        assert!(matches!(read(Some("recorded")), Ok(EntryEvent::Recorded(_))));
        assert!(matches!(read(Some("forgotten")), Ok(EntryEvent::Forgotten(_))));
        for word in [Some("Forgotten"), Some("forgotten "), Some(""), Some("x"), None] {
            assert!(matches!(read(word), Err(UnreadableRow::Value { .. })), "{word:?}");
        }
    }
}
