//! Tables that are made anew with their partitions: which of these has a row before and after does not count.

use std::collections::{BTreeMap, BTreeSet};

use crate::backend::{Contents, TableRows};
use crate::catalog::sql::qualified;
use crate::catalog::{Catalog, Definition, ObjectKind, ObjectName};

/// Tables that are made anew, with their partitions on either side.
#[derive(Debug, Default)]
pub(super) struct Families(BTreeMap<ObjectName, BTreeSet<ObjectName>>);

impl Families {
    /// The tables among `rebuilt` that have partitions on either side, each with these.
    pub(super) fn of((left, right): (&Catalog, &Catalog), rebuilt: &BTreeSet<ObjectName>) -> Self {
        let family = |root: &ObjectName| {
            let mut members = BTreeSet::new();
            for catalog in [left, right] {
                gather(catalog, root, &mut members);
            }
            (!members.is_empty()).then(|| (root.clone(), members))
        };
        Self(rebuilt.iter().filter_map(family).collect())
    }

    /// The partitions, on either side, of all tables that are made anew.
    pub(super) fn members(&self) -> impl Iterator<Item = &ObjectName> {
        self.0.values().flatten()
    }

    /// The same contents, the rows of the partitions as rows of the whole.
    pub(super) fn joined(&self, mut contents: Contents) -> Contents {
        for (root, members) in &self.0 {
            let rows: Vec<TableRows> =
                members.iter().filter_map(|member| contents.tables.remove(member)).collect();
            let Some(whole) = contents.tables.get_mut(root) else { continue };
            for part in rows {
                let place = |column: &String| part.columns.iter().position(|one| one == column);
                let places: Vec<Option<usize>> = whole.columns.iter().map(place).collect();
                whole.rows.extend(part.rows.iter().map(|row| {
                    let value = |place: &Option<usize>| place.and_then(|place| row.get(place)).cloned();
                    places.iter().map(|place| value(place).unwrap_or_default()).collect()
                }));
            }
        }
        contents
    }
}

/// Adds the partitions of a table, and theirs.
fn gather(catalog: &Catalog, table: &ObjectName, members: &mut BTreeSet<ObjectName>) {
    let parent = qualified(catalog.dialect, table);
    for (name, object) in &catalog.objects {
        let Definition::Table(definition) = &object.definition else { continue };
        let is_partition = definition.partition_of.as_ref().is_some_and(|one| one.parent == parent);
        if is_partition && name.kind == ObjectKind::Table && members.insert(name.clone()) {
            gather(catalog, name, members);
        }
    }
}
