//! What was kept of dropped columns and tables.

use thiserror::Error;

use crate::backend::{Backend, BackendError, KeptTable};
use crate::catalog::ObjectName;

/// A table that keeps what a revision would have lost, with the number of its rows.
#[derive(Debug)]
pub struct KeptRows {
    /// The table.
    pub table: KeptTable,
    /// How many rows the table has.
    pub rows: u64,
}

/// Nothing is kept in a table of this name.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("nothing is kept in a table `{0}`")]
pub struct UnknownKept(pub String);

/// All tables in which a database keeps what revisions would have lost, with the number of their rows.
///
/// # Errors
/// The database's.
pub fn kept(backend: &mut dyn Backend) -> Result<Vec<KeptRows>, BackendError> {
    let tables = backend.kept_tables()?;
    let names: Vec<ObjectName> = tables.iter().map(|table| table.name.clone()).collect();
    let counts = backend.row_counts(&names)?;
    Ok(tables.into_iter().zip(counts).map(|(table, rows)| KeptRows { table, rows }).collect())
}

/// Those of these names, with their schema or without; all where there is no name.
///
/// # Errors
/// The first name that none has.
pub fn kept_of_names(found: Vec<KeptRows>, names: &[String]) -> Result<Vec<KeptRows>, UnknownKept> {
    let is_named =
        |one: &KeptRows, name: &String| one.table.name.name == *name || one.table.name.to_string() == *name;
    if let Some(unknown) = names.iter().find(|name| !found.iter().any(|one| is_named(one, name))) {
        return Err(UnknownKept(unknown.clone()));
    }
    let is_chosen = |one: &KeptRows| names.is_empty() || names.iter().any(|name| is_named(one, name));
    Ok(found.into_iter().filter(is_chosen).collect())
}
