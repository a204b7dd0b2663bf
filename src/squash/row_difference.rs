//! In what the rows of two tables differ. Pure.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::backend::TableRows;
use crate::catalog::ObjectName;

/// How many rows of a table only one side has, with an example of each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowDifference {
    /// The table.
    pub table: ObjectName,
    /// How many rows only the left side has.
    pub only_left: usize,
    /// How many rows only the right side has.
    pub only_right: usize,
    /// A row that only the left side has, as `column = value, …`.
    pub left: Option<String>,
    /// A row that only the right side has, as `column = value, …`.
    pub right: Option<String>,
}

/// Where equal rows are.
#[derive(Default)]
struct Occurrences {
    /// How many more the left side has than the right one.
    surplus: isize,
    /// The number of one on the left side.
    left: Option<usize>,
    /// The number of one on the right side.
    right: Option<usize>,
}

impl RowDifference {
    /// In what the rows of `right` differ from those of `left`, but for these cells of `left`; in whatever order rows
    /// and columns are.
    pub(crate) fn between(
        table: &ObjectName,
        left: &TableRows,
        right: &TableRows,
        loose: &BTreeSet<(usize, usize)>,
    ) -> Option<Self> {
        if left == right {
            return None;
        }
        let reordered = in_order_of(left, right)?;
        let right = reordered.as_ref().unwrap_or(right);
        let without: Vec<usize> =
            loose.iter().map(|(_, column)| *column).collect::<BTreeSet<_>>().into_iter().collect();
        let mut difference =
            Self { table: table.clone(), only_left: 0, only_right: 0, left: None, right: None };
        difference.count(left, right, &without);
        if difference.only_left == 0 && difference.only_right == 0 {
            difference.look_into_pairs(left, right, loose, &without);
        }
        (difference.only_left > 0 || difference.only_right > 0).then_some(difference)
    }

    /// Counts the rows that have no equal on the other side, outside of some columns.
    fn count(&mut self, left: &TableRows, right: &TableRows, without: &[usize]) {
        let mut found: BTreeMap<Vec<&String>, Occurrences> = BTreeMap::new();
        for (index, row) in left.rows.iter().enumerate() {
            let row = found.entry(strict(row, without)).or_default();
            (row.surplus, row.left) = (row.surplus + 1, Some(index));
        }
        for (index, row) in right.rows.iter().enumerate() {
            let row = found.entry(strict(row, without)).or_default();
            (row.surplus, row.right) = (row.surplus - 1, Some(index));
        }
        for row in found.into_values() {
            if row.surplus > 0 {
                self.only_left += row.surplus.unsigned_abs();
                self.left = self.left.take().or_else(|| described(left, row.left));
            } else if row.surplus < 0 {
                self.only_right += row.surplus.unsigned_abs();
                self.right = self.right.take().or_else(|| described(right, row.right));
            }
        }
    }

    /// Compares the cells that are strict in columns that are not.
    fn look_into_pairs(
        &mut self,
        left: &TableRows,
        right: &TableRows,
        loose: &BTreeSet<(usize, usize)>,
        without: &[usize],
    ) {
        for (one, other) in pairs(left, right, without) {
            let (Some(in_left), Some(in_right)) = (left.rows.get(one), right.rows.get(other)) else {
                continue;
            };
            let mut cells = in_left.iter().zip(in_right).enumerate();
            let differs = |(column, (left, right)): (usize, (&String, &String))| {
                left != right && !loose.contains(&(one, column))
            };
            if cells.any(differs) {
                self.only_left += 1;
                self.only_right += 1;
                self.left = self.left.take().or_else(|| described(left, Some(one)));
                self.right = self.right.take().or_else(|| described(right, Some(other)));
            }
        }
    }
}

/// The rows of `right` with their values in the order of the columns of `left`: none inside where that is so already.
/// None where the columns are others, which is a difference of the schemas.
fn in_order_of(left: &TableRows, right: &TableRows) -> Option<Option<TableRows>> {
    if left.columns == right.columns {
        return Some(None);
    }
    let places: Option<Vec<usize>> =
        left.columns.iter().map(|column| right.columns.iter().position(|one| one == column)).collect();
    let places = places.filter(|places| places.len() == right.columns.len())?;
    let reorder = |row: &Vec<String>| places.iter().filter_map(|place| row.get(*place).cloned()).collect();
    Some(Some(TableRows { columns: left.columns.clone(), rows: right.rows.iter().map(reorder).collect() }))
}

