//! The ledger's copies of scripts.

use rusqlite::{Connection, params_from_iter};

use super::super::BackendError;
use crate::graph::RevisionId;
use crate::ledger::{RecordedScripts, Tables, select_scripts};
use crate::sql::Dialect;

/// How many revisions one query asks for: SQLite bounds the parameters of a statement.
const REVISIONS_IN_A_QUERY: usize = 500;

/// The copies of some revisions.
pub(super) fn load(
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
