//! What was proved of a database, remembered in its ledger, so that it is not proved again while nothing changes.

use std::fmt;

use crate::autogenerate::NamedSql;
use crate::backend::{Backend, BackendError};
use crate::config::Config;
use crate::execute::Reading;
use crate::ledger::Event;
use crate::script::{Checksum, ScriptDirectory};

/// The operation of the events that hold what was proved.
const OPERATION: &str = "dev";
/// How many of the last events are looked at. What has changed the schema since is among them, or the memory is.
const LOOKED_AT: usize = 200;

/// What a database says of itself at the beginning of a day's work: rows, ledger, schema, and what was proved
/// last.
#[derive(Debug)]
pub struct Seen {
    /// Version rows and ledger.
    pub reading: Reading,
    /// Whether the journal holds revisions that were left halfway.
    pub is_unsettled: bool,
    schema: MarkedSchema,
    /// What was proved of the database last.
    remembered: Option<Proved>,
    version: String,
}

/// The schema of a database.
#[derive(Debug, Clone, PartialEq, Eq)]
struct MarkedSchema {
    checksum: String,
    /// By which the database knows it again without a description; see
    /// [`is_as_marked`](crate::backend::Describe::is_as_marked).
    mark: Option<String>,
}

/// What a proof rested on. As a text, in the ledger, it is `SCHEMA REST [MARK]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proved {
    schema: MarkedSchema,
    /// The checksum of all but the schema.
    rest: String,
}

impl fmt::Display for Proved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.schema.checksum, self.rest)?;
        self.schema.mark.iter().try_for_each(|mark| write!(f, " {mark}"))
    }
}

impl Proved {
    fn parse(text: &str) -> Option<Self> {
        let mut words = text.split(' ').map(str::to_owned);
        let (checksum, rest, mark) = (words.next()?, words.next()?, words.next());
        Some(Self { schema: MarkedSchema { checksum, mark }, rest })
    }
}

impl Seen {
    /// Reads how a database stands and what was proved of it. The schema is described only where it may have changed since it was
    /// proved.
    ///
    /// # Errors
    /// The database's.
    pub fn of(backend: &mut dyn Backend) -> Result<Self, BackendError> {
        let reading = Reading::of(backend)?;
        let events = if reading.state.has_ledger { backend.events(Some(LOOKED_AT))? } else { Vec::new() };
        let is_unsettled = reading.state.has_journal && !backend.journal()?.is_empty();
        let remembered = remembered(&events);
        let schema = schema(backend, remembered.as_ref())?;
        Ok(Self { reading, is_unsettled, schema, remembered, version: backend.version() })
    }

    /// All that decides whether the database is as its project wants it: scripts, desired schema, the database's own
    /// schema, version rows, versions of revgraph and of the database, and what of a schema is looked at. The scripts must
    /// have been read with their checksums.
    #[must_use]
    pub fn proof(&self, config: &Config, scripts: &ScriptDirectory, desired: Option<&[NamedSql]>) -> Proved {
        let mut texts = vec![
            env!("CARGO_PKG_VERSION").to_owned(),
            self.version.clone(),
            format!("{:?}", config.scope()),
            format!("{:?} {:?}", self.reading.state.rows, config.checksums),
        ];
        let graph = scripts.graph();
        for node in graph.nodes() {
            let revision = graph.revision(node);
            texts.push(format!(
                "{} {:?} {:?} {:?} {:?}",
                revision.id,
                revision.down_revisions,
                revision.depends_on,
                revision.replaces,
                scripts.script(node).checksum
            ));
        }
        for text in desired.into_iter().flatten() {
            texts.push(text.path.display().to_string());
            texts.push(text.text.to_string());
        }
        let rest = Checksum::of_texts(texts.iter().map(String::as_str)).to_string();
        Proved { schema: self.schema.clone(), rest }
    }

    /// Whether just this was proved the last time: the same schema and the same rest, and no revision is left halfway
    /// in the journal.
    #[must_use]
    pub fn is_proved(&self, proof: &Proved) -> bool {
        let is_same =
            |last: &Proved| last.rest == proof.rest && last.schema.checksum == proof.schema.checksum;
        !self.is_unsettled && self.remembered.as_ref().is_some_and(is_same)
    }

    /// Whether the database would be proved faster, were it remembered once more: something has written what the mark is made of
    /// without changing the schema.
    #[must_use]
    pub fn has_other_mark(&self, proof: &Proved) -> bool {
        self.remembered.as_ref().is_some_and(|last| last.schema.mark != proof.schema.mark)
    }
}

fn schema(backend: &mut dyn Backend, remembered: Option<&Proved>) -> Result<MarkedSchema, BackendError> {
    if let Some(Proved { schema, .. }) = remembered
        && let Some(mark) = &schema.mark
        && backend.is_as_marked(mark)?
    {
        return Ok(schema.clone());
    }
    let (catalog, mark) = backend.marked_catalog()?;
    // Its Debug form holds all that there is to it.
    let checksum = Checksum::of_texts([format!("{catalog:?}").as_str()]).to_string();
    Ok(MarkedSchema { checksum, mark })
}

/// Notes in the ledger what has been proved of the database.
///
/// # Errors
/// The database's.
pub fn remember(backend: &mut dyn Backend, proof: &Proved, actor: &str) -> Result<(), BackendError> {
    backend.lock()?;
    let state = backend.state()?;
    backend.ensure_tables(&state, 0)?;
    backend.add_event("", OPERATION, "done", actor, Some(proof.to_string()))
}

fn remembered(events: &[Event]) -> Option<Proved> {
    let last = events.iter().rev().find(|event| event.operation == OPERATION && event.outcome == "done")?;
    Proved::parse(last.detail.as_deref()?)
}
