//! Values that differ between two replays of the same scripts: clocks, random ids. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::row_difference::{RowDifference, pairs};
use crate::backend::{Contents, TableRows};
use crate::catalog::ObjectName;

/// The cells of a replay that another replay filled otherwise: by table, the numbers of row and column.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct VolatileCells(BTreeMap<ObjectName, BTreeSet<(usize, usize)>>);

impl VolatileCells {
    /// The volatile cells of one table, each as the numbers of its row and column from 0; none where the table has
    /// none.
    pub(super) fn of(&self, table: &ObjectName) -> Option<&BTreeSet<(usize, usize)>> {
        self.0.get(table)
    }

    /// The tables that have volatile cells, each with its cells as numbers of row and column from 0.
    pub(super) fn tables(&self) -> impl Iterator<Item = (&ObjectName, &BTreeSet<(usize, usize)>)> {
        self.0.iter()
    }

    /// Keeps the cells of whose table and column `keep` says so.
    pub(super) fn retain(&mut self, mut keep: impl FnMut(&ObjectName, usize) -> bool) {
        for (table, cells) in &mut self.0 {
            cells.retain(|(_, column)| keep(table, *column));
        }
        self.0.retain(|_, cells| !cells.is_empty());
    }

    /// Of two replays of the same scripts the cells in which they differ. Tables whose rows cannot be told to be the
    /// same are differences.
    pub(super) fn between(first: &Contents, second: &Contents) -> (Self, Vec<RowDifference>) {
        let (mut cells, mut differences) = (Self::default(), Vec::new());
        for (name, rows) in &first.tables {
            // A table that only one has is told with the schemas.
            let Some(other) = second.tables.get(name) else { continue };
            if rows == other {
                continue;
            }
            match differing_cells(rows, other) {
                Some(found) if found.is_empty() => {}
                Some(found) => drop(cells.0.insert(name.clone(), found)),
                None => differences.extend(RowDifference::between(name, rows, other, &BTreeSet::new())),
            }
        }
        (cells, differences)
    }
}

/// The cells of `first` that differ in `second`; none where the rows cannot be paired without them.
fn differing_cells(first: &TableRows, second: &TableRows) -> Option<BTreeSet<(usize, usize)>> {
    if first.columns != second.columns || first.rows.len() != second.rows.len() {
        return None;
    }
    let columns: Vec<usize> =
        (0..first.columns.len()).filter(|column| !same_values(first, second, *column)).collect();
    let mut cells = BTreeSet::new();
    for (one, other) in pairs(first, second, &columns) {
        let (left, right) = (first.rows.get(one)?, second.rows.get(other)?);
        for (column, (left, right)) in left.iter().zip(right).enumerate() {
            if left != right {
                if !columns.contains(&column) {
                    return None;
                }
                cells.insert((one, column));
            }
        }
    }
    Some(cells)
}

fn same_values(first: &TableRows, second: &TableRows, column: usize) -> bool {
    let sorted = |table: &TableRows| {
        let mut values: Vec<String> = table.rows.iter().filter_map(|row| row.get(column).cloned()).collect();
        values.sort_unstable();
        values
    };
    sorted(first) == sorted(second)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::ObjectKind;

    fn contents(rows: &[[&str; 2]]) -> Contents {
        let rows = rows.iter().map(|row| row.map(str::to_owned).to_vec()).collect();
        let table = TableRows { columns: vec!["name".to_owned(), "at".to_owned()], rows };
        let name = ObjectName::new(ObjectKind::Table, None, "t");
        Contents { tables: BTreeMap::from([(name, table)]), ..Contents::default() }
    }

    fn cells(first: &[[&str; 2]], second: &[[&str; 2]]) -> Option<Vec<(usize, usize)>> {
        let (cells, differences) = VolatileCells::between(&contents(first), &contents(second));
        let found = cells.tables().flat_map(|(_, cells)| cells.iter().copied()).collect();
        differences.is_empty().then_some(found)
    }

    #[test]
    fn rows_are_paired_by_what_stays() {
        assert_eq!(cells(&[["a", "1"], ["b", "2"]], &[["b", "2"], ["a", "1"]]), Some(vec![]));
        assert_eq!(cells(&[["a", "1"], ["b", "2"]], &[["b", "3"], ["a", "1"]]), Some(vec![(1, 1)]));
        // Of equal rows the first goes with the first.
        assert_eq!(cells(&[["a", "1"], ["a", "2"]], &[["a", "1"], ["a", "3"]]), Some(vec![(1, 1)]));
    }

    #[test]
    fn what_cannot_be_paired_is_a_difference() {
        assert_eq!(cells(&[["a", "1"]], &[]), None);
        // The same values, otherwise distributed.
        assert_eq!(cells(&[["a", "1"], ["b", "2"]], &[["a", "2"], ["b", "1"]]), None);
    }

    #[test]
    fn only_cells_that_are_kept_stay_and_tables_without_any_go() {
        let (first, second) = (contents(&[["a", "1"], ["b", "2"]]), contents(&[["a", "1"], ["b", "3"]]));
        let (found, _) = VolatileCells::between(&first, &second);
        let table = ObjectName::new(ObjectKind::Table, None, "t");
        assert_eq!(found.of(&table), Some(&BTreeSet::from([(1, 1)])));
        assert_eq!(found.of(&ObjectName::new(ObjectKind::Table, None, "u")), None);
        for (kept, number) in [(1, 1), (0, 0)] {
            let mut some = found.clone();
            some.retain(|name, column| *name == table && column == kept);
            assert_eq!(some.tables().count(), number);
        }
        // Rows in another order are no volatile cells.
        let turned = contents(&[["b", "2"], ["a", "1"]]);
        assert_eq!(VolatileCells::between(&first, &turned).0.tables().count(), 0);
    }
}
