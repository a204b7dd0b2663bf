//! The ledger's entries.

use rusqlite::{Connection, Row, params_from_iter};

use super::super::BackendError;
use crate::graph::RevisionId;
use crate::ledger::{
    EntryEvent, Recorded, RecordedScripts, Tables, recorded_in_the_end, select_entries, select_scripts,
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

fn event(row: &Row<'_>) -> Result<EntryEvent, BackendError> {
    let text = |index: usize| -> rusqlite::Result<Option<&str>> { Ok(row.get_ref(index)?.as_str_or_null()?) };
    let required = |index: usize| -> rusqlite::Result<&str> { Ok(row.get_ref(index)?.as_str()?) };
    let values = [text(2)?, text(3)?, text(4)?, text(5)?];
    Ok(EntryEvent::read(required(0)?, required(1)?, values)?)
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
