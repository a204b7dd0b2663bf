//! The ledger's entries.

use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};

use super::super::BackendError;
use super::Session;
use super::queries::{failed, query};
use crate::graph::RevisionId;
use crate::ledger::{
    EntryEvent, IncompleteEntry, Recorded, RecordedScripts, Tables, recorded_in_the_end, select_entries,
    select_scripts,
};

#[derive(QueryableByName)]
struct EntryRow {
    #[diesel(sql_type = Text)]
    revision: String,
    #[diesel(sql_type = Text)]
    entry: String,
    #[diesel(sql_type = Nullable<Text>)]
    checksum: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    parents: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    depends_on: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    origin: Option<String>,
}

/// `undefined_table`.
const NO_SUCH_TABLE: &str = "42P01";

/// What is recorded, sorted by id; nothing where there is no ledger.
pub(super) fn recorded(session: &mut Session, tables: &Tables) -> Result<Vec<Recorded>, BackendError> {
    let rows: Vec<EntryRow> = match query(select_entries(tables)).load(session) {
        Ok(rows) => rows,
        Err(error) => match failed(session, error) {
            BackendError::Database(error) if error.sqlstate.as_deref() == Some(NO_SUCH_TABLE) => Vec::new(),
            other => return Err(other),
        },
    };
    let events: Result<Vec<EntryEvent>, IncompleteEntry> = rows.iter().map(EntryRow::event).collect();
    Ok(recorded_in_the_end(events?))
}

impl EntryRow {
    fn event(&self) -> Result<EntryEvent, IncompleteEntry> {
        let values = [&self.checksum, &self.parents, &self.depends_on, &self.origin];
        EntryEvent::read(&self.revision, &self.entry, values.map(Option::as_deref))
    }
}

#[derive(QueryableByName)]
struct ScriptsRow {
    #[diesel(sql_type = Text)]
    revision: String,
    #[diesel(sql_type = Text)]
    message: String,
    #[diesel(sql_type = Text)]
    up_script: String,
    #[diesel(sql_type = Nullable<Text>)]
    down_script: Option<String>,
}

/// The scripts of some revisions that are recorded.
pub(super) fn scripts(
    session: &mut Session,
    tables: &Tables,
    revisions: &[RevisionId],
) -> Result<Vec<RecordedScripts>, BackendError> {
    if revisions.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<ScriptsRow> =
        query(select_scripts(tables, revisions)).load(session).map_err(|error| failed(session, error))?;
    let scripts = |row: ScriptsRow| RecordedScripts {
        revision: RevisionId::recorded(&row.revision),
        message: row.message,
        up_script: row.up_script.into(),
        down_script: row.down_script.map(Into::into),
    };
    Ok(rows.into_iter().map(scripts).collect())
}
