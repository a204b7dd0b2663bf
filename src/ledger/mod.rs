//! What revgraph keeps in a database: the version table, which is Alembic's and authoritative, and the ledger
//! beside it. Pure: the words and the SQL of the bookkeeping, no connection.
//!
//! A step's whole bookkeeping is one [`Change`]. A backend either binds its values or, where the change must share
//! a single message with the script it belongs to (PostgreSQL, offline mode), writes them as quoted literals; both
//! come from the same [`Fragment`]s, so nothing is pasted into SQL unquoted.

mod ddl;
mod entries;
mod events;
mod journal;
mod protection;
mod record;
mod row;
mod rows_before;
mod seeds;
mod sql;
mod statements;
mod text_row;

use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::graph::RevisionId;
use crate::hex;
use crate::plan::Operation;
use crate::script::Checksum;

pub use ddl::{create_ledger, create_version_table, widen_version_table};
pub use entries::{EntryEvent, recorded_in_the_end, select_entries, select_scripts};
pub use events::select_events;
pub use journal::{
    JournalKey, JournaledStatement, StatementOutcome, StatementState, end_statement, forget_journal,
    forget_statement, note_statement, select_journal, settle_journal,
};
pub use protection::{create_protection, select_protection, set_protection};
pub use record::record;
pub use rows_before::RowsBefore;
pub use seeds::{NotedSeed, SeedEvent, noted_seeds, select_seed_events};
pub use sql::{Fragment, Sql, Value};
pub use statements::{
    accept, adopt, bookkeeping_statement, bookkeeping_statements, event, ledger_statements, row_statements,
};
pub use text_row::{TextRow, UnreadableRow};

/// How wide Alembic makes `version_num`, in characters.
pub const VERSION_NUM_WIDTH: usize = 32;

/// The names of the bookkeeping tables, which are made from the version table's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tables {
    /// The PostgreSQL schema; none leaves it to the search path.
    pub schema: Option<String>,
    /// The name of the version table.
    pub version: String,
}

impl Tables {
    /// The name of the table of events and entries. A version table of another name has a ledger of its own.
    #[must_use]
    pub fn ledger(&self) -> String {
        self.ledger_name("revgraph_ledger")
    }

    /// The name of the table of statements that ran outside any transaction.
    #[must_use]
    pub fn statement(&self) -> String {
        self.ledger_name("revgraph_statement")
    }

    /// The name of the table of the mark that protects the database.
    #[must_use]
    pub fn protection(&self) -> String {
        self.ledger_name("revgraph_protection")
    }

    /// The names, without schema, of all tables that revgraph keeps in a database: version table, ledger, journal and
    /// protection.
    #[must_use]
    pub fn all(&self) -> [String; 4] {
        [self.version.clone(), self.ledger(), self.statement(), self.protection()]
    }

    fn ledger_name(&self, stem: &str) -> String {
        match self.version.as_str() {
            "alembic_version" => stem.to_owned(),
            other => within_limit(&format!("{stem}_{other}")),
        }
    }
}

/// PostgreSQL keeps 63 bytes of a name: of a longer one its beginning, and a hash in the place of the rest.
fn within_limit(name: &str) -> String {
    const LONGEST: usize = 63;
    if name.len() <= LONGEST {
        return name.to_owned();
    }
    let digest = Sha256::digest(name.as_bytes());
    let hash = hex::encode(digest.iter().take(4).copied().collect::<Vec<u8>>());
    let mut kept = LONGEST - hash.len() - 1;
    while !name.is_char_boundary(kept) {
        kept -= 1;
    }
    format!("{}_{hash}", name.get(..kept).unwrap_or_default())
}

/// What a row of the ledger does to the entry of its revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryEffect {
    /// The row is the entry from here on.
    Recorded,
    /// There is none from here on.
    Forgotten,
}

impl EntryEffect {
    /// The word that stands in the ledger for the effect.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Recorded => "recorded",
            Self::Forgotten => "forgotten",
        }
    }

    /// Reads the ledger's word; none where it is no word of revgraph's.
    #[must_use]
    pub fn read(word: &str) -> Option<Self> {
        [Self::Recorded, Self::Forgotten].into_iter().find(|effect| effect.name() == word)
    }
}

