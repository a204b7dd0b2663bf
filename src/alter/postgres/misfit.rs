//! Rows that stand in the way of a partition: its own beyond its bound, and those of the partition for all others that it
//! is for. The server moves none.

use super::super::Remark;
use super::POSTGRES;
use super::bound::{DEFAULT, condition};
use super::remake::mentions;
use super::sides::{Sides, partitions_of};
use crate::catalog::sql::{identifier, named, qualified};
use crate::catalog::{ObjectName, Partition, Table};

/// That a table which becomes a partition, or gets another bound, may hold rows that do not belong there.
pub(super) fn beyond_bound(sides: &Sides<'_>, name: &ObjectName, partition: &Partition) -> Remark {
    Remark::MayFail {
        object: name.clone(),
        what: format!("{}: rows beyond the bounds of the partition{}", named(name), way_on(sides, partition)),
        count: count_beyond(sides, name, partition),
    }
}

/// That the partition for all other rows may hold some that a new partition is for. None where there was no such partition
/// before.
pub(super) fn taken_by_default(sides: &Sides<'_>, name: &ObjectName, table: &Table) -> Option<Remark> {
    let partition = table.partition_of.as_ref().filter(|one| one.bound != DEFAULT)?;
    let parent = sides.table_named(&partition.parent)?;
    let is_default = |other: &Table| {
        let bound = other.partition_of.as_ref().filter(|other| other.parent == partition.parent);
        bound.is_some_and(|other| other.bound == DEFAULT)
    };
    let default = sides.dependents_of(parent).find(|other| {
        sides.tables(other).is_some_and(|(left, right)| is_default(left) && is_default(right))
    })?;
    let (name_text, default_text, way) = (named(name), named(default), way_on(sides, partition));
    let count = Whole::of(sides, default, partition).and_then(|whole| {
        Some(format!(
            "SELECT count(*) FROM {} WHERE {}",
            qualified(POSTGRES, default),
            whole.takes(partition)?
        ))
    });
    Some(Remark::MayFail {
        object: name.clone(),
        what: format!("{name_text}: rows of {default_text} that belong to it{way}"),
        count,
    })
}

/// A query that counts the rows of a table that none of its partitions is to take; none where some of them leave it, or where
/// partitions of partitions decide.
pub(super) fn count_untaken(sides: &Sides<'_>, name: &ObjectName) -> Option<String> {
    let (left, right) = (partitions_of(sides.left, name), partitions_of(sides.right, name));
    if left.iter().any(|one| !right.contains(one)) {
        return None;
    }
    let partitions: Option<Vec<&Partition>> =
        right.iter().map(|one| sides.right.table(one)?.partition_of.as_ref()).collect();
    let partitions = partitions?;
    let parent = qualified(POSTGRES, name);
    let whole = Whole::of(sides, name, partitions.first()?)?;
    let taken = partitions.iter().map(|one| {
        let takes = whole.takes(one).filter(|_| one.parent == parent)?;
        Some(format!("({takes})"))
    });
    let taken = taken.collect::<Option<Vec<String>>>()?.join(" OR ");
    Some(format!("SELECT count(*) FROM {parent} WHERE ({taken}) IS NOT TRUE"))
}

/// What moves the rows.
fn way_on(sides: &Sides<'_>, partition: &Partition) -> String {
    let parent = sides.table_named(&partition.parent);
    let stays = |parent: &&ObjectName| {
        let tables = sides.tables(parent);
        tables.is_some_and(|(left, right)| left.partition_key.is_some() && right.partition_key.is_some())
    };
    parent
        .filter(stays)
        .map(|parent| format!(", which --rebuild {} moves", named(parent)))
        .unwrap_or_default()
}

fn count_beyond(sides: &Sides<'_>, name: &ObjectName, partition: &Partition) -> Option<String> {
    let whole = Whole::of(sides, name, partition)?;
    let table = qualified(POSTGRES, name);
    if partition.bound != DEFAULT {
        return Some(format!("SELECT count(*) FROM {table} WHERE ({}) IS NOT TRUE", whole.takes(partition)?));
    }
    let others = sides.right_dependents_of(whole.name).filter_map(|other| {
        let other = sides.right.table(other)?.partition_of.as_ref()?;
        (other.parent == partition.parent && other.bound != DEFAULT).then_some(other)
    });
    let taken: Option<Vec<String>> = others.map(|other| Some(format!("({})", whole.takes(other)?))).collect();
    let taken = taken?;
    let condition = if taken.is_empty() { "false".to_owned() } else { taken.join(" OR ") };
    Some(format!("SELECT count(*) FROM {table} WHERE {condition}"))
}

/// The partitioned table on the right side, for a table of the left side that has the columns of its key.
struct Whole<'c> {
    name: &'c ObjectName,
    key: &'c str,
    /// Its name in SQL, where it is partitioned by this key on the left side too.
    on_left: Option<String>,
}

impl<'c> Whole<'c> {
    fn of(sides: &Sides<'c>, table: &ObjectName, partition: &Partition) -> Option<Self> {
        let name = sides.table_named(&partition.parent)?;
        let whole = sides.right.table(name)?;
        let key = whole.partition_key.as_ref()?;
        let table = sides.left.table(table)?;
        let has = |columns: &Table| {
            let read = whole.columns.iter().filter(|one| mentions(key, &identifier(POSTGRES, &one.name)));
            read.into_iter().all(|column| {
                let mut columns = columns.columns.iter();
                columns.any(|one| one.name == column.name && one.data_type == column.data_type)
            })
        };
        let is_same = |left: &&Table| left.partition_key.as_ref() == Some(key) && has(left);
        let on_left = sides.left.table(name).filter(is_same).map(|_| qualified(POSTGRES, name));
        has(table).then_some(Self { name, key, on_left })
    }

    fn takes(&self, partition: &Partition) -> Option<String> {
        condition(self.key, &partition.bound, self.on_left.as_deref())
    }
}
