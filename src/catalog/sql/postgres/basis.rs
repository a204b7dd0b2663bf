//! What all objects of a catalog are written from.

use std::collections::{BTreeMap, BTreeSet};

use super::super::qualified;
use super::column::as_serial;
use crate::catalog::{
    Catalog, Column, Constraint, ConstraintRule, Definition, ObjectKind, ObjectName, Sequence, Table,
};
use crate::sql::Dialect;

/// A catalog, with what is looked up in it.
#[derive(Debug)]
pub(super) struct Basis<'c> {
    pub(super) catalog: &'c Catalog,
    /// The sequences by the column that owns them.
    pub(super) owned: BTreeMap<String, Vec<&'c ObjectName>>,
    /// The columns that are written as `serial`.
    pub(super) serials: BTreeSet<ObjectName>,
}

impl<'c> Basis<'c> {
    pub(super) fn of(catalog: &'c Catalog) -> Self {
        let mut owned: BTreeMap<String, Vec<&ObjectName>> = BTreeMap::new();
        for (name, object) in &catalog.objects {
            if let Definition::Sequence(Sequence { owned_by: Some(column), .. }) = &object.definition {
                owned.entry(column.clone()).or_default().push(name);
            }
        }
        Self { catalog, owned, serials: BTreeSet::new() }
    }

    /// A table with its serial columns as they are written.
    pub(super) fn with_serial_columns(&self, name: &ObjectName, table: &Table) -> Option<Table> {
        let is_serial = |column: &Column| self.serials.contains(&name.part(ObjectKind::Column, &column.name));
        if !table.columns.iter().any(is_serial) {
            return None;
        }
        let written = |column: &Column| if is_serial(column) { as_serial(column) } else { column.clone() };
        Some(Table { columns: table.columns.iter().map(written).collect(), ..table.clone() })
    }

    /// Whether a key of a partitioned table has no part in one of the partitions, which it would get if it were not made for
    /// the partitioned table alone.
    pub(super) fn is_of_parent_alone(&self, key: &ObjectName, table: &ObjectName) -> bool {
        let objects = &self.catalog.objects;
        let is_partitioned = matches!(objects.get(table).map(|object| &object.definition),
            Some(Definition::Table(table)) if table.partition_key.is_some());
        let is_key = matches!(
            objects.get(key).map(|object| &object.definition),
            Some(Definition::Constraint(Constraint {
                rule: ConstraintRule::PrimaryKey(_) | ConstraintRule::Unique(_),
                ..
            }))
        );
        if !is_partitioned || !is_key {
            return false;
        }
        let (table, key) = (qualified(Dialect::Postgres, table), qualified(Dialect::Postgres, key));
        let mut partitions = objects.iter().filter(|(_, object)| match &object.definition {
            Definition::Table(one) => {
                one.partition_of.as_ref().is_some_and(|partition| partition.parent == table)
            }
            _ => false,
        });
        partitions.any(|(partition, _)| {
            !self.catalog.parts_of(partition).any(|(_, part)| match &part.definition {
                Definition::Constraint(Constraint {
                    rule: ConstraintRule::PrimaryKey(own) | ConstraintRule::Unique(own),
                    ..
                }) => own.attached_to.as_ref() == Some(&key),
                _ => false,
            })
        })
    }
}
