//! What all objects of a catalog are written from.

use std::collections::{BTreeMap, BTreeSet};

use super::super::partitions::Partitions;
use super::column::as_serial;
use crate::catalog::{Catalog, Column, Definition, ObjectKind, ObjectName, Sequence, Table};

/// A catalog, with what is looked up in it.
#[derive(Debug)]
pub(super) struct Basis<'c> {
    pub(super) catalog: &'c Catalog,
    /// The sequences by the column that owns them.
    pub(super) owned: BTreeMap<String, Vec<&'c ObjectName>>,
    /// The columns that are written as `serial`.
    pub(super) serials: BTreeSet<ObjectName>,
    pub(super) partitions: Partitions<'c>,
}

impl<'c> Basis<'c> {
    /// Looks up who owns which sequence, and the partitions. No column is written as `serial` yet.
    pub(super) fn of(catalog: &'c Catalog) -> Self {
        let mut owned: BTreeMap<String, Vec<&ObjectName>> = BTreeMap::new();
        for (name, object) in &catalog.objects {
            if let Definition::Sequence(Sequence { owned_by: Some(column), .. }) = &object.definition {
                owned.entry(column.clone()).or_default().push(name);
            }
        }
        Self { catalog, owned, serials: BTreeSet::new(), partitions: Partitions::of(catalog) }
    }

    /// The table with its serial columns as `serial` ones; none where it has none.
    pub(super) fn with_serial_columns(&self, name: &ObjectName, table: &Table) -> Option<Table> {
        let is_serial = |column: &Column| self.serials.contains(&name.part(ObjectKind::Column, &column.name));
        if !table.columns.iter().any(is_serial) {
            return None;
        }
        let written = |column: &Column| if is_serial(column) { as_serial(column) } else { column.clone() };
        Some(Table { columns: table.columns.iter().map(written).collect(), ..table.clone() })
    }
}
