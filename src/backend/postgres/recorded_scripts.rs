//! The ledger's copies of scripts.

use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};

use super::super::BackendError;
use super::Session;
use super::queries::{failed, query};
use crate::graph::RevisionId;
use crate::ledger::{RecordedScripts, Tables, select_scripts};

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    revision: String,
    #[diesel(sql_type = Text)]
    message: String,
    #[diesel(sql_type = Text)]
    up_script: String,
    #[diesel(sql_type = Nullable<Text>)]
    down_script: Option<String>,
}

/// The copies of some revisions.
pub(super) fn load(
    session: &mut Session,
    tables: &Tables,
    revisions: &[RevisionId],
) -> Result<Vec<RecordedScripts>, BackendError> {
    if revisions.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Row> =
        query(select_scripts(tables, revisions)).load(session).map_err(|error| failed(session, error))?;
    let scripts = |row: Row| RecordedScripts {
        revision: RevisionId::recorded(&row.revision),
        message: row.message,
        up_script: row.up_script.into(),
        down_script: row.down_script.map(Into::into),
    };
    Ok(rows.into_iter().map(scripts).collect())
}
