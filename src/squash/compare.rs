//! What sets two databases apart: schema, rows, positions. Pure.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::volatile::{VolatileCells, pairs};
use crate::backend::{Contents, SequencePosition, TableRows};
use crate::catalog::{Catalog, CompareOptions, Difference, ObjectName, compare};

/// A database as it stands: what it is, and what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Snapshot {
    pub(super) catalog: Catalog,
    pub(super) contents: Contents,
}

/// In what one database differs from another.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Differences {
    /// Their schemas, owners and grants included.
    pub schema: Vec<Difference>,
    /// Their rows.
    pub rows: Vec<RowDifference>,
    /// Where their sequences stand.
    pub sequences: Vec<SequenceDifference>,
    /// What no schema holds, and only the left side has.
    pub only_left: Vec<String>,
    /// What no schema holds, and only the right side has.
    pub only_right: Vec<String>,
}

/// In what the rows of a table differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowDifference {
    /// The table.
    pub table: ObjectName,
    /// How many rows only the left side has.
    pub only_left: usize,
    /// How many rows only the right side has.
    pub only_right: usize,
    /// One that only the left side has, as columns and values.
    pub left: Option<String>,
    /// One that only the right side has.
    pub right: Option<String>,
}

/// In what a sequence differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SequenceDifference {
    /// The sequence; of SQLite the table.
    pub sequence: String,
    /// Where it stands on the left side: its last value, and whether that was handed out.
    pub left: Option<(i64, bool)>,
    /// Where it stands on the right side.
    pub right: Option<(i64, bool)>,
}

/// What a comparison passes over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Strictness {
    /// Nothing.
    Whole,
    /// The order of columns, and where sequences stand: what is gone can only be added again at the end, and no
    /// script takes a value back.
    WayBack,
}

impl Differences {
    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// In what `right` differs from `left`, but for these cells of `left`.
    pub(super) fn between(
        left: &Snapshot,
        right: &Snapshot,
        loose: &VolatileCells,
        strictness: Strictness,
    ) -> Self {
        let options = CompareOptions {
            ignore_column_order: strictness == Strictness::WayBack,
            with_privileges: true,
            of_database: true,
        };
        let (schema_left, schema_right) = (&left.catalog, &right.catalog);
        let (left, right) = (&left.contents, &right.contents);
        Self {
            schema: compare(schema_left, schema_right, &options),
            rows: rows(left, right, loose),
            sequences: match strictness {
                Strictness::Whole => sequences(&left.sequences, &right.sequences),
                Strictness::WayBack => Vec::new(),
            },
            only_left: only(left, right),
            only_right: only(right, left),
        }
    }
}

/// What neither schema nor rows tell, and only the first has.
fn only(one: &Contents, other: &Contents) -> Vec<String> {
    let unpopulated =
        one.unpopulated.difference(&other.unpopulated).map(|view| format!("{view} without data"));
    one.unmodelled.difference(&other.unmodelled).cloned().chain(unpopulated).collect()
}

/// Of the tables that both have.
fn rows(left: &Contents, right: &Contents, loose: &VolatileCells) -> Vec<RowDifference> {
    let nothing = BTreeSet::new();
    let differing = left.tables.iter().filter_map(|(name, rows)| {
        let other = right.tables.get(name)?;
        RowDifference::between(name, rows, other, loose.of(name).unwrap_or(&nothing))
    });
    differing.collect()
}

/// Where the positions differ.
pub(super) fn sequences(
    left: &BTreeMap<String, SequencePosition>,
    right: &BTreeMap<String, SequencePosition>,
) -> Vec<SequenceDifference> {
    let names: BTreeSet<&String> = left.keys().chain(right.keys()).collect();
    let position = |one: Option<&SequencePosition>| one.map(|one| (one.last_value, one.is_called));
    let differing = names.into_iter().filter(|name| left.get(*name) != right.get(*name));
    let told = differing.map(|name| SequenceDifference {
        sequence: name.clone(),
        left: position(left.get(name)),
        right: position(right.get(name)),
    });
    told.collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Definition, Object, ObjectKind};
    use crate::sql::Dialect;

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

    /// A database with one of everything that is compared.
    fn snapshot() -> Snapshot {
        let mut catalog = Catalog::empty(Dialect::Postgres);
        let schema = ObjectName::new(ObjectKind::Schema, None, "s");
        catalog.objects.insert(schema, Object::new(Definition::Schema));
        let mut contents = Contents::default();
        let name = |kind, name| ObjectName::new(kind, Some("s"), name);
        contents.tables.insert(name(ObjectKind::Table, "t"), table(&["a"], &[&["1"]]));
        contents.sequences.insert("s.n".to_owned(), SequencePosition { last_value: 7, is_called: true });
        contents.unpopulated.insert(name(ObjectKind::MaterializedView, "v"));
        contents.unmodelled.insert("cast".to_owned());
        Snapshot { catalog, contents }
    }

    /// Each part alone: where all others agree, it is still found, from either side.
    #[test]
    fn one_wrong_part_is_enough() {
        type Wrong = fn(&mut Snapshot);
        let parts: [(&str, Wrong, bool); 9] = [
            ("schema", |one| one.catalog.objects.clear(), true),
            (
                "owner",
                |one| one.catalog.objects.values_mut().for_each(|one| one.owner = Some("x".into())),
                true,
            ),
            ("row", |one| one.contents.tables.values_mut().for_each(|one| one.rows[0][0] = "2".into()), true),
            ("rows", |one| one.contents.tables.values_mut().for_each(|one| one.rows.clear()), true),
            ("no position", |one| one.contents.sequences.clear(), false),
            ("position", |one| one.contents.sequences.values_mut().for_each(|one| one.last_value = 8), false),
            (
                "called",
                |one| one.contents.sequences.values_mut().for_each(|one| one.is_called = false),
                false,
            ),
            ("unmodelled", |one| one.contents.unmodelled.clear(), true),
            ("unpopulated", |one| one.contents.unpopulated.clear(), true),
        ];
        let right = snapshot();
        let same = |left: &Snapshot, other: &Snapshot, strictness| {
            Differences::between(left, other, &VolatileCells::default(), strictness).is_empty()
        };
        for strictness in [Strictness::Whole, Strictness::WayBack] {
            assert!(same(&right, &right, strictness));
            for (part, alter, counts_on_the_way_back) in parts {
                let mut wrong = snapshot();
                alter(&mut wrong);
                let counts = strictness == Strictness::Whole || counts_on_the_way_back;
                assert_eq!(same(&right, &wrong, strictness), !counts, "{part} {strictness:?}");
                assert_eq!(same(&wrong, &right, strictness), !counts, "{part} {strictness:?}");
            }
        }
    }
}
