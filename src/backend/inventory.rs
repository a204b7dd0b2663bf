//! What a database holds, in as much as a backup of it is checked against: names and numbers, no values.

use std::collections::{BTreeMap, BTreeSet};

use super::SequencePosition;
use crate::graph::RevisionId;

/// What a database holds, as one snapshot shows it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Inventory {
    /// The version rows, sorted.
    pub version_rows: Vec<RevisionId>,
    /// The checksum of each script that the ledger has recorded, by revision.
    pub scripts: BTreeMap<String, String>,
    /// How many rows each table holds that has rows of its own, by its name; the bookkeeping's included, those of
    /// extensions not.
    pub tables: BTreeMap<String, u64>,
    /// Where the sequences of [`Contents`](super::Contents) stand, by their names; none of one that has moved meanwhile,
    /// since a sequence belongs to no snapshot.
    pub sequences: BTreeMap<String, Option<SequencePosition>>,
    /// How many bytes each large object has, by its number (PostgreSQL).
    pub large_objects: BTreeMap<u32, u64>,
    /// The names of the objects of the schema, as people read them: `index public.account_email`.
    pub objects: BTreeSet<String>,
    /// The roles that own something or are granted something (PostgreSQL).
    pub roles: BTreeSet<String>,
}

impl Inventory {
    /// Keeps of the sequences only that they are there, where they do not stand as they did before and as they did `after`.
    pub fn forget_moved(
        &mut self,
        before: &BTreeMap<String, SequencePosition>,
        after: &BTreeMap<String, SequencePosition>,
    ) {
        for (name, position) in &mut self.sequences {
            let stays = |other: &BTreeMap<String, SequencePosition>| other.get(name) == position.as_ref();
            if !stays(before) || !stays(after) {
                *position = None;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sequence_that_moves_while_it_is_looked_at_has_no_position() {
        let at = |last_value| SequencePosition { last_value, is_called: true };
        let positions = |a, b| BTreeMap::from([("a".to_owned(), at(a)), ("b".to_owned(), at(b))]);
        let sequences = positions(1, 2).into_iter().map(|(name, position)| (name, Some(position))).collect();
        let mut inventory = Inventory { sequences, ..Inventory::default() };
        inventory.forget_moved(&positions(1, 2), &positions(1, 2));
        assert_eq!(inventory.sequences["b"], Some(at(2)));
        inventory.forget_moved(&positions(1, 2), &positions(1, 3));
        assert_eq!((inventory.sequences["a"], inventory.sequences["b"]), (Some(at(1)), None));
        inventory.forget_moved(&BTreeMap::new(), &positions(1, 3));
        assert_eq!(inventory.sequences["a"], None);
    }
}
