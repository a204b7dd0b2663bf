//! The ledger's copies of scripts: reading them, and taking an edited script in their place.

use super::{Entry, Sql, Tables, Value, event};
use crate::graph::RevisionId;

/// The query for the copies of some revisions: `revision, message, up_script, down_script`, sorted by id.
#[must_use]
pub fn select_scripts(tables: &Tables, revisions: &[RevisionId]) -> Sql {
    Sql::new("SELECT revision, message, up_script, down_script FROM ")
        .table(tables.schema.as_deref(), tables.revision())
        .raw(" WHERE revision IN (")
        .values(revisions.iter().map(|id| id.as_str().into()))
        .raw(") ORDER BY revision")
}

/// The statements that put the scripts of `entry` in the place of what the ledger has of its revision, and tell so.
/// When it was applied, how, and on which parents stays as it was recorded.
#[must_use]
pub fn accept(tables: &Tables, entry: &Entry, actor: &str, detail: Option<String>) -> [Sql; 2] {
    let update = Sql::new("UPDATE ")
        .table(tables.schema.as_deref(), tables.revision())
        .raw(" SET checksum = ")
        .value(entry.checksum.to_string())
        .raw(", message = ")
        .value(entry.message.as_str())
        .raw(", up_script = ")
        .value(entry.up_script.as_ref())
        .raw(", down_script = ")
        .value(entry.down_script.as_deref().map_or(Value::Null, Value::from))
        .raw(" WHERE revision = ")
        .value(entry.revision.as_str());
    [update, event(tables, entry.revision.as_str(), "accept", "done", actor, detail)]
}