/// How a revision came to be in the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// revgraph ran its script.
    Upgrade,
    /// It was stamped.
    Stamp,
    /// Another tool applied it, and revgraph found its version row.
    Adopted,
    /// A baseline has taken the place of its originals, or they have taken it back.
    Squash,
}

impl Origin {
    /// The word that stands in the ledger for the origin.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Upgrade => "upgrade",
            Self::Stamp => "stamp",
            Self::Adopted => "adopted",
            Self::Squash => "squash",
        }
    }

    /// Reads the ledger's word. Whatever else stands there, revgraph has not run it.
    #[must_use]
    pub fn recorded(word: &str) -> Self {
        let known = [Self::Upgrade, Self::Stamp, Self::Squash];
        known.into_iter().find(|origin| origin.name() == word).unwrap_or(Self::Adopted)
    }
}

/// What the ledger keeps of an applied revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The revision.
    pub revision: RevisionId,
    /// The revision's parents.
    pub parents: Vec<RevisionId>,
    /// Its dependencies: ids, a branch label standing for the revision that declared it when this was recorded.
    pub depends_on: Vec<String>,
    /// The checksum of its up script.
    pub checksum: Checksum,
    /// The message of the revision's header.
    pub message: String,
    /// The up script as it was on disk.
    pub up_script: Arc<str>,
    /// The down script as it was on disk.
    pub down_script: Option<Arc<str>>,
    /// How it came here.
    pub origin: Origin,
}

/// What is said of an applied revision when only its identity matters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The revision.
    pub revision: RevisionId,
    /// The checksum of its up script, as text: evidence that may have been tampered with.
    pub checksum: String,
    /// The revision's parents when it was recorded.
    pub parents: Vec<RevisionId>,
    /// Its dependencies.
    pub depends_on: Vec<RevisionId>,
    /// How it came here.
    pub origin: Origin,
}

/// The ledger's copy of an applied revision's scripts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedScripts {
    /// The revision.
    pub revision: RevisionId,
    /// The message of the revision's header.
    pub message: String,
    /// The up script as it was on disk.
    pub up_script: Arc<str>,
    /// The down script as it was on disk.
    pub down_script: Option<Arc<str>>,
}

/// An event of the ledger, as `log` lists it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Event {
    /// The event's number, which grows with each row of the ledger.
    pub id: i64,
    /// When, as RFC 3339 in UTC.
    pub happened_at: String,
    /// The revision's id, or the name of what is no revision: a seed, say.
    pub revision: String,
    /// What was done: an [`Operation`]'s name, or another.
    pub operation: String,
    /// `done` or `failed`.
    pub outcome: String,
    /// How long the database took, in milliseconds; none where nothing was measured.
    pub duration_ms: Option<i64>,
    /// Who did it, as the run's options said.
    pub actor: String,
    /// What else is known: the error of a failure.
    pub detail: Option<String>,
}

/// How the event of a step gets its duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventDuration {
    /// The server measures from the beginning of the transaction.
    OfTransaction,
    /// It has been measured, in milliseconds.
    Milliseconds(i64),
    /// Nothing ran.
    None,
}

impl EventDuration {
    /// The duration of a step that has been measured; `took` is kept in milliseconds.
    #[must_use]
    pub fn of(took: Duration) -> Self {
        Self::Milliseconds(i64::try_from(took.as_millis()).unwrap_or(i64::MAX))
    }
}

/// The bookkeeping of one step, beside what becomes of the version rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The revision whose step it is.
    pub revision: RevisionId,
    /// What was done.
    pub operation: Operation,
    /// Entries that come into the ledger.
    pub record: Vec<Entry>,
    /// Revisions that leave the ledger.
    pub forget: Vec<RevisionId>,
    /// Where the step's duration comes from.
    pub duration: EventDuration,
    /// Who did it.
    pub actor: String,
    /// What else the event is to say of the step, for people.
    pub detail: Option<String>,
}

fn comma_separated<T: AsRef<str>>(items: &[T]) -> String {
    items.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(",")
}

/// Reads a list of ids as the ledger keeps it: with commas between them.
#[must_use]
pub fn read_list(text: &str) -> Vec<RevisionId> {
    text.split(',').filter(|item| !item.is_empty()).map(RevisionId::recorded).collect()
}

#[cfg(test)]
mod tests;