fn strict<'r>(row: &'r [String], without: &[usize]) -> Vec<&'r String> {
    row.iter().enumerate().filter(|(column, _)| !without.contains(column)).map(|(_, value)| value).collect()
}

fn described(table: &TableRows, row: Option<usize>) -> Option<String> {
    let row = table.rows.get(row?)?;
    let cell = |(column, value): (&String, &String)| format!("{column} = {value}");
    Some(table.columns.iter().zip(row).map(cell).collect::<Vec<_>>().join(", "))
}

/// The rows of two tables put side by side, by their number: each with the one that has the same values outside of
/// `without`; of several such, in their order.
pub(super) fn pairs(first: &TableRows, second: &TableRows, without: &[usize]) -> Vec<(usize, usize)> {
    let order = |table: &TableRows| -> Vec<usize> {
        let mut order: Vec<usize> = (0..table.rows.len()).collect();
        order.sort_by_cached_key(|row| key(table, *row, without));
        order
    };
    order(first).into_iter().zip(order(second)).collect()
}

fn key(table: &TableRows, row: usize, without: &[usize]) -> Vec<String> {
    let values = table.rows.get(row).map(Vec::as_slice).unwrap_or_default();
    let kept = values.iter().enumerate().filter(|(column, _)| !without.contains(column));
    kept.map(|(_, value)| value.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::ObjectKind;

    fn table(columns: &[&str], rows: &[&[&str]]) -> TableRows {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        TableRows { columns: owned(columns), rows: rows.iter().map(|row| owned(row)).collect() }
    }

    fn difference(left: &TableRows, right: &TableRows, loose: &[(usize, usize)]) -> Option<(usize, usize)> {
        let name = ObjectName::new(ObjectKind::Table, None, "t");
        let found = RowDifference::between(&name, left, right, &loose.iter().copied().collect());
        found.map(|found| (found.only_left, found.only_right))
    }

    #[test]
    fn rows_are_a_multiset_in_any_order_of_columns() {
        let left = table(&["a", "b"], &[&["1", "x"], &["1", "x"], &["2", "y"]]);
        assert_eq!(
            difference(&left, &table(&["b", "a"], &[&["y", "2"], &["x", "1"], &["x", "1"]]), &[]),
            None
        );
        let other = table(&["b", "a"], &[&["y", "2"], &["x", "1"], &["z", "1"]]);
        assert_eq!(difference(&left, &other, &[]), Some((1, 1)));
        let fewer = table(&["a", "b"], &[&["1", "x"], &["2", "y"], &["2", "z"]]);
        assert_eq!(difference(&left, &fewer, &[]), Some((1, 1)));
    }

    #[test]
    fn loose_cells_may_differ_and_others_of_their_column_may_not() {
        let left = table(&["a", "at"], &[&["1", "x"], &["2", "y"]]);
        let other = table(&["a", "at"], &[&["1", "now"], &["2", "y"]]);
        assert_eq!(difference(&left, &other, &[(0, 1)]), None);
        assert_eq!(difference(&left, &other, &[(1, 1)]), Some((1, 1)));
        assert_eq!(difference(&left, &other, &[]), Some((1, 1)));
    }

    /// Where one side has more rows, that is all that is counted: rows that are put side by side by mistake are not.
    #[test]
    fn a_surplus_is_counted_once() {
        let left = table(&["a", "at"], &[&["1", "x"], &["2", "y"]]);
        let fewer = table(&["a", "at"], &[&["2", "z"]]);
        assert_eq!(difference(&left, &fewer, &[(0, 1)]), Some((1, 0)));
        assert_eq!(difference(&fewer, &left, &[(0, 1)]), Some((0, 1)));
    }

    #[test]
    fn the_rows_that_are_shown_are_those_that_the_other_side_lacks() {
        let left = table(&["a"], &[&["1"], &["2"], &["4"]]);
        let right = table(&["a"], &[&["1"], &["3"], &["4"]]);
        let name = ObjectName::new(ObjectKind::Table, None, "t");
        let found = RowDifference::between(&name, &left, &right, &BTreeSet::new()).expect("they differ");
        assert_eq!((found.left.as_deref(), found.right.as_deref()), (Some("a = 2"), Some("a = 3")));
    }
}
