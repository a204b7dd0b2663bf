//! What was proved of a database, remembered in its ledger, so that it is not proved again while nothing changes.

use crate::autogenerate::NamedSql;
use crate::backend::{Backend, BackendError};
use crate::catalog::Catalog;
use crate::config::Config;
use crate::execute::Reading;
use crate::ledger::Event;
use crate::script::{Checksum, ScriptDirectory};

/// The operation of the events that hold what was proved.
const OPERATION: &str = "dev";
/// How many of the last events are looked at. What has changed the schema since is among them, or the memory is.
const LOOKED_AT: usize = 200;

/// What a database says of itself.
#[derive(Debug)]
pub struct Seen {
    /// Version rows and ledger.
    pub reading: Reading,
    /// The schema.
    pub catalog: Catalog,
    /// Whether the journal holds revisions that were left halfway.
    pub is_unsettled: bool,
    /// The checksum of all that was proved last.
    remembered: Option<String>,
    version: String,
}

impl Seen {
    /// Reads it.
    ///
    /// # Errors
    /// The database's.
    pub fn of(backend: &mut dyn Backend) -> Result<Self, BackendError> {
        let reading = Reading::of(backend)?;
        let events = if reading.state.has_ledger { backend.events(Some(LOOKED_AT))? } else { Vec::new() };
        let is_unsettled = reading.state.has_journal && !backend.journal()?.is_empty();
        let catalog = backend.catalog()?;
        Ok(Self {
            reading,
            catalog,
            is_unsettled,
            remembered: remembered(&events),
            version: backend.version(),
        })
    }

    /// The checksum of all that decides whether the database is as its project wants it: scripts, desired schema, the
    /// database's own schema, version rows, versions of revgraph and of the database, and what of a schema is looked at.
    /// The scripts must have been read with their checksums.
    #[must_use]
    pub fn fingerprint(
        &self,
        config: &Config,
        scripts: &ScriptDirectory,
        desired: Option<&[NamedSql]>,
    ) -> Checksum {
        let mut texts = vec![
            env!("CARGO_PKG_VERSION").to_owned(),
            self.version.clone(),
            // Its Debug form holds all that there is to it.
            format!("{:?} {:?}", config.scope(), self.catalog),
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
        Checksum::of_texts(texts.iter().map(String::as_str))
    }

    /// Whether just this was proved the last time.
    #[must_use]
    pub fn is_proved(&self, fingerprint: Checksum) -> bool {
        !self.is_unsettled && self.remembered.as_deref() == Some(fingerprint.to_string().as_str())
    }
}

/// Notes that this has been proved.
///
/// # Errors
/// The database's.
pub fn remember(backend: &mut dyn Backend, fingerprint: Checksum, actor: &str) -> Result<(), BackendError> {
    backend.lock()?;
    let state = backend.state()?;
    backend.ensure_tables(&state, 0)?;
    backend.add_event("", OPERATION, "done", actor, Some(fingerprint.to_string()))
}

fn remembered(events: &[Event]) -> Option<String> {
    events.iter().rev().find(|event| event.operation == OPERATION && event.outcome == "done")?.detail.clone()
}
