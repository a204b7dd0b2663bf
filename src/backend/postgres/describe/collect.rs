//! All kinds of objects, each by its own queries, into one collector.

use super::super::super::BackendError;
use super::collector::{self, Collector};
use super::dependencies::Dependencies;
use super::reader::Reader;
use super::{
    columns, constraints, indexes, others, privileges, relations, routines, schemas, sequences, triggers,
    types,
};
use crate::ledger::Tables;

/// Collects what there is for a reader to read, of whatever kind. What is `dependencies` has been read before.
///
/// # Errors
/// The database's.
pub(super) fn collect<'d>(
    reader: &mut Reader<'_>,
    tables: &'d Tables,
    dependencies: &'d Dependencies,
) -> Result<Collector<'d>, BackendError> {
    let mut collector = Collector::new(tables, dependencies, collector::comments(reader)?);
    schemas::read(reader, &mut collector)?;
    let mut columns = columns::read(reader)?;
    types::read(reader, &mut collector, &mut columns)?;
    relations::read(reader, &mut collector, columns)?;
    sequences::read(reader, &mut collector)?;
    constraints::read(reader, &mut collector)?;
    indexes::read(reader, &mut collector)?;
    routines::read(reader, &mut collector)?;
    triggers::read(reader, &mut collector)?;
    others::read(reader, &mut collector)?;
    privileges::read(reader, &mut collector)?;
    Ok(collector)
}
