//! The partitions of tables, and keys that some of them have no part in.

use std::collections::BTreeMap;

use super::qualified;
use crate::catalog::{Catalog, Constraint, ConstraintRule, Definition, Key, ObjectName};
use crate::sql::Dialect;

/// The partitions of each partitioned table of a catalog.
#[derive(Debug)]
pub struct Partitions<'c> {
    catalog: &'c Catalog,
    /// By the qualified name of their parent.
    by_parent: BTreeMap<&'c str, Vec<&'c ObjectName>>,
}

impl<'c> Partitions<'c> {
    /// Finds the partitions of each partitioned table of a catalog.
    #[must_use]
    pub fn of(catalog: &'c Catalog) -> Self {
        let mut by_parent: BTreeMap<&str, Vec<&ObjectName>> = BTreeMap::new();
        for (name, object) in &catalog.objects {
            if let Definition::Table(table) = &object.definition
                && let Some(partition) = &table.partition_of
            {
                by_parent.entry(&partition.parent).or_default().push(name);
            }
        }
        Self { catalog, by_parent }
    }

    /// The partitions of a table, by name; none of one that is not partitioned.
    #[must_use]
    pub fn of_table(&self, table: &ObjectName) -> &[&'c ObjectName] {
        if self.by_parent.is_empty() {
            return &[];
        }
        self.by_parent
            .get(qualified(Dialect::Postgres, table).as_str())
            .map(Vec::as_slice)
            .unwrap_or_default()
    }

    /// Whether a constraint is a key of a partitioned table that has no part in one of the partitions, which would get one if
    /// the key were not made for the partitioned table alone, behind them.
    #[must_use]
    pub fn lack_part_of(&self, name: &ObjectName, constraint: &Constraint) -> bool {
        if key_of(constraint).is_none() {
            return false;
        }
        let Some((table, _)) = self.catalog.relation_of(name) else { return false };
        let key = qualified(Dialect::Postgres, name);
        self.of_table(table).iter().any(|partition| {
            let mut keys = self.catalog.parts_of(partition).filter_map(|(_, part)| match &part.definition {
                Definition::Constraint(constraint) => key_of(constraint),
                _ => None,
            });
            !keys.any(|own| own.attached_to.as_ref() == Some(&key))
        })
    }
}

fn key_of(constraint: &Constraint) -> Option<&Key> {
    match &constraint.rule {
        ConstraintRule::PrimaryKey(key) | ConstraintRule::Unique(key) => Some(key),
        _ => None,
    }
}
