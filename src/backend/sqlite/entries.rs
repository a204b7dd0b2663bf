//! The ledger's entries.

use rusqlite::{Connection, Row, params_from_iter};

use super::super::BackendError;
use crate::graph::RevisionId;
use crate::ledger::{
    EntryEffect, EntryEvent, Origin, Recorded, RecordedScripts, Tables, read_list, recorded_in_the_end,
    select_entries, select_scripts,
};
use crate::sql::Dialect;

/// How many revisions one query asks for: SQLite bounds the parameters of a statement.
const REVISIONS_IN_A_QUERY: usize = 500;

/// What is recorded, sorted by id.
pub(super) fn recorded(connection: &Connection, tables: &Tables) -> Result<Vec<Recorded>, BackendError> {
    let mut statement = connection.prepare(&select_entries(tables).literal(Dialect::Sqlite))?;
    let mut rows = statement.query([])?;
    let mut events = Vec::new();
    while let Some(row) = rows.next()? {
        events.push(event(row)?);
    }
    Ok(recorded_in_the_end(events))
}

fn event(row: &Row<'_>) -> rusqlite::Result<EntryEvent> {
    let text = |index: usize| row.get_ref(index).and_then(|value| Ok(value.as_str()?));
    let revision = RevisionId::recorded(text(0)?);
    if text(1)? == EntryEffect::Forgotten.name() {
        return Ok(EntryEvent::Forgotten(revision));
    }
    Ok(EntryEvent::Recorded(Recorded {
        revision,
        checksum: text(2)?.to_owned(),
        parents: read_list(text(3)?),
        depends_on: read_list(text(4)?),
        origin: Origin::recorded(text(5)?),
    }))
}

/// The scripts of some revisions that are recorded.
pub(super) fn scripts(
    connection: &Connection,
    tables: &Tables,
    revisions: &[RevisionId],
) -> Result<Vec<RecordedScripts>, BackendError> {
    let mut found: Vec<RecordedScripts> = Vec::new();
    for some in revisions.chunks(REVISIONS_IN_A_QUERY) {
        let (sql, values) = select_scripts(tables, some).bound(Dialect::Sqlite);
        let mut statement = connection.prepare(&sql)?;
        let rows = statement.query_map(params_from_iter(values), |row| {
            let (revision, up_script): (String, String) = (row.get(0)?, row.get(2)?);
            let down_script: Option<String> = row.get(3)?;
            Ok(RecordedScripts {
                revision: RevisionId::recorded(&revision),
                message: row.get(1)?,
                up_script: up_script.into(),
                down_script: down_script.map(Into::into),
            })
        })?;
        for scripts in rows {
            found.push(scripts?);
        }
    }
    found.sort_by(|a, b| a.revision.cmp(&b.revision));
    Ok(found)
}
