//! A row of the ledger as it is written.

use super::{Change, Entry, EntryEffect, EventDuration, Sql, Tables, Value, comma_separated};
use crate::graph::RevisionId;

/// A row that is about to be written to the ledger.
pub(super) struct Row<'r> {
    pub(super) revision: &'r str,
    pub(super) operation: &'r str,
    /// None where the row is a part of the event before it.
    pub(super) outcome: Option<&'static str>,
    pub(super) duration: EventDuration,
    pub(super) actor: &'r str,
    pub(super) detail: Option<String>,
    pub(super) effect: Effect<'r>,
}

/// What becomes of the entry of a row's revision.
#[derive(Clone, Copy)]
pub(super) enum Effect<'r> {
    None,
    Recorded(&'r Entry),
    Forgotten,
}

impl<'r> Row<'r> {
    /// The row of an event that is done, and of which no duration and no detail is known; `effect` is what becomes of
    /// the revision's entry.
    pub(super) fn event(revision: &'r str, operation: &'r str, actor: &'r str, effect: Effect<'r>) -> Self {
        let duration = EventDuration::None;
        Self { revision, operation, outcome: Some("done"), duration, actor, detail: None, effect }
    }

    /// The rows of a change: its event, and a part of it for every other revision that enters or leaves the ledger
    /// with it. What leaves comes first.
    pub(super) fn all_of(change: &'r Change) -> Vec<Self> {
        let operation = change.operation.name();
        let row = |revision: &'r RevisionId, effect| {
            Self::event(revision.as_str(), operation, &change.actor, effect)
        };
        let own = |id: &RevisionId| *id == change.revision;
        let effect = match change.record.iter().find(|entry| own(&entry.revision)) {
            Some(entry) => Effect::Recorded(entry),
            None if change.forget.iter().any(own) => Effect::Forgotten,
            None => Effect::None,
        };
        let forgotten = change.forget.iter().filter(|id| !own(id)).map(|id| row(id, Effect::Forgotten));
        let recorded = change.record.iter().filter(|entry| !own(&entry.revision));
        let parts = forgotten.chain(recorded.map(|entry| row(&entry.revision, Effect::Recorded(entry))));
        let detail = change.detail.clone();
        let event = Self { duration: change.duration, detail, ..row(&change.revision, effect) };
        std::iter::once(event).chain(parts.map(|part| Self { outcome: None, ..part })).collect()
    }

    /// The values in the order of [`insert_rows`]; `moved` is an SQL expression that the ledger's check insists on.
    pub(super) fn values(&self, moved: Sql) -> Sql {
        let happened = [self.revision.into(), self.operation.into(), self.outcome.map(str::to_owned).into()];
        Sql::new("(")
            .values(happened)
            .raw(", ")
            .then(duration(self.duration))
            .raw(", ")
            .values([self.actor.into(), self.detail.clone().into()])
            .raw(", ")
            .then(moved)
            .raw(", ")
            .values(self.effect.values())
            .raw(")")
    }
}

impl Effect<'_> {
    fn values(self) -> [Value; 8] {
        match self {
            Self::None => [const { Value::Null }; 8],
            Self::Forgotten => {
                let mut values = [const { Value::Null }; 8];
                values[0] = EntryEffect::Forgotten.name().into();
                values
            }
            Self::Recorded(entry) => [
                EntryEffect::Recorded.name().into(),
                entry.checksum.to_string().into(),
                comma_separated(&entry.parents).into(),
                comma_separated(&entry.depends_on).into(),
                entry.origin.name().into(),
                entry.message.as_str().into(),
                entry.up_script.as_ref().into(),
                entry.down_script.as_deref().map_or(Value::Null, Value::from),
            ],
        }
    }
}

/// The beginning of the statement that adds rows to the ledger, which [`Row::values`] follow.
pub(super) fn insert_rows(tables: &Tables) -> Sql {
    Sql::new("INSERT INTO ").table(tables.schema.as_deref(), tables.ledger()).raw(
        " (revision, operation, outcome, duration_ms, actor, detail, version_rows_moved, entry, checksum, parents, \
         depends_on, origin, message, up_script, down_script) VALUES ",
    )
}

fn duration(duration: EventDuration) -> Sql {
    match duration {
        EventDuration::OfTransaction => Sql::new(
            "(extract(epoch FROM pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-) pg_catalog.transaction_timestamp()) OPERATOR(pg_catalog.*) 1000)::pg_catalog.int8",
        ),
        EventDuration::Milliseconds(ms) => Sql::default().value(Value::Integer(ms)),
        EventDuration::None => Sql::default().value(Value::Null),
    }
}
